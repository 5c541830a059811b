package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.CompressionFigures.Measured;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.session.Compression;
import dev.stiefel.lab.session.Compression.Target;
import dev.stiefel.lab.session.DerivedRun;
import dev.stiefel.lab.session.RunResult;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// `stiefel compress`.
@CommandLine.Command(
        name = "compress",
        header = "Replaces a trained network's weights by factors with fewer parameters.",
        description = {
            "Dense weights are factored by their truncated singular value decomposition; factored weights are"
                    + " truncated further; the output layer stays as it is. With --form tucker, kernels of"
                    + " convolutions get the Tucker form. The network is evaluated before and after. With"
                    + " --epochs, it is then retrained at its new ranks.",
            "The result is a new run, which records the model that it was made of; that model stays unchanged.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel compress RUN|MODEL --rank N|--tolerance T|--budget F [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel compress runs/mnist-dense --rank 20",
            "  stiefel compress runs/mnist-dense --rank 35-53-51-46 --epochs 10",
            "  stiefel compress runs/mnist-dense --tolerance 0.3 --out runs/small",
            "  stiefel compress runs/mnist-dense --budget 0.1 --epochs 5 --json",
            "  stiefel compress runs/vgg16-dense --form tucker --tolerance 0.3",
            "  stiefel compress runs/digits-conv-dense --form tucker --rank 16x8-24-20",
            "  stiefel compress own.safetensors --data mnist --rank 20",
        })
final class CompressCommand implements Command {
    private final CommandEnvironment environment;
    private final Stiefel common;
    private final TrainOptions options = new TrainOptions();

    @Mixin
    private final ModelSource source = new ModelSource();

    @Option(
            names = "--rank",
            paramLabel = "N|N-N-…",
            order = 1,
            description = "Ranks to keep: one for all hidden layers, or one for each. 16x8 are the ranks of a Tucker"
                    + " kernel's outputs and channels.")
    private @Nullable String rank;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            order = 2,
            description = "Largest fraction of each weight's norm to cut off.")
    private @Nullable String tolerance;

    @Option(
            names = "--budget",
            paramLabel = "F",
            order = 3,
            description = "Largest fraction of the dense network's parameters to keep; layers get the ranks at which"
                    + " the cuts are smallest.")
    private @Nullable String budget;

    @Option(
            names = "--form",
            paramLabel = "NAME",
            order = 4,
            description = "Form of factored kernels of convolutions (matrix or tucker; default: their present form,"
                    + " matrix for dense kernels).")
    private @Nullable String form;

    @Option(
            names = "--out",
            paramLabel = "RUN",
            order = 5,
            description = "New folder of the run (default: runs/NAME-compress-TIMESTAMP).")
    private @Nullable String out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 23,
            description = "Folder to search for the data set's files before downloading them.")
    private @Nullable String dataDir;

    @Option(
            names = "--data-moved-to",
            paramLabel = "PATH",
            order = 24,
            description = "New path of the model's own data, or of its folder.")
    private @Nullable String dataMovedTo;

    @Option(names = "--json", order = 21, description = "Prints the result as JSON.")
    private boolean json;

    private CompressCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    static CommandLine of(CommandEnvironment environment, Stiefel common) {
        CompressCommand command = new CompressCommand(environment, common);
        return command.options.commandLine(CommandSpec.forAnnotatedObject(command), Options.ofRetraining());
    }

    @Override
    public int run() throws IOException {
        Target target = target();
        Choices typed = form == null
                ? options.choices()
                : options.choices().with(Options.FORM, TrainOptions.parsed(Options.FORM, form));
        Path model = source.path(environment);
        if (out != null) {
            RunSession.requireVacant(environment.path(out)); // before the long work
        }
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            DataSets sets =
                    DataSetAccess.sets(environment, dataDir, dataMovedTo).withListener(displays.fetching());
            Choices choices = DataSetAccess.located(environment, sets, typed);
            try (DerivedRun compression =
                    Compression.of(model, source.model(), source.checkpoint(), target, choices, sets)) {
                compression.remarks().forEach(displays.training()::remarked);
                try (RunPlace place = RunPlace.of(environment, out, compression.name())) {
                    RunSession session = compression.session(place.path(), sets);
                    return new InterruptibleSession(
                                    environment, report(compression.compressed().orElseThrow()))
                            .run(place.path(), session, displays);
                }
            }
        }
    }

    private Target target() {
        List<Target> targets = new ArrayList<>();
        List<String> typed = new ArrayList<>();
        if (rank != null) {
            targets.add(new Target.Ranks(TrainOptions.parsed(Options.RANK, rank)));
            typed.add("--rank");
        }
        if (tolerance != null) {
            targets.add(new Target.Tolerance(TrainOptions.parsed(Options.TOLERANCE, tolerance)));
            typed.add("--tolerance");
        }
        if (budget != null) {
            targets.add(new Target.Budget(TrainOptions.parsed(Options.BUDGET, budget)));
            typed.add("--budget");
        }
        if (targets.isEmpty()) {
            throw new UsageException(
                    "'stiefel compress' needs --rank N, --tolerance T or --budget F: how much to keep");
        }
        if (targets.size() > 1) {
            throw new UsageException(
                    "%s cannot go with %s; give one of them".formatted(typed.getFirst(), typed.get(1)));
        }
        return targets.getFirst();
    }

    private InterruptibleSession.Report report(CompressionFigures figures) {
        return new InterruptibleSession.Report() {
            @Override
            public Map<String, Object> json(RunResult result) throws IOException {
                if (!json) {
                    return Map.of();
                }
                Map<String, Object> fields = new LinkedHashMap<>();
                Map<String, Object> outcome = RunReport.fields(result);
                fields.put("run", outcome.remove("run"));
                fields.put("before", fields(figures.before()));
                fields.put("after", fields(figures.after()));
                fields.putAll(outcome);
                return fields;
            }

            @Override
            public String text(RunResult result) {
                return table(figures, result);
            }
        };
    }

    private static String table(CompressionFigures figures, RunResult result) {
        List<Measured> columns = new ArrayList<>(List.of(figures.before(), figures.after()));
        Summary summary = result.summary();
        if (summary.epochs() > 0 && summary.test().isPresent()) {
            columns.add(new Measured(
                    summary.validation(),
                    summary.test().get(),
                    summary.ranks(),
                    summary.parameters().evaluation(),
                    summary.compression().evaluation()));
        }
        TextTable table = new TextTable("lrrr");
        table.row(
                columns.size() == 3
                        ? new String[] {"", "before", "after", "retrained"}
                        : new String[] {"", "before", "after"});
        add(
                table,
                "validation loss",
                columns,
                column -> column.validation().map(Score::loss).map(NumberText::fourDigits));
        add(
                table,
                "validation accuracy",
                columns,
                column -> column.validation().map(Score::accuracy).map(NumberText::percent));
        List<String> further = List.copyOf(figures.before().test().further().keySet());
        further.forEach(name -> add(
                table,
                "validation " + name,
                columns,
                column -> column.validation().map(score -> NumberText.fourDigits(score.figure(name)))));
        add(
                table,
                "test loss",
                columns,
                column -> Optional.of(NumberText.fourDigits(column.test().loss())));
        add(
                table,
                "test accuracy",
                columns,
                column -> Optional.of(NumberText.percent(column.test().accuracy())));
        further.forEach(name -> add(
                table,
                "test " + name,
                columns,
                column -> Optional.of(NumberText.fourDigits(column.test().figure(name)))));
        add(table, "parameters", columns, column -> Optional.of(NumberText.count(column.parameters())));
        add(table, "compression", columns, column -> Optional.of(NumberText.percent(column.compression())));
        add(
                table,
                "ranks",
                columns,
                column -> Optional.of(column.ranks().isEmpty() ? "dense" : NumberText.ranks(column.ranks())));
        return table + System.lineSeparator() + new TextTable("ll").row("run", RunNames.typed(result.folder()));
    }

    private static void add(
            TextTable table, String name, List<Measured> columns, Function<Measured, Optional<String>> figure) {
        List<String> cells = new ArrayList<>(List.of(name));
        columns.forEach(column -> figure.apply(column).ifPresent(cells::add));
        if (cells.size() > 1) {
            table.row(cells.toArray(String[]::new));
        }
    }

    private static Map<String, Object> fields(Measured measured) {
        Map<String, Object> fields = new LinkedHashMap<>();
        measured.validation().ifPresent(score -> fields.put("validation", fields(score)));
        fields.put("test", fields(measured.test()));
        fields.put("ranks", measured.ranks());
        fields.put("parameters", measured.parameters());
        fields.put("compression", measured.compression());
        return fields;
    }

    private static Map<String, Object> fields(Score score) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("loss", score.loss());
        fields.put("accuracy", score.accuracy());
        fields.putAll(score.further());
        return fields;
    }
}
