package dev.stiefel.data.own;

import dev.stiefel.data.own.TablePlan.Role;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/// A table as samples: its first rows are previewed, then all are read once.
final class TableLoader {
    private TableLoader() {}

    static OwnData load(OwnSpec spec, CsvFile.Limits limits) throws IOException {
        return load(spec, limits, Optional.empty());
    }

    /// @param earlier the schema that the table was read with before: nothing is found out anew
    static OwnData load(OwnSpec spec, CsvFile.Limits limits, Optional<Schema> earlier) throws IOException {
        TablePreview preview = TablePreview.of(spec, limits, earlier.flatMap(TableLoader::missingWords));
        TablePlan plan = earlier.isPresent() && earlier.get().inputs() instanceof Schema.Table table
                ? preview.plan(table, earlier.get().outputs())
                : preview.plan();
        long bytesEach = bytesEach(plan);
        long width = preview.width(plan);
        MemoryCheck.require(spec.data(), preview.rows(), width, bytesEach);
        TableRows rows = new TableRows(plan, preview.rows(), width, bytesEach);
        String sha256 = CsvFile.readAll(spec.data(), limits, rows);
        requireMost(spec, rows);
        NamedTargets targets = targets(spec, earlier.map(Schema::task).or(spec::task), rows);
        List<Schema.Column> columns = rows.columns();
        if (columns.stream().allMatch(column -> column.width() == 0)) {
            throw new IOException("cannot read %s: a column beside the target must hold something; all are empty"
                    .formatted(spec.data()));
        }
        Schema schema = new Schema(new Schema.Table(columns, plan.missing()), targets.outputs());
        int values = schema.inputs().width();
        MemoryCheck.require(spec.data(), rows.size(), values, 0); // all of it is in memory already
        Samples all = VectorSamples.read(values, rows.reader(columns), targets.targets());
        TrainTestSplit division = TrainTestSplit.of(all, spec.testFraction(), spec.seed());
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        hashes.put(Objects.toString(spec.data().getFileName()), sha256);
        return new OwnData(
                division.train(),
                division.test(),
                schema,
                hashes,
                facts(preview, plan, rows.leftOut()),
                remarks(preview, plan, rows));
    }

    private static Optional<MissingWords> missingWords(Schema schema) {
        return schema.inputs() instanceof Schema.Table table ? Optional.of(table.missing()) : Optional.empty();
    }

    private static DataSummary.TableFacts facts(TablePreview preview, TablePlan plan, long leftOut) {
        return new DataSummary.TableFacts(
                "table, " + preview.format(),
                plan.namesOf(Role.TARGET_CLASS, Role.TARGET_NUMBER),
                leftOut,
                plan.namesOf(Role.IGNORED));
    }

    /// The content of a table, without keeping it; the target is optional.
    static OwnData.Inspection inspect(OwnSpec spec, CsvFile.Limits limits) throws IOException {
        TablePreview preview = TablePreview.ofInputs(spec, limits);
        TablePlan plan = preview.plan();
        SequencedMap<String, Integer> categories = new LinkedHashMap<>();
        plan.columns(Role.CATEGORY)
                .forEach(column -> categories.put(plan.names().get(column), preview.distinct(column)));
        List<String> numbers = plan.namesOf(Role.NUMBER);
        DataSummary summary = new DataSummary(
                "table, " + preview.format(),
                preview.rows(),
                0,
                MessageText.format("a table of %,d columns", numbers.size() + categories.size()),
                numbers,
                categories,
                plan.namesOf(Role.IGNORED),
                List.of());
        return new OwnData.Inspection(summary, preview.remarks(plan));
    }

    /// The largest number of bytes that a row takes while the table is read: a number for each column, and targets
    /// twice. It is less afterwards.
    private static long bytesEach(TablePlan plan) {
        long inputs = (long) Float.BYTES * plan.count(Role.NUMBER, Role.CATEGORY);
        long targets = (long) Double.BYTES * plan.count(Role.TARGET_NUMBER, Role.TARGET_CLASS);
        return inputs + 2 * targets;
    }

    private static void requireMost(OwnSpec spec, TableRows rows) throws IOException {
        long all = rows.size() + rows.leftOut();
        if (all == 0) {
            throw new IOException(
                    "cannot read %s: it must have rows below its header; got none".formatted(spec.data()));
        }
        if (rows.leftOut() * 2 > all) {
            throw new IOException(MessageText.format(
                    "cannot read %s: %s; %,d of %,d rows are like that",
                    spec.data(), rows.firstLeftOut(), rows.leftOut(), all));
        }
        if (rows.size() < 2) {
            throw new IOException(MessageText.format(
                    "cannot read %s: at least 2 rows are needed, one to train and one to test; got %,d",
                    spec.data(), rows.size()));
        }
    }

    private static NamedTargets targets(OwnSpec spec, Optional<Task> task, TableRows rows) throws IOException {
        try {
            return rows.targets(task);
        } catch (IOException e) {
            throw MessageText.cannotRead(spec.data(), e);
        }
    }

    private static List<String> remarks(TablePreview preview, TablePlan plan, TableRows rows) {
        List<String> remarks = new ArrayList<>();
        if (rows.leftOut() > 0) {
            remarks.add(MessageText.format(
                    "%,d of %,d rows were left out; the first is %s",
                    rows.leftOut(), rows.size() + rows.leftOut(), rows.firstLeftOut()));
        }
        remarks.addAll(preview.remarks(plan));
        remarks.addAll(rows.remarks());
        return remarks;
    }
}
