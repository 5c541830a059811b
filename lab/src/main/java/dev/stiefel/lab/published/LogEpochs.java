package dev.stiefel.lab.published;

import dev.stiefel.lab.published.LogFile.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the epoch of each row of a log. Rows carry no number, and a restarted script appended to the log that
/// was there. Each decision is reported as a problem:
///
/// 1. A header in the middle begins a new block of rows. If a block alone has as many rows as the experiment has
/// epochs, the last such block is the run, started anew. Otherwise the blocks are one continued training.
/// 2. While there are more rows than epochs, rows that repeat those directly before them,
///    character for character, are left out: the script began again at an earlier checkpoint.
/// 3. If there still are more, all are kept: the last row is the end of the run whichever are
///    too many.
///
/// The n-th row that is left is epoch n.
final class LogEpochs {
    private final String file;
    private final int epochs;
    private final List<LogProblem> problems;

    /// @param problems takes up what is decided
    LogEpochs(String file, int epochs, List<LogProblem> problems) {
        this.file = file;
        this.epochs = epochs;
        this.problems = problems;
    }

    List<Row> of(List<List<Row>> blocks) {
        List<Row> rows = joined(blocks);
        if (rows.size() > epochs) {
            rows = withoutRepetitions(rows);
        }
        if (rows.size() > epochs) {
            problem(
                    rows.get(epochs).line(),
                    "the log has %s rows, but its experiment has %s epochs; all are kept"
                            .formatted(rows.size(), epochs));
        }
        if (!rows.isEmpty() && rows.size() < epochs) {
            problem(rows.getLast().line(), "the log ends after %s of %s epochs".formatted(rows.size(), epochs));
        }
        return rows;
    }

    private List<Row> joined(List<List<Row>> blocks) {
        List<List<Row>> filled =
                blocks.stream().filter(block -> !block.isEmpty()).toList();
        if (filled.size() > 1) {
            for (int i = filled.size() - 1; i >= 0; i--) {
                List<Row> block = filled.get(i);
                if (block.size() == epochs) {
                    leftOut(filled, i);
                    return new ArrayList<>(block);
                }
            }
            filled.stream()
                    .skip(1)
                    .forEach(block -> problem(
                            block.getFirst().line() - 1,
                            "the header is repeated; the rows below it are read as a continuation of those above"));
        }
        List<Row> rows = new ArrayList<>();
        filled.forEach(rows::addAll);
        return rows;
    }

    private void leftOut(List<List<Row>> blocks, int kept) {
        for (int i = 0; i < blocks.size(); i++) {
            if (i != kept) {
                List<Row> block = blocks.get(i);
                problem(
                        block.getFirst().line(),
                        "%s rows are left out: the run that begins at line %s was started anew and has all %s epochs"
                                .formatted(
                                        block.size(),
                                        blocks.get(kept).getFirst().line(),
                                        epochs));
            }
        }
    }

    private List<Row> withoutRepetitions(List<Row> rows) {
        int excess = rows.size() - epochs;
        List<Row> kept = new ArrayList<>();
        Map<String, Integer> latest = new HashMap<>(); // where a text stands among those kept
        int i = 0;
        while (i < rows.size()) {
            Row row = rows.get(i);
            Integer before = row.whole() ? latest.get(row.text()) : null;
            int length = before == null ? 0 : kept.size() - before;
            if (before != null && length <= excess && repeats(rows, i, kept, before, length)) {
                problem(row.line(), "%s rows are left out: they repeat those before them".formatted(length));
                excess -= length;
                i += length;
            } else {
                latest.put(row.text(), kept.size());
                kept.add(row);
                i++;
            }
        }
        return kept;
    }

    private static boolean repeats(List<Row> rows, int from, List<Row> kept, int before, int length) {
        if (from + length > rows.size()) {
            return false;
        }
        for (int k = 0; k < length; k++) {
            Row row = rows.get(from + k);
            if (!row.whole() || !row.text().equals(kept.get(before + k).text())) {
                return false;
            }
        }
        return true;
    }

    private void problem(int line, String reason) {
        problems.add(new LogProblem(file, line, reason));
    }
}
