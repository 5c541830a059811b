package dev.stiefel.train;

import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/// A long text as samples for language models: windows of as many tokens as a model's context has, one after another
/// without gaps, and for each token the one that follows it.
///
/// Windows that train may be cut elsewhere in each epoch: all are moved along by the same number of tokens, which the
/// seed and the epoch draw. So what a model learns does not depend on where the first window begins, and every token
/// is seen with long and with short context.
///
/// Immutable. Memory: 4 bytes a token.
public final class TextWindows implements Samples {
    private static final int UNMOVED = 0;

    private final int[] tokens;
    private final int vocabulary;
    private final int context;
    private final int windows;
    private final long seed;
    private final int farthest; // that windows may be moved, if they may
    private final int first; // token of the first window

    private TextWindows(int[] tokens, int vocabulary, int context, int windows, long seed, int farthest, int first) {
        this.tokens = tokens;
        this.vocabulary = vocabulary;
        this.context = context;
        this.windows = windows;
        this.seed = seed;
        this.farthest = farthest;
        this.first = first;
    }

    /// Windows for validation and testing, which begin with the first token and are the same in every epoch.
    /// Tokens that are left for no whole window are not used.
    ///
    /// @param tokens of the text, copied; more than the context
    /// @param vocabulary number of tokens
    /// @param context tokens of a window
    public static TextWindows fixed(int[] tokens, int vocabulary, int context) {
        requireText(tokens, vocabulary, context);
        int windows = (tokens.length - 1) / context;
        return new TextWindows(tokens.clone(), vocabulary, context, windows, 0, UNMOVED, 0);
    }

    /// Windows for training, which move along in each epoch. For `n` tokens there are `w = ⌊n / context⌋ − 1`
    /// windows in every epoch (at least 1), and they are moved by a number of tokens in `[0, n − 1 − w ·
    /// context]`, where every number is as likely. Outside of epochs they are not moved.
    ///
    /// @param tokens of the text, copied; more than the context
    /// @param vocabulary number of tokens
    /// @param context tokens of a window
    /// @param seed draws how far, together with the epoch
    public static TextWindows moving(int[] tokens, int vocabulary, int context, long seed) {
        requireText(tokens, vocabulary, context);
        int windows = Math.max(1, (tokens.length - context) / context);
        int farthest = tokens.length - 1 - windows * context;
        return new TextWindows(tokens.clone(), vocabulary, context, windows, seed, farthest, 0);
    }

    private static void requireText(int[] tokens, int vocabulary, int context) {
        if (context < 1) {
            throw new IllegalArgumentException("text windows: context must be at least 1 token; got " + context);
        }
        if (tokens.length <= context) {
            throw new IllegalArgumentException(
                    "text windows: the text must have more tokens than the context, %d; got %d; use a shorter context"
                            .formatted(context, tokens.length));
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabulary) {
                throw new IllegalArgumentException("text windows: tokens must be in [0, %d); token %d of the text is %d"
                        .formatted(vocabulary, i, tokens[i]));
            }
        }
    }

    @Override
    public int size() {
        return windows;
    }

    @Override
    public List<SampleShape> inputs() {
        return List.of(new SampleShape.Tokens(vocabulary));
    }

    @Override
    public Targets.Kind targetKind() {
        return Targets.Kind.CLASSES;
    }

    @Override
    public SampleShape output() {
        return new SampleShape.Sequence(vocabulary);
    }

    @Override
    public int[] lengths() {
        int[] all = new int[windows];
        Arrays.fill(all, context);
        return all;
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        SampleShape window = new SampleShape.Matrix(context, 1);
        return List.of(Gathering.fixed(scope, threads, type, window, windows, order, from, to, (sample, into, at) -> {
            int begin = begin(sample);
            for (int i = 0; i < context; i++) {
                into[at + i] = tokens[begin + i];
            }
        }));
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        int[] next = new int[(to - from) * context];
        for (int i = from; i < to; i++) {
            int begin = begin(Objects.checkIndex(order[i], windows)) + 1;
            System.arraycopy(tokens, begin, next, (i - from) * context, context);
        }
        return new Targets.Classes(next, RowLayout.uniform(to - from, context));
    }

    private int begin(int window) {
        return first + window * context;
    }

    /// Windows that are moved along as far as the seed and this epoch say, or the same windows if they do not move.
    @Override
    public Samples atEpoch(int epoch) {
        if (farthest == UNMOVED) {
            return this;
        }
        long stream = new SplittableRandom(seed).nextLong() ^ epoch;
        int moved = new SplittableRandom(stream).nextInt(farthest + 1);
        return new TextWindows(tokens, vocabulary, context, windows, seed, farthest, moved);
    }
}
