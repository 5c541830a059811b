package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.function.LongSupplier;

/// Handler of a table's cells in one pass over it, record by record.
interface CellHandler {
    /// Receives the file's dialect, before anything of its content.
    ///
    /// @param taken number of bytes of the file read so far, some of them ahead
    default void begin(CsvDialect dialect, Charset encoding, LongSupplier taken) {}

    /// The first record, which gives each later cell its index.
    void header(List<String> names, long line) throws IOException;

    /// A cell of a later record: `text[from … to)`, without the spaces around it, valid during
    /// this call only.
    void cell(int column, char[] text, int from, int to);

    /// The end of a record of so many cells that began on this line; tells whether more is wanted.
    boolean end(long line, int cells) throws IOException;
}
