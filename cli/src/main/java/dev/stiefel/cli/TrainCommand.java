package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.DataOverview;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel train`.
@CommandLine.Command(
        name = "train",
        header = "Trains a network, or resumes a run.",
        description = {
            "EXPERIMENT is a preset ('stiefel presets' lists them) or a YAML file that maps options to values."
                    + " Options not given take the preset's values, or else their defaults.",
            "--data PATH trains on data of your own: a CSV file (with --target COLUMN), a folder of images by class"
                    + " (with --image-size N or WxH), a .npy file (with --target PATH), a .txt file, a table of"
                    + " texts and translations (with --source COLUMN --target COLUMN), or a table of texts and"
                    + " classes (with --text COLUMN --target COLUMN).",
            "The result is a run: a folder with the history, singular values and checkpoints. Ctrl-C saves the run"
                    + " after the current step and shows how to resume it; a second Ctrl-C stops at once.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = {
            "stiefel train EXPERIMENT [options]",
            "       stiefel train --data PATH [options]",
            "       stiefel train --resume RUN"
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel train digits",
            "  stiefel train mnist --epochs 20 --tolerance 0.2",
            "  stiefel train mnist --rank 20 --method bug --out runs/bug-20",
            "  stiefel train fashion-mnist --layers 784-300-100-10 --seed 7",
            "  stiefel train --data houses.csv --target price",
            "  stiefel train --data photos --image-size 32 --epochs 50",
            "  stiefel train --data pairs.tsv --source pt --target en",
            "  stiefel train --data reviews.csv --text review --target verdict",
            "  stiefel train wide.yaml --threads 4 --json",
            "  stiefel train --resume runs/mnist-20260131-120000",
        })
final class TrainCommand implements Command {
    private final CommandEnvironment environment;
    private final Stiefel common;
    private final TrainOptions options = new TrainOptions();

    @Parameters(paramLabel = "EXPERIMENT", arity = "0..1", description = "A preset, or a YAML file.")
    private @Nullable String experiment;

    @Option(
            names = "--resume",
            paramLabel = "RUN",
            order = 20,
            description = "Resumes this run where it stopped, with its own options.")
    private @Nullable String resume;

    @Option(
            names = "--from-previous",
            order = 22,
            description = "With --resume: uses the checkpoint before the latest.")
    private boolean fromPrevious;

    @Option(
            names = "--out",
            paramLabel = "RUN",
            order = 1,
            description = "New folder of the run (default: runs/NAME-TIMESTAMP).")
    private @Nullable String out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 23,
            description = "Folder to search for the data set's files before downloading them.")
    private @Nullable String dataDir;

    @Option(
            names = "--data-moved-to",
            paramLabel = "PATH",
            order = 24,
            description = "With --resume: new path of the run's own data, or of its folder.")
    private @Nullable String dataMovedTo;

    @Option(names = "--json", order = 21, description = "Prints the result as JSON.")
    private boolean json;

    private TrainCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    static CommandLine of(CommandEnvironment environment, Stiefel common) {
        TrainCommand command = new TrainCommand(environment, common);
        return command.options.commandLine(CommandSpec.forAnnotatedObject(command), Options.all());
    }

    @Override
    public int run() throws IOException {
        requireConsistent();
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            DataSets sets =
                    DataSetAccess.sets(environment, dataDir, dataMovedTo).withListener(displays.fetching());
            return resume == null ? begun(sets, displays) : resumed(environment.path(resume), sets, displays);
        }
    }

    private int resumed(Path run, DataSets sets, ProgressDisplays displays) throws IOException {
        CheckpointChoice from = fromPrevious ? CheckpointChoice.PREVIOUS : CheckpointChoice.LATEST;
        return outcome(run, RunSession.resume(run, from, sets), displays);
    }

    private int outcome(Path folder, RunSession session, ProgressDisplays displays) throws IOException {
        return new InterruptibleSession(environment, RunReport.of(json)).run(folder, session, displays);
    }

    private int begun(DataSets sets, ProgressDisplays displays) throws IOException {
        Choices choices = DataSetAccess.located(environment, sets, options.choices());
        if (out != null) {
            RunSession.requireVacant(environment.path(out)); // before a user's own data is read
        }
        Experiment chosen = experiment == null
                ? Experiment.ofData(choices, sets)
                : ExperimentArgument.find(environment, experiment, choices, sets);
        chosen.ownData().ifPresent(own -> show(own, chosen.spec()));
        try (RunPlace place = RunPlace.of(environment, out, chosen.name())) {
            return outcome(place.path(), RunSession.create(chosen, place.path(), sets), displays);
        }
    }

    private void show(RunData own, RunSpec spec) {
        if (!common.quiet) {
            DataOverview.of(own, spec).ifPresent(overview -> {
                environment.err().print(DataInspectCommand.table(overview));
                environment.err().println();
            });
        }
        own.remarks().forEach(this::remark);
    }

    private void remark(String text) {
        environment.err().println("stiefel: " + text);
    }

    private void requireConsistent() {
        if (resume == null && experiment == null && !options.choices().has(Options.DATA)) {
            throw new UsageException("'stiefel train' needs an EXPERIMENT, such as 'digits', --data PATH, or --resume"
                    + " RUN; 'stiefel presets' lists experiments");
        }
        if (resume == null) {
            if (fromPrevious) {
                throw new UsageException("--from-previous is for --resume RUN; give both or neither");
            }
            if (dataMovedTo != null) {
                throw new UsageException("--data-moved-to is for --resume RUN; --data names the data of a new run");
            }
            return;
        }
        if (experiment != null) {
            throw new UsageException(
                    "'%s' cannot go with --resume, which resumes a run with its own experiment".formatted(experiment));
        }
        if (out != null) {
            throw new UsageException("--out cannot go with --resume, which resumes a run in its own folder");
        }
        options.choices().options().stream().findFirst().ifPresent(option -> {
            throw new UsageException(
                    "--%s cannot go with --resume, which resumes a run with its own options".formatted(option.flag()));
        });
    }
}
