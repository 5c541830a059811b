package dev.stiefel.data.own;

import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// The samples of a user's own files, as read: nothing is standardized, and a missing number is
/// NaN.
///
/// Training and test samples keep the order of the files.
public final class OwnData {
    private final Samples train;
    private final Samples test;
    private final Schema schema;
    private final SequencedMap<String, String> sha256;
    private final DataSummary.TableFacts facts;
    private final DataSummary summary;
    private final List<String> remarks;
    private final int validation;

    OwnData(
            Samples train,
            Samples test,
            Schema schema,
            SequencedMap<String, String> sha256,
            DataSummary.TableFacts facts,
            List<String> remarks) {
        this(train, 0, test, schema, sha256, facts, remarks);
    }

    OwnData(
            Samples train,
            int validation,
            Samples test,
            Schema schema,
            SequencedMap<String, String> sha256,
            DataSummary.TableFacts facts,
            List<String> remarks) {
        this.train = train;
        this.validation = validation;
        this.test = test;
        this.schema = schema;
        this.sha256 = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(sha256));
        this.facts = facts;
        this.summary = DataSummary.of(schema, List.of(train, test), facts);
        this.remarks = List.copyOf(remarks);
    }

    /// The content of data.
    ///
    /// @param summary in a few facts
    /// @param remarks notes for the user on the reading, one line each
    public record Inspection(DataSummary summary, List<String> remarks) {
        /// Copies the list.
        public Inspection {
            remarks = List.copyOf(remarks);
        }
    }

    /// Looks at what the user named. The target of a table may be left open: all columns are inputs then, and nothing
    /// is kept of them.
    public static Inspection inspect(OwnSpec spec) throws IOException {
        if (spec.target().isEmpty() && Files.isRegularFile(spec.data()) && isTable(spec.data())) {
            return TableLoader.inspect(spec, CsvFile.Limits.STANDARD);
        }
        OwnData data = load(spec);
        return new Inspection(data.summary, data.remarks);
    }

    private static boolean isTable(Path data) {
        String name = data.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".tsv");
    }

    /// Reads what the user named: an [IOException] names the file, and the line where it has lines.
    public static OwnData load(OwnSpec spec) throws IOException {
        return load(spec, Optional.empty());
    }

    /// Reads again what was read before: what its columns are is not found out anew, by rules that may have changed.
    ///
    /// @param earlier the schema that was found then; empty if it is read for the first time
    public static OwnData load(OwnSpec spec, Optional<Schema> earlier) throws IOException {
        Path data = spec.data();
        if (Files.isDirectory(data)) {
            return ImageLoader.load(spec);
        }
        if (!Files.isRegularFile(data)) {
            throw new IOException("cannot read %s: it %s"
                    .formatted(data, Files.exists(data) ? "is not a regular file" : "does not exist"));
        }
        if (isTable(data)) {
            return TableLoader.load(spec, CsvFile.Limits.STANDARD, earlier);
        }
        if (data.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
            return NpyLoader.load(spec, earlier);
        }
        throw new IllegalArgumentException(
                "data must be a table (.csv, .tsv), a folder of images by class, or an array (.npy); got " + data);
    }

    /// The samples that train, and behind them those that [validate][#validation]: with classes, or with targets as
    /// the file gives them.
    public Samples train() {
        return train;
    }

    /// The number of the last training samples that the files give for validation; 0 if they give none.
    public int validation() {
        return validation;
    }

    /// The same without samples that validate, and without their files.
    public OwnData withoutValidation() {
        if (validation == 0) {
            return this;
        }
        SequencedMap<String, String> files = new LinkedHashMap<>(sha256);
        files.pollLastEntry();
        return new OwnData(train.range(0, train.size() - validation), test, schema, files, facts, remarks);
    }

    /// The samples that test.
    public Samples test() {
        return test;
    }

    /// The description of raw samples and of a network's outputs.
    public Schema schema() {
        return schema;
    }

    /// The task: classification or regression.
    public Task task() {
        return train.hasLabels() ? Task.CLASSIFICATION : Task.REGRESSION;
    }

    /// The SHA-256 of each file by its name; of a folder one over its sorted files and their
    /// hashes.
    public SequencedMap<String, String> sha256() {
        return sha256;
    }

    /// A few facts on the data.
    public DataSummary summary() {
        return summary;
    }

    /// Notes for the user on the reading, one line each: the number of samples left out, and the first of them.
    public List<String> remarks() {
        return remarks;
    }
}
