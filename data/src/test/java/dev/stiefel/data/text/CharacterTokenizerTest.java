package dev.stiefel.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CharacterTokenizerTest {
    private static final String TEXT = "to be,\n\té 😀ﬁ";

    @Test
    void tokensAreTheCharactersInOrder() {
        CharacterTokenizer tokenizer = CharacterTokenizer.of(TextForm.VERBATIM, "bab 😀\n");
        assertThat(tokenizer.size()).isEqualTo(9);
        assertThat(tokenizer.token(ReservedToken.END.number())).isEqualTo("[END]");
        assertThat(tokenizer.token(8)).isEqualTo("😀");
        assertThat(tokenizer.encode("a\nb😀c")).containsExactly(6, 4, 7, 8, ReservedToken.UNKNOWN.number());
        assertThat(tokenizer.decode(2, 6, 4, 7, 8, 1, 3)).isEqualTo("a\nb😀");
    }

    /// What the library "tokenizers" 0.23.3 makes of the same texts with the JSON of this tokenizer.
    @Test
    void otherToolsCutLikewise() {
        CharacterTokenizer tokenizer = CharacterTokenizer.of(TextForm.NFKC, TEXT);
        assertThat(tokenizer.encode("to be\nfit\r")).containsExactly(13, 12, 6, 8, 9, 5, 10, 11, 13, 1);
        assertThat(tokenizer.encode("e\u0301\t😀 ﬁ")).containsExactly(14, 4, 15, 6, 10, 11);
        assertThat(tokenizer.encode("")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void decodingGivesTheTextBackInItsForm(TextForm form) {
        SplittableRandom random = new SplittableRandom(2);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            int point = random.nextInt(4) == 0 ? random.nextInt(Character.MAX_CODE_POINT + 1) : random.nextInt(0x250);
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                text.appendCodePoint(point);
            }
        }
        CharacterTokenizer tokenizer = CharacterTokenizer.of(form, text.toString());
        assertThat(tokenizer.decode(tokenizer.encode(text.toString()))).isEqualTo(form.of(text.toString()));
    }

    /// With combining characters, which would change if they were normalized one after another.
    @ParameterizedTest
    @EnumSource
    void jsonGivesTheSameTokenizer(TextForm form) throws IOException {
        CharacterTokenizer tokenizer = CharacterTokenizer.of(form, TEXT + "z \u0301 x\u0327 \u1100\u1161");
        CharacterTokenizer read = CharacterTokenizer.ofJson(tokenizer.toJson());
        assertThat(read.vocabulary()).isEqualTo(tokenizer.vocabulary());
        assertThat(read.form()).isEqualTo(form);
        assertThat(Tokenizer.ofJson(tokenizer.toJson())).isInstanceOf(CharacterTokenizer.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WordLevel|WordPiece|its model must be of type WordLevel; got \"WordPiece\"",
                "\"b\":8|\"bb\":8|its vocabulary or settings are not those of its tokens; it is damaged",
                "\"b\":8|\"b\":88|its vocabulary or settings are not those of its tokens; it is damaged",
                "Fuse|Strip|its vocabulary or settings are not those of its tokens; it is damaged",
                "NFKC|NFX|its normalizer is not known",
            })
    void damagedJsonIsRefused(String from, String to, String message) {
        String damaged = CharacterTokenizer.of(TextForm.NFKC, TEXT).toJson().replace(from, to);
        assertThatIOException()
                .isThrownBy(() -> CharacterTokenizer.ofJson(damaged))
                .withMessageStartingWith("tokenizer: " + message);
    }

    @Test
    void mistakesAreAnswered() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CharacterTokenizer.of(TextForm.VERBATIM, "\ud83d"))
                .withMessage("character tokenizer: the text must have at least one character; got none");
        CharacterTokenizer tokenizer = CharacterTokenizer.of(TextForm.VERBATIM, "ab");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(6))
                .withMessage("character tokenizer: tokens must be in [0, 6); got 6");
    }
}
