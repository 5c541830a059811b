package dev.stiefel.cli;

import dev.stiefel.lab.bench.Bench;
import dev.stiefel.lab.bench.BenchResult;
import dev.stiefel.lab.bench.BenchResult.RankTiming;
import dev.stiefel.lab.bench.BenchResult.Timing;
import dev.stiefel.lab.bench.BenchSpec;
import dev.stiefel.lab.run.Option;
import dev.stiefel.lab.run.Options;
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
        header = "Times dense and factored steps on this machine, rank by rank.",
        description = "Times training steps and predictions of a 784-WIDTH-…-WIDTH-10 network on this machine, dense"
                + " and factored rank by rank, and says from which rank on dense is faster.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel bench [options]",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel bench",
            "  stiefel bench --width 5120 --batch 500 --ranks 5,10,20,40,80,160,320",
            "  stiefel bench --method bug --optimizer adam --threads 1 --json",
        })
final class BenchCommand implements Command {
    private static final List<Integer> USUAL_RANKS = List.of(5, 10, 20, 40, 80, 160, 320);

    private final Surroundings surroundings;
    private final Stiefel common;

    @CommandLine.Option(names = "--width", paramLabel = "N", description = "Width of the hidden layers (default: 500).")
    private int width = 500;

    @CommandLine.Option(names = "--depth", paramLabel = "N", description = "Hidden layers (default: 4).")
    private int depth = 4;

    @CommandLine.Option(
            names = "--batch",
            paramLabel = "N",
            description = "Samples in a step and in a prediction (default: 128).")
    private int batch = 128;

    @CommandLine.Option(
            names = "--ranks",
            paramLabel = "N,N,…",
            description = "Ranks to time (default: 5,10,20,… doubled as far as they fit).")
    private @Nullable String ranks;

    @CommandLine.Option(
            names = "--method",
            paramLabel = "NAME",
            description = "How factored weights are trained: riemannian, bug or factors (default: riemannian).")
    private String method = "riemannian";

    @CommandLine.Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "sgd, momentum, adam or adamw (default: momentum).")
    private String optimizer = "momentum";

    @CommandLine.Option(names = "--threads", paramLabel = "N", description = "Threads (default: one for each core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @CommandLine.Option(
            names = "--repeats",
            paramLabel = "N",
            description = "How often each network gets its turn; more give steadier medians (default: 5).")
    private int repeats = 5;

    @CommandLine.Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    BenchCommand(Surroundings surroundings, Stiefel common) {
        this.surroundings = surroundings;
        this.common = common;
    }

    @Override
    public int run() throws InterruptedException {
        BenchSpec spec = new BenchSpec(
                width,
                depth,
                batch,
                ranks(),
                parsed(Options.METHOD, method),
                parsed(Options.OPTIMIZER, optimizer),
                threads,
                repeats);
        BenchResult result = measure(spec);
        if (json) {
            Json.print(surroundings.out(), fields(result));
        } else {
            print(result);
        }
        return 0;
    }

    private BenchResult measure(BenchSpec spec) throws InterruptedException {
        if (common.quiet) {
            return Bench.run(spec, doing -> {});
        }
        Screen screen = surroundings.screen().get();
        LiveLine line = new LiveLine(surroundings.err(), screen);
        Consumer<String> show = screen.terminal()
                ? doing -> line.show("timing: " + doing)
                : doing -> surroundings.err().println("timing: " + doing);
        try {
            return Bench.run(spec, show);
        } finally {
            line.clear();
        }
    }

    private List<Integer> ranks() {
        if (ranks == null) {
            int most = Math.min(width, BenchSpec.INPUTS);
            List<Integer> fitting =
                    USUAL_RANKS.stream().filter(rank -> rank <= most).toList();
            return fitting.isEmpty() ? List.of(1) : fitting;
        }
        List<Integer> all = new ArrayList<>();
        for (String one : ranks.split(",", -1)) {
            try {
                all.add(Integer.parseInt(one.strip()));
            } catch (NumberFormatException e) {
                throw new UsageException(
                        "--ranks must be whole numbers with commas in between, such as 5,10,20; got '%s'"
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
        surroundings
                .out()
                .printf(
                        Locale.ROOT,
                        "784-%s10 network, batch %d, %s, %s, %d %s; matrix products reach %.1f GFLOP/s%n%n",
                        (spec.width() + "-").repeat(Math.min(spec.depth(), 4)) + (spec.depth() > 4 ? "…-" : ""),
                        spec.batch(),
                        spec.method().word(),
                        spec.optimizer().name().toLowerCase(Locale.ROOT),
                        spec.threads(),
                        spec.threads() == 1 ? "thread" : "threads",
                        result.gemmGflops());
        TextTable table = new TextTable("rrrrr").row("rank", "train", "", "predict", "");
        table.row("dense", ms(result.dense().trainMs()), "", ms(result.dense().predictMs()), "");
        for (RankTiming rank : result.ranks()) {
            table.row(
                    String.valueOf(rank.rank()),
                    ms(rank.timing().trainMs()),
                    times(rank.trainSpeedup()),
                    ms(rank.timing().predictMs()),
                    times(rank.predictSpeedup()));
        }
        surroundings.out().println(table);
        surroundings.out().println(verdict(result));
        surroundings.out().flush();
    }

    private static String verdict(BenchResult result) {
        OptionalInt even = result.breakEvenRank();
        int largest = result.ranks().getLast().rank();
        if (even.isEmpty()) {
            return "Factored training steps are faster than dense ones up to the largest rank timed, %d."
                    .formatted(largest);
        }
        return even.getAsInt() == result.ranks().getFirst().rank()
                ? "Dense training steps are faster at every rank timed."
                : "Dense training steps are faster from rank %d on.".formatted(even.getAsInt());
    }

    private static String ms(double value) {
        return Figures.number(value) + " ms";
    }

    private static String times(double value) {
        return String.format(Locale.ROOT, "× %.2f", value);
    }

    private static Map<String, Object> fields(BenchResult result) {
        BenchSpec spec = result.spec();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("threads", spec.threads());
        fields.put("gemmGflops", result.gemmGflops());
        fields.put("width", spec.width());
        fields.put("depth", spec.depth());
        fields.put("batch", spec.batch());
        fields.put("dense", fields(result.dense()));
        fields.put(
                "ranks",
                result.ranks().stream()
                        .map(rank -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("rank", rank.rank());
                            one.put("method", spec.method().word());
                            one.putAll(fields(rank.timing()));
                            one.put("trainSpeedup", rank.trainSpeedup());
                            one.put("predictSpeedup", rank.predictSpeedup());
                            return one;
                        })
                        .toList());
        OptionalInt even = result.breakEvenRank();
        fields.put("breakEvenRank", even.isPresent() ? even.getAsInt() : null);
        return fields;
    }

    private static Map<String, Object> fields(Timing timing) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("trainMs", timing.trainMs());
        fields.put("predictMs", timing.predictMs());
        return fields;
    }
}
