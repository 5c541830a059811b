package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Translator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel translate`.
@CommandLine.Command(
        name = "translate",
        header = "Translates texts with a trained network.",
        description = {
            "Prints one line for each TEXT or, without TEXT, for each line of standard input. An empty line yields"
                    + " an empty line.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = {
            "stiefel translate RUN|MODEL TEXT… [options]",
            "       stiefel translate RUN|MODEL [options] < FILE"
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel translate runs/translation-20260131-120000 'forty-two' 'seven'",
            "  stiefel translate runs/pt-en-20260131-120000 --beam 4 < talk.pt > talk.en",
        })
final class TranslateCommand implements Command {
    private static final int LINES_AT_ONCE = 512;

    private final CommandEnvironment environment;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Parameters(index = "1..*", paramLabel = "TEXT", arity = "0..*", description = "Texts to translate.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--beam",
            paramLabel = "N",
            description = "Beam width of the search; 1 takes the most probable token each time (default: 1).")
    private int beam = 1;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    TranslateCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        if (beam < 1) {
            throw new UsageException("--beam must be at least 1; got " + beam);
        }
        try (Model model = source.open(environment)) {
            Translator translator = Translator.of(model).beam(beam);
            if (!texts.isEmpty()) {
                print(texts, translator.translate(texts));
            } else if (json) {
                List<String> lines = all(new InputLines(environment.in()));
                print(lines, translator.translate(lines));
            } else {
                stream(translator);
            }
            return 0;
        }
    }

    /// Translates lines as they come.
    private void stream(Translator translator) throws IOException {
        InputLines input = new InputLines(environment.in());
        for (List<String> lines = input.next(LINES_AT_ONCE); !lines.isEmpty(); lines = input.next(LINES_AT_ONCE)) {
            print(lines, translator.translate(lines));
        }
    }

    private static List<String> all(InputLines input) throws IOException {
        List<String> all = new ArrayList<>();
        for (List<String> lines = input.next(LINES_AT_ONCE); !lines.isEmpty(); lines = input.next(LINES_AT_ONCE)) {
            all.addAll(lines);
        }
        return all;
    }

    private void print(List<String> from, List<String> translations) {
        if (json) {
            List<Map<String, Object>> all = new ArrayList<>();
            for (int i = 0; i < from.size(); i++) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("source", from.get(i));
                fields.put("translation", translations.get(i));
                all.add(fields);
            }
            JsonOutput.print(environment.out(), Map.of("translations", all));
            return;
        }
        translations.forEach(each -> environment.out().print(oneLine(each) + "\n"));
        environment.out().flush();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}
