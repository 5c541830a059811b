package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.function.LongSupplier;

/// What a pass over a table does with its cells, record by record.
interface CellHandler {
    /// How the file is written, before anything of it.
    ///
    /// @param taken how many bytes of the file were read by then, some of them ahead
    default void begin(CsvDialect dialect, Charset encoding, LongSupplier taken) {}

    /// The first record, of which each later cell is told by its index.
    void header(List<String> names, long line) throws IOException;

    /// A cell of a later record: `text[from … to)`, without the spaces around it, valid during
    /// this call only.
    void cell(int column, char[] text, int from, int to);

    /// The end of a record of so many cells that began on this line; tells whether more is wanted.
    boolean end(long line, int cells) throws IOException;
}
