package dev.stiefel.lab.analysis;

import java.util.List;

/// One row a configuration: what its runs came to.
public final class SummaryTable {
    private final List<String> header;
    private final List<List<String>> rows;

    SummaryTable(List<String> header, List<List<String>> rows) {
        this.header = List.copyOf(header);
        this.rows = List.copyOf(rows);
    }

    /// Of all configurations of a set.
    public static SummaryTable of(RunSet set) {
        throw new UnsupportedOperationException();
    }

    /// The columns' names.
    public List<String> header() {
        return header;
    }

    /// The cells; empty where there is nothing to say.
    public List<List<String>> rows() {
        return rows;
    }

    /// As `summary.csv` has it.
    public String csv() {
        throw new UnsupportedOperationException();
    }

    /// As `summary.md` has it: numbers shortened to four digits.
    public String markdown() {
        throw new UnsupportedOperationException();
    }
}
