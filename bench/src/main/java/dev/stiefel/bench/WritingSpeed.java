package dev.stiefel.bench;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.session.Models;
import dev.stiefel.model.Decoding;
import dev.stiefel.model.Network;
import dev.stiefel.model.SequenceSampler;
import dev.stiefel.model.SequenceSampler.Sampling;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;

/// Times how fast a language model writes: with keys and values of earlier tokens kept, as `generate` does, and
/// with a full pass over the context for each token.
///
/// Arguments: a run folder or model file, the model's context in tokens, tokens to write.
public final class WritingSpeed {
    private static final int REPEATS = 5; // after one that is not timed
    private static final int FIRST = 5; // an arbitrary token of the vocabulary

    private WritingSpeed() {}

    private interface Writer {
        void write(int tokens);
    }

    /// Measures and prints a line of JSON: the median of tokens a second.
    public static void main(String[] arguments) throws Exception {
        int context = Integer.parseInt(arguments[1]);
        int tokens = Integer.parseInt(arguments[2]);
        try (Model model = Models.load(Path.of(arguments[0]))) {
            Network network = model.network();
            double with = speed(tokens, count -> withKept(network, context, count));
            double without = speed(tokens, count -> without(network, context, count));
            System.out.printf(
                    Locale.ROOT,
                    "{\"tokens_a_second_with_kept_keys\": %.1f, \"tokens_a_second_without\": %.1f}%n",
                    with,
                    without);
        }
    }

    private static double speed(int tokens, Writer writer) {
        writer.write(tokens);
        double[] seconds = DoubleStream.generate(() -> {
                    long begun = System.nanoTime();
                    writer.write(tokens);
                    return (System.nanoTime() - begun) / 1e9;
                })
                .limit(REPEATS)
                .sorted()
                .toArray();
        return tokens / seconds[REPEATS / 2];
    }

    private static void withKept(Network network, int context, int tokens) {
        try (SequenceSampler sampler =
                new SequenceSampler(network, new Sampling(0, OptionalInt.empty()), context, Rng.seeded(1))) {
            sampler.read(new int[] {FIRST});
            for (int i = 0; i < tokens; i++) {
                sampler.next();
            }
        }
    }

    private static void without(Network network, int context, int tokens) {
        int[] text = new int[tokens + 1];
        text[0] = FIRST;
        for (int i = 1; i <= tokens; i++) {
            text[i] = likeliest(network, Arrays.copyOfRange(text, Math.max(0, i - context), i));
        }
    }

    private static int likeliest(Network network, int[] seen) {
        try (Scope scope = Scope.open("pass")) {
            Decoding decoding = Decoding.of(scope, network);
            decoding.begin(List.of());
            Tensor tokens = scope.uninitialized(network.type(), seen.length, 1);
            tokens.setAll(Arrays.stream(seen).asDoubleStream().toArray());
            Tensor out = decoding.next(new SampleRows(tokens, RowLayout.of(new int[] {seen.length})))
                    .values();
            double[] logits = out.rows(out.rows() - 1, out.rows()).toDoubles();
            int found = 0;
            for (int token = 1; token < logits.length; token++) {
                found = logits[token] > logits[found] ? token : found;
            }
            return found;
        }
    }
}
