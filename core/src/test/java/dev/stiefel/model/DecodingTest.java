package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.BeamSearch.TargetTokens;
import dev.stiefel.model.SequenceSampler.Sampling;
import dev.stiefel.model.TransformerSize.NormPlacement;
import dev.stiefel.model.TransformerSize.OutputWeight;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sequences that are written token by token.
class DecodingTest {
    private static final int SOURCES = 7;
    private static final int VOCABULARY = 6;
    private static final int START = 0;
    private static final int END = 1;
    private static final TargetTokens TOKENS = new TargetTokens(START, END, Set.of(2));

    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    private static TransformerSize size(NormPlacement norm) {
        return new TransformerSize(2, 8, 2, 12, 0.1, norm, Activation.GELU, OutputWeight.OWN);
    }

    private static Network random(NetworkSpec spec) {
        Map<String, OptionalInt> ranks = new LinkedHashMap<>();
        for (WeightSpec weight : spec.weights()) {
            if (weight.name().matches("(encoder|decoder).*")) {
                ranks.put(weight.name(), OptionalInt.of(5));
            }
        }
        return Network.random(
                spec.withRanks(ranks), DType.FLOAT64, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(4));
    }

    private static Network translator(NormPlacement norm) {
        return random(EncoderDecoder.of(size(norm), SOURCES, VOCABULARY));
    }

    private SampleRows rows(List<int[]> sequences) {
        RowLayout layout =
                RowLayout.of(sequences.stream().mapToInt(each -> each.length).toArray());
        Tensor values = scope.uninitialized(DType.FLOAT64, layout.rows(), 1);
        values.setAll(
                sequences.stream().flatMapToInt(Arrays::stream).asDoubleStream().toArray());
        return new SampleRows(values, layout);
    }

    private static List<int[]> sequences(int count, int vocabulary, int longest) {
        SplittableRandom random = new SplittableRandom(3);
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(random.ints(random.nextInt(1, longest + 1), 0, vocabulary).toArray());
        }
        return all;
    }

    private static int[] alike(int[] sequence, int length) {
        return IntStream.range(0, length)
                .map(i -> sequence[i % sequence.length])
                .toArray();
    }

    /// Two hypotheses a source, in turns of one to three tokens: the logits of a pass over everything.
    @ParameterizedTest
    @EnumSource
    void turnsGiveWhatAWholePassGives(NormPlacement norm) {
        int length = 40; // more than there is room for at first
        List<int[]> sources = sequences(3, SOURCES, 5);
        List<int[]> targets = sequences(6, VOCABULARY, 9).stream()
                .map(each -> alike(each, length))
                .toList();
        List<int[]> twice =
                sources.stream().flatMap(each -> List.of(each, each).stream()).toList();
        try (Network network = translator(norm)) {
            Tensor whole =
                    network.predict(scope, List.of(rows(twice), rows(targets))).values();
            Decoding decoding = Decoding.of(scope, network);
            decoding.begin(List.of(rows(sources)));
            for (int at = 0, turn = 1; at < length; at += turn, turn = turn % 3 + 1) {
                int from = at;
                int to = Math.min(length, at + turn);
                Tensor some = decoding.next(rows(targets.stream()
                                .map(each -> Arrays.copyOfRange(each, from, to))
                                .toList()))
                        .values();
                for (int i = 0; i < targets.size(); i++) {
                    Tensor own = some.rows(i * (to - from), (i + 1) * (to - from));
                    Tensor expected = whole.rows(i * length + from, i * length + to);
                    assertThat(own.toDoubles()).containsExactly(expected.toDoubles(), within(1e-11));
                }
            }
        }
    }

    /// Hypotheses that are left, doubled and swapped, and sources that are left, go on as if they had been so
    /// from the start.
    @Test
    void hypothesesAndSourcesGoOnFromOthers() {
        List<int[]> sources = sequences(3, SOURCES, 5);
        try (Network network = translator(NormPlacement.AFTER)) {
            Decoding decoding = Decoding.of(scope, network);
            decoding.begin(List.of(rows(sources)));
            int[][] targets = {{0, 3}, {0, 4}, {0, 5}, {0, 1}, {0, 2}, {0, 3}};
            decoding.next(rows(List.of(targets)));
            decoding.keepSources(new int[] {0, 2});
            int[] from = {1, 1, 5, 4};
            decoding.goOnFrom(from);
            List<int[]> more = List.of(new int[] {1}, new int[] {2}, new int[] {3}, new int[] {4});
            Tensor own = decoding.next(rows(more)).values();
            for (int i = 0; i < from.length; i++) {
                int[] target = {targets[from[i]][0], targets[from[i]][1], more.get(i)[0]};
                Tensor whole = network.predict(
                                scope, List.of(rows(List.of(sources.get(i < 2 ? 0 : 2))), rows(List.of(target))))
                        .values();
                assertThat(own.rows(i, i + 1).toDoubles())
                        .containsExactly(whole.rows(2, 3).toDoubles(), within(1e-11));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void encoderAndDecoderAloneDoWhatTheNetworkDoes(NormPlacement norm) {
        List<int[]> sources = sequences(3, SOURCES, 5);
        SampleRows targets = rows(sequences(3, VOCABULARY, 9));
        try (Network network = translator(norm);
                Network encoder = EncoderDecoder.encoder(network);
                Network decoder = EncoderDecoder.decoder(network)) {
            SampleRows memory = encoder.predict(scope, List.of(rows(sources)));
            double[] whole = network.predict(scope, List.of(rows(sources), targets))
                    .values()
                    .toDoubles();
            assertThat(decoder.predict(scope, List.of(memory, targets)).values().toDoubles())
                    .isEqualTo(whole);
            assertThat(encoder.parameterCount() + decoder.parameterCount()).isEqualTo(network.parameterCount());
            assertThat(decoder.spec().inputs())
                    .extracting(NetworkSpec.Input::name)
                    .containsExactly("memory", "target");
        }
        try (Network other = languageModel()) {
            assertThatThrownBy(() -> EncoderDecoder.encoder(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(": must be an encoder and a decoder");
        }
    }

    @Test
    void aNetworkThatNeedsAllRowsAtOnceIsRefused() {
        try (Network classifier = random(TextClassifier.of(size(NormPlacement.AFTER), VOCABULARY, 3))) {
            assertThatThrownBy(() -> Decoding.of(scope, classifier))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("decoding: layer 'encoder.0.self.attention' needs all rows of a sample at once;"
                            + " the network cannot write sequences");
        }
    }

    /// The search keeps so many hypotheses that it is exhaustive: it finds the best of all targets.
    @ParameterizedTest
    @EnumSource
    void aWideSearchFindsTheBestOfAllTargets(NormPlacement norm) {
        List<int[]> sources = sequences(4, SOURCES, 3);
        try (Network network = translator(norm)) {
            BeamSearch search = new BeamSearch(40, 0.6, 0, TOKENS);
            List<int[]> found = search.search(network, sources);
            for (int i = 0; i < sources.size(); i++) {
                int[] source = sources.get(i);
                int[] best = targets(source.length).stream()
                        .max(Comparator.comparingDouble(target -> judged(network, source, target)))
                        .orElseThrow();
                int[] own = found.get(i).length < source.length ? with(found.get(i), END) : found.get(i);
                assertThat(judged(network, source, own)).isEqualTo(judged(network, source, best), within(1e-9));
                assertThat(search.search(network, List.of(source)).getFirst()).isEqualTo(found.get(i));
            }
        }
    }

    /// All targets that end with the end token, or are as long as they may be.
    private static List<int[]> targets(int most) {
        List<int[]> all = new ArrayList<>();
        List<int[]> open = List.of(new int[0]);
        for (int length = 1; length <= most; length++) {
            List<int[]> longer = new ArrayList<>();
            for (int[] each : open) {
                for (int token = 1; token < VOCABULARY; token++) {
                    if (token == END || (token != 2 && length == most)) {
                        all.add(with(each, token));
                    } else if (token != 2) {
                        longer.add(with(each, token));
                    }
                }
            }
            open = longer;
        }
        return all;
    }

    private static int[] with(int[] tokens, int token) {
        int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
        longer[tokens.length] = token;
        return longer;
    }

    private double judged(Network network, int[] source, int[] target) {
        int[] input = new int[target.length];
        System.arraycopy(target, 0, input, 1, target.length - 1);
        Tensor logits = network.predict(scope, List.of(rows(List.of(source)), rows(List.of(input))))
                .values();
        double score = 0;
        for (int i = 0; i < target.length; i++) {
            double sum = 0;
            for (int token = 0; token < VOCABULARY; token++) {
                sum += Math.exp(logits.get(i, token));
            }
            score += logits.get(i, target[i]) - Math.log(sum);
        }
        return score / Math.pow((5.0 + target.length) / 6, 0.6);
    }

    @Test
    void aGreedySearchTakesTheMostProbableTokenEachTime() {
        List<int[]> sources = sequences(9, SOURCES, 6);
        try (Network network = translator(NormPlacement.BEFORE)) {
            List<int[]> found = BeamSearch.greedy(TOKENS).search(network, sources);
            for (int i = 0; i < sources.size(); i++) {
                int[] target = {START};
                int token = START;
                while (token != END && target.length <= sources.get(i).length + 50) {
                    Tensor logits = network.predict(
                                    scope, List.of(rows(List.of(sources.get(i))), rows(List.of(target))))
                            .values();
                    int last = logits.rows() - 1;
                    token = IntStream.of(1, 3, 4, 5)
                            .boxed()
                            .max(Comparator.comparingDouble(each -> logits.get(last, each)))
                            .orElseThrow();
                    target = with(target, token);
                }
                int end = token == END ? target.length - 1 : target.length;
                assertThat(found.get(i)).isEqualTo(Arrays.copyOfRange(target, 1, end));
            }
            assertThat(BeamSearch.greedy(TOKENS).search(network, List.of())).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noHypothesisIsRefused(int hypotheses) {
        assertThatThrownBy(() -> BeamSearch.of(hypotheses, TOKENS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beam search: hypotheses must be at least 1; got " + hypotheses);
        assertThatThrownBy(() -> new BeamSearch(1, Double.NaN, 50, TOKENS))
                .hasMessage("beam search: alpha must be at least 0 and finite; got NaN");
        assertThatThrownBy(() -> new BeamSearch(1, 0.6, -1, TOKENS))
                .hasMessage("beam search: more tokens than the source's must be at least 0; got -1");
    }

    private static Network languageModel() {
        return random(LanguageModel.of(
                size(NormPlacement.BEFORE).output(OutputWeight.TIED), VOCABULARY, PositionsSpec.learned(8)));
    }

    /// Each drawn token is the most probable one after those before it, as far as the context reaches.
    @Test
    void theSamplerSeesItsContext() {
        try (Network network = languageModel();
                SequenceSampler sampler =
                        new SequenceSampler(network, new Sampling(0, OptionalInt.empty()), 8, Rng.seeded(1))) {
            int[] seen = {3, 4, 5};
            sampler.read(seen);
            for (int i = 0; i < 30; i++) {
                Tensor logits =
                        network.predict(scope, List.of(rows(List.of(seen)))).values();
                int last = logits.rows() - 1;
                int token = IntStream.range(0, VOCABULARY)
                        .boxed()
                        .max(Comparator.comparingDouble(each -> logits.get(last, each)))
                        .orElseThrow();
                assertThat(sampler.next()).isEqualTo(token);
                seen = with(seen, token);
                seen = seen.length > 8 ? Arrays.copyOfRange(seen, seen.length - 4, seen.length) : seen;
            }
            sampler.read(new int[] {1, 2, 3, 4, 5, 1, 2, 3, 4, 5});
            assertThat(sampler.next()).isBetween(0, VOCABULARY - 1);
        }
    }

    @Test
    void drawsFollowTheProbabilities() {
        try (Network network = languageModel()) {
            double[] logits = network.predict(scope, List.of(rows(List.of(new int[] {3}))))
                    .values()
                    .toDoubles();
            double temperature = 1.5;
            double sum = Arrays.stream(logits)
                    .map(each -> Math.exp(each / temperature))
                    .sum();
            int draws = 4000;
            int[] counts = new int[VOCABULARY];
            int[] counts2 = new int[VOCABULARY];
            Rng rng = Rng.seeded(5);
            for (int i = 0; i < draws; i++) {
                counts[draw(network, new Sampling(temperature, OptionalInt.empty()), rng)]++;
                counts2[draw(network, new Sampling(temperature, OptionalInt.of(2)), rng)]++;
            }
            for (int token = 0; token < VOCABULARY; token++) {
                double share = Math.exp(logits[token] / temperature) / sum;
                assertThat(counts[token] / (double) draws)
                        .isEqualTo(share, within(5 * Math.sqrt(share / draws) + 1e-3));
            }
            assertThat(Arrays.stream(counts2).filter(each -> each > 0).count()).isEqualTo(2);
        }
    }

    /// Against sorting everything: the same tokens, and each of them is drawn.
    @Test
    void theMostProbableTokensAreDrawnFrom() {
        SplittableRandom random = new SplittableRandom(8);
        Rng rng = Rng.seeded(6);
        for (int vocabulary : new int[] {1, 2, 13, 40}) {
            double[] logits = random.ints(vocabulary, 0, 7)
                    .mapToDouble(each -> each / 7.0)
                    .toArray(); // with ties
            int[] sorted = IntStream.range(0, vocabulary)
                    .boxed()
                    .sorted(Comparator.comparingDouble(token -> -logits[token]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            assertThat(new Sampling(0, OptionalInt.empty()).draw(logits, rng)).isEqualTo(sorted[0]);
            for (int k : new int[] {1, 2, 5, 13, 100}) {
                Sampling sampling = new Sampling(2, OptionalInt.of(k));
                int[] drawn = IntStream.range(0, 2000)
                        .map(_ -> sampling.draw(logits, rng))
                        .distinct()
                        .toArray();
                assertThat(drawn).containsExactlyInAnyOrder(Arrays.copyOf(sorted, Math.min(k, vocabulary)));
            }
        }
    }

    private static int draw(Network network, Sampling sampling, Rng rng) {
        try (SequenceSampler sampler = new SequenceSampler(network, sampling, 8, rng)) {
            sampler.read(new int[] {3});
            return sampler.next();
        }
    }

    @Test
    void aSamplerRefusesWhatItCannotSample() {
        try (Network network = languageModel();
                Network translator = translator(NormPlacement.AFTER);
                SequenceSampler sampler =
                        new SequenceSampler(network, new Sampling(1, OptionalInt.empty()), 8, Rng.seeded(1))) {
            assertThatThrownBy(sampler::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("sampler: a token must be read before one can be drawn");
            assertThatThrownBy(() -> sampler.read(new int[0]))
                    .hasMessage("sampler: there must be at least one token to go on from; got none");
            assertThatThrownBy(() ->
                            new SequenceSampler(translator, new Sampling(1, OptionalInt.empty()), 8, Rng.seeded(1)))
                    .hasMessageStartingWith(
                            "sampler: the network must give logits of the next token for each token of a text; got ");
            assertThatThrownBy(
                            () -> new SequenceSampler(network, new Sampling(1, OptionalInt.empty()), 1, Rng.seeded(1)))
                    .hasMessage("sampler: the context must be at least 2 tokens; got 1");
            assertThatThrownBy(() -> new Sampling(-1, OptionalInt.empty()))
                    .hasMessage("sampling: temperature must be at least 0 and finite; got -1.0");
            assertThatThrownBy(() -> new Sampling(1, OptionalInt.of(0)))
                    .hasMessage("sampling: top-k must be at least 1; got 0");
        }
    }
}
