package dev.stiefel.data.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.text.LabelledText;
import dev.stiefel.data.text.ParallelText;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorpusTest {
    @Test
    void theEndOfAPlainTextTests() {
        Corpus.Plain text = Corpus.Plain.of("0123456789".repeat(3) + "x", 0.1);
        assertThat(text.train()).isEqualTo("0123456789".repeat(2) + "0123456");
        assertThat(text.test()).isEqualTo("789x");
        assertThat(Corpus.Plain.of("ab", 0.1)).isEqualTo(new Corpus.Plain("a", "b"));
    }

    @Test
    void noCharacterIsCutInTwo() {
        assertThat(Corpus.Plain.of("12345678😀b", 0.1).train()).isEqualTo("12345678😀");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Corpus.Plain.of("😀", 0.1))
                .withMessage("plain text: must have characters to train on and others to test on; got 1 characters");
    }

    @Test
    void anEmptyTextCannotBeSplit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Corpus.Plain.of("", 0.1))
                .withMessage("plain text: must have characters to train on and others to test on; got 0 characters");
    }

    @Test
    void eachPairIsInOneOfTheParts() {
        List<String> numbers =
                IntStream.range(0, 20).mapToObj(Integer::toString).toList();
        ParallelText all = new ParallelText(numbers, numbers);
        Corpus.Parallel parts = Corpus.Parallel.drawn(all, 0.2, 7);
        assertThat(parts.test().size()).isEqualTo(4);
        assertThat(parts.train().followedBy(parts.test()).sources()).containsExactlyInAnyOrderElementsOf(numbers);
        assertThat(parts).isEqualTo(Corpus.Parallel.drawn(all, 0.2, 7));
        assertThat(parts).isNotEqualTo(Corpus.Parallel.drawn(all, 0.2, 8));
    }

    @Test
    void eachClassKeepsItsShare() {
        List<String> texts = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
        List<String> labels = IntStream.range(0, 20)
                .mapToObj(i -> i % 4 == 0 ? "rare" : "usual")
                .toList();
        Corpus.Labelled parts = Corpus.Labelled.drawn(new LabelledText(texts, labels), 0.4, 7);
        assertThat(parts.test().labels().stream().filter("rare"::equals)).hasSize(2);
        assertThat(parts.test().size()).isEqualTo(8);
        assertThat(parts.train().followedBy(parts.test()).texts()).containsExactlyInAnyOrderElementsOf(texts);
    }
}
