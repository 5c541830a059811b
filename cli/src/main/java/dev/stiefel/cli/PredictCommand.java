package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel predict`.
@CommandLine.Command(
        name = "predict",
        header = "Predicts classes or numbers for images, rows of tables, texts, or lines of JSON.",
        description = {
            "INPUT is an image, a CSV file or a .npy file. For a model trained on a table, the CSV file has the table's"
                    + " columns; for other models, each row has as many numbers as a sample has values. For a"
                    + " model that classifies texts, INPUT is a .txt file with one text per line, or a .csv or"
                    + " .tsv file with the column of texts that the model was trained on. All of these tables and"
                    + " texts may be compressed as .gz.",
            "With --stdin, each line of standard input is one JSON value: an array of numbers, an object of columns,"
                    + " a text, or {\"image\": \"PATH\"}. The prediction for each line is printed at once as one"
                    + " line. A line that cannot be read yields {\"error\": …}; the next line is read as usual.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = {
            "stiefel predict RUN|MODEL INPUT… [options]",
            "       stiefel predict RUN|MODEL --stdin [options]"
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel predict runs/mnist-20260131-120000 seven.png four.png",
            "  stiefel predict runs/houses-20260131-120000 new-houses.csv --json",
            "  stiefel predict runs/reviews-20260131-120000 new-reviews.txt",
            "  echo '{\"rooms\": 3, \"town\": \"Bonn\"}' | stiefel predict runs/houses --stdin",
        })
final class PredictCommand implements Command {
    private static final int SHOWN_CLASSES = 3;
    private static final Pattern TABLE = Pattern.compile("\\.(csv|tsv|txt)(\\.gz)?$");

    private final CommandEnvironment environment;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Parameters(index = "1..*", paramLabel = "INPUT", arity = "0..*", description = "Image, CSV or text files.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--stdin", description = "Reads samples from standard input, one JSON value per line.")
    private boolean stdin;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    PredictCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    /// @param input the file, with the number of its row where it has rows
    private record Told(String input, Prediction prediction) {}

    @Override
    public int run() throws IOException {
        if (stdin == !inputs.isEmpty()) {
            throw new UsageException(
                    stdin
                            ? "--stdin cannot go with '%s'; give files or --stdin".formatted(inputs.getFirst())
                            : "'stiefel predict' needs an INPUT, an image, a CSV file or a text file, or --stdin");
        }
        for (String input : inputs) { // before a model is loaded
            requireFile(input);
        }
        try (Model model = source.open(environment)) {
            requireClassesOrNumbers(model);
            if (stdin) {
                return new PredictLoop(model, environment).run();
            }
            List<Told> told = new ArrayList<>();
            for (String input : inputs) {
                told.addAll(told(model, input));
            }
            print(told);
            return 0;
        }
    }

    private static void requireClassesOrNumbers(Model model) {
        if (model.predictsTokens()) {
            throw new UsageException(
                    model.translates()
                            ? "predict: the model translates texts; use 'stiefel translate'"
                            : "predict: the model continues texts; use 'stiefel generate'");
        }
    }

    private void requireFile(String input) {
        Path path = environment.path(input);
        if (!Files.isRegularFile(path)) {
            throw new UsageException(
                    Files.exists(path)
                            ? "'%s' is not a file; an INPUT is an image, a CSV file or a text file".formatted(input)
                            : "there is no file '%s'".formatted(input));
        }
    }

    private List<Told> told(Model model, String input) throws IOException {
        Path path = environment.path(input);
        if (model.classifiesTexts()) {
            return numbered(input, model.predictTextFile(path));
        }
        String name = input.toLowerCase(Locale.ROOT);
        if (TABLE.matcher(name).find()) {
            return numbered(input, model.predictCsv(path));
        }
        if (name.endsWith(".npy")) {
            return numbered(input, model.predictNpy(path));
        }
        if (!model.takesImages()) {
            throw new UsageException(
                    "predict: the model takes %s, from a file .csv, .tsv, .txt, one of these as .gz, or"
                                    .formatted(model.preparation().schema().describeInputs())
                            + " .npy; got '%s'".formatted(input));
        }
        return List.of(new Told(input, model.predictImage(path)));
    }

    private static List<Told> numbered(String input, List<Prediction> rows) {
        List<Told> told = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            told.add(new Told("%s:%s".formatted(input, row + 1), rows.get(row)));
        }
        return told;
    }

    private void print(List<Told> told) {
        if (json) {
            List<Map<String, Object>> predictions = new ArrayList<>();
            for (Told each : told) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("input", each.input());
                fields.putAll(JsonOutput.fields(each.prediction()));
                predictions.add(fields);
            }
            JsonOutput.print(environment.out(), Map.of("predictions", predictions));
            return;
        }
        TextTable table = new TextTable("lll");
        for (Told each : told) {
            switch (each.prediction()) {
                case Prediction.OfClass(String name, var probabilities) ->
                    table.row(
                            each.input(),
                            name,
                            String.join(
                                    "  ",
                                    probabilities.entrySet().stream()
                                            .sorted(Map.Entry.<String, Double>comparingByValue()
                                                    .reversed())
                                            .limit(SHOWN_CLASSES)
                                            .map(one -> one.getKey() + " " + NumberText.percent(one.getValue()))
                                            .toList()));
                case Prediction.OfValues(var values) ->
                    table.row(
                            each.input(),
                            String.join(
                                    "  ",
                                    values.entrySet().stream()
                                            .map(one -> one.getKey() + " " + NumberText.fourDigits(one.getValue()))
                                            .toList()),
                            "");
            }
        }
        environment.out().print(table);
        environment.out().flush();
    }
}
