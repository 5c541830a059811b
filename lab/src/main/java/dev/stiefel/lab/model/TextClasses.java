package dev.stiefel.lab.model;

import dev.stiefel.data.own.ColumnChoice;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.own.TextFiles;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.TextDefaults;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.PassMode;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Batch;
import dev.stiefel.train.TokenSequences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Puts texts into classes.
///
/// @param model whose network does it
/// @param tokenizer of its texts
/// @param longest tokens of a text that count, as in training
/// @param classes number of classes
record TextClasses(Model model, Tokenizer tokenizer, int longest, int classes) {
    private static final int TEXTS_AT_ONCE = 16;

    static TextClasses of(Model model) {
        Schema schema = model.preparation().schema();
        if (!(schema.inputs() instanceof Schema.Text(Tokenizer tokenizer))
                || !(schema.outputs() instanceof Schema.Classes(var names))) {
            throw new IllegalArgumentException(
                    "predict: the model must be trained on texts and their classes; it takes "
                            + schema.describeInputs());
        }
        int longest =
                model.spec().flatMap(spec -> spec.find(Options.MAX_TOKENS)).orElse(TextDefaults.MAX_TOKENS);
        return new TextClasses(model, tokenizer, longest, names.size());
    }

    /// The texts in a file.
    List<String> texts(Path file) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (name.endsWith(".txt")) {
            return TextFiles.lines(file, _ -> {});
        }
        if (!name.endsWith(".csv") && !name.endsWith(".tsv")) {
            throw new IllegalArgumentException(
                    "predict: the model takes texts, from a file .txt, .csv or .tsv, or one of these as .gz; got '%s'"
                            .formatted(file));
        }
        String column = model.textColumn()
                .orElseThrow(() -> new IllegalArgumentException(
                        "predict: the model does not record the column of its texts; put them into a .txt file, one"
                                + " per line"));
        return TextFiles.column(file, ColumnChoice.of(column), _ -> {});
    }

    List<Prediction> predictions(List<String> texts) {
        int[][] tokens = new int[texts.size()][];
        for (int i = 0; i < tokens.length; i++) {
            int[] all = tokenizer.encode(texts.get(i));
            if (all.length == 0) {
                throw new IllegalArgumentException("predict: a text must not be empty; text %s is".formatted(i + 1));
            }
            tokens[i] = Arrays.copyOf(all, Math.min(longest, all.length));
        }
        int[][] none = new int[tokens.length][1];
        TokenSequences samples = TokenSequences.of(tokens, tokenizer.size(), none, classes);
        float[][] answers = new float[tokens.length][];
        int batches = Math.ceilDiv(tokens.length, TEXTS_AT_ONCE);
        try (Threads workers = Threads.of(Threads.available());
                Pool pool = new Pool()) {
            workers.run(batches, batch -> answer(samples, batch * TEXTS_AT_ONCE, answers, pool));
        }
        return Arrays.stream(answers)
                .map(answer -> {
                    model.preparation().answerInPlace(answer);
                    return model.preparation().named(answer);
                })
                .toList();
    }

    private void answer(TokenSequences samples, int from, float[][] answers, Pool pool) {
        int to = Math.min(answers.length, from + TEXTS_AT_ONCE);
        int[] order = IntStream.range(0, answers.length).toArray();
        Network network = model.network();
        try (Scope scope = pool.scope("texts")) {
            Batch batch = Batch.of(scope, network.type(), samples, order, from, to);
            Tensor outputs = new NetworkPass(scope, network, PassMode.EVALUATION)
                    .forward(batch.inputs())
                    .values();
            double[] values = outputs.toDoubles();
            for (int i = from; i < to; i++) {
                answers[i] = new float[classes];
                for (int j = 0; j < classes; j++) {
                    answers[i][j] = (float) values[(i - from) * classes + j];
                }
            }
        }
    }
}
