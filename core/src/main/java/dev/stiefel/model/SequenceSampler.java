package dev.stiefel.model;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/// Draws the tokens of a text from a language model, one after another.
///
/// Keys and values of earlier tokens are kept. Where the text is as long as the model's context, the last half of
/// it is read again, and sampling continues from there. Owns its memory: close it. Belongs to one thread.
public final class SequenceSampler implements AutoCloseable {
    private final Network network;
    private final Sampling sampling;
    private final int context;
    private final Rng rng;
    private final Set<Integer> never;
    private Scope scope = Scope.open("sampler");
    private Decoding decoding;
    private int[] seen = {}; // tokens of the text, as far as the context reaches
    private double[] logits = {};

    /// Settings for sampling tokens.
    ///
    /// @param temperature logits are divided by it; 0 for the most probable token each time
    /// @param topK tokens that are drawn from, the most probable ones; empty for all. If tokens are equally
    ///     probable, those with smaller numbers come first
    public record Sampling(double temperature, OptionalInt topK) {
        /// Checks the numbers.
        public Sampling {
            if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "sampling: temperature must be at least 0 and finite; got " + temperature);
            }
            topK.ifPresent(k -> {
                if (k < 1) {
                    throw new IllegalArgumentException("sampling: top-k must be at least 1; got " + k);
                }
            });
        }

        /// Draws a token. The cost is one sweep over the logits; with top-k, `log k` for some of them.
        int draw(double[] logits, Rng rng) {
            int k = topK.orElse(logits.length);
            int likeliest = likeliest(logits);
            if (temperature == 0 || k == 1) {
                return likeliest;
            }
            int[] tokens = k < logits.length
                    ? likeliest(logits, k)
                    : IntStream.range(0, logits.length).toArray();
            double[] sums = new double[tokens.length];
            double sum = 0;
            for (int i = 0; i < sums.length; i++) {
                sum += Math.exp((logits[tokens[i]] - logits[likeliest]) / temperature);
                sums[i] = sum;
            }
            double drawn = rng.uniform(1)[0] * sum;
            int at = 0;
            while (at < sums.length - 1 && sums[at] <= drawn) {
                at++;
            }
            return tokens[at];
        }

        private static int likeliest(double[] logits) {
            int found = 0;
            for (int token = 1; token < logits.length; token++) {
                found = Double.compare(logits[token], logits[found]) > 0 ? token : found;
            }
            return found;
        }

        /// The `k` most probable tokens in the order of their numbers.
        private static int[] likeliest(double[] logits, int k) {
            PriorityQueue<Integer> kept = new PriorityQueue<>(
                    k,
                    Comparator.<Integer>comparingDouble(token -> logits[token])
                            .thenComparing(Comparator.reverseOrder())); // the first to go comes first
            for (int token = 0; token < logits.length; token++) {
                if (kept.size() < k) {
                    kept.add(token);
                } else if (Double.compare(logits[token], logits[kept.element()]) > 0) {
                    kept.remove();
                    kept.add(token);
                }
            }
            return kept.stream().mapToInt(Integer::intValue).sorted().toArray();
        }
    }

    /// A sampler of a text that has no token yet.
    ///
    /// @param network a language model: one input of tokens, logits for each of them
    /// @param context tokens of a text that the model sees, at least 2
    /// @throws IllegalArgumentException if the network is no language model
    public SequenceSampler(Network network, Sampling sampling, int context, Rng rng) {
        this(network, sampling, context, rng, Set.of());
    }

    /// The same without some tokens.
    ///
    /// @param never tokens that are never drawn
    public SequenceSampler(Network network, Sampling sampling, int context, Rng rng, Set<Integer> never) {
        NetworkSpec spec = network.spec();
        boolean fits = spec.inputs().size() == 1
                && spec.inputs().getFirst().shape() instanceof SampleShape.Tokens(int vocabulary)
                && spec.output().equals(new SampleShape.Sequence(vocabulary));
        if (!fits) {
            throw new IllegalArgumentException(
                    "sampler: the network must give logits of the next token for each token of a text; got " + spec);
        }
        if (context < 2) {
            throw new IllegalArgumentException("sampler: the context must be at least 2 tokens; got " + context);
        }
        this.network = network;
        this.sampling = sampling;
        this.context = context;
        this.rng = rng;
        this.never = Set.copyOf(never);
        this.decoding = begun();
    }

    private Decoding begun() {
        Decoding made = Decoding.of(scope, network);
        made.begin(List.of());
        return made;
    }

    /// Reads tokens that stand in the text; of more than the context, the last ones.
    ///
    /// @param tokens at least one
    public void read(int[] tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("sampler: there must be at least one token to go on from; got none");
        }
        int[] all = Arrays.copyOf(seen, seen.length + tokens.length);
        System.arraycopy(tokens, 0, all, seen.length, tokens.length);
        if (all.length <= context) {
            take(tokens);
            seen = all;
            return;
        }
        int kept = tokens.length >= context ? context : Math.max(tokens.length, Math.ceilDiv(context, 2));
        restart(Arrays.copyOfRange(all, all.length - kept, all.length));
    }

    private void restart(int[] tokens) {
        scope.close();
        scope = Scope.open("sampler");
        decoding = begun();
        take(tokens);
        seen = tokens;
    }

    private void take(int[] tokens) {
        try (Scope local = Scope.open("tokens")) {
            Tensor out = decoding.next(Decoding.rows(local, network.type(), List.of(tokens)))
                    .values();
            logits = out.rows(out.rows() - 1, out.rows()).toDoubles();
            never.forEach(token -> logits[token] = Double.NEGATIVE_INFINITY);
        }
    }

    /// Draws the next token and adds it to the text.
    ///
    /// @throws IllegalStateException if nothing was read before
    public int next() {
        if (logits.length == 0) {
            throw new IllegalStateException("sampler: a token must be read before one can be drawn");
        }
        int token = sampling.draw(logits, rng);
        read(new int[] {token});
        return token;
    }

    @Override
    public void close() {
        scope.close();
    }
}
