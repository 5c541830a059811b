package dev.stiefel.lab.data;

import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.own.DataSummary;
import dev.stiefel.data.own.OwnData;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.spec.TextFacts;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Overview of a user's own data as it was read, for the user to check before training: in lines, and as JSON.
public final class DataOverview {
    private static final int LONGEST_LIST = 8;
    private static final double MEGABYTE = 1e6;

    /// A line: what it is about, and what there is.
    ///
    /// @param key one word
    /// @param text description of the part
    public record Line(String key, String text) {}

    /// The numbers of samples for training, validation and test.
    private record Parts(int train, int validation, int test) {}

    private final String name;
    private final Optional<DataSummary> summary;
    private final Optional<TextFacts> text;
    private final Optional<Parts> parts;
    private final Optional<Long> memory;

    private DataOverview(
            String name,
            Optional<DataSummary> summary,
            Optional<TextFacts> text,
            Optional<Parts> parts,
            Optional<Long> memory) {
        this.name = name;
        this.summary = summary;
        this.text = text;
        this.parts = parts;
        this.memory = memory;
    }

    /// The overview of a run's data; empty for a data set that is known by name.
    public static Optional<DataOverview> of(RunData data, RunSpec spec) {
        Optional<TextFacts> text = data.facts().text();
        if (data.summary().isEmpty() && text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DataOverview(
                data.facts().name(),
                data.summary(),
                text,
                Optional.of(parts(data, spec)),
                Optional.of(TrainingMemory.bytes(data, spec))));
    }

    /// The overview of data that no run uses yet.
    public static DataOverview of(String name, OwnData.Inspection inspected) {
        return new DataOverview(
                name, Optional.of(inspected.summary()), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Parts parts(RunData data, RunSpec spec) {
        DataFacts facts = data.facts();
        int held = facts.text().map(TextFacts::validation).orElseGet(() -> spec.get(Options.VALIDATION));
        boolean isInside = facts.text().isEmpty() && spec.splitSpec().validationSplit() == ValidationSplit.INSIDE;
        long train = Math.round(
                spec.get(Options.TRAIN_FRACTION) * (isInside ? facts.trainSize() : facts.trainSize() - held));
        double share = spec.get(Options.EVALUATION_FRACTION);
        return new Parts(
                (int) Math.max(1, train), (int) Math.round(share * held), (int) Math.round(share * data.testSize()));
    }

    /// It in lines.
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "data", name + summary.map(each -> ", " + each.format()).orElse("")));
        text.ifPresent(facts -> lines.add(new Line(
                "text",
                "%s, %s tokens in vocabularies of %s"
                        .formatted(facts.kind(), NumberText.count(facts.tokens()), vocabularies(facts)))));
        summary.ifPresent(each -> samples(each, lines));
        parts.ifPresent(each -> lines.add(new Line(
                "split",
                "%s train, %s validate, %s test"
                        .formatted(
                                NumberText.count(each.train),
                                NumberText.count(each.validation),
                                NumberText.count(each.test)))));
        memory.ifPresent(bytes -> lines.add(
                new Line("memory", "about %s MB to train".formatted(NumberText.count(Math.round(bytes / MEGABYTE))))));
        return lines;
    }

    private static String vocabularies(TextFacts facts) {
        return facts.sourceVocabulary() == facts.targetVocabulary()
                ? NumberText.count(facts.sourceVocabulary())
                : NumberText.count(facts.sourceVocabulary()) + " and " + NumberText.count(facts.targetVocabulary());
    }

    private static void samples(DataSummary summary, List<Line> lines) {
        String leftOut = summary.leftOut() == 0
                ? ""
                : "; %s left out (%s)"
                        .formatted(
                                NumberText.count(summary.leftOut()),
                                NumberText.percent(
                                        (double) summary.leftOut() / (summary.samples() + summary.leftOut())));
        lines.add(new Line("samples", NumberText.count(summary.samples()) + leftOut));
        if (summary.numbers().isEmpty() && summary.categories().isEmpty()) {
            lines.add(new Line("inputs", summary.inputs()));
        }
        if (!summary.numbers().isEmpty()) {
            lines.add(new Line("numbers", list(summary.numbers())));
        }
        if (!summary.categories().isEmpty()) {
            lines.add(new Line(
                    "categories",
                    list(summary.categories().entrySet().stream()
                            .map(each -> "%s (%s)".formatted(each.getKey(), each.getValue()))
                            .toList())));
        }
        if (!summary.ignored().isEmpty()) {
            lines.add(new Line("left out", list(summary.ignored())));
        }
        if (summary.targets().isEmpty()) {
            lines.add(new Line("target", "not chosen yet: --target COLUMN"));
        }
        for (DataSummary.Target target : summary.targets()) {
            lines.add(new Line("target", target.name() + ": " + values(target)));
        }
    }

    private static String values(DataSummary.Target target) {
        return target.range()
                .map(range -> "numbers from %s to %s"
                        .formatted(NumberText.fourDigits(range.least()), NumberText.fourDigits(range.greatest())))
                .orElseGet(() -> "%s classes: %s".formatted(target.classes().size(), list(target.classes())));
    }

    private static String list(List<String> names) {
        String shown = names.stream()
                .limit(LONGEST_LIST)
                .map(name -> name.contains(",") ? "'" + name + "'" : name)
                .collect(Collectors.joining(", "));
        String counted =
                names.size() <= LONGEST_LIST ? shown : "%s and %s more".formatted(shown, names.size() - LONGEST_LIST);
        return counted.replaceAll("\\p{Cntrl}", "?");
    }

    /// It as JSON.
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        summary.ifPresent(each -> write(each, json));
        text.ifPresent(facts -> {
            json.put("text", String.valueOf(facts.kind())).put("tokens", facts.tokens());
            json.putArray("vocabularies").add(facts.sourceVocabulary()).add(facts.targetVocabulary());
        });
        parts.ifPresent(each -> json.putObject("split")
                .put("train", each.train)
                .put("validation", each.validation)
                .put("test", each.test));
        memory.ifPresent(bytes -> json.put("estimatedMemoryBytes", bytes));
        return json;
    }

    private static void write(DataSummary summary, ObjectNode json) {
        json.put("format", summary.format())
                .put("samples", summary.samples())
                .put("leftOut", summary.leftOut())
                .put("inputs", summary.inputs());
        add(json.putArray("numbers"), summary.numbers());
        ObjectNode categories = json.putObject("categories");
        for (Map.Entry<String, Integer> each : summary.categories().entrySet()) {
            categories.put(each.getKey(), each.getValue());
        }
        add(json.putArray("ignored"), summary.ignored());
        ArrayNode targets = json.putArray("targets");
        for (DataSummary.Target target : summary.targets()) {
            ObjectNode one = targets.addObject().put("name", target.name());
            target.range()
                    .ifPresentOrElse(
                            range -> one.put("least", range.least()).put("greatest", range.greatest()),
                            () -> add(one.putArray("classes"), target.classes()));
        }
    }

    private static void add(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
