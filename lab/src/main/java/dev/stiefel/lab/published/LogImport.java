package dev.stiefel.lab.published;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Sha256;
import dev.stiefel.lab.published.LogFile.Row;
import dev.stiefel.lab.published.LogTree.Log;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.ImportedLog;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Csv;
import dev.stiefel.lab.text.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Makes runs of the logs that the scripts of a thesis on low-rank networks have left,
/// `EXPERIMENT/RunK/historyLogs/ history_NNN_.csv`, so that statistics and figures work on
/// them as on any other.
///
///     import.json      where from, how many files, runs and problems
///     problems.csv     file,line,reason: all that could not be read or had to be decided
///     index.csv        one row a run
///     runs/EXPERIMENT/RunK/NNN/   a run each
///
/// ```java
/// LogImport.Outcome outcome = LogImport.of(Path.of("thesis-logs")).into(Path.of("thesis"));
/// ```
///
/// The log's name determines the run's options. A cell that cannot be read is missing, and listed with file, line
/// and reason; nothing is guessed.
public final class LogImport {
    /// The name of the file that records the origin of an import.
    public static final String FILE = "import.json";

    /// The name of the file that lists what could not be read.
    public static final String PROBLEMS = "problems.csv";

    private static final int SHOWN = 3;
    private static final int AT_ONCE = 64; // logs, side by side
    private static final long LARGEST = 256L << 20;
    private static final String INDEX = "run,configuration,width,rank,seed,status,message,epochs,best_epoch,"
            + "train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy\n";

    private final Path folder;

    private LogImport(Path folder) {
        this.folder = folder;
    }

    /// Outcome of an import.
    ///
    /// @param folder of the runs
    /// @param files logs that were read
    /// @param runs number of runs made of them
    /// @param problems lines of `problems.csv`
    /// @param first the first few of each file's problems, and how many more there are
    public record Outcome(Path folder, int files, int runs, int problems, List<String> first) {
        /// Takes a copy of the list.
        public Outcome {
            first = List.copyOf(first);
        }
    }

    /// The import of the logs below this folder.
    ///
    /// @throws IllegalArgumentException if it is none
    public static LogImport of(Path folder) {
        if (!Files.exists(folder)) {
            throw new IllegalArgumentException("import-logs: there is no folder '%s'".formatted(folder));
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("import-logs: '%s' is not a folder".formatted(folder));
        }
        return new LogImport(folder);
    }

    /// Reads the logs and makes runs of them. They are written beside the place that they
    /// take, and put there whole.
    ///
    /// @param out a new folder
    /// @throws IllegalArgumentException if it exists, or there are no logs
    /// @throws IOException if something cannot be written; nothing is left then
    public Outcome into(Path out) throws IOException {
        if (Files.exists(out)) {
            throw new IllegalArgumentException(
                    "import-logs: '%s' exists already; choose another folder".formatted(out));
        }
        List<LogProblem> ofTree = new ArrayList<>();
        List<Log> logs;
        try {
            logs = LogTree.of(folder, ofTree::add);
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(folder, Json.reason(e)), e);
        }
        if (logs.isEmpty()) {
            throw new IllegalArgumentException(
                    "import-logs: there are no logs in '%s'; they lie in EXPERIMENT/RunK/historyLogs/history_NNN_.csv"
                            .formatted(folder));
        }
        Path parent = Objects.requireNonNull(out.toAbsolutePath().getParent(), "a new folder has a parent");
        Path temporary = parent.resolve(".%s.importing-%s"
                .formatted(out.getFileName(), ProcessHandle.current().pid()));
        try {
            Files.createDirectories(parent);
            Outcome outcome = write(logs, ofTree, temporary, out);
            Files.move(temporary, out, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.force(parent);
            return outcome;
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(out, Json.reason(e)), e);
        } finally {
            DurableFiles.deleteTree(temporary);
        }
    }

    private Outcome write(List<Log> logs, List<LogProblem> ofTree, Path temporary, Path out) throws IOException {
        Files.createDirectory(temporary);
        int runs = 0;
        Problems problems;
        try (BufferedWriter index = Files.newBufferedWriter(temporary.resolve("index.csv"));
                BufferedWriter list = Files.newBufferedWriter(temporary.resolve(PROBLEMS))) {
            problems = new Problems(list);
            problems.add(ofTree);
            index.write(INDEX);
            Map<String, Optional<LogName>> names = new LinkedHashMap<>();
            for (Log log : logs) {
                if (!names.containsKey(log.configuration())) {
                    names.put(log.configuration(), name(log.configuration(), problems));
                }
            }
            for (int from = 0; from < logs.size(); from += AT_ONCE) {
                List<Read> read = logs.subList(from, Math.min(from + AT_ONCE, logs.size())).parallelStream()
                        .map(log -> Objects.requireNonNull(names.get(log.configuration()))
                                .map(name -> read(log, name, temporary)))
                        .flatMap(Optional::stream)
                        .toList();
                for (Read each : read) {
                    problems.add(each.problems());
                    if (each.row().isPresent()) {
                        index.write(each.row().get());
                        runs++;
                    }
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        ObjectNode json = Json.object()
                .put("format", 1)
                .put("source", folder.toAbsolutePath().normalize().toString())
                .put("files", logs.size())
                .put("runs", runs)
                .put("problems", problems.count)
                .put("train", "figures of training are of the last mini-batch of an epoch, as the logs have them")
                .put("seed", "only the number of the run: what the scripts drew is not known");
        Files.writeString(temporary.resolve(FILE), Json.text(json));
        return new Outcome(out, logs.size(), runs, problems.count, problems.shown());
    }

    private Optional<LogName> name(String configuration, Problems problems) throws IOException {
        try {
            LogName name = LogName.of(configuration, folder.toAbsolutePath().toString());
            if (name.hasFullPenalty()) {
                problems.add(List.of(new LogProblem(
                        configuration,
                        0,
                        "RegFull is taken for an l2 penalty on all weights; there is no other here")));
            }
            return Optional.of(name);
        } catch (IllegalArgumentException e) {
            problems.add(List.of(new LogProblem(
                    configuration, 0, "the experiment is left out: " + Json.oneLine(String.valueOf(e.getMessage())))));
            return Optional.empty();
        }
    }

    /// Result of reading a log.
    ///
    /// @param row of the index; empty if no run was made of it
    private record Read(List<LogProblem> problems, Optional<String> row) {
        static Read leftOut(Log log, String why) {
            return new Read(List.of(new LogProblem(log.path(), 0, why)), Optional.empty());
        }
    }

    private static Read read(Log log, LogName name, Path temporary) {
        RunSpec spec;
        byte[] bytes;
        try {
            spec = name.spec(log.number(), log.run());
            long size = Files.size(log.file());
            if (size > LARGEST) {
                return Read.leftOut(
                        log,
                        String.format(Locale.ROOT, "the file is left out: %,d bytes are too many for a log", size));
            }
            bytes = Files.readAllBytes(log.file());
        } catch (IllegalArgumentException e) {
            return Read.leftOut(log, "the file is left out: " + Json.oneLine(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return Read.leftOut(log, "the file cannot be read: " + Json.reason(e));
        }
        List<LogProblem> problems = new ArrayList<>();
        ImportedRun run = run(log, name, spec, bytes, problems);
        String path = "%s/%s/%s".formatted(log.configuration(), log.runFolder(), log.digits());
        try {
            run.write(temporary.resolve("runs").resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Read(problems, Optional.of(indexed(path, run)));
    }

    private static ImportedRun run(Log log, LogName name, RunSpec spec, byte[] bytes, List<LogProblem> found) {
        LogFile file = LogFile.of(log.path(), bytes);
        found.addAll(file.problems());
        List<Row> rows = new LogEpochs(log.path(), name.epochs(), found).of(file.blocks());
        List<HistoryRow> history = history(rows, spec, name.isLowRank(), log.path(), found);
        ImportedLog imported = new ImportedLog(log.configuration(), log.run(), log.path(), Sha256.of(bytes));
        if (history.isEmpty()) {
            return new ImportedRun(
                    spec, imported, RunStatus.FAILED, Optional.of("nothing in its log can be read"), List.of());
        }
        boolean diverged = rows.getLast().diverged();
        Optional<String> message = diverged
                ? Optional.of("the loss is no number after epoch " + rows.size())
                : rows.size() == name.epochs()
                        ? Optional.empty()
                        : Optional.of("its log has %s of %s epochs".formatted(rows.size(), name.epochs()));
        return new ImportedRun(spec, imported, diverged ? RunStatus.DIVERGED : RunStatus.DONE, message, history);
    }

    private static List<HistoryRow> history(
            List<Row> rows, RunSpec spec, boolean lowRank, String path, List<LogProblem> problems) {
        List<HistoryRow> history = new ArrayList<>();
        Map<List<Integer>, Long> parameters = new LinkedHashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (row.isEmpty()) {
                continue;
            }
            List<Integer> ranks = lowRank ? row.ranks() : List.of();
            long count = -1;
            if (!lowRank || !ranks.isEmpty()) {
                try {
                    count = parameters.computeIfAbsent(ranks, each -> ImportedRun.parameters(spec, each));
                } catch (IllegalArgumentException e) {
                    problems.add(new LogProblem(path, row.line(), Json.oneLine(String.valueOf(e.getMessage()))));
                    ranks = List.of();
                }
            }
            List<Double> scores = row.scores();
            history.add(new HistoryRow(
                    i + 1,
                    score(scores.get(0), scores.get(1)),
                    score(scores.get(2), scores.get(3)),
                    score(scores.get(4), scores.get(5)),
                    spec.get(Options.LEARNING_RATE),
                    Double.NaN,
                    count,
                    ranks));
        }
        return history;
    }

    private static Optional<Score> score(double loss, double accuracy) {
        return Double.isNaN(loss) && Double.isNaN(accuracy) ? Optional.empty() : Optional.of(new Score(loss, accuracy));
    }

    private static String indexed(String path, ImportedRun run) {
        RunSpec spec = run.spec();
        List<String> cells = new ArrayList<>();
        cells.add(path);
        cells.add(run.imported().configuration());
        cells.add(String.valueOf(spec.get(Options.WIDTH)));
        cells.add(spec.find(Options.RANK).map(Object::toString).orElse(""));
        cells.add(String.valueOf(spec.get(Options.SEED)));
        cells.add(run.status().word());
        cells.add(run.message().orElse(""));
        Optional<Summary> summary = run.summary();
        cells.add(summary.map(each -> String.valueOf(each.epochs())).orElse(""));
        cells.add(summary.map(each -> String.valueOf(each.bestEpoch())).orElse(""));
        for (Optional<Score> score : List.of(
                summary.flatMap(Summary::train),
                summary.flatMap(Summary::validation),
                summary.flatMap(Summary::test))) {
            cells.add(cell(score.map(Score::loss).orElse(Double.NaN)));
            cells.add(cell(score.map(Score::accuracy).orElse(Double.NaN)));
        }
        return row(cells);
    }

    private static String cell(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static String row(List<String> cells) {
        return Csv.line(cells) + '\n';
    }

    /// `problems.csv` as it grows, and the lines that are for people.
    private static final class Problems {
        private static final int LINES = 40;

        private final BufferedWriter list;
        private final List<String> shown = new ArrayList<>();
        private int count;
        private int untold;

        Problems(BufferedWriter list) throws IOException {
            this.list = list;
            list.write("file,line,reason\n");
        }

        /// Adds the problems of one file.
        void add(List<LogProblem> problems) throws IOException {
            for (LogProblem problem : problems) {
                list.write(row(List.of(
                        problem.file(), problem.line() > 0 ? String.valueOf(problem.line()) : "", problem.reason())));
            }
            count += problems.size();
            int told = shown.size() >= LINES ? 0 : Math.min(problems.size(), SHOWN);
            problems.stream().limit(told).forEach(problem -> shown.add(problem.toString()));
            int more = problems.size() - told;
            if (told > 0 && more > 0) {
                shown.add(String.format(
                        Locale.ROOT,
                        "%s: %,d more of this file",
                        problems.getFirst().file(),
                        more));
            } else {
                untold += more;
            }
        }

        List<String> shown() {
            List<String> all = new ArrayList<>(shown);
            if (untold > 0) {
                all.add(String.format(Locale.ROOT, "%,d more, all in problems.csv", untold));
            }
            return all;
        }
    }
}
