package dev.stiefel.cli;

import dev.stiefel.data.language.TextDataInfo;
import dev.stiefel.data.language.TextDataSets;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `stiefel data list`.
@CommandLine.Command(
        name = "list",
        description = "Lists the data sets that have a name.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  stiefel data list", "  stiefel data list --json"})
final class DataListCommand implements Command {
    private final CommandEnvironment environment;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    DataListCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() {
        DataSets images = DataSets.in(environment.cache());
        List<DataSetInfo> sets = images.list();
        List<TextDataInfo> texts = TextDataSets.beside(images).list();
        if (json) {
            List<Map<String, Object>> all = new ArrayList<>();
            sets.forEach(set -> all.add(fields(set)));
            texts.forEach(set -> all.add(fields(set)));
            JsonOutput.print(environment.out(), Map.of("dataSets", all));
            return 0;
        }
        for (DataSetInfo set : sets) {
            TextTable table = new TextTable("ll")
                    .row("  shows", set.description())
                    .row(
                            "  samples",
                            "%s to train, %s to test; %s × %s pixels%s, %s classes"
                                    .formatted(
                                            NumberText.count(set.trainSize()),
                                            NumberText.count(set.testSize()),
                                            set.height(),
                                            set.width(),
                                            set.channels() == 1 ? "" : " in colour",
                                            set.classes()))
                    .row("  size", NumberText.bytes(set.bytes()))
                    .row("  licence", set.licence())
                    .row("  by", set.origin());
            print(set.name(), from(table, set.sources()));
        }
        for (TextDataInfo set : texts) {
            TextTable table = new TextTable("ll")
                    .row("  holds", set.description())
                    .row("  samples", set.kind().toString());
            if (set.bytes() > 0) {
                table.row("  size", NumberText.bytes(set.bytes()));
            }
            table.row("  licence", set.licence()).row("  by", set.origin());
            print(set.name(), from(table, set.sources()));
        }
        environment.out().println("Fetched files are kept in " + environment.cache());
        return 0;
    }

    private void print(String name, TextTable table) {
        environment.out().printf("%s%n%s%n", name, table);
    }

    private static TextTable from(TextTable table, List<String> sources) {
        for (int i = 0; i < sources.size(); i++) {
            table.row(i == 0 ? "  from" : "", sources.get(i));
        }
        return sources.isEmpty() ? table.row("  from", "part of the program") : table;
    }

    private static Map<String, Object> fields(TextDataInfo set) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", set.name());
        fields.put("description", set.description());
        fields.put("kind", set.kind().toString());
        fields.put("bytes", set.bytes());
        fields.put("licence", set.licence());
        fields.put("origin", set.origin());
        fields.put("sources", set.sources());
        return fields;
    }

    private static Map<String, Object> fields(DataSetInfo set) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", set.name());
        fields.put("description", set.description());
        fields.put("trainSamples", set.trainSize());
        fields.put("testSamples", set.testSize());
        fields.put("height", set.height());
        fields.put("width", set.width());
        fields.put("channels", set.channels());
        fields.put("classes", set.classes());
        fields.put("bytes", set.bytes());
        fields.put("licence", set.licence());
        fields.put("origin", set.origin());
        fields.put("sources", set.sources());
        return fields;
    }
}
