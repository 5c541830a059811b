package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.TextGenerator;
import dev.stiefel.model.SequenceSampler.Sampling;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `stiefel generate`.
@CommandLine.Command(
        name = "generate",
        header = "Continues a text with a trained language model.",
        description = "The text is printed token by token.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel generate RUN|MODEL [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel generate runs/shakespeare-20260131-120000",
            "  stiefel generate runs/shakespeare --prompt 'ROMEO:' --tokens 500",
        })
final class GenerateCommand implements Command {
    private final CommandEnvironment environment;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "Text to continue; it is printed first (default: a line break, not printed).")
    private String prompt = "";

    @Option(names = "--tokens", paramLabel = "N", description = "Number of tokens to write (default: 300).")
    private int tokens = 300;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Divisor of the logits: below 1, likely tokens become likelier; 0 takes the most probable"
                    + " token each time (default: 1).")
    private double temperature = 1;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Samples from the K most probable tokens only (default: all).")
    private @Nullable Integer topK;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the sampling (default: 0).")
    private long seed;

    @Option(names = "--json", description = "Prints the result as JSON when all tokens are written.")
    private boolean json;

    GenerateCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        Sampling sampling = sampling();
        try (Model model = source.open(environment)) {
            TextGenerator generator = TextGenerator.of(model);
            if (json) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("prompt", prompt);
                fields.put("text", generator.generate(prompt, tokens, sampling, seed));
                JsonOutput.print(environment.out(), fields);
                return 0;
            }
            boolean[] begun = {false};
            generator.generate(prompt, tokens, sampling, seed, piece -> {
                environment.out().print(begun[0] ? piece : prompt + piece);
                environment.out().flush();
                begun[0] = true;
            });
            environment.out().println();
            environment.out().flush();
            return 0;
        }
    }

    private Sampling sampling() {
        if (tokens < 1) {
            throw new UsageException("--tokens must be at least 1; got " + tokens);
        }
        if (!(temperature >= 0 && Double.isFinite(temperature))) {
            throw new UsageException("--temperature must be at least 0 and finite; got " + temperature);
        }
        if (topK != null && topK < 1) {
            throw new UsageException("--top-k must be at least 1; got " + topK);
        }
        return new Sampling(temperature, topK == null ? OptionalInt.empty() : OptionalInt.of(topK));
    }
}
