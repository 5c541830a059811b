package dev.stiefel.cli;

import dev.stiefel.data.text.BleuScore;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.spec.MeasureNames;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.train.FastGradientSign;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `stiefel evaluate`.
@CommandLine.Command(
        name = "evaluate",
        header = "Measures the loss and accuracy of a trained network.",
        description = {
            "The measures chosen for its training (--measures) are reported as well.",
            "Networks that predict tokens also get their perplexity per token; networks that translate get their"
                    + " BLEU, with the signature of sacreBLEU.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel evaluate RUN|MODEL [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel evaluate runs/digits-20260131-120000",
            "  stiefel evaluate runs/digits-20260131-120000 --best --split validation",
            "  stiefel evaluate runs/digits/checkpoint/model.safetensors --json",
            "  stiefel evaluate runs/digits-20260131-120000 --attack fgsm --epsilon 0.1",
        })
final class EvaluateCommand implements Command {
    private static final String FGSM = "fgsm";

    private final CommandEnvironment environment;
    private final Stiefel common;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "Samples to evaluate on: train, validation or test (default: test).")
    private String split = "test";

    @Option(
            names = "--attack",
            paramLabel = "NAME",
            description = "Also evaluates under an attack: fgsm (fast gradient sign method) moves every input value"
                    + " by EPSILON in the direction that increases the loss.")
    private @Nullable String attack;

    @Option(
            names = "--epsilon",
            paramLabel = "EPSILON",
            description = "With --attack: distance by which input values move; they lie in [0, 1] before any"
                    + " standardization.")
    private @Nullable Double epsilon;

    @Option(
            names = "--beam",
            paramLabel = "N",
            description = "Beam width of the translations for BLEU; 1 is greedy decoding (default: 1).")
    private @Nullable Integer beam;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder to search for the data set's files before downloading them.")
    private @Nullable String dataDir;

    @Option(
            names = "--data-moved-to",
            paramLabel = "PATH",
            description = "New path of the run's own data, or of its folder.")
    private @Nullable String dataMovedTo;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    EvaluateCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    @Override
    public int run() throws IOException {
        Split samples = split();
        OptionalDouble strength = strength();
        Metrics metrics;
        Optional<Metrics> attacked = Optional.empty();
        OptionalDouble error;
        OptionalDouble perplexity = OptionalDouble.empty();
        Optional<BleuScore> bleu = Optional.empty();
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            DataSets sets =
                    DataSetAccess.sets(environment, dataDir, dataMovedTo).withListener(displays.fetching());
            try (Model model = source.open(environment)) {
                if (strength.isPresent()) {
                    FastGradientSign.Result result = model.attack(samples, strength.getAsDouble(), sets);
                    metrics = result.clean();
                    attacked = Optional.of(result.attacked());
                } else {
                    metrics = model.evaluate(samples, sets);
                }
                error = model.rootMeanSquaredError(metrics);
                if (model.predictsTokens()) {
                    perplexity = OptionalDouble.of(Math.exp(metrics.loss()));
                }
                if (beam != null || model.translates()) {
                    bleu = Optional.of(model.bleu(samples, hypotheses(), sets));
                }
            }
        }
        bleu.filter(score -> score.totals().getLast() == 0)
                .ifPresent(_ -> environment
                        .err()
                        .println("stiefel: BLEU is 0, since it counts sequences of 4 words and no translation has 4"));
        if (json) {
            Map<String, Object> fields = fields(metrics);
            if (perplexity.isPresent()) {
                fields.put("perplexity", perplexity.getAsDouble());
                fields.put("tokens", metrics.rows());
            }
            bleu.ifPresent(score -> fields.put("bleu", fields(score)));
            error.ifPresent(units -> fields.put("rootMeanSquaredError", units));
            attacked.ifPresent(under -> fields.put("attack", fields(strength.getAsDouble(), under)));
            JsonOutput.print(environment.out(), fields);
        } else {
            TextTable table = table(samples, metrics, attacked);
            perplexity.ifPresent(value -> table.row("perplexity", NumberText.fourDigits(value), ""));
            if (perplexity.isPresent()) {
                table.row("tokens", NumberText.count(metrics.rows()), "");
            }
            bleu.ifPresent(
                    score -> table.row("BLEU", String.format(Locale.ROOT, "%.2f", score.score()), score.signature()));
            if (!metrics.measures().containsKey(MeasureNames.RMSE)) {
                error.ifPresent(units -> table.row("root mean squared error", NumberText.fourDigits(units), ""));
            }
            environment.out().print(table);
            environment.out().flush();
        }
        return 0;
    }

    private static TextTable table(Split samples, Metrics clean, Optional<Metrics> attacked) {
        TextTable table = new TextTable("lrr");
        attacked.ifPresent(_ -> table.row("", "clean", "attacked"));
        table.row(
                "loss",
                NumberText.fourDigits(clean.loss()),
                shown(attacked, under -> NumberText.fourDigits(under.loss())));
        if (!Double.isNaN(clean.accuracy())) {
            table.row(
                    "accuracy",
                    NumberText.percent(clean.accuracy()),
                    shown(attacked, under -> NumberText.percent(under.accuracy())));
        }
        Score.of(clean)
                .further()
                .forEach((name, figure) -> table.row(
                        name,
                        NumberText.fourDigits(figure),
                        shown(attacked, under -> NumberText.fourDigits(under.figure(name)))));
        return table.row(
                samples.word() + " samples",
                NumberText.count(clean.samples()),
                shown(attacked, under -> NumberText.count(under.samples())));
    }

    private int hypotheses() {
        int count = beam == null ? 1 : beam;
        if (count < 1) {
            throw new UsageException("--beam must be at least 1; got " + count);
        }
        return count;
    }

    private static Map<String, Object> fields(BleuScore bleu) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("score", bleu.score());
        fields.put("signature", bleu.signature());
        return fields;
    }

    private static String shown(Optional<Metrics> metrics, Function<Metrics, String> figure) {
        return metrics.map(figure).orElse("");
    }

    /// The strength of the attack; empty for no attack.
    private OptionalDouble strength() {
        if (attack == null && epsilon == null) {
            return OptionalDouble.empty();
        }
        if (attack == null) {
            throw new UsageException("--epsilon is for an attack; add --attack fgsm");
        }
        if (!attack.equals(FGSM)) {
            throw new UsageException("--attack must be %s; got '%s'%s"
                    .formatted(FGSM, attack, UsageMessages.question(attack, List.of(FGSM))));
        }
        if (epsilon == null) {
            throw new UsageException("--attack needs --epsilon, the distance that input values move, such as 0.1");
        }
        if (!(epsilon >= 0 && Double.isFinite(epsilon))) {
            throw new UsageException("--epsilon must be at least 0 and finite; got " + epsilon);
        }
        return OptionalDouble.of(epsilon);
    }

    private Split split() {
        List<String> names = Arrays.stream(Split.values()).map(Split::word).toList();
        if (!names.contains(split)) {
            throw new UsageException("--split must be %s; got '%s'%s"
                    .formatted(UsageMessages.choice(names), split, UsageMessages.question(split, names)));
        }
        return Split.of(split);
    }

    private static Map<String, Object> fields(double epsilon, Metrics attacked) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", FGSM);
        fields.put("epsilon", epsilon);
        addFigures(fields, attacked);
        return fields;
    }

    private static Map<String, Object> fields(Metrics metrics) {
        Map<String, Object> fields = new LinkedHashMap<>();
        addFigures(fields, metrics);
        fields.put("samples", metrics.samples());
        return fields;
    }

    /// Figures that do not apply are left out.
    private static void addFigures(Map<String, Object> fields, Metrics metrics) {
        fields.put("loss", metrics.loss());
        if (!Double.isNaN(metrics.accuracy())) {
            fields.put("accuracy", metrics.accuracy());
        }
        Score.of(metrics).further().forEach((name, figure) -> {
            if (!Double.isNaN(figure)) {
                fields.put(name, figure);
            }
        });
    }
}
