package dev.stiefel.cli;

import dev.stiefel.lab.model.Inspection;
import dev.stiefel.lab.model.Inspection.LayerInfo;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `stiefel inspect`.
@CommandLine.Command(
        name = "inspect",
        header = "Shows a trained network's layers, shapes, ranks and singular values.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel inspect RUN|MODEL [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel inspect runs/digits-20260131-120000",
            "  stiefel inspect runs/digits/checkpoint/model.safetensors --json",
        })
final class InspectCommand implements Command {
    private static final int SHOWN_VALUES = 3;

    private final CommandEnvironment environment;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Option(names = "--json", description = "Prints the result as JSON, with all singular values.")
    private boolean json;

    InspectCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        Inspection inspection;
        try (Model model = source.open(environment)) {
            inspection = model.inspect();
        }
        if (json) {
            JsonOutput.print(environment.out(), fields(inspection));
            return 0;
        }
        TextTable table =
                new TextTable("lrrrrl").row("layer", "shape", "rank", "parameters", "condition", "singular values");
        for (LayerInfo layer : inspection.layers()) {
            table.row(
                    layer.name(),
                    "[%s, %s]".formatted(layer.outputs(), layer.inputs()),
                    layer.rankText(),
                    NumberText.count(layer.parameters()),
                    layer.conditionNumber().isPresent()
                            ? NumberText.fourDigits(layer.conditionNumber().getAsDouble())
                            : "",
                    values(layer.singularValues()));
        }
        environment.out().println(table);
        environment
                .out()
                .println(SpectrumPlot.of(inspection.layers(), environment.out().charset()));
        environment
                .out()
                .printf(
                        "%s parameters, compression %s%n",
                        NumberText.count(inspection.parameters()), NumberText.percent(inspection.compression()));
        environment.out().flush();
        return 0;
    }

    /// The largest few and the smallest.
    private static String values(List<Double> all) {
        String first =
                all.stream().limit(SHOWN_VALUES).map(NumberText::fourDigits).collect(Collectors.joining(" "));
        return all.size() <= SHOWN_VALUES ? first : first + " … " + NumberText.fourDigits(all.getLast());
    }

    private static Map<String, Object> fields(Inspection inspection) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "layers",
                inspection.layers().stream().map(InspectCommand::fields).toList());
        fields.put("parameters", inspection.parameters());
        fields.put("compression", inspection.compression());
        return fields;
    }

    private static Map<String, Object> fields(LayerInfo layer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", layer.name());
        fields.put("shape", List.of(layer.outputs(), layer.inputs()));
        fields.put("rank", layer.rank().isPresent() ? layer.rank().getAsInt() : null);
        layer.tucker().ifPresent(ranks -> {
            Map<String, Object> both = new LinkedHashMap<>();
            both.put("out", ranks.out());
            both.put("in", ranks.in());
            fields.put("tucker", both);
        });
        fields.put("parameters", layer.parameters());
        fields.put("singularValues", layer.singularValues());
        fields.put(
                "conditionNumber",
                layer.conditionNumber().isPresent()
                                && Double.isFinite(layer.conditionNumber().getAsDouble())
                        ? layer.conditionNumber().getAsDouble()
                        : null);
        return fields;
    }
}
