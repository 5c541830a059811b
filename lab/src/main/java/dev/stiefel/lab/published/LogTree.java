package dev.stiefel.lab.published;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The logs below a folder: `EXPERIMENT/RunK/historyLogs/history_NNN_.csv`, however deep the
/// experiments lie.
final class LogTree {
    private static final String LOGS = "historyLogs";
    private static final Pattern RUN = Pattern.compile("Run(\\d{1,6})");
    private static final Pattern FILE = Pattern.compile("history_(\\d{1,6})_\\.csv");
    private static final int DEEPEST = 32;

    private LogTree() {}

    /// A log.
    ///
    /// @param file path of the file
    /// @param path the same, below the folder of logs
    /// @param configuration the path of its experiment, below the folder of logs
    /// @param runFolder the name of its run's folder
    /// @param run its run's number
    /// @param number its own
    /// @param digits its own as the name has it
    record Log(Path file, String path, String configuration, String runFolder, int run, int number, String digits) {}

    /// All logs, by path; other files among them are reported.
    static List<Log> of(Path folder, Consumer<LogProblem> problems) throws IOException {
        List<Path> folders;
        try (Stream<Path> all = Files.walk(folder, DEEPEST)) {
            folders = all.filter(each -> each.endsWith(LOGS) && Files.isDirectory(each))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        List<Log> logs = new ArrayList<>();
        for (Path each : folders) {
            Path run = each.toAbsolutePath().normalize().getParent();
            Path experiment = run == null ? null : run.getParent();
            Path runName = run == null ? null : run.getFileName();
            Path experimentName = experiment == null ? null : experiment.getFileName();
            Matcher number = RUN.matcher(runName == null ? "" : runName.toString());
            if (experiment == null || experimentName == null || !number.matches()) {
                problems.accept(new LogProblem(
                        path(folder, each),
                        0,
                        "the folder of logs must lie in a folder Run1, Run2, … of its experiment"));
                continue;
            }
            Path absolute = folder.toAbsolutePath().normalize();
            String configuration = experiment.startsWith(absolute) && !experiment.equals(absolute)
                    ? path(absolute, experiment)
                    : experimentName.toString();
            read(folder, each, configuration, number, logs, problems);
        }
        return logs;
    }

    private static void read(
            Path folder, Path each, String configuration, Matcher run, List<Log> logs, Consumer<LogProblem> problems)
            throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(each)) {
            files = all.sorted(Comparator.comparing(Path::toString)).toList();
        }
        for (Path file : files) {
            String path = path(folder, file);
            Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
            if (!name.matches()) {
                problems.accept(
                        new LogProblem(path, 0, "the file's name must read like history_050_.csv; it is left out"));
            } else if (!Files.isRegularFile(file)) {
                problems.accept(new LogProblem(path, 0, "it is not a file"));
            } else {
                logs.add(new Log(
                        file,
                        path,
                        configuration,
                        run.group(),
                        Integer.parseInt(run.group(1)),
                        Integer.parseInt(name.group(1)),
                        name.group(1)));
            }
        }
    }

    static String path(Path folder, Path file) {
        Path relative = folder.toAbsolutePath()
                .normalize()
                .relativize(file.toAbsolutePath().normalize());
        return StreamSupport.stream(relative.spliterator(), false)
                .map(Path::toString)
                .collect(Collectors.joining("/"));
    }
}
