package dev.stiefel.data.own;

import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.data.vision.DataSetInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/// Description of raw samples and of a network's outputs, kept with a model, so that it takes rows and images.
///
/// @param inputs raw values of a sample's inputs
/// @param outputs meaning of a network's outputs
public record Schema(Inputs inputs, Outputs outputs) {
    static final int WIDEST = 1_000_000;

    /// Raw values of a sample's inputs.
    public sealed interface Inputs permits Table, Image, Vector, Text, TextPair {
        /// The number of input values of a sample; for a text, the number per token.
        int width();
    }

    /// The columns of a table, one after another.
    ///
    /// @param columns columns to read from a row, in the order of the input values
    /// @param missing words that stand for a missing value
    public record Table(List<Column> columns, MissingWords missing) implements Inputs {
        /// A table with the usual words for a missing value.
        public Table(List<Column> columns) {
            this(columns, MissingWords.USUAL);
        }

        /// Copies the list; names differ.
        public Table {
            columns = List.copyOf(columns);
            requireDistinct("column", columns.stream().map(Column::name).toList());
            requireWidth(
                    "a table's values",
                    columns.stream().mapToLong(Column::width).sum());
        }

        @Override
        public int width() {
            return columns.stream().mapToInt(Column::width).sum();
        }

        /// Returns whether the numbers of any column are distances from an origin.
        public boolean hasOrigins() {
            return columns.stream().anyMatch(column -> origin(column) != 0);
        }

        /// The origin that is subtracted from each input value.
        public double[] copyOrigins() {
            return columns.stream()
                    .flatMapToDouble(column ->
                            DoubleStream.generate(() -> origin(column)).limit(column.width()))
                    .toArray();
        }

        private static double origin(Column column) {
            return column instanceof Number number ? number.origin() : 0;
        }
    }

    /// An image, plane by plane, row by row: `[channels, rows, columns]`, values in `[0, 1]`.
    ///
    /// @param rows its height
    /// @param columns its width
    /// @param channels 1: grey; 3: red, green and blue
    public record Image(int rows, int columns, int channels) implements Inputs {
        /// Checks the ranges.
        public Image {
            if (rows < 1 || columns < 1 || (channels != 1 && channels != 3)) {
                throw new IllegalArgumentException(
                        "schema: an image's rows and columns must be at least 1, its channels 1 or 3; got "
                                + "%s, %s and %s".formatted(rows, columns, channels));
            }
            requireWidth("an image's values", saturatedProduct(rows, columns, channels));
        }

        @Override
        public int width() {
            return rows * columns * channels;
        }
    }

    /// Plain numbers.
    ///
    /// @param length number of values
    /// @param divisor divisor of raw values before any other preparation: 255 for 8-bit pixels, else 1
    public record Vector(int length, int divisor) implements Inputs {
        /// Checks the ranges.
        public Vector {
            requireWidth("a vector's values", length);
            if (divisor < 1) {
                throw new IllegalArgumentException("schema: a divisor must be at least 1; got " + divisor);
            }
        }

        /// Numbers that are taken as they are.
        public Vector(int length) {
            this(length, 1);
        }

        @Override
        public int width() {
            return length;
        }
    }

    /// A text as a sequence of tokens.
    ///
    /// @param tokenizer tokenizer of the text
    public record Text(Tokenizer tokenizer) implements Inputs {
        @Override
        public int width() {
            return 1;
        }
    }

    /// A text and what there is so far of its translation, each as a sequence of tokens.
    ///
    /// @param source tokenizer of the text
    /// @param target tokenizer of the translation
    public record TextPair(Tokenizer source, Tokenizer target) implements Inputs {
        @Override
        public int width() {
            return 1;
        }
    }

    /// A column of a table that is an input.
    public sealed interface Column permits Number, Category {
        /// The header's name for it.
        String name();

        /// The number of input values from this column.
        int width();
    }

    /// A column of numbers: one input value, NaN where the number is missing.
    ///
    /// Where numbers are far from zero beside their spread (seconds since 1970, say), float32 would lose what tells
    /// them apart. So the input value is the number's distance from the origin, computed in double precision.
    ///
    /// @param name the header's name for it
    /// @param notation notation of the numbers
    /// @param origin origin that is subtracted, finite
    @SuppressWarnings("AvoidCommonTypeNames") // nothing here is about java.lang.Number
    public record Number(String name, NumberNotation notation, double origin) implements Column {
        /// Plain numbers as they are.
        public Number(String name) {
            this(name, NumberNotation.PLAIN, 0);
        }

        /// Checks the origin.
        public Number {
            if (!Double.isFinite(origin)) {
                throw new IllegalArgumentException("schema: an origin must be finite; got " + origin);
            }
        }

        @Override
        public int width() {
            return 1;
        }
    }

    /// A column of categories: an input value for each, 1 for the one that the row has and else
    /// 0. An unknown or a missing category is all zeros.
    ///
    /// @param name the header's name for it
    /// @param values the categories, in the order of the input values
    public record Category(String name, List<String> values) implements Column {
        /// Copies the list; values differ.
        public Category {
            values = List.copyOf(values);
            requireDistinct("category", values);
        }

        @Override
        public int width() {
            return values.size();
        }
    }

    /// Meaning of a network's outputs.
    public sealed interface Outputs permits Classes, Values, NextToken {
        /// The number of outputs.
        int width();
    }

    /// A score for each class.
    ///
    /// @param names names of the classes, in the order of the outputs
    public record Classes(List<String> names) implements Outputs {
        /// Copies the list; names differ, and there are at least two.
        public Classes {
            names = List.copyOf(names);
            requireDistinct("class", names);
            if (names.size() < 2) {
                throw new IllegalArgumentException("schema: at least 2 classes are needed; got " + names.size());
            }
        }

        @Override
        public int width() {
            return names.size();
        }
    }

    /// A number each.
    ///
    /// @param names names of the numbers
    public record Values(List<String> names) implements Outputs {
        /// Copies the list; names differ, and there is at least one.
        public Values {
            names = List.copyOf(names);
            requireDistinct("value", names);
            if (names.isEmpty()) {
                throw new IllegalArgumentException("schema: at least 1 value is needed; got none");
            }
        }

        @Override
        public int width() {
            return names.size();
        }
    }

    /// A score for each token that may come next, in the order of the tokenizer's numbers.
    ///
    /// @param vocabulary number of tokens
    public record NextToken(int vocabulary) implements Outputs {
        @Override
        public int width() {
            return vocabulary;
        }
    }

    /// The task: outputs are scores of classes, or values.
    public Task task() {
        return outputs instanceof Values ? Task.REGRESSION : Task.CLASSIFICATION;
    }

    /// The schema of an image set of the catalogue: images of its size and channels, and its classes.
    public static Schema of(DataSetInfo info) {
        return new Schema(new Image(info.height(), info.width(), info.channels()), new Classes(info.classNames()));
    }

    /// Returns whether samples of this schema are those of another. The divisor of raw values does not count:
    /// files of earlier versions do not record it.
    public boolean hasSamplesOf(Schema other) {
        return outputs.equals(other.outputs) && undivided().equals(other.undivided());
    }

    private Inputs undivided() {
        return inputs instanceof Vector vector ? new Vector(vector.length) : inputs;
    }

    /// This as a JSON text, which [#parse] reads back.
    public String toJson() {
        return SchemaJson.write(this);
    }

    /// Reads what [#toJson()] wrote; anything else, also a key too many, is an [IOException].
    public static Schema parse(String json) throws IOException {
        return SchemaJson.read(json);
    }

    /// The inputs from a row of a table, by its columns' names; other columns are ignored.
    ///
    /// A missing key, an empty cell and a missing number's usual names give NaN, of a category all zeros. A text
    /// in a column of numbers is an [IllegalArgumentException] that names the column.
    ///
    /// @param row texts, or numbers
    public float[] encodeRow(Map<String, ?> row) {
        return rowEncoder().encode(row);
    }

    /// Encodes rows of a table. Keep it for several rows: making it visits all categories.
    ///
    /// @throws IllegalArgumentException if inputs are no table
    public RowEncoder rowEncoder() {
        if (!(inputs instanceof Table table)) {
            throw new IllegalArgumentException(
                    "a row: the model's inputs must be a table; they are " + describeInputs());
        }
        return new RowEncoder(table);
    }

    /// The inputs that an image file gives: decoded, scaled, grey if there is one channel.
    ///
    /// A file that cannot be read or decoded is an [IOException]; inputs that are no image, an
    /// [IllegalArgumentException].
    public float[] encodeImage(Path file) throws IOException {
        if (!(inputs instanceof Image image)) {
            throw new IllegalArgumentException(
                    "an image: the model's inputs must be an image; they are " + describeInputs());
        }
        return ImageFile.encode(file, image);
    }

    /// The inputs that each row of a table gives.
    ///
    /// A table's columns are found by the header, in any order and among others. Images and
    /// vectors are rows of as many plain numbers as they have values, with or without a header. A
    /// cell that does not fit is an [IllegalArgumentException] that names its line and its
    /// column, a broken file an [IOException].
    public List<float[]> encodeCsv(Path file) throws IOException {
        return CsvEncoder.encode(file, inputs);
    }

    /// The inputs that each sample of a `.npy` file gives: `[N, …]`, or one sample alone.
    ///
    /// Numbers are taken as they are, but 8-bit ones are pixels, scaled as in training. An array that does
    /// not fit is an [IllegalArgumentException], a broken file an [IOException].
    public List<float[]> encodeNpy(Path file) throws IOException {
        return NpyEncoder.encode(file, inputs);
    }

    /// A sample in a few words: `a table of 5 columns`.
    public String describeInputs() {
        return switch (inputs) {
            case Table table ->
                MessageText.format("a table of %,d columns", table.columns().size());
            case Image image -> "an image of %s × %s pixels".formatted(image.rows(), image.columns());
            case Vector vector -> MessageText.format("a vector of %,d values", vector.length());
            case Text _ -> outputs instanceof Classes ? "a text to classify" : "a text to continue";
            case TextPair _ -> "a text to translate";
        };
    }

    private static void requireDistinct(String what, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "schema: each %s must be named once; got %s twice".formatted(what, MessageText.quote(name)));
            }
        }
    }

    private static void requireWidth(String what, long width) {
        if (width < 1 || width > WIDEST) {
            throw new IllegalArgumentException(
                    MessageText.format("schema: %s must be in [1, %,d]; got %,d", what, WIDEST, width));
        }
    }

    private static long saturatedProduct(int rows, int columns, int channels) {
        long pixels = (long) rows * columns;
        return pixels > WIDEST ? pixels : pixels * channels;
    }
}
