package dev.stiefel.lab.published;

import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.ImportedLog;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.model.NetworkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// A run's folder made of what other code's log says. Its files are not forced to disk one by one: thousands of
/// them become durable together, when their writer is done.
///
/// @param spec the run, as far as the log's name tells it
/// @param imported origin of the run
/// @param status status at its end, as far as the log tells
/// @param message one line on that, where there is something to say
/// @param history one row an epoch, by rising epochs; epochs and cells may be missing
public record ImportedRun(
        RunSpec spec, ImportedLog imported, RunStatus status, Optional<String> message, List<HistoryRow> history) {
    /// Takes a copy of the rows.
    public ImportedRun {
        history = List.copyOf(history);
    }

    /// Numbers in the weights at evaluation of a run with these ranks; -1 if there are not as
    /// many as factored layers.
    public static long parameters(RunSpec spec, List<Integer> ranks) {
        NetworkSpec network = spec.networkSpec();
        int factored = network.factoredWeights().size();
        return ranks.size() == factored ? network.withRanks(ranks).parameters() : -1;
    }

    /// The summary: the figures of its last epoch, and of the epoch with the lowest validation loss.
    public Optional<Summary> summary() {
        if (history.isEmpty()) {
            return Optional.empty();
        }
        HistoryRow last = history.getLast();
        Optional<HistoryRow> best = best();
        List<Integer> ranks = spec.get(Options.METHOD).isLowRank() ? lastRanks() : List.of();
        NetworkSpec network =
                ranks.isEmpty() ? spec.networkSpec() : spec.networkSpec().withRanks(ranks);
        Summary.Parameters parameters = Summary.Parameters.of(
                network,
                spec.get(Options.METHOD),
                spec.find(Options.ADAPT_EVERY).isPresent());
        return Optional.of(new Summary(
                last.epoch(),
                best.map(HistoryRow::epoch).orElse(0),
                last.train(),
                last.validation(),
                last.test(),
                new Summary.Best(best.flatMap(HistoryRow::validation), best.flatMap(HistoryRow::test)),
                network.ranks(),
                parameters,
                Summary.Compression.of(parameters),
                new Summary.Seconds(Double.NaN, OptionalDouble.empty()),
                -1));
    }

    private Optional<HistoryRow> best() {
        Optional<HistoryRow> best = Optional.empty();
        double lowest = Double.POSITIVE_INFINITY;
        for (HistoryRow row : history) {
            double loss = row.validation().map(Score::loss).orElse(Double.NaN);
            if (loss < lowest) {
                lowest = loss;
                best = Optional.of(row);
            }
        }
        return best;
    }

    private List<Integer> lastRanks() {
        for (HistoryRow row : history.reversed()) {
            if (!row.ranks().isEmpty()) {
                return row.ranks();
            }
        }
        return List.of();
    }

    /// Writes its folder, which must not exist.
    public void write(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            RunRecord record = new RunRecord(
                    status,
                    message,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    spec,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(imported),
                    Map.of(),
                    Optional.empty(),
                    Json.object(),
                    Json.object(),
                    Map.of(),
                    summary());
            Files.writeString(folder.resolve(RunRecord.FILE), record.text());
            int ranks =
                    history.stream().mapToInt(row -> row.ranks().size()).max().orElse(0);
            StringBuilder text = new StringBuilder(HistoryRow.header(ranks)).append('\n');
            for (HistoryRow row : history) {
                text.append(row.line());
                text.repeat(',', ranks - row.ranks().size()).append('\n');
            }
            Files.writeString(folder.resolve(RunFolder.HISTORY), text);
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(folder, Json.reason(e)), e);
        }
    }
}
