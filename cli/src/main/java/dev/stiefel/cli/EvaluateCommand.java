package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.run.Model;
import dev.stiefel.lab.run.Split;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `stiefel evaluate`.
@CommandLine.Command(
        name = "evaluate",
        header = "Measures the loss and accuracy of a trained network.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel evaluate RUN|MODEL [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel evaluate runs/digits-20260131-120000",
            "  stiefel evaluate runs/digits-20260131-120000 --best --split validation",
            "  stiefel evaluate runs/digits-20260131-120000/checkpoint/model.safetensors --json",
        })
final class EvaluateCommand implements Command {
    private final Surroundings surroundings;
    private final Stiefel common;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "Which samples: train, validation or test (default: test).")
    private String split = "test";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "A folder that may hold the data set's files; asked before anything is fetched.")
    private @Nullable String dataDir;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    EvaluateCommand(Surroundings surroundings, Stiefel common) {
        this.surroundings = surroundings;
        this.common = common;
    }

    @Override
    public int run() throws IOException {
        Split samples = split();
        Metrics metrics;
        try (Displays displays = Displays.of(surroundings, common.quiet)) {
            DataSets sets = Data.sets(surroundings, dataDir).withListener(displays.fetching());
            try (Model model = source.open(surroundings)) {
                metrics = model.evaluate(samples, sets);
            }
        }
        if (json) {
            Json.print(surroundings.out(), fields(metrics));
        } else {
            surroundings
                    .out()
                    .print(new TextTable("lr")
                            .row("loss", Figures.number(metrics.loss()))
                            .row("accuracy", Figures.percent(metrics.accuracy()))
                            .row(samples.word() + " samples", Figures.count(metrics.samples())));
            surroundings.out().flush();
        }
        return 0;
    }

    private Split split() {
        List<String> names = Arrays.stream(Split.values()).map(Split::word).toList();
        if (!names.contains(split)) {
            throw new UsageException("--split must be %s; got '%s'%s"
                    .formatted(Mistakes.choice(names), split, NearMiss.question(split, names)));
        }
        return Split.of(split);
    }

    private static Map<String, Object> fields(Metrics metrics) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("loss", metrics.loss());
        fields.put("accuracy", metrics.accuracy());
        fields.put("samples", metrics.samples());
        return fields;
    }
}
