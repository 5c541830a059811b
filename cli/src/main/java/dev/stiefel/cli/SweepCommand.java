package dev.stiefel.cli;

import dev.stiefel.data.language.TextDataSets;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.sweep.PlannedRun;
import dev.stiefel.lab.sweep.Sweep;
import dev.stiefel.lab.sweep.SweepEstimate;
import dev.stiefel.lab.sweep.SweepPlan;
import dev.stiefel.lab.sweep.SweepProgress;
import dev.stiefel.lab.sweep.SweepResult;
import dev.stiefel.lab.sweep.SweepSettings;
import dev.stiefel.lab.sweep.SweepSpec;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel sweep`.
@CommandLine.Command(
        name = "sweep",
        header = "Trains many runs from one specification, several at a time.",
        description = {
            "SPEC is a YAML file or a built-in sweep (--list shows them). It holds the options that all runs share,"
                    + " the axes along which runs differ, and the number of seeds. Each run has one thread and its"
                    + " own process.",
            "A sweep may be stopped or killed at any moment: the same command continues it. If the specification"
                    + " gets more values, only the new runs are trained. A run that fails or diverges is recorded;"
                    + " the other runs go on.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = {"stiefel sweep SPEC [options]", "       stiefel sweep --list"},
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel sweep digits-small",
            "  stiefel sweep widths.yaml --dry-run",
            "  stiefel sweep widths.yaml --jobs 4 --out sweeps/widths",
            "  stiefel sweep thesis/5k --retry-failed",
        })
final class SweepCommand implements Command {
    private static final int SHOWN_REASONS = 8;

    private final CommandEnvironment environment;
    private final Stiefel common;

    @Parameters(paramLabel = "SPEC", arity = "0..1", description = "A YAML file, or the name of a built-in sweep.")
    private @Nullable String spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the sweep, new or to continue (default: sweeps/NAME).")
    private @Nullable String out;

    @Option(names = "--jobs", paramLabel = "N", description = "Number of runs at a time (default: one per core).")
    private @Nullable Integer jobs;

    @Option(names = "--retry-failed", description = "Retries failed runs from their last checkpoint.")
    private boolean retryFailed;

    @Option(
            names = "--dry-run",
            description = "Lists the runs and tries a few epochs to estimate the time and disk space of the sweep;"
                    + " trains no run.")
    private boolean dryRun;

    @Option(names = "--list", description = "Lists the built-in sweeps.")
    private boolean list;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder to search for the data set's files before downloading them.")
    private @Nullable String dataDir;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    SweepCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    @Override
    public int run() throws IOException {
        if (list) {
            return listed();
        }
        if (spec == null) {
            throw new UsageException(
                    "'stiefel sweep' needs a SPEC: a YAML file, or a built-in sweep; 'stiefel sweep --list' shows"
                            + " those");
        }
        if (jobs != null && (jobs < 1 || jobs > 1024)) {
            throw new UsageException("--jobs must be a whole number in [1, 1024]; got " + jobs);
        }
        DataSets sets = DataSetAccess.sets(environment, dataDir);
        SweepPlan plan = planned(found(spec), sets);
        Path folder = environment.path(out == null ? "sweeps/" + plan.spec().name() : out);
        SweepSettings settings = settings();
        tellLeftOut(plan);
        return dryRun ? dryRun(plan, folder, settings) : made(plan, folder, settings, sets);
    }

    /// Texts are read for it, and fetched first where they must be.
    private SweepPlan planned(SweepSpec found, DataSets sets) throws IOException {
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            return SweepPlan.of(found, sets.withListener(displays.fetching()));
        }
    }

    /// A file is where the command was typed; a name may be that of a file, too.
    private SweepSpec found(String typed) throws IOException {
        Path file = environment.path(typed);
        return Files.exists(file) ? SweepSpec.of(file.toString()) : SweepSpec.of(typed);
    }

    private SweepSettings settings() {
        SweepSettings usual = SweepSettings.of(environment.cache());
        return new SweepSettings(
                jobs == null ? usual.jobs() : jobs,
                retryFailed ? SweepSettings.Retry.FAILED : SweepSettings.Retry.NONE,
                environment.cache(),
                dataDir == null ? Optional.empty() : Optional.of(environment.path(dataDir)));
    }

    private int listed() throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        TextTable table = new TextTable("lrl");
        for (String name : SweepSpec.builtIn()) {
            SweepSpec each = SweepSpec.of(name);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("mostRuns", each.combinations());
            List<String> axes =
                    each.varied().stream().map(dev.stiefel.lab.spec.Option::key).toList();
            fields.put("axes", axes);
            all.add(fields);
            table.row(name, "up to %s runs".formatted(NumberText.count(each.combinations())), String.join(", ", axes));
        }
        if (json) {
            JsonOutput.print(environment.out(), Map.of("sweeps", all));
        } else {
            environment.out().print(table);
            environment.out().flush();
        }
        return 0;
    }

    private void tellLeftOut(SweepPlan plan) {
        Map<String, List<String>> byReason = new TreeMap<>();
        plan.skipped()
                .forEach(each -> byReason.computeIfAbsent(each.reason(), _ -> new ArrayList<>())
                        .add(each.label()));
        int shown = 0;
        for (Map.Entry<String, List<String>> reason : byReason.entrySet()) {
            if (++shown > SHOWN_REASONS) {
                say("… and %s more reasons".formatted(byReason.size() - SHOWN_REASONS));
                break;
            }
            List<String> labels = reason.getValue();
            say("left out: %s%s: %s"
                    .formatted(
                            labels.getFirst(),
                            labels.size() > 1 ? " and %s more".formatted(labels.size() - 1) : "",
                            reason.getKey()));
        }
        if (plan.excluded() > 0) {
            say("left out: %s combinations that 'exclude' names".formatted(plan.excluded()));
        }
    }

    private int dryRun(SweepPlan plan, Path folder, SweepSettings settings) throws IOException {
        SweepEstimate estimate = SweepEstimate.of(plan, folder, settings);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", plan.spec().name());
            fields.put("folder", folder.toString());
            fields.put("runs", plan.runs().stream().map(SweepCommand::fields).toList());
            fields.put("skipped", plan.skipped().size());
            fields.put("excluded", plan.excluded());
            fields.put("left", estimate.runs());
            fields.put("jobs", settings.jobs());
            fields.put("seconds", estimate.time().toMillis() / 1e3);
            fields.put("bytes", estimate.bytes());
            JsonOutput.print(environment.out(), fields);
            return 0;
        }
        PrintStream print = environment.out();
        plan.runs().forEach(run -> print.println(run.id() + "  " + run.label()));
        print.println();
        print.printf(
                "%s runs, %s to be made, %s at a time: about %s, %s on disk%n",
                NumberText.count(plan.runs().size()),
                NumberText.count(estimate.runs()),
                settings.jobs(),
                NumberText.anyDuration(estimate.time().toMillis() / 1e3),
                NumberText.bytes(estimate.bytes()));
        print.printf(
                "(measured: %s of the runs, a few epochs each; other work on this machine makes it longer)%n",
                estimate.calibrated());
        print.flush();
        return 0;
    }

    private static Map<String, Object> fields(PlannedRun run) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", run.id());
        fields.put("axes", run.point());
        fields.put("seed", run.seed());
        return fields;
    }

    private int made(SweepPlan plan, Path folder, SweepSettings settings, DataSets sets) throws IOException {
        fetched(plan, sets);
        Sweep sweep = new Sweep(plan, folder, settings);
        SweepResult result;
        int interrupted;
        try (Interrupts.Guard guard = environment.interrupts().first(sweep::requestStop);
                SweepDisplay _ = SweepDisplay.of(environment, common.quiet, sweep)) {
            result = sweep.run();
            interrupted = guard.exitCode();
        }
        return told(result, interrupted);
    }

    /// Data sets that are fetched are fetched once, here, where it can be seen.
    private void fetched(SweepPlan plan, DataSets sets) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (PlannedRun run : plan.runs()) {
            RunSpec each = run.spec();
            if (each.ownData().isEmpty() || TextDataSets.beside(sets).has(each.get(Options.DATA))) {
                names.add(each.get(Options.DATA));
            }
        }
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            for (String name : names) {
                DataSetAccess.fetch(sets.withListener(displays.fetching()), name);
            }
        }
    }

    private int told(SweepResult result, int interrupted) {
        SweepProgress progress = result.progress();
        boolean complete = result.ending() == SweepResult.Ending.COMPLETE;
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("folder", result.folder().toString());
            fields.put("complete", complete);
            fields.put("runs", progress.total());
            fields.put("done", progress.done());
            fields.put("diverged", progress.diverged());
            fields.put("failed", progress.failed());
            fields.put("made", progress.ended() - progress.before());
            fields.put("seconds", progress.elapsed().toMillis() / 1e3);
            fields.put("problems", result.problems());
            JsonOutput.print(environment.out(), fields);
        } else {
            text(result, progress);
        }
        if (!complete) {
            say("interrupted; all is saved; the same command continues");
            return interrupted;
        }
        return progress.failed() > 0 ? CommandFailures.FAILURE : 0;
    }

    private void text(SweepResult result, SweepProgress progress) {
        int shown = 0;
        for (String problem : result.problems()) {
            if (++shown > SHOWN_REASONS) {
                say("… and %s more; index.csv has them all"
                        .formatted(result.problems().size() - SHOWN_REASONS));
                break;
            }
            say(problem);
        }
        PrintStream print = environment.out();
        String folder = RunNames.typed(result.folder());
        print.printf(
                "runs     %s of %s done%s%s%n",
                NumberText.count(progress.done()),
                NumberText.count(progress.total()),
                progress.diverged() > 0 ? ", %s diverged".formatted(progress.diverged()) : "",
                progress.failed() > 0 ? ", %s failed (again with --retry-failed)".formatted(progress.failed()) : "");
        progress.runsPerHour()
                .ifPresent(rate -> print.printf(
                        "time     %s for %s runs, %s an hour%n",
                        NumberText.anyDuration(progress.elapsed().toMillis() / 1e3),
                        NumberText.count(progress.ended() - progress.before()),
                        NumberText.count(Math.round(rate))));
        print.printf("folder   %s%n%n", folder);
        print.printf("next:  stiefel report %s%n", folder);
        print.flush();
    }

    private void say(String text) {
        environment.err().println("stiefel: " + text);
        environment.err().flush();
    }
}
