package dev.stiefel.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.text.BytePairTokenizer.Merge;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTest {
    private static final List<String> TEXT = List.of(
            "low low low low low lower lower",
            "newest newest newest newest newest newest widest widest widest",
            "a ação é nova, não é? 1234 1234");

    private static BytePairTokenizer learned(TextForm form, int merges, List<String> text) {
        BytePairLearner learner = new BytePairLearner(form);
        text.forEach(learner::add);
        return learner.learn(BytePairTokenizer.FIRST_MERGE + merges);
    }

    private static List<String> tokens(Tokenizer tokenizer, String text) {
        List<String> tokens = new ArrayList<>();
        for (int each : tokenizer.encode(text)) {
            tokens.add(tokenizer.token(each));
        }
        return tokens;
    }

    /// Sennrich et al. 2016, the example of section 3.2, with spaces before words in place of marks after them.
    @Test
    void theMostFrequentPairsComeFirst() {
        BytePairTokenizer tokenizer = learned(TextForm.VERBATIM, 4, TEXT.subList(0, 2));
        List<String> learned = tokenizer.vocabulary().subList(BytePairTokenizer.FIRST_MERGE, tokenizer.size());
        assertThat(learned).containsExactly("es", "est", "lo", "low");
        assertThat(tokens(tokenizer, "lowest newer")).containsExactly("low", "est", "Ġ", "n", "e", "w", "e", "r");
    }

    @Test
    void theOrderOfTheTextDoesNotMatter() {
        List<String> shuffled = new ArrayList<>(TEXT);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            assertThat(learned(TextForm.NFKC, 20, shuffled).toJson())
                    .isEqualTo(learned(TextForm.NFKC, 20, TEXT).toJson());
        }
    }

    /// Every merge is the pair that is there most often after the merges before it.
    @Test
    void countsAreKeptRightFromMergeToMerge() {
        List<String> text = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            StringBuilder word = new StringBuilder();
            for (int j = random.nextInt(1, 12); j > 0; j--) {
                word.append((char) ('a' + random.nextInt(3)));
            }
            text.add(word.toString());
        }
        BytePairTokenizer tokenizer = learned(TextForm.VERBATIM, 60, text);
        List<Merge> naive = new ArrayList<>();
        while (naive.size() < 60) {
            BytePairTokenizer until = new BytePairTokenizer(TextForm.VERBATIM, naive);
            java.util.Map<Merge, Integer> counts = new java.util.HashMap<>();
            for (String word : text) {
                int[] tokens = until.encode(word);
                for (int i = 0; i + 1 < tokens.length; i++) {
                    counts.merge(new Merge(tokens[i], tokens[i + 1]), 1, Integer::sum);
                }
            }
            naive.add(counts.entrySet().stream()
                    .min(java.util.Comparator.<java.util.Map.Entry<Merge, Integer>>comparingInt(
                                    each -> -each.getValue())
                            .thenComparingInt(each -> each.getKey().left())
                            .thenComparingInt(each -> each.getKey().right()))
                    .orElseThrow()
                    .getKey());
        }
        assertThat(tokenizer.merges()).isEqualTo(naive);
    }

    @ParameterizedTest
    @EnumSource
    void decodingGivesTheTextBackInItsForm(TextForm form) {
        BytePairTokenizer tokenizer = learned(form, 20, TEXT);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(40); j > 0; j--) {
                int point =
                        random.nextInt(4) == 0 ? random.nextInt(Character.MAX_CODE_POINT + 1) : random.nextInt(0x250);
                if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                    text.appendCodePoint(point);
                }
            }
            assertThat(tokenizer.decode(tokenizer.encode(text.toString()))).isEqualTo(form.of(text.toString()));
        }
    }

    @Test
    void formsAreWhatTheySay() {
        String text = "ﬁn AÇÃO\u0301";
        assertThat(TextForm.VERBATIM.of(text)).isEqualTo(text);
        assertThat(TextForm.NFKC.of(text)).isEqualTo(Normalizer.normalize("fin AÇÃO\u0301", Normalizer.Form.NFKC));
        assertThat(TextForm.LOWER_CASE.of("ÀΣ")).isEqualTo("àσ");
        assertThat(TextForm.LOWER_CASE_WITHOUT_ACCENTS.of(text)).isEqualTo("fin acao");
    }

    @Test
    void lettersBecomeLowerCaseByThemselves() {
        List<String> others = new ArrayList<>();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String letter = TextForm.NFKC.of(Character.toString(point));
            boolean isOne = letter.codePointCount(0, letter.length()) == 1;
            if (isOne && !TextForm.LOWER_CASE.of(letter).equals(letter.toLowerCase(Locale.ROOT))) {
                others.add(letter);
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void aWordOfAMillionLettersIsCutInTime() {
        BytePairTokenizer tokenizer = learned(TextForm.VERBATIM, 20, TEXT);
        String word = "lowest".repeat(200_000);
        assertThat(tokenizer.decode(tokenizer.encode(word))).isEqualTo(word);
    }

    @Test
    void reservedTokensStandForNoText() {
        BytePairTokenizer tokenizer = learned(TextForm.VERBATIM, 4, TEXT);
        int[] tokens = tokenizer.encode("[START]low[END]");
        assertThat(tokens).doesNotContain(ReservedToken.START.number(), ReservedToken.END.number());
        assertThat(tokenizer.decode(ReservedToken.START.number(), ReservedToken.PADDING.number()))
                .isEmpty();
        assertThat(tokenizer.token(ReservedToken.END.number())).isEqualTo("[END]");
    }

    @ParameterizedTest
    @EnumSource
    void jsonGivesTheSameTokenizer(TextForm form) throws IOException {
        BytePairTokenizer tokenizer = learned(form, 20, TEXT);
        BytePairTokenizer read = BytePairTokenizer.ofJson(tokenizer.toJson());
        assertThat(read.merges()).isEqualTo(tokenizer.merges());
        assertThat(read.form()).isEqualTo(form);
        assertThat(read.encode("a nova ação")).isEqualTo(tokenizer.encode("a nova ação"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\": 1}->its model must be of type BPE",
                "{->it must be JSON",
                "s/\"low\":263/\"low\":999/->its vocabulary or settings",
                "s/\"e s\"/\"e s s\"/->merge 0 must be of two tokens",
                "s/NFKC/NFX/->its normalizer is not known",
                "s/\"use_regex\":true/\"use_regex\":false/->its vocabulary or settings"
            })
    void damagedJsonIsRefused(String change) {
        String[] parts = change.split("->", -1);
        String json = parts[0];
        if (json.startsWith("s/")) {
            String[] replacement = json.split("/", -1);
            json = learned(TextForm.NFKC, 4, TEXT.subList(0, 2)).toJson().replace(replacement[1], replacement[2]);
        }
        String damaged = json;
        assertThatIOException()
                .isThrownBy(() -> BytePairTokenizer.ofJson(damaged))
                .withMessageStartingWith("tokenizer: " + parts[1]);
    }

    @Test
    void whatTheTextDoesNotSupportIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> learned(TextForm.VERBATIM, 1000, TEXT))
                .withMessageMatching(
                        "vocabulary: the text has pairs for \\d+ tokens; got 1260; ask for fewer, or give more text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BytePairLearner(TextForm.NFKC).learn(100))
                .withMessage("vocabulary: must have at least 260 tokens, of bytes and reserved; got 100");
        BytePairTokenizer tokenizer = learned(TextForm.VERBATIM, 4, TEXT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(5, 264))
                .withMessage("byte-pair tokenizer: tokens must be in [0, 264); got 264");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BytePairTokenizer(TextForm.NFKC, List.of(new Merge(4, 260))))
                .withMessageStartingWith("byte-pair tokenizer: merge 0 must be of two tokens before it");
    }
}
