package dev.stiefel.cli;

import dev.stiefel.lab.spec.Preset;
import dev.stiefel.lab.spec.Presets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// `stiefel presets`.
@CommandLine.Command(
        name = "presets",
        header = "Lists the presets: experiments that have a name.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel presets [options]",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  stiefel presets", "  stiefel presets --json       all options of each preset"})
final class PresetsCommand implements Command {
    private final CommandEnvironment environment;

    @CommandLine.Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    PresetsCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() {
        List<Preset> all = Presets.all();
        if (json) {
            JsonOutput.print(
                    environment.out(),
                    Map.of("presets", all.stream().map(PresetsCommand::fields).toList()));
            return 0;
        }
        TextTable table = new TextTable("ll");
        all.forEach(preset -> table.row(preset.name(), preset.description()));
        environment.out().print(table);
        environment.out().printf("%n'stiefel train NAME' trains one; 'stiefel presets --json' shows all settings.%n");
        environment.out().flush();
        return 0;
    }

    private static Map<String, Object> fields(Preset preset) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", preset.name());
        fields.put("description", preset.description());
        fields.put("spec", preset.asMap());
        return fields;
    }
}
