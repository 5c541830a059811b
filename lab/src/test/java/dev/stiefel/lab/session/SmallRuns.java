package dev.stiefel.lab.session;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Small runs on digits, and what must be equal in two folders of one run.
public final class SmallRuns {
    public static final DataSets DIGITS = DataSets.in(Path.of("target", "no-cache"));

    private SmallRuns() {}

    /// Three epochs of three steps, on two threads.
    public static RunSpec small(Map<String, ?> choices) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("width", 20);
        all.put("depth", 2);
        all.put("epochs", 3);
        all.put("batchSize", 32);
        all.put("trainFraction", 0.08);
        all.put("evaluationFraction", 0.3);
        all.put("warmUp", 3);
        all.put("threads", 2);
        all.putAll(choices);
        return Presets.of("digits", all).spec();
    }

    public static RunSession resume(Path folder) throws IOException {
        return RunSession.resume(folder, CheckpointChoice.LATEST, DIGITS);
    }

    /// Resumes a run again and again, and stops it after the step or epoch under way, until it ends.
    ///
    /// @return how each of these sessions ended
    static List<Outcome> resumeStepByStep(Path run) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        do {
            RunSession session = resume(run);
            outcomes.add(session.run(stopping(session)).outcome());
        } while (outcomes.getLast().equals(new Outcome.Interrupted()));
        return outcomes;
    }

    /// A listener that stops a session after the step or epoch under way.
    static RunListener stopping(RunSession session) {
        return new RunListener() {
            @Override
            public void stepped(Trainer trainer, double loss) {
                session.requestStop();
            }

            @Override
            public void epochEnded(Trainer trainer, EpochRecord epoch) {
                session.requestStop();
            }
        };
    }

    /// A listener that stops a session after a number of steps of the whole run.
    static RunListener stoppingAt(long steps, RunSession session) {
        return new RunListener() {
            @Override
            public void stepped(Trainer trainer, double loss) {
                if (trainer.steps() >= steps) {
                    session.requestStop();
                }
            }

            @Override
            public void epochEnded(Trainer trainer, EpochRecord epoch) {
                stepped(trainer, 0);
            }
        };
    }

    /// All that a run's folder holds, by name: hashes of binary files, texts without wall-clock times and memory. Of
    /// the checkpoint before the latest nothing: which one it is depends on when a run was stopped.
    public static Map<String, String> bits(Path run) throws IOException {
        Map<String, String> bits = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = run.relativize(file).toString();
                if (!name.startsWith("checkpoint-previous") && !name.startsWith("checkpoint-damaged")) {
                    bits.put(name, content(file));
                }
            }
        }
        bits.remove(".lock");
        return bits;
    }

    private static String content(Path file) throws IOException {
        return switch (file.getFileName().toString()) {
            case "history.csv" -> withoutSeconds(Files.readAllLines(file));
            case "state.json" -> {
                ObjectNode json = RunRecord.json(file);
                ((ObjectNode) json.get("progress")).remove(List.of("seconds", "epochSeconds"));
                yield json.toString();
            }
            case "run.json" -> {
                ObjectNode json = RunRecord.json(file);
                json.remove("started");
                if (json.get("summary") instanceof ObjectNode summary) {
                    summary.remove(List.of("seconds", "peakMemoryBytes"));
                }
                yield json.toString();
            }
            case "spectrum.csv" -> Files.readString(file);
            default -> DurableFiles.sha256(file);
        };
    }

    private static String withoutSeconds(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            String[] cells = line.split(",", -1);
            cells[8] = "";
            text.append(String.join(",", cells)).append('\n');
        }
        return text.toString();
    }
}
