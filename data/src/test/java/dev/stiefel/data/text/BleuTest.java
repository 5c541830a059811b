package dev.stiefel.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.text.Bleu.Letters;
import dev.stiefel.data.text.Bleu.Orders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Scores and tokens that sacreBLEU 2.6.0 gives.
class BleuTest {
    private static final double ROUNDING = 1e-12;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Hello, world! It's 3.14, isn't it?|Hello , world ! It's 3.14 , isn't it ?",
                "o custo (1,000.50 €) é de 10-20 %...|o custo ( 1,000.50 € ) é de 10 - 20 % . . .",
                "a&quot;b&amp;c &lt;x&gt; -- e-mail: a.b@c.pt/d|a \" b & c < x > -- e-mail : a . b @ c . pt / d",
                "« guillemets » don’t  U.S. 1.000,00|« guillemets » don’t U . S . 1.000,00",
                "2-3 x-y 5,|2 - 3 x-y 5 ,"
            })
    void tokensAreThoseOf13a(String line, String tokens) {
        assertThat(String.join(" ", Tokenizer13a.tokens(line))).isEqualTo(tokens);
    }

    @Test
    void linesAreJoinedAsMtevalDoes() {
        assertThat(Tokenizer13a.tokens("re-\ncall it\n<skipped>now \u00a0\n")).containsExactly("recall", "it", "now");
    }

    @Test
    void theScoreIsThatOfTheCorpus() {
        BleuScore score = Bleu.STANDARD.score(
                List.of("the cat sat on the mat .", "there is a dog in the park", "hello world"),
                List.of("the cat is on the mat .", "a dog is in the park", "hello there world"));
        assertThat(score.score()).isEqualTo(36.45847527389636, within(ROUNDING));
        assertThat(score.matches()).containsExactly(14L, 7L, 3L, 1L);
        assertThat(score.totals()).containsExactly(16L, 13L, 10L, 8L);
        assertThat(score.brevityPenalty()).isEqualTo(1);
        assertThat(score.length()).isEqualTo(16);
        assertThat(score.referenceLength()).isEqualTo(16);
        assertThat(score.signature()).isEqualTo("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
    }

    @Test
    void ordersWithoutAMatchAreSmoothed() {
        BleuScore score =
                Bleu.STANDARD.score(List.of("abc def ghi jkl mno", "x y"), List.of("abc def zzz jkl mno", "x q"));
        assertThat(score.score()).isEqualTo(27.77619034011791, within(ROUNDING));
        assertThat(score.matches()).containsExactly(5L, 2L, 0L, 0L);
        assertThat(score.totals()).containsExactly(7L, 5L, 3L, 2L);
        assertThat(score.precisions().get(2)).isEqualTo(100.0 / 6, within(ROUNDING));
        assertThat(score.precisions().get(3)).isEqualTo(12.5);
    }

    @Test
    void shortTranslationsPayABrevityPenalty() {
        BleuScore score = Bleu.STANDARD.score(List.of("", "a b c d e"), List.of("a b", "a b c d e"));
        assertThat(score.score()).isEqualTo(67.03200460356396, within(ROUNDING));
    }

    @Test
    void sentencesOfThreeTokensHaveNoOrderOfFour() {
        List<String> three = List.of("one two three");
        assertThat(Bleu.STANDARD.score(three, three).score()).isZero();
        BleuScore effective = new Bleu(Letters.AS_THEY_ARE, Orders.EFFECTIVE).score(three, three);
        assertThat(effective.score()).isEqualTo(100, within(ROUNDING));
        assertThat(effective.signature()).contains("eff:yes");
    }

    @Test
    void nothingInCommonIsNothing() {
        BleuScore score = Bleu.STANDARD.score(List.of("a b c d", ""), List.of("e f g h", "i"));
        assertThat(score.score()).isZero();
        assertThat(score.precisions()).containsOnly(0.0);
        assertThat(Bleu.STANDARD.score(List.of(""), List.of("a")).brevityPenalty())
                .isZero();
    }

    @Test
    void lowerCaseIsAnotherSignature() {
        Bleu lower = new Bleu(Letters.LOWER_CASE, Orders.ALL);
        BleuScore score = lower.score(List.of("A B C D"), List.of("a b c d"));
        assertThat(score.score()).isEqualTo(100, within(ROUNDING));
        assertThat(score.signature()).contains("case:lc");
        assertThat(Bleu.STANDARD.score(List.of("A B C D"), List.of("a b c d")).score())
                .isZero();
    }

    @Test
    void ofSeveralReferencesTheNearestLengthCounts() {
        BleuScore score = Bleu.STANDARD.scoreOfMany(
                List.of("a b c d e"), List.of(List.of("a b c d e f"), List.of("a b c d"), List.of("e e e")));
        assertThat(score.referenceLength()).isEqualTo(4);
        assertThat(score.matches()).containsExactly(5L, 4L, 3L, 2L);
        assertThat(score.signature()).startsWith("nrefs:3|");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bleu.STANDARD.score(List.of("a", "b"), List.of("a")))
                .withMessage("BLEU: 2 translations need as many references; got 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bleu.STANDARD.score(List.of(), List.of()))
                .withMessage("BLEU: there must be translations and references; got 0 and 1 lists");
    }
}
