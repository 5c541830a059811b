package dev.stiefel.lab.record;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.ModelOrigin;
import dev.stiefel.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// The two checkpoints that a run keeps: `checkpoint` and, before it, `checkpoint-previous`. A new one is
/// written beside them and takes its place whole.
public final class Checkpoints {
    /// The name of the latest checkpoint's folder.
    public static final String LATEST = "checkpoint";

    /// The name of the folder of the one before it.
    public static final String PREVIOUS = "checkpoint-previous";

    private final Path next;
    private final Path current;
    private final Path previous;
    private final Path damaged;
    private Optional<Checkpoint> latest = Optional.empty();

    /// The checkpoints in a run's folder.
    public Checkpoints(Path run) {
        this.next = run.resolve("checkpoint-next");
        this.current = run.resolve(LATEST);
        this.previous = run.resolve(PREVIOUS);
        this.damaged = run.resolve("checkpoint-damaged");
    }

    /// Makes this state the latest checkpoint.
    public void write(Checkpoint.State now, ModelOrigin origin, Checkpoint.Best best) throws IOException {
        swapIn(() -> Checkpoint.write(next, now, origin, latest, best));
    }

    /// Replaces the best model of the latest checkpoint; does nothing if there is none.
    public void writeBest(Network model, ModelOrigin origin) throws IOException {
        if (latest.isPresent()) {
            swapIn(() -> latest.get().copyTo(next, model, origin));
        }
    }

    private interface Writing {
        Checkpoint write() throws IOException;
    }

    private void swapIn(Writing writing) throws IOException {
        DurableFiles.deleteTree(next);
        try {
            Checkpoint written = writing.write();
            DurableFiles.swapIn(next, current, previous);
            latest = Optional.of(written.at(current));
        } catch (IOException e) {
            try {
                DurableFiles.deleteTree(next); // a full disk needs the room
            } catch (IOException another) {
                e.addSuppressed(another);
            }
            throw e;
        }
    }

    /// For the run's only writer: repairs the remains of a killed process and opens a checkpoint, to resume from
    /// it; empty if the run was killed before its first. Resuming from the one before the latest puts it in its
    /// place.
    public Optional<Checkpoint> takeUp(CheckpointChoice choice) throws IOException {
        DurableFiles.recover(next, current, previous);
        DurableFiles.deleteTree(next);
        if (choice == CheckpointChoice.PREVIOUS) {
            open(choice);
            DurableFiles.deleteTree(damaged);
            if (Files.exists(current)) {
                Files.move(current, damaged, StandardCopyOption.ATOMIC_MOVE);
            }
            DurableFiles.recover(next, current, previous);
        }
        latest = Files.exists(current) ? Optional.of(open(CheckpointChoice.LATEST)) : Optional.empty();
        return latest;
    }

    /// For readers, who change nothing: a checkpoint, verified.
    ///
    /// @throws InvalidRunException if it is damaged or there is none
    Checkpoint open(CheckpointChoice choice) throws IOException {
        return switch (choice) {
            case LATEST -> openLatest();
            case PREVIOUS -> {
                if (!Files.exists(previous)) {
                    throw new InvalidRunException("there is no checkpoint %s".formatted(previous));
                }
                yield Checkpoint.open(previous);
            }
        };
    }

    private Checkpoint openLatest() throws IOException {
        Path complete = next.resolveSibling(next.getFileName() + ".complete");
        // Between two steps of a swap, or after a kill there, only the others are whole.
        Path found = Files.exists(current) ? current : Files.exists(complete) ? complete : previous;
        if (!Files.exists(found)) {
            throw new InvalidRunException("there is no checkpoint %s yet".formatted(current));
        }
        try {
            return Checkpoint.open(found);
        } catch (InvalidRunException e) {
            throw new InvalidRunException(e.getMessage() + (found.equals(previous) ? "" : "; " + wayOut()), e);
        }
    }

    private String wayOut() {
        try {
            int epoch = Checkpoint.open(previous).progress().epoch();
            return "the checkpoint before it (epoch %s) is intact: add --from-previous".formatted(epoch);
        } catch (IOException e) {
            return "there is no intact checkpoint before it";
        }
    }
}
