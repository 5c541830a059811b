package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.SummaryTable;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.PageTable.Cell;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.lab.text.Words;
import dev.stiefel.nn.Perplexity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A single run: in whatever state it is.
final class RunSubject implements Subject {
    private final RunFolder run;
    private final List<HistoryRow> rows;
    private final ReportSources sources;
    private final FigurePlan plan;

    private RunSubject(RunFolder run, List<HistoryRow> rows, ReportSources sources, FigurePlan plan) {
        this.run = run;
        this.rows = rows;
        this.sources = sources;
        this.plan = plan;
    }

    static RunSubject read(Path folder, Path base) throws IOException {
        RunFolder run = RunFolder.open(folder);
        if (!Files.exists(folder.resolve(RunFolder.HISTORY))) {
            throw new InvalidRunException(
                    run.spec().isTrained()
                            ? ("cannot report on '%s': it has no history.csv;"
                                            + " the run is damaged, or was stopped before it began")
                                    .formatted(folder)
                            : "cannot report on '%s': it was never trained, and has no history.csv".formatted(folder));
        }
        List<HistoryRow> rows = run.historyWithPerplexity();
        if (rows.stream().noneMatch(RunSubject::isMeasured)) {
            throw new IllegalArgumentException("cannot report on '%s': %s (status %s)"
                    .formatted(
                            folder,
                            rows.isEmpty() ? "no epoch has ended yet" : "no epoch has a finite loss",
                            run.status().word()));
        }
        ReportSources sources = ReportSources.of(List.of(folder), base);
        return new RunSubject(run, rows, sources, RunFigures.of(run, rows));
    }

    private static boolean isMeasured(HistoryRow row) {
        return List.of(row.train(), row.validation(), row.test()).stream()
                .flatMap(Optional::stream)
                .anyMatch(score -> Double.isFinite(score.loss()) || Double.isFinite(score.accuracy()));
    }

    @Override
    public ReportSources sources() {
        return sources;
    }

    @Override
    public FigurePlan plan() {
        return plan;
    }

    @Override
    public int configurations() {
        return 1;
    }

    @Override
    public List<String> missing() {
        List<String> lines = new ArrayList<>();
        if (run.status() != RunStatus.DONE) {
            lines.add("The run is not done: its status is '%s' after %s.%s"
                    .formatted(
                            run.status().word(),
                            NumberText.count(rows.size(), "epoch", "epochs"),
                            run.message().map(message -> " " + message).orElse("")));
        }
        List<Integer> gaps = rows.stream()
                .filter(row ->
                        row.train().map(score -> !Double.isFinite(score.loss())).orElse(true))
                .map(HistoryRow::epoch)
                .toList();
        if (!gaps.isEmpty()) {
            lines.add("%s: no finite training loss (epoch %s)."
                    .formatted(
                            NumberText.count(gaps.size(), "epoch", "epochs"),
                            String.join(
                                            ", ",
                                            gaps.stream()
                                                    .limit(5)
                                                    .map(String::valueOf)
                                                    .toList())
                                    + (gaps.size() > 5 ? ", …" : "")));
        }
        if (rows.stream().noneMatch(row -> row.validation().isPresent())) {
            lines.add("No validation figures: no samples were held out.");
        }
        return lines;
    }

    @Override
    public Page page(Provenance provenance, List<Drawn> figures, List<String> leftOut, String files) {
        String name = name();
        return new Page(
                provenance.choices().title().orElse("Run " + name),
                List.of(lead()),
                List.of(scores()),
                Subject.groups(figures, sources, files),
                leftOut,
                missing(),
                List.of(new Page.Named(
                        "All options of the run", PageText.yaml(run.spec().asMap()))),
                List.of(PageText.trainCommand(run.spec()), provenance.command()),
                facts(provenance),
                "");
    }

    private String name() {
        return String.valueOf(run.path().toAbsolutePath().normalize().getFileName());
    }

    private String lead() {
        HistoryRow last = rows.getLast();
        StringBuilder words =
                new StringBuilder("This run trains a %s network on %s by the method '%s'; it is %s after %s."
                        .formatted(
                                run.spec().networkTitle(),
                                run.spec().get(Options.DATA),
                                run.spec().find(Options.METHOD).map(Words::of).orElse("–"),
                                run.status() == RunStatus.DONE
                                        ? "done"
                                        : "not done (status '%s')"
                                                .formatted(run.status().word()),
                                NumberText.count(rows.size(), "epoch", "epochs")));
        last.test()
                .ifPresent(score -> words.append(
                        run.spec().predictsTokens()
                                ? " It ends with a test loss of %s, a perplexity of %s, and %s of the test tokens predicted wrongly."
                                        .formatted(
                                                NumberText.withCommas(score.loss()),
                                                NumberText.withCommas(score.figure(new Perplexity().name())),
                                                NumberText.percent(1 - score.accuracy()))
                                : " It ends with a test loss of %s%s."
                                        .formatted(
                                                NumberText.withCommas(score.loss()),
                                                Double.isNaN(score.accuracy())
                                                        ? ""
                                                        : " and %s of the test samples misclassified"
                                                                .formatted(NumberText.percent(1 - score.accuracy())))));
        run.summary()
                .filter(summary -> !summary.ranks().isEmpty())
                .ifPresent(summary -> words.append(" Its ranks are %s: %s of %s parameters are kept, %s less."
                        .formatted(
                                PageText.ranks(summary.ranks()),
                                NumberText.count(summary.parameters().evaluation()),
                                NumberText.count(summary.parameters().dense()),
                                NumberText.percent(summary.compression().evaluation()))));
        return words.toString();
    }

    private PageTable scores() {
        List<List<Cell>> table = new ArrayList<>();
        List<String> further = HistoryRow.furtherMeasures(rows);
        HistoryRow last = rows.getLast();
        row(table, "training, epoch " + last.epoch(), last.train(), further);
        row(table, "validation, epoch " + last.epoch(), last.validation(), further);
        row(table, "test, epoch " + last.epoch(), last.test(), further);
        run.summary().filter(summary -> summary.bestEpoch() > 0).ifPresent(summary -> {
            row(
                    table,
                    "validation, best epoch (%s)".formatted(summary.bestEpoch()),
                    measured(summary.best().validation()),
                    further);
            row(
                    table,
                    "test, best epoch (%s)".formatted(summary.bestEpoch()),
                    measured(summary.best().test()),
                    further);
        });
        boolean classes =
                table.stream().anyMatch(row -> !Double.isNaN(row.get(2).value()));
        List<String> header = new ArrayList<>(List.of("", "loss", "error"));
        further.forEach(each -> header.add(each.replace('_', ' ')));
        if (!classes) {
            header.remove(2);
            table.forEach(row -> row.remove(2));
        }
        String caption = "%s: %s over the %s of each split."
                .formatted(
                        classes ? "Loss and error" : "Loss",
                        further.isEmpty() ? "means" : "means, and further measures,",
                        run.spec().predictsTokens() ? "tokens" : "samples");
        return new PageTable(caption, header, table);
    }

    private Optional<Score> measured(Optional<Score> best) {
        return run.spec().predictsTokens() ? best.map(Score::withPerplexity) : best;
    }

    private static void row(List<List<Cell>> table, String name, Optional<Score> score, List<String> further) {
        score.ifPresent(each -> {
            List<Cell> cells = PageTable.row(
                    Cell.text(name),
                    Cell.number(NumberText.withCommas(each.loss()), each.loss()),
                    Cell.number(NumberText.percent(1 - each.accuracy()), 1 - each.accuracy()));
            further.forEach(measure ->
                    cells.add(Cell.number(NumberText.withCommas(each.figure(measure)), each.figure(measure))));
            table.add(cells);
        });
    }

    private static void addAll(List<List<Cell>> table, String prefix, ObjectNode facts) {
        facts.properties()
                .forEach(entry -> table.add(PageTable.row(
                        Cell.text(prefix + entry.getKey()),
                        Cell.text(
                                entry.getValue().isString()
                                        ? entry.getValue().stringValue()
                                        : entry.getValue().toString()))));
    }

    private List<PageTable> facts(Provenance provenance) {
        List<List<Cell>> numbers = new ArrayList<>();
        run.summary().ifPresent(summary -> numbers(numbers, summary));
        List<List<Cell>> versions = new ArrayList<>();
        versions.add(PageTable.row(Cell.text("report made by"), Cell.text("stiefel " + provenance.version())));
        addAll(versions, "run made by: ", run.record().versions());
        addAll(versions, "", run.record().machine());
        versions.add(PageTable.row(Cell.text("started"), Cell.text(run.started())));
        List<List<Cell>> sums = new ArrayList<>();
        ReportSources.Source source = sources.list().getFirst();
        sums.add(PageTable.row(Cell.text(RunRecord.FILE), Cell.code(source.record())));
        sums.add(PageTable.row(Cell.text(RunFolder.HISTORY), Cell.code(source.history())));
        run.dataSha256().forEach((file, sum) -> sums.add(PageTable.row(Cell.text("data: " + file), Cell.code(sum))));
        List<PageTable> all = new ArrayList<>();
        if (!numbers.isEmpty()) {
            all.add(new PageTable("Size and time: what the run is and what it took.", List.of("", "value"), numbers));
        }
        all.add(new PageTable("Versions: what it was made with and on.", List.of("", "version"), versions));
        all.add(new PageTable("Checksums: SHA-256 of what was read.", List.of("file", "SHA-256"), sums));
        return all;
    }

    private static void numbers(List<List<Cell>> table, Summary summary) {
        table.add(PageTable.row(Cell.text("ranks"), Cell.text(PageText.ranks(summary.ranks()))));
        table.add(PageTable.row(
                Cell.text("parameters at evaluation"),
                Cell.text("%s of %s (%s saved)"
                        .formatted(
                                NumberText.count(summary.parameters().evaluation()),
                                NumberText.count(summary.parameters().dense()),
                                NumberText.percent(summary.compression().evaluation())))));
        table.add(PageTable.row(
                Cell.text("parameters in training"),
                Cell.text("%s (%s saved)"
                        .formatted(
                                NumberText.count(summary.parameters().training()),
                                NumberText.percent(summary.compression().training())))));
        table.add(PageTable.row(
                Cell.text("time"),
                Cell.text(NumberText.durationToTenths(summary.seconds().total()))));
        table.add(PageTable.row(
                Cell.text("most memory"),
                Cell.text("%s MB"
                        .formatted(NumberText.withCommas(Math.rint((double) summary.peakMemoryBytes() / 1e6))))));
    }

    @Override
    public String summaryCsv() {
        return SummaryTable.of(RunSet.of(run, rows)).csv();
    }

    @Override
    public String summaryMarkdown() {
        return SummaryTable.of(RunSet.of(run, rows)).markdown();
    }
}
