package dev.stiefel.bench;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.data.vision.VisionData;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Recorder;
import dev.stiefel.train.TrainData;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Trains a preset with its defaults at every combination of some options, and says of each run what became of it.
///
/// Arguments: the preset, then `key=value,value,…` for each option, as on the command line. One line a run, as CSV:
/// the options, the outcome (`finished` or `diverged`), the loss of the first and the last epoch, the test accuracy at
/// the end. Runs are single-threaded, two at a time, and leave nothing on disk.
public final class StabilityGrid {
    private StabilityGrid() {}

    /// Runs the grid.
    public static void main(String[] arguments) throws Exception {
        List<Map<String, String>> grid = new ArrayList<>(List.of(Map.of()));
        for (String axis : Arrays.asList(arguments).subList(1, arguments.length)) {
            String key = axis.substring(0, axis.indexOf('='));
            List<Map<String, String>> wider = new ArrayList<>();
            for (Map<String, String> point : grid) {
                for (String value : axis.substring(axis.indexOf('=') + 1).split(",", -1)) {
                    Map<String, String> more = new LinkedHashMap<>(point);
                    more.put(key, value);
                    wider.add(more);
                }
            }
            grid = wider;
        }
        DataSets dataSets = DataSets.in(CacheFolder.standard());
        VisionData data =
                dataSets.load(Presets.of(arguments[0]).spec().dataFacts().name());
        System.out.println(String.join(",", grid.getFirst().keySet()) + ",outcome,first_loss,last_loss,test_accuracy");
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<String>> lines = new ArrayList<>();
            for (Map<String, String> choices : grid) {
                lines.add(two.submit(() -> run(arguments[0], choices, data)));
            }
            for (Future<String> line : lines) {
                System.out.println(line.get());
            }
        }
    }

    private static String run(String preset, Map<String, String> choices, VisionData data) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(choices);
        all.put("threads", "1");
        String options = String.join(",", choices.values());
        RunSpec spec;
        try {
            spec = Presets.of(preset, all).spec();
        } catch (IllegalArgumentException e) {
            return options + ",refused: " + String.valueOf(e.getMessage()).replace(',', ';') + ",,,";
        }
        TrainData samples = spec.splitSpec().apply(data.train(), data.test()).toTrainData();
        List<EpochRecord> epochs = new ArrayList<>();
        try (Network network = spec.network();
                Trainer trainer = new Trainer(network, spec.trainSpec(), samples)) {
            Outcome outcome = trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer at, double loss) {}

                @Override
                public void epochEnded(Trainer at, EpochRecord epoch) {
                    epochs.add(epoch);
                }
            });
            String word = outcome instanceof Outcome.Diverged ? "diverged" : "finished";
            return epochs.isEmpty()
                    ? options + "," + word + ",,,"
                    : String.format(
                            Locale.ROOT,
                            "%s,%s,%.4f,%.4f,%.4f",
                            options,
                            word,
                            epochs.getFirst().train().loss(),
                            epochs.getLast().train().loss(),
                            epochs.getLast().test().orElseThrow().accuracy());
        }
    }
}
