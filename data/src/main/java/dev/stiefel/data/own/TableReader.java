package dev.stiefel.data.own;

import dev.stiefel.train.SampleReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The input values of a table's rows: numbers as they are, and of a column of categories a value for each. Categories
/// are spread out whenever a row is read, so that in memory one takes 4 bytes, however many there are.
final class TableReader implements SampleReader {
    /// Stands for a category that is missing.
    static final float NO_CATEGORY = -1;

    private final FloatRows rows;
    private final int[] firsts; // input value at which each column begins
    private final int[] @Nullable [] places; // of a column of categories, the place of each category's number
    private final boolean plain; // numbers only
    private final int width;

    /// @param rows of each row a number, or the number of a category, for each column
    /// @param places of each column of categories, in order, the place of each category's number among its values
    TableReader(FloatRows rows, List<Schema.Column> columns, List<int[]> places) {
        this.rows = rows;
        this.firsts = new int[columns.size()];
        this.places = new int[columns.size()][];
        this.plain = places.isEmpty();
        int category = 0;
        int at = 0;
        for (int column = 0; column < firsts.length; column++) {
            firsts[column] = at;
            at += columns.get(column).width();
            if (columns.get(column) instanceof Schema.Category) {
                this.places[column] = places.get(category++);
            }
        }
        this.width = at;
    }

    @Override
    public void copy(int sample, float[] into, int at) {
        float[] row = rows.chunk(sample);
        int from = rows.offset(sample);
        if (plain) {
            System.arraycopy(row, from, into, at, width);
            return;
        }
        Arrays.fill(into, at, at + width, 0);
        for (int column = 0; column < firsts.length; column++) {
            float value = row[from + column];
            int[] place = places[column];
            if (place == null) {
                into[at + firsts[column]] = value;
            } else if (value != NO_CATEGORY) {
                into[at + firsts[column] + place[(int) value]] = 1;
            }
        }
    }
}
