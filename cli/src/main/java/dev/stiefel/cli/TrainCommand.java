package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.run.CheckpointChoice;
import dev.stiefel.lab.run.Experiment;
import dev.stiefel.lab.run.Options;
import dev.stiefel.lab.run.RunResult;
import dev.stiefel.lab.run.RunSession;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel train`.
@CommandLine.Command(
        name = "train",
        header = "Trains a network, or goes on with a run that stopped.",
        description = {
            "EXPERIMENT is a preset ('stiefel presets' lists them) or a YAML file that maps options to values. What is"
                    + " not said is as the preset has it, or else as experiments showed best.",
            "The run is a folder: history, singular values, checkpoints. Ctrl-C saves after the step under way and says"
                    + " how to go on; a second one ends at once.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = {"stiefel train EXPERIMENT [options]", "       stiefel train --resume RUN"},
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel train digits",
            "  stiefel train mnist --epochs 20 --tolerance 0.2",
            "  stiefel train mnist --rank 20 --method bug --out runs/bug-20",
            "  stiefel train fashion-mnist --layers 784-300-100-10 --seed 7",
            "  stiefel train wide.yaml --threads 4 --json",
            "  stiefel train --resume runs/mnist-20260131-120000",
        })
final class TrainCommand implements Command {
    private static final String FULL_DISK = "No space left";

    private final Surroundings surroundings;
    private final Stiefel common;
    private final TrainOptions options = new TrainOptions();

    @Parameters(paramLabel = "EXPERIMENT", arity = "0..1", description = "A preset, or a YAML file.")
    private @Nullable String experiment;

    @Option(
            names = "--resume",
            paramLabel = "RUN",
            order = 1,
            description = "Goes on exactly where this run stopped, by its own options.")
    private @Nullable String resume;

    @Option(
            names = "--from-previous",
            order = 2,
            description = "With --resume: goes on from the checkpoint before the latest.")
    private boolean fromPrevious;

    @Option(
            names = "--out",
            paramLabel = "RUN",
            order = 3,
            description = "The run's folder (default: runs/NAME-TIMESTAMP). One that exists is never overwritten.")
    private @Nullable String out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 4,
            description = "A folder that may hold the data set's files; asked before anything is fetched.")
    private @Nullable String dataDir;

    @Option(names = "--json", order = 5, description = "Prints the outcome as JSON.")
    private boolean json;

    private TrainCommand(Surroundings surroundings, Stiefel common) {
        this.surroundings = surroundings;
        this.common = common;
    }

    static CommandLine of(Surroundings surroundings, Stiefel common) {
        TrainCommand command = new TrainCommand(surroundings, common);
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        command.options.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public int run() throws IOException {
        requireConsistent();
        try (Displays displays = Displays.of(surroundings, common.quiet)) {
            DataSets sets = Data.sets(surroundings, dataDir).withListener(displays.fetching());
            Prepared prepared = prepare(sets);
            RunSession session = prepared.session();
            Interrupts.Guard guard = surroundings.interrupts().first(() -> {
                session.requestStop();
                displays.fetching().stop();
            });
            try (guard) {
                return report(train(prepared, displays));
            }
        }
    }

    private static RunResult train(Prepared prepared, Displays displays) throws IOException {
        try (displays) {
            return prepared.session().run(displays.training());
        } catch (InterruptedIOException e) {
            InterruptedIOException named = new InterruptedIOException(
                    "interrupted before the first step; what was fetched is kept, and the same command goes on");
            named.initCause(e);
            throw named;
        } catch (IOException e) {
            throw String.valueOf(e.getMessage()).contains(FULL_DISK) ? fullDisk(prepared.folder(), e) : e;
        }
    }

    private static IOException fullDisk(Path folder, IOException e) {
        String run = RunNames.typed(folder);
        String said = String.valueOf(e.getMessage());
        return new IOException(
                "%s; free some, then go on with: stiefel train --resume %s"
                        .formatted(said.startsWith(FULL_DISK) ? "cannot write %s: %s".formatted(run, said) : said, run),
                e);
    }

    /// A session that may begin.
    private record Prepared(Path folder, RunSession session) {}

    private Prepared prepare(DataSets sets) throws IOException {
        if (resume != null) {
            Path run = surroundings.path(resume);
            CheckpointChoice from = fromPrevious ? CheckpointChoice.PREVIOUS : CheckpointChoice.LATEST;
            return new Prepared(run, RunSession.resume(run, from, sets));
        }
        Map<String, String> choices = options.choices();
        String data = choices.get(Options.DATA.flag());
        if (data != null) {
            Data.info(sets, data);
        }
        Experiment chosen = Experiments.find(surroundings, String.valueOf(experiment), choices);
        Path folder = out != null ? surroundings.path(out) : RunNames.unused(surroundings.path("runs"), chosen.name());
        return new Prepared(folder, RunSession.create(chosen.spec(), folder, sets));
    }

    private void requireConsistent() {
        if (resume == null && experiment == null) {
            throw new UsageException("'stiefel train' needs an EXPERIMENT, such as 'digits', or --resume RUN;"
                    + " 'stiefel presets' lists experiments");
        }
        if (resume == null) {
            if (fromPrevious) {
                throw new UsageException("--from-previous is for --resume RUN; give both or neither");
            }
            return;
        }
        if (experiment != null) {
            throw new UsageException(
                    "'%s' cannot go with --resume, which goes on with a run's own experiment".formatted(experiment));
        }
        if (out != null) {
            throw new UsageException("--out cannot go with --resume, which goes on in the run's own folder");
        }
        options.choices().keySet().stream().findFirst().ifPresent(flag -> {
            throw new UsageException(
                    "--%s cannot go with --resume, which goes on by the run's own options".formatted(flag));
        });
    }

    private int report(RunResult result) throws IOException {
        if (json) {
            Json.print(surroundings.out(), RunReport.fields(result));
        }
        return switch (result.outcome()) {
            case Outcome.Finished _ -> {
                print(result, "");
                yield 0;
            }
            case Outcome.StoppedEarly early -> {
                print(
                        result,
                        "Stopped early: the validation loss has not improved since epoch %d."
                                .formatted(early.bestEpoch()));
                yield 0;
            }
            case Outcome.Interrupted _ -> {
                say("interrupted; all is saved; resume with: stiefel train --resume "
                        + RunNames.typed(result.folder()));
                yield Failures.INTERRUPTED;
            }
            case Outcome.Diverged diverged -> {
                say("%s (run %s)".formatted(diverged.message(), RunNames.typed(result.folder())));
                yield Failures.FAILURE;
            }
        };
    }

    private void print(RunResult result, String remark) {
        if (!json) {
            surroundings.out().print(RunReport.table(result));
            if (!remark.isEmpty()) {
                surroundings.out().println(remark);
            }
            surroundings.out().print(RunReport.next(result));
            surroundings.out().flush();
        }
    }

    private void say(String text) {
        surroundings.err().println("stiefel: " + text);
        surroundings.err().flush();
    }
}
