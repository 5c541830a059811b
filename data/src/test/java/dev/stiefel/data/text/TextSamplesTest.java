package dev.stiefel.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.text.PairEncoder.TooLong;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Samples;
import dev.stiefel.train.TextWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Samples that are made of text.
class TextSamplesTest {
    /// The tokens of an input of a sample.
    private static List<Integer> input(Samples samples, int sample, int input, DType type) {
        try (Scope scope = Scope.open("test");
                Threads threads = Threads.of(1)) {
            SampleRows rows = samples.gather(scope, threads, type, new int[] {0, sample}, 1, 2)
                    .get(input);
            List<Integer> tokens = new ArrayList<>();
            for (int i = 0; i < rows.layout().rows(); i++) {
                tokens.add((int) rows.values().get(i, 0));
            }
            assertThat(rows.layout().samples()).isEqualTo(1);
            return tokens;
        }
    }

    private static List<Integer> input(Samples samples, int sample, int input) {
        return input(samples, sample, input, DType.FLOAT32);
    }

    private static List<Integer> targets(Samples samples, int sample) {
        try (Scope scope = Scope.open("test")) {
            Targets.Classes classes =
                    (Targets.Classes) samples.targets(scope, DType.FLOAT32, new int[] {0, sample}, 1, 2);
            return IntStream.range(0, classes.size()).mapToObj(classes::label).toList();
        }
    }

    @Nested
    class Pairs {
        private static final Tokenizer SOURCE = CharacterTokenizer.of(TextForm.VERBATIM, "ab");
        private static final Tokenizer TARGET = CharacterTokenizer.of(TextForm.VERBATIM, "xyz");
        private static final ParallelText TEXT =
                new ParallelText(List.of("ab", "aaaa", "b", "a"), List.of("x", "y", "zzzz", "zyx"));

        @Test
        void theTargetIsPredictedFromTheSourceAndTheTokensBefore() {
            PairEncoder.Encoded encoded = new PairEncoder(SOURCE, TARGET, 5, TooLong.REFUSED).encode(TEXT);
            Samples samples = encoded.samples();
            assertThat(encoded.dropped()).isZero();
            assertThat(encoded.text()).isEqualTo(TEXT);
            assertThat(samples.size()).isEqualTo(4);
            assertThat(samples.inputs()).containsExactly(new SampleShape.Tokens(6), new SampleShape.Tokens(7));
            assertThat(samples.output()).isEqualTo(new SampleShape.Sequence(7));
            assertThat(input(samples, 0, 0)).containsExactly(4, 5, 3);
            assertThat(input(samples, 0, 1)).containsExactly(2, 4);
            assertThat(targets(samples, 0)).containsExactly(4, 3);
            assertThat(input(samples, 3, 0)).containsExactly(4, 3);
            assertThat(input(samples, 3, 1)).containsExactly(2, 6, 5, 4);
            assertThat(targets(samples, 3)).containsExactly(6, 5, 4, 3);
        }

        @Test
        void longPairsAreDroppedAndCounted() {
            PairEncoder.Encoded encoded = new PairEncoder(SOURCE, TARGET, 4, TooLong.DROPPED).encode(TEXT);
            assertThat(encoded.dropped()).isEqualTo(2);
            assertThat(encoded.text()).isEqualTo(new ParallelText(List.of("ab", "a"), List.of("x", "zyx")));
            assertThat(input(encoded.samples(), 1, 1)).containsExactly(2, 6, 5, 4);
        }

        @Test
        void mistakesAreAnswered() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new PairEncoder(SOURCE, TARGET, 4, TooLong.REFUSED).encode(TEXT))
                    .withMessage("pairs: sequences must have at most 4 tokens; pair 2 has 5 and 2; allow more, or drop"
                            + " longer pairs");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new PairEncoder(SOURCE, TARGET, 2, TooLong.DROPPED).encode(TEXT.range(0, 2)))
                    .withMessage(
                            "pairs: at least one must have at most 2 tokens on both sides; got 2 pairs, all longer");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new PairEncoder(SOURCE, TARGET, 1, TooLong.DROPPED))
                    .withMessage("pairs: sequences must be allowed at least 2 tokens, one of them reserved; got 1");
        }
    }

    @Nested
    class Windows {
        private static int[] text(int size) {
            return IntStream.range(0, size).toArray();
        }

        @Test
        void fixedWindowsFollowOneAnother() {
            TextWindows windows = TextWindows.fixed(text(12), 12, 4);
            assertThat(windows.lengths()).containsExactly(4, 4);
            assertThat(windows.size()).isEqualTo(2);
            assertThat(windows.inputs()).containsExactly(new SampleShape.Tokens(12));
            assertThat(windows.output()).isEqualTo(new SampleShape.Sequence(12));
            assertThat(windows.targetKind()).isEqualTo(Targets.Kind.CLASSES);
            for (DType type : DType.values()) {
                assertThat(input(windows, 1, 0, type)).containsExactly(4, 5, 6, 7);
            }
            assertThat(targets(windows, 1)).containsExactly(5, 6, 7, 8);
            assertThat(windows.atEpoch(3)).isSameAs(windows);
            assertThat(TextWindows.fixed(text(13), 13, 4).size()).isEqualTo(3);
        }

        @ParameterizedTest
        @CsvSource({"12, 4, 2, 3", "15, 4, 2, 6", "16, 4, 3, 3", "5, 4, 1, 0", "7, 4, 1, 2", "8, 1, 7, 0"})
        void movingWindowsReachEveryToken(int size, int context, int count, int farthest) {
            TextWindows windows = TextWindows.moving(text(size), size, context, 7);
            assertThat(windows.size()).isEqualTo(count);
            assertThat(input(windows, 0, 0).getFirst()).isZero();
            TreeSet<Integer> moved = new TreeSet<>();
            for (int epoch = 1; epoch <= 60; epoch++) {
                Samples now = windows.atEpoch(epoch);
                assertThat(now.size()).isEqualTo(count);
                int first = input(now, 0, 0).getFirst();
                moved.add(first);
                int last = first + count * context - 1;
                assertThat(input(now, count - 1, 0).getLast()).isEqualTo(last);
                assertThat(targets(now, count - 1).getLast()).isEqualTo(last + 1);
            }
            assertThat(moved).hasSize(farthest + 1).last().isEqualTo(farthest);
        }

        @Test
        void theSeedAndTheEpochDecideHowFar() {
            List<Integer> one = firsts(1);
            assertThat(firsts(1)).isEqualTo(one);
            assertThat(firsts(2)).isNotEqualTo(one);
            assertThat(one.stream().distinct().count()).isGreaterThan(15);
        }

        private static List<Integer> firsts(long seed) {
            Samples windows = TextWindows.moving(text(1000), 1000, 100, seed);
            return IntStream.rangeClosed(1, 20)
                    .mapToObj(epoch ->
                            input(windows.atEpoch(epoch).atEpoch(epoch), 0, 0).getFirst())
                    .toList();
        }

        @Test
        void selectedWindowsMoveLikewise() {
            Samples windows = TextWindows.moving(text(1000), 1000, 100, 1);
            assertThat(input(windows.select(new int[] {3, 2}).atEpoch(4), 1, 0))
                    .isEqualTo(input(windows.atEpoch(4), 2, 0));
        }

        @Test
        void laterChangesOfTheArrayChangeNothing() {
            int[] tokens = text(12);
            TextWindows windows = TextWindows.fixed(tokens, 12, 4);
            tokens[5] = 0;
            assertThat(input(windows, 1, 0)).containsExactly(4, 5, 6, 7);
        }

        @Test
        void mistakesAreAnswered() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TextWindows.fixed(text(5), 5, 0))
                    .withMessage("text windows: context must be at least 1 token; got 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TextWindows.moving(text(5), 5, 5, 1))
                    .withMessage(
                            "text windows: the text must have more tokens than the context, 5; got 5; use a shorter"
                                    + " context");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TextWindows.fixed(text(5), 4, 2))
                    .withMessage("text windows: tokens must be in [0, 4); token 4 of the text is 4");
        }
    }

    @Nested
    class Texts {
        @Test
        void pairsAreAPlainTextToo() {
            ParallelText text = new ParallelText(List.of("one", "two", "six"), List.of("1", "2", "6"));
            assertThat(text.range(1, 3).asPlainText(" = ")).isEqualTo("two = 2\nsix = 6\n");
        }

        @Test
        void bothSidesHaveTheSameSize() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ParallelText(List.of("a", "b"), List.of("x")))
                    .withMessage("parallel text: each source must have a target; got 2 and 1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new LabelledText(List.of("a", "b"), List.of("x")))
                    .withMessage("labelled text: each text must have a label; got 2 and 1");
        }

        @Test
        void classesAreTheDifferentLabels() {
            LabelledText text = new LabelledText(List.of("a", "b", "c"), List.of("y", "x", "y"));
            assertThat(text.classNames()).containsExactly("x", "y");
            assertThat(text.size()).isEqualTo(3);
        }
    }
}
