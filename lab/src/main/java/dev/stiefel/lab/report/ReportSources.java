package dev.stiefel.lab.report;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Sha256;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The runs that a report is made of: where they lie, as seen from the report's folder, and the checksums of what was
/// read of them.
final class ReportSources {
    private static final int NAMED = 4;
    private static final int LONGEST = 60;
    private static final int SHOWN_DIGITS = 12;

    private final Map<Path, Source> all;

    private ReportSources(Map<Path, Source> all) {
        this.all = all;
    }

    /// A run.
    ///
    /// @param id the path of its folder
    /// @param record the SHA-256 of its `run.json`
    /// @param history the SHA-256 of its `history.csv`; empty if there is none
    record Source(String id, String record, String history) {
        /// The change since another look at the same run; empty: none.
        String changeSince(Source before) {
            boolean recordChanged = !record.equals(before.record);
            boolean historyChanged = !history.equals(before.history);
            if (recordChanged && historyChanged) {
                return "run.json and history.csv have changed";
            }
            return recordChanged ? "run.json has changed" : historyChanged ? "history.csv has changed" : "";
        }
    }

    /// Looks at runs.
    ///
    /// @param base the folder that paths are relative to
    static ReportSources of(Collection<Path> folders, Path base) throws IOException {
        Map<Path, Source> all = new LinkedHashMap<>();
        for (Path folder : folders) {
            Path history = folder.resolve(RunFolder.HISTORY);
            all.put(
                    folder,
                    new Source(
                            relative(base, folder),
                            DurableFiles.sha256(folder.resolve(RunRecord.FILE)),
                            Files.exists(history) ? DurableFiles.sha256(history) : ""));
        }
        return new ReportSources(all);
    }

    List<Source> list() {
        return List.copyOf(all.values());
    }

    List<Source> list(Collection<Path> folders) {
        return folders.stream()
                .map(folder -> Objects.requireNonNull(all.get(folder)))
                .toList();
    }

    /// Some of the runs in words: all of a few, the first of many, with a checksum over all of them.
    String words(Collection<Path> folders) {
        List<Source> some = list(folders);
        if (some.isEmpty()) {
            return "No runs: made of published figures.";
        }
        if (some.getFirst().id().equals(".")) {
            return "Made of this run; SHA-256 over its run.json and history.csv %s…."
                    .formatted(checksum(some).substring(0, SHOWN_DIGITS));
        }
        String folder = commonFolder(some);
        List<String> names = new ArrayList<>();
        int length = 0;
        for (Source source : some) {
            String name = source.id().substring(folder.length());
            length += name.length();
            if (!names.isEmpty() && (names.size() == NAMED || length > LONGEST)) {
                break;
            }
            names.add(name);
        }
        return "%s%s: %s%s; SHA-256 over all %s…."
                .formatted(
                        some.size() == 1 ? "1 run" : String.format(Locale.ROOT, "%,d runs", some.size()),
                        folder.isEmpty() ? "" : " in " + folder,
                        String.join(", ", names),
                        names.size() < some.size() ? ", … (report.json names all)" : "",
                        checksum(some).substring(0, SHOWN_DIGITS));
    }

    /// The longest path that all begin with, with the `/` at its end.
    private static String commonFolder(List<Source> some) {
        String common = some.getFirst().id();
        for (Source source : some) {
            int same = 0;
            while (same < Math.min(common.length(), source.id().length())
                    && common.charAt(same) == source.id().charAt(same)) {
                same++;
            }
            common = common.substring(0, same);
        }
        return common.substring(0, common.lastIndexOf('/') + 1);
    }

    /// One checksum over the runs: of a line each, `id record history`, in the order of their ids.
    static String checksum(Collection<Source> sources) {
        StringBuilder lines = new StringBuilder();
        List<Source> sorted = new ArrayList<>(sources);
        sorted.sort(Comparator.comparing(Source::id));
        for (Source source : sorted) {
            lines.append(source.id()).append(' ').append(source.record()).append(' ');
            lines.append(source.history()).append('\n');
        }
        return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// A path as seen from a folder, with `/` on every system.
    static String relative(Path base, Path path) {
        Path from = base.toAbsolutePath().normalize();
        Path to = path.toAbsolutePath().normalize();
        String seen = Objects.equals(from.getRoot(), to.getRoot())
                ? from.relativize(to).toString()
                : to.toString();
        return seen.isEmpty() ? "." : seen.replace('\\', '/');
    }
}
