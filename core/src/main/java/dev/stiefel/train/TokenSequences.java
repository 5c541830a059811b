package dev.stiefel.train;

import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.List;

/// Sequences of tokens in memory, of different lengths, with a class for each token or for each sequence. A sample has
/// one sequence, or two: what a translation is made from, and what has been translated so far.
///
/// Immutable: all arrays are copied. Memory: 4 bytes a token and a target.
public final class TokenSequences implements Samples {
    /// One of the sequences of each sample.
    private record Input(SampleShape.Tokens shape, IntSequences sequences) {}

    private final List<Input> inputs;
    private final IntSequences targets;
    private final SampleShape output;

    private TokenSequences(List<Input> inputs, IntSequences targets, SampleShape output) {
        this.inputs = List.copyOf(inputs);
        this.targets = targets;
        this.output = output;
    }

    /// Samples of one sequence each.
    ///
    /// @param tokens the sequence of each sample, of at least one token in `[0, vocabulary)`
    /// @param vocabulary number of tokens
    /// @param targets of each sample a class in `[0, classes)` for each token, or one for the sequence;
    ///     [Targets.Classes#NONE] where there is no target
    /// @param classes number of classes
    public static TokenSequences of(int[][] tokens, int vocabulary, int[][] targets, int classes) {
        return of(List.of(input(tokens, vocabulary)), targets, classes);
    }

    /// Samples of two sequences each.
    ///
    /// @param sources the first sequence of each sample, of at least one token in `[0, sourceVocabulary)`
    /// @param sourceVocabulary number of tokens in them
    /// @param tokens the second sequence of each sample, of at least one token in `[0, vocabulary)`
    /// @param vocabulary number of tokens in them
    /// @param targets of each sample a class in `[0, classes)` for each token of the second sequence, or one class
    ///     for the sample; [Targets.Classes#NONE] where there is no target
    /// @param classes number of classes
    public static TokenSequences pairs(
            int[][] sources, int sourceVocabulary, int[][] tokens, int vocabulary, int[][] targets, int classes) {
        return of(List.of(input(sources, sourceVocabulary), input(tokens, vocabulary)), targets, classes);
    }

    private static Input input(int[][] tokens, int vocabulary) {
        SampleShape.Tokens shape = new SampleShape.Tokens(vocabulary);
        IntSequences sequences = IntSequences.copyOf(tokens);
        sequences.requireRange("tokens", 0, vocabulary);
        for (int i = 0; i < sequences.size(); i++) {
            if (sequences.length(i) == 0) {
                throw new IllegalArgumentException(
                        "token sequences: each must have at least 1 token; sample %d has none".formatted(i));
            }
        }
        return new Input(shape, sequences);
    }

    private static TokenSequences of(List<Input> inputs, int[][] targets, int classes) {
        IntSequences labels = IntSequences.copyOf(targets);
        labels.requireRange("targets", Targets.Classes.NONE, classes);
        for (Input input : inputs) {
            if (input.sequences().size() != labels.size()) {
                throw new IllegalArgumentException(
                        "token sequences: there must be targets for each of %d samples; got %d"
                                .formatted(input.sequences().size(), labels.size()));
            }
        }
        IntSequences tokens = inputs.getLast().sequences();
        if (labels.hasLengthsOf(tokens)) {
            return new TokenSequences(inputs, labels, new SampleShape.Sequence(classes));
        }
        for (int i = 0; i < labels.size(); i++) {
            if (labels.length(i) != 1) {
                throw new IllegalArgumentException(("token sequences: there must be one target for each token, or one"
                                + " for each sample; sample %d has %d tokens and %d targets")
                        .formatted(i, tokens.length(i), labels.length(i)));
            }
        }
        return new TokenSequences(inputs, labels, new SampleShape.Vector(classes));
    }

    @Override
    public int size() {
        return targets.size();
    }

    @Override
    public List<SampleShape> inputs() {
        return inputs.stream().<SampleShape>map(Input::shape).toList();
    }

    @Override
    public Targets.Kind targetKind() {
        return Targets.Kind.CLASSES;
    }

    @Override
    public SampleShape output() {
        return output;
    }

    @Override
    public int[] lengths() {
        int[] all = new int[size()];
        for (Input input : inputs) {
            for (int i = 0; i < all.length; i++) {
                all[i] += input.sequences().length(i);
            }
        }
        return all;
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        List<SampleRows> all = new ArrayList<>();
        for (Input input : inputs) {
            IntSequences sequences = input.sequences();
            RowLayout layout = sequences.layout(order, from, to);
            Tensor tokens = scope.uninitialized(type, layout.rows(), 1);
            Gathering.share(threads, to - from, (begin, end) -> {
                int[] some = sequences.gather(order, from + begin, from + end);
                write(some, tokens, layout.first(begin));
            });
            all.add(new SampleRows(tokens, layout));
        }
        return all;
    }

    private static void write(int[] tokens, Tensor into, int at) {
        if (into.type() == DType.FLOAT32) {
            float[] numbers = new float[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                numbers[i] = tokens[i];
            }
            into.write(at, numbers, 0, numbers.length);
        } else {
            double[] numbers = new double[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                numbers[i] = tokens[i];
            }
            into.write(at, numbers, 0, numbers.length);
        }
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return new Targets.Classes(targets.gather(order, from, to), targets.layout(order, from, to));
    }
}
