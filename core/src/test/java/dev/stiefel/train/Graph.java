package dev.stiefel.train;

import static dev.stiefel.nn.LinearSpec.linear;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.EncoderDecoder;
import dev.stiefel.model.LanguageModel;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkGraph;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.model.TextClassifier;
import dev.stiefel.model.TransformerSize;
import dev.stiefel.model.TransformerSize.NormPlacement;
import dev.stiefel.model.TransformerSize.OutputWeight;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/// Networks that are no chains of linear layers, and samples for them. Hidden weights are factored unless the
/// method is dense; all activations are smooth.
enum Graph {
    /// An MLP with residual connections, one of them over two layers.
    RESIDUAL {
        @Override
        NetworkSpec spec(boolean factored) {
            return NetworkSpec.vectors(7, x -> {
                x = x.then("in", hidden(8, 4, factored));
                x = x.then("a", hidden(8, 3, factored)).plus(x);
                return x.then("b", hidden(8, 3, factored))
                        .then("c", hidden(8, 2, factored))
                        .plus(x)
                        .then("out", linear(4));
            });
        }
    },
    /// Two inputs of different width, side by side after a layer each.
    TWO_INPUTS {
        @Override
        NetworkSpec spec(boolean factored) {
            NetworkGraph graph = new NetworkGraph();
            NetworkGraph.Value left = graph.input("left", new Vector(5)).then("a", hidden(6, 3, factored));
            NetworkGraph.Value right = graph.input("right", new Vector(3)).then("b", hidden(4, 2, factored));
            return graph.output(
                    left.beside(right).then("c", hidden(6, 3, factored)).then("out", linear(4)));
        }
    },
    /// One weight used twice, and its input a third time.
    TIED {
        @Override
        NetworkSpec spec(boolean factored) {
            return NetworkSpec.vectors(6, x -> {
                NetworkGraph.Value once = x.then("encoder", hidden(6, 3, factored));
                NetworkGraph.Value twice =
                        once.then("again", linear(6).activation(Activation.GELU).tiedTo("encoder.weight"));
                return twice.plus(once).then("out", linear(4));
            });
        }
    },
    /// A layer of one's own, whose parameter is a vector that is neither matrix nor bias.
    SCALED {
        @Override
        NetworkSpec spec(boolean factored) {
            return NetworkSpec.vectors(
                    6,
                    x -> x.then("in", hidden(7, 3, factored))
                            .then("scale", new ScaleSpec(false))
                            .then("b", hidden(5, 2, factored))
                            .then("decaying", new ScaleSpec(true))
                            .then("out", linear(4)));
        }
    },
    /// Several output rows a sample, some of them without a target.
    ROWS {
        @Override
        NetworkSpec spec(boolean factored) {
            return NetworkSpec.vectors(
                    12,
                    x -> x.then("rows", new ReshapeSpec(3))
                            .then("a", hidden(6, 3, factored))
                            .then("b", hidden(6, 2, factored))
                            .then("out", linear(4)));
        }

        @Override
        SampleShape output() {
            return new Matrix(3, 4);
        }
    },
    /// A transformer for translation, normalized behind each part.
    ENCODER_DECODER {
        @Override
        NetworkSpec spec(boolean factored) {
            return projections(EncoderDecoder.of(size(NormPlacement.AFTER, OutputWeight.OWN), 7, 6), factored);
        }

        @Override
        Samples samples(long seed, int count) {
            SplittableRandom random = new SplittableRandom(seed);
            int[][] target = tokens(random, count, 6);
            return TokenSequences.pairs(tokens(random, count, 7), 7, target, 6, nextTokens(target), 6);
        }
    },
    /// A language model, normalized before each part, whose output is tied to a factored embedding.
    LANGUAGE_MODEL {
        @Override
        NetworkSpec spec(boolean factored) {
            NetworkSpec spec =
                    LanguageModel.of(size(NormPlacement.BEFORE, OutputWeight.TIED), 6, PositionsSpec.learned(5));
            NetworkSpec inner = projections(spec, factored);
            return factored ? inner.withRanks(Map.of("text.embedding.weight", OptionalInt.of(3))) : inner;
        }

        @Override
        Samples samples(long seed, int count) {
            int[][] text = tokens(new SplittableRandom(seed), count, 6);
            return TokenSequences.of(text, 6, nextTokens(text), 6);
        }
    },
    /// A transformer that classifies texts.
    TEXT_CLASSIFIER {
        @Override
        NetworkSpec spec(boolean factored) {
            return projections(TextClassifier.of(size(NormPlacement.AFTER, OutputWeight.OWN), 6, 3), factored);
        }

        @Override
        Samples samples(long seed, int count) {
            SplittableRandom random = new SplittableRandom(seed);
            int[][] text = tokens(random, count, 6);
            int[][] classes =
                    Arrays.stream(text).map(each -> new int[] {each[0] % 3}).toArray(int[][]::new);
            return TokenSequences.of(text, 6, classes, 3);
        }
    };

    private static TransformerSize size(NormPlacement norm, OutputWeight output) {
        return new TransformerSize(2, 4, 2, 6, 0.2, norm, Activation.GELU, output);
    }

    /// Every projection and feed-forward matrix as factors of rank 2.
    private static NetworkSpec projections(NetworkSpec spec, boolean factored) {
        Map<String, OptionalInt> ranks = new LinkedHashMap<>();
        for (WeightSpec weight : spec.weights()) {
            if (weight.name().matches("(encoder|decoder).*")) {
                ranks.put(weight.name(), OptionalInt.of(2));
            }
        }
        return factored ? spec.withRanks(ranks) : spec;
    }

    private static int[][] tokens(SplittableRandom random, int count, int vocabulary) {
        int[][] all = new int[count][];
        for (int i = 0; i < count; i++) {
            all[i] = random.ints(random.nextInt(1, 6), 0, vocabulary).toArray();
        }
        return all;
    }

    /// For each token the one that follows, plus one; none for some.
    private static int[][] nextTokens(int[][] tokens) {
        int[][] all = new int[tokens.length][];
        for (int i = 0; i < all.length; i++) {
            int[] own = tokens[i];
            all[i] = new int[own.length];
            for (int j = 0; j < own.length; j++) {
                all[i][j] = own[j] == 5 ? Targets.Classes.NONE : own[j] + 1;
            }
        }
        return all;
    }

    /// Whether all samples have the same number of rows.
    boolean hasFixedSamples() {
        return spec(true).hasFixedRows();
    }

    private static LayerSpec hidden(int outputs, int rank, boolean factored) {
        LinearSpec layer = linear(outputs).activation(outputs % 4 == 0 ? Activation.GELU : Activation.TANH);
        return factored ? layer.rank(rank) : layer;
    }

    /// The words of all layers here.
    static final SpecTypes TYPES = SpecTypes.standard().withLayer("scale", ScaleSpec.class);

    abstract NetworkSpec spec(boolean factored);

    SampleShape output() {
        return new Vector(4);
    }

    Network network(Method method, DType type, long seed) {
        return Network.random(
                spec(method.isLowRank()), type, method.gauge(), new Spectrum.Gaussian(), Rng.seeded(seed));
    }

    Network network(Gauge gauge, DType type, long seed) {
        return Network.random(spec(true), type, gauge, new Spectrum.Gaussian(), Rng.seeded(seed));
    }

    Samples samples(long seed, int count) {
        List<SampleShape> inputs =
                spec(true).inputs().stream().map(NetworkSpec.Input::shape).toList();
        return new RowSamples(seed, count, inputs, output());
    }

    TrainData data() {
        return Blobs.validated(samples(1, 60), samples(2, 30));
    }
}
