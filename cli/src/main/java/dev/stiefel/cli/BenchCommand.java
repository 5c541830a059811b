package dev.stiefel.cli;

import dev.stiefel.lab.bench.Bench;
import dev.stiefel.lab.bench.BenchNetwork;
import dev.stiefel.lab.bench.BenchResult;
import dev.stiefel.lab.bench.BenchResult.Measured;
import dev.stiefel.lab.bench.BenchResult.RankTiming;
import dev.stiefel.lab.bench.BenchResult.Spread;
import dev.stiefel.lab.bench.BenchResult.Timing;
import dev.stiefel.lab.bench.BenchSpec;
import dev.stiefel.lab.bench.StepProfile;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.nn.LinearSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// `stiefel bench`.
@CommandLine.Command(
        name = "bench",
        header = "Times dense and factored training steps on this machine, by rank.",
        description = "Times training steps and predictions of a 784-WIDTH-…-WIDTH-10 network, or of a network for"
                + " images: dense, and factored at each rank. Then shows the rank from which on dense is faster.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel bench [options]",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel bench",
            "  stiefel bench --width 5120 --batch 500 --ranks 5,10,20,40,80,160,320",
            "  stiefel bench --network vgg16 --ranks 16,32",
            "  stiefel bench --method bug --optimizer adam --threads 1 --json",
        })
final class BenchCommand implements Command {
    private static final int WIDTH = 500;
    private static final int DEPTH = 4;
    private static final List<Integer> USUAL_RANKS = List.of(5, 10, 20, 40, 80, 160, 320);

    private final CommandEnvironment environment;
    private final Stiefel common;

    @CommandLine.Option(
            names = "--network",
            paramLabel = "NAME",
            description = "Architecture: mlp (default), or a network for images, as in train.")
    private String name = "mlp";

    @CommandLine.Option(
            names = "--width",
            paramLabel = "N",
            description = "Width of the hidden layers of an mlp (default: 500).")
    private @Nullable Integer width;

    @CommandLine.Option(names = "--depth", paramLabel = "N", description = "Hidden layers of an mlp (default: 4).")
    private @Nullable Integer depth;

    @CommandLine.Option(
            names = "--batch",
            paramLabel = "N",
            description = "Samples per step and per prediction (default: 128).")
    private int batch = 128;

    @CommandLine.Option(
            names = "--ranks",
            paramLabel = "N,N,…",
            description = "Ranks to time (default: 5,10,20,… while they fit the layers).")
    private @Nullable String ranks;

    @CommandLine.Option(
            names = "--method",
            paramLabel = "NAME",
            description = "Training method of factored weights: riemannian (default), bug, parallel-bug, s-only,"
                    + " backward-corrected, projector-splitting or factors.")
    private String method = "riemannian";

    @CommandLine.Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "Optimizer: sgd, momentum, adam, adamw or muon (default: momentum).")
    private String optimizer = "momentum";

    @CommandLine.Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of threads (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @CommandLine.Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Repetitions of each measurement; more give steadier medians (default: 5).")
    private int repeats = 5;

    @CommandLine.Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    BenchCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    @Override
    public int run() {
        BenchNetwork network = network();
        BenchSpec spec = new BenchSpec(
                network,
                batch,
                ranks(network),
                parsed(Options.METHOD, method),
                parsed(Options.OPTIMIZER, optimizer),
                threads,
                repeats);
        BenchResult result = measure(spec);
        if (json) {
            JsonOutput.print(environment.out(), fields(result));
        } else {
            print(result);
        }
        return 0;
    }

    private BenchResult measure(BenchSpec spec) {
        if (common.quiet) {
            return Bench.run(spec, doing -> {});
        }
        Screen screen = environment.screen().get();
        LiveLine line = new LiveLine(environment.err(), screen);
        Consumer<String> show = screen.terminal()
                ? doing -> line.show("timing: " + doing)
                : doing -> environment.err().println("timing: " + doing);
        try {
            return Bench.run(spec, show);
        } finally {
            line.clear();
        }
    }

    private BenchNetwork network() {
        Architecture architecture = parsed(Options.NETWORK, name);
        if (architecture.hasWidths()) {
            return BenchNetwork.mlp(width == null ? WIDTH : width, depth == null ? DEPTH : depth);
        }
        if (width != null || depth != null) {
            throw new UsageException("--width and --depth are for network 'mlp'; got '%s', whose size is fixed"
                    .formatted(architecture.word()));
        }
        return BenchNetwork.of(architecture);
    }

    private List<Integer> ranks(BenchNetwork network) {
        if (ranks == null) {
            int most = network.greatestRank();
            List<Integer> fitting =
                    USUAL_RANKS.stream().filter(rank -> rank <= most).toList();
            return fitting.isEmpty() ? List.of(1) : fitting;
        }
        List<Integer> all = new ArrayList<>();
        for (String one : ranks.split(",", -1)) {
            try {
                all.add(Integer.parseInt(one.strip()));
            } catch (NumberFormatException e) {
                throw new UsageException("--ranks must be whole numbers separated by commas, such as 5,10,20; got '%s'"
                        .formatted(ranks));
            }
        }
        return all;
    }

    private static <T> T parsed(Option<T> option, String value) {
        return TrainOptions.parsed(option, value);
    }

    private void print(BenchResult result) {
        BenchSpec spec = result.spec();
        environment
                .out()
                .printf(
                        Locale.ROOT,
                        "%s network, batch %d, %s, %s, %d %s; matrix products reach %.1f GFLOP/s, memory %.1f"
                                + " GB/s%n%n",
                        spec.network().title(),
                        spec.batch(),
                        spec.method().word(),
                        spec.optimizer().name().toLowerCase(Locale.ROOT),
                        spec.threads(),
                        spec.threads() == 1 ? "thread" : "threads",
                        result.gemmGflops(),
                        result.streamGigabytes());
        TextTable table = new TextTable("rrrrrrr")
                .row("rank", "train", "", "GFLOP/s", "of peak", "predict", "")
                .row(
                        "dense",
                        ms(result.dense().timing().trainMs()),
                        "",
                        NumberText.fourDigits(result.dense().trainGflops()),
                        share(result.dense().trainGflops(), result.gemmGflops()),
                        ms(result.dense().timing().predictMs()),
                        "");
        for (RankTiming rank : result.ranks()) {
            double gflops = rank.measured().trainGflops();
            table.row(
                    String.valueOf(rank.rank()),
                    ms(rank.timing().trainMs()),
                    times(rank.trainSpeedup()),
                    NumberText.fourDigits(gflops),
                    share(gflops, result.gemmGflops()),
                    ms(rank.timing().predictMs()),
                    times(rank.predictSpeedup()));
        }
        environment.out().println(table);
        environment.out().println(verdict(result));
        unsettled(result).forEach(environment.out()::println);
        environment.out().println();
        RankTiming detailed = result.ranks().get((result.ranks().size() - 1) / 2);
        environment.out().println("Where a step at rank %s goes:".formatted(detailed.rank()));
        environment.out().println();
        environment.out().println(budget(detailed.measured().budget(), result.gemmGflops()));
        environment.out().flush();
    }

    private static TextTable budget(List<StepProfile.Line> lines, double peak) {
        double whole =
                lines.stream().mapToDouble(StepProfile.Line::milliseconds).sum();
        TextTable table = new TextTable("lrrrrrr")
                .row("stage", "time", "share", "native calls", "megaflops", "of peak", "megabytes");
        for (StepProfile.Line line : lines) {
            table.row(
                    line.name(),
                    ms(line.milliseconds()),
                    share(line.milliseconds(), whole),
                    String.format(Locale.ROOT, "%.0f", line.nativeCalls()),
                    NumberText.fourDigits(line.megaflops()),
                    share(line.gflops(), peak),
                    NumberText.fourDigits(line.megabytes()));
        }
        return table;
    }

    private static String share(double part, double whole) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * part / whole);
    }

    private static String verdict(BenchResult result) {
        OptionalInt even = result.breakEvenRank();
        int largest = result.ranks().getLast().rank();
        if (even.isEmpty()) {
            return "Factored training steps are faster than dense ones up to the largest rank timed, %s."
                    .formatted(largest);
        }
        return even.getAsInt() == result.ranks().getFirst().rank()
                ? "Dense training steps are faster at every rank timed."
                : "Dense training steps are faster from rank %s on.".formatted(even.getAsInt());
    }

    /// Figures that are not to be relied on, in sentences.
    private static List<String> unsettled(BenchResult result) {
        List<String> sentences = new ArrayList<>();
        if (!result.warm()) {
            sentences.add("Times were still falling when the measurement began: they are too long. Run it again, with"
                    + " fewer ranks or on a quieter machine.");
        }
        List<String> figures = new ArrayList<>();
        addUnsettled(figures, "dense", result.dense().timing());
        result.ranks().forEach(rank -> addUnsettled(figures, "rank " + rank.rank(), rank.timing()));
        if (!figures.isEmpty()) {
            sentences.add(
                    "Did not settle in %s repeats: %s. More --repeats, or a quieter machine, give steadier figures."
                            .formatted(result.spec().repeats(), String.join(", ", figures)));
        }
        return sentences;
    }

    private static void addUnsettled(List<String> figures, String name, Timing timing) {
        if (!timing.train().isSettled(timing.trainMs())) {
            figures.add(name + " train " + range(timing.train()));
        }
        if (!timing.predict().isSettled(timing.predictMs())) {
            figures.add(name + " predict " + range(timing.predict()));
        }
    }

    private static String range(Spread spread) {
        return "(%s to %s ms)"
                .formatted(NumberText.fourDigits(spread.least()), NumberText.fourDigits(spread.greatest()));
    }

    private static String ms(double value) {
        return NumberText.fourDigits(value) + " ms";
    }

    private static String times(double value) {
        return String.format(Locale.ROOT, "× %.2f", value);
    }

    private static Map<String, Object> fields(BenchResult result) {
        BenchSpec spec = result.spec();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("threads", spec.threads());
        fields.put("gemmGflops", result.gemmGflops());
        fields.put("streamGigabytes", result.streamGigabytes());
        fields.put("network", spec.network().title());
        if (spec.network().dense().isChain()) {
            List<LinearSpec> layers = spec.network().dense().chainLayers();
            fields.put("width", layers.getFirst().outputs());
            fields.put("depth", layers.size() - 1);
        }
        fields.put("batch", spec.batch());
        fields.put("dense", fields(result.dense()));
        fields.put(
                "ranks",
                result.ranks().stream()
                        .map(rank -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("rank", rank.rank());
                            one.put("method", spec.method().word());
                            one.putAll(fields(rank.measured()));
                            one.put("trainSpeedup", rank.trainSpeedup());
                            one.put("predictSpeedup", rank.predictSpeedup());
                            return one;
                        })
                        .toList());
        OptionalInt even = result.breakEvenRank();
        fields.put("breakEvenRank", even.isPresent() ? even.getAsInt() : null);
        fields.put("settled", unsettled(result).isEmpty());
        return fields;
    }

    private static List<Double> fieldRange(Spread spread) {
        return List.of(spread.least(), spread.greatest());
    }

    private static Map<String, Object> fields(Measured measured) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("trainMs", measured.timing().trainMs());
        fields.put("predictMs", measured.timing().predictMs());
        fields.put("trainRangeMs", fieldRange(measured.timing().train()));
        fields.put("predictRangeMs", fieldRange(measured.timing().predict()));
        fields.put("trainGflops", measured.trainGflops());
        fields.put(
                "budget",
                measured.budget().stream()
                        .map(line -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("stage", line.name());
                            one.put("ms", line.milliseconds());
                            one.put("nativeCalls", line.nativeCalls());
                            one.put("megaflops", line.megaflops());
                            one.put("megabytes", line.megabytes());
                            return one;
                        })
                        .toList());
        return fields;
    }
}
