package dev.stiefel.cli;

import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.session.RunResult;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.nn.Accuracy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Outcome of a run, in a few lines.
final class RunReport {
    private RunReport() {}

    /// The report of a trained run.
    static InterruptibleSession.Report of(boolean json) {
        return new InterruptibleSession.Report() {
            @Override
            public Map<String, Object> json(RunResult result) throws IOException {
                return json ? fields(result) : Map.of();
            }

            @Override
            public String text(RunResult result) {
                return table(result);
            }
        };
    }

    static String table(RunResult result) {
        Summary summary = result.summary();
        List<String> further = measures(summary);
        List<String> header = new ArrayList<>(List.of("", "loss"));
        header.addAll(further);
        TextTable scores = new TextTable("lr" + "r".repeat(further.size())).row(header.toArray(String[]::new));
        add(scores, "train", summary.train(), further);
        add(scores, "validation", summary.validation(), further);
        add(scores, "test", summary.test(), further);
        String best = "best (epoch %s)".formatted(summary.bestEpoch());
        if (summary.bestEpoch() > 0 && summary.bestEpoch() < summary.epochs()) {
            add(scores, best + ", validation", summary.best().validation(), further);
            add(scores, best + ", test", summary.best().test(), further);
        }
        TextTable facts = new TextTable("ll");
        if (!summary.ranks().isEmpty()) {
            facts.row("ranks", NumberText.ranks(summary.ranks()));
        }
        facts.row("parameters", parameters(summary));
        facts.row("time", time(summary));
        facts.row("run", RunNames.typed(result.folder()));
        return scores + System.lineSeparator() + facts;
    }

    /// Commands that take the run further.
    static String next(RunResult result) throws IOException {
        String run = RunNames.typed(result.folder());
        TextTable table =
                new TextTable("ll").row("next:", "stiefel evaluate " + run).row("", "stiefel inspect " + run);
        JsonNode spec =
                JsonOutput.pick(result.folder().resolve(RunRecord.FILE), "spec").getOrDefault("spec", Json.object());
        switch (spec.path("network").stringValue("")) {
            case "transformer" -> table.row("", "stiefel translate %s 'TEXT'".formatted(run));
            case "language-model" -> table.row("", "stiefel generate " + run);
            case "text-classifier" -> table.row("", "stiefel predict %s FILE.txt".formatted(run));
            default -> {
                // images and tables: files of the user's, of which there may be none
            }
        }
        return System.lineSeparator() + table;
    }

    /// The same for programs: what `run.json` says of it.
    static Map<String, Object> fields(RunResult result) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", result.folder().toString());
        fields.putAll(JsonOutput.pick(result.folder().resolve(RunRecord.FILE), "status", "message", "data", "summary"));
        return fields;
    }

    /// Names of all measures beside the loss, accuracy first if there are classes.
    private static List<String> measures(Summary summary) {
        List<Score> scores = Stream.of(summary.train(), summary.validation(), summary.test())
                .flatMap(Optional::stream)
                .toList();
        boolean hasClasses = scores.stream().anyMatch(score -> !Double.isNaN(score.accuracy()));
        return Stream.concat(
                        hasClasses ? Stream.of(Accuracy.NAME) : Stream.of(),
                        scores.stream().flatMap(score -> score.further().keySet().stream()))
                .distinct()
                .toList();
    }

    private static void add(TextTable scores, String name, Optional<Score> score, List<String> further) {
        score.ifPresent(found -> {
            List<String> row = new ArrayList<>(List.of(name, NumberText.fourDigits(found.loss())));
            further.forEach(measure -> row.add(shown(measure, found.figure(measure))));
            scores.row(row.toArray(String[]::new));
        });
    }

    private static String shown(String measure, double figure) {
        return measure.equals(Accuracy.NAME) ? NumberText.percent(figure) : NumberText.fourDigits(figure);
    }

    private static String parameters(Summary summary) {
        long dense = summary.parameters().dense();
        long kept = summary.parameters().evaluation();
        return kept == dense
                ? NumberText.count(dense) + " in dense weights"
                : "%s of %s in dense weights (compression %s; %s in training)"
                        .formatted(
                                NumberText.count(kept),
                                NumberText.count(dense),
                                NumberText.percent(summary.compression().evaluation()),
                                NumberText.percent(summary.compression().training()));
    }

    private static String time(Summary summary) {
        String epochs = "%s for %s %s"
                .formatted(
                        NumberText.anyDuration(summary.seconds().total()),
                        summary.epochs(),
                        summary.epochs() == 1 ? "epoch" : "epochs");
        return summary.seconds().medianStep().isPresent()
                ? "%s; a step takes %s"
                        .formatted(
                                epochs,
                                NumberText.anyDuration(
                                        summary.seconds().medianStep().getAsDouble()))
                : epochs;
    }
}
