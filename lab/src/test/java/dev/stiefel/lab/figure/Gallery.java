package dev.stiefel.lab.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// Figures of every kind with numbers as runs have them, and with nasty ones.
final class Gallery {
    private static final String LONG =
            "a very long name of an experiment & its <settings>, \"width\" 100, rank 10, label noise 20 %, L1L2, seed"
                    + " 4";

    private Gallery() {}

    static List<Double> steps(int count, double first, double step) {
        return IntStream.range(0, count).mapToObj(i -> first + i * step).toList();
    }

    static double error(double width, double epoch) {
        double peak = 0.12 * Math.exp(-Math.pow(Math.log(width / 40) / 0.4, 2)) * (1 - Math.exp(-epoch / 60));
        return 0.03 + 0.4 * Math.exp(-epoch * width / 900) + peak + 0.02 * Math.sin(epoch / 17) * Math.exp(-epoch / 80);
    }

    static Map<String, Figure> usual() {
        Map<String, Figure> all = new LinkedHashMap<>();
        add(
                all,
                map(
                        "heat-linear",
                        10,
                        50,
                        Axis.linear("test error, mean of 5 runs").percent()));
        add(all, map("heat-log", 10, 250, Axis.log("test error, mean of 5 runs").percent()));
        add(all, largeMap());
        add(all, rankMap());
        add(all, curvesByEpoch());
        add(all, doubleDescent());
        add(all, spectra());
        add(all, comparison());
        add(all, pareto());
        add(all, rain(250_000));
        Explanations.all().forEach(figure -> add(all, figure));
        return all;
    }

    private static void add(Map<String, Figure> all, Figure figure) {
        all.put(figure.name(), figure);
    }

    static Figure map(String name, int widths, int epochs, Axis color) {
        List<Double> xs = steps(widths, 10, 10);
        List<Double> ys = steps(epochs, 1, 1);
        List<Double> best = xs.stream().map(w -> Math.min(epochs, 400 / w)).toList();
        Grid grid =
                Grid.of(widths, epochs, (x, y) -> x == 3 && y > epochs / 2 ? Double.NaN : error(xs.get(x), ys.get(y)));
        return HeatMap.of(
                        name,
                        "Test error by width and epoch",
                        Axis.linear("width"),
                        xs,
                        Axis.linear("epoch"),
                        ys,
                        grid,
                        color)
                .line("best epoch of each width", Points.of(xs, best))
                .draw();
    }

    static Figure largeMap() {
        List<Double> xs = steps(500, 2, 2);
        List<Double> ys = steps(250, 1, 1);
        return HeatMap.of(
                        "heat-large",
                        "Spread over 5 runs by width and epoch",
                        Axis.log("width"),
                        xs,
                        Axis.linear("epoch"),
                        ys,
                        Grid.of(500, 250, (x, y) -> error(xs.get(x), ys.get(y)) / 10),
                        Axis.log("standard deviation of the test error").percent())
                .draw();
    }

    private static Figure rankMap() {
        List<Double> widths = steps(10, 100, 100);
        List<Double> ranks = List.of(2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
        return HeatMap.of(
                        "heat-ranks",
                        "Best test error by width and rank",
                        Axis.linear("width"),
                        widths,
                        Axis.log("rank"),
                        ranks,
                        Grid.of(
                                10,
                                6,
                                (x, y) -> ranks.get(y) > widths.get(x) / 4 ? Double.NaN : 0.02 + 0.2 / ranks.get(y)),
                        Axis.linear("test error").percent())
                .draw();
    }

    static Figure curvesByEpoch() {
        LineChart chart = LineChart.of(
                "curves",
                "Test error by epoch",
                Axis.linear("epoch"),
                Axis.linear("test error").percent());
        for (int w : new int[] {10, 20, 40, 80, 160}) {
            List<Double> xs = steps(250, 1, 1);
            List<Double> ys = xs.stream()
                    .map(e -> e > 90 && e < 110 && w == 20 ? Double.NaN : error(w, e))
                    .toList();
            chart.line(
                    "width " + w,
                    Points.of(xs, ys)
                            .within(
                                    ys.stream().map(v -> v * 0.93).toList(),
                                    ys.stream().map(v -> v * 1.07).toList()));
        }
        return chart.mark(ReferenceLine.vertical(61, "best epoch")).draw();
    }

    private static Figure doubleDescent() {
        List<Double> xs = steps(30, 5, 5);
        List<Double> test = xs.stream().map(w -> error(w, 250)).toList();
        List<Double> train =
                xs.stream().map(w -> w > 60 ? 0 : 0.2 * Math.exp(-w / 12)).toList();
        return LineChart.of(
                        "double-descent",
                        "Double descent: final error by width",
                        Axis.log("width"),
                        Axis.log("error").percent())
                .line(
                        "test error",
                        Points.of(xs, test)
                                .within(
                                        test.stream().map(v -> v - 0.02).toList(),
                                        test.stream().map(v -> v + 0.02).toList()))
                .line("training error", Points.of(xs, train))
                .mark(ReferenceLine.vertical(36, "interpolation threshold"))
                .mark(ReferenceLine.vertical(40, "peak"))
                .mark(ReferenceLine.horizontal(0.01, "1 % error"))
                .draw();
    }

    private static Figure spectra() {
        LineChart chart = LineChart.colored(
                "spectra",
                "Singular values of the second layer over training",
                Axis.linear("index of the singular value"),
                Axis.log("singular value"),
                Axis.linear("epoch"));
        for (int epoch = 0; epoch <= 250; epoch += 5) {
            double e = epoch;
            List<Double> xs = steps(50, 1, 1);
            chart.line(
                    epoch,
                    Points.of(
                            xs,
                            xs.stream()
                                    .map(i -> (1 + e / 40) * Math.exp(-i * (0.03 + e / 1500)))
                                    .toList()));
        }
        return chart.draw();
    }

    private static Figure comparison() {
        LineChart chart = LineChart.of(
                "comparison",
                "Final test error of twelve experiments by width",
                Axis.linear("width"),
                Axis.linear("test error").percent());
        for (int i = 0; i < 12; i++) {
            double shift = i * 0.006;
            List<Double> xs = steps(10, 10, 10);
            chart.line(
                    "experiment " + (i + 1),
                    Points.of(xs, xs.stream().map(w -> error(w, 200) + shift).toList()));
        }
        return chart.draw();
    }

    private static Figure pareto() {
        Random random = new Random(1);
        ScatterChart chart = ScatterChart.of(
                "pareto",
                "Error against memory",
                Axis.log("parameters"),
                Axis.linear("test error").percent());
        List<Double> fx = new ArrayList<>();
        List<Double> fy = new ArrayList<>();
        for (String group : List.of("dense", "rank 5", "rank 10")) {
            List<Double> xs = new ArrayList<>();
            List<Double> ys = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                double x = Math.pow(10, 4 + random.nextDouble() * 2.5);
                xs.add(x);
                ys.add(0.02 + 0.4 / Math.log10(x) * (0.3 + random.nextDouble()));
            }
            chart.group(
                    group,
                    Points.of(xs, ys)
                            .within(
                                    ys.stream().map(v -> v - 0.006).toList(),
                                    ys.stream().map(v -> v + 0.006).toList()));
        }
        for (int i = 0; i < 8; i++) {
            fx.add(1e4 * Math.pow(2, i + 1));
            fy.add(0.05 - i * 0.002);
        }
        return chart.front("front", Points.of(fx, fy)).draw();
    }

    static Figure rain(int points) {
        Random random = new Random(2);
        double[][] xs = new double[2][points / 2];
        double[][] ys = new double[2][points / 2];
        for (int i = 0; i < points; i++) {
            double width = Math.exp(random.nextDouble() * 4.6) * 10;
            double epoch = 1 + random.nextInt(250);
            xs[i % 2][i / 2] = width * width * epoch * (i % 2 == 0 ? 5 : 1);
            ys[i % 2][i / 2] = error(width, epoch) * Math.exp(random.nextGaussian() * 0.05);
        }
        return ScatterChart.of(
                        "rain",
                        "Test error against training compute, a point at every epoch",
                        Axis.log("multiply-adds to train, a sample"),
                        Axis.log("test error").percent())
                .group("dense", Points.of(xs[0], ys[0]))
                .group("rank 10", Points.of(xs[1], ys[1]))
                .front("front", Points.of(List.of(1e3, 1e4, 1e5, 1e6), List.of(0.35, 0.2, 0.05, 0.03)))
                .draw();
    }

    static Map<String, Figure> nasty() {
        Map<String, Figure> all = new LinkedHashMap<>();
        Axis[] scales = {
            Axis.linear(LONG + LONG),
            Axis.log("v"),
            Axis.linear("share").percent(),
            Axis.log("s").percent()
        };
        for (int s = 0; s < scales.length; s++) {
            Axis y = scales[s];
            add(all, lines("one-value-" + s, "one value", y, List.of(5.0), List.of(0.25)));
            add(all, lines("equal-" + s, "all equal", y, steps(20, 0, 1), steps(20, 3, 0)));
            add(all, lines("missing-" + s, LONG + LONG, y, steps(20, 0, 1), steps(20, Double.NaN, 0)));
            add(all, lines("none-" + s, "none", y, List.of(), List.of()));
            add(all, lines("tiny-" + s, "tiny", y, steps(20, 1e-12, 1e-13), steps(20, 1e-290, 1e-291)));
            add(all, lines("huge-" + s, "huge", y, steps(20, 1e15, 1e15), steps(20, 1e290, 1e290)));
            add(all, lines("wide-" + s, "wide", y, List.of(1e-9, 1.0, 1e9), List.of(1e-280, 1.0, 1e280)));
            add(all, lines("close-" + s, "close", y, List.of(1e9, 1e9 + 1, 1e9 + 2), List.of(1.0, 1.0000000001, 1.0)));
            add(
                    all,
                    lines(
                            "gaps-" + s,
                            "gaps and infinities",
                            y,
                            steps(6, 1, 1),
                            List.of(1.0, Double.NaN, 2.0, Double.POSITIVE_INFINITY, 3.0, 4.0)));
        }
        LineChart many = LineChart.of("many-lines", LONG, Axis.linear("x"), Axis.linear("y"));
        LineChart long12 = LineChart.of("long-names", LONG, Axis.linear(LONG), Axis.linear(LONG));
        for (int i = 0; i < 200; i++) {
            Points points = Points.of(steps(200, 0, 1), steps(200, i, 0.01));
            many.line("line " + i, points);
            if (i < 12) {
                long12.line(LONG + i, points);
                many.mark(ReferenceLine.vertical(i, LONG));
                many.mark(ReferenceLine.horizontal(i, "level " + i));
                long12.mark(ReferenceLine.vertical(100 + i, "m" + i));
            }
        }
        add(all, many.draw());
        add(all, long12.draw());
        for (int n : new int[] {1, 2, 30}) {
            List<Double> xs = steps(n, 1, 1);
            for (Axis color : new Axis[] {Axis.linear(LONG), Axis.log("c")}) {
                String kind = n + "-" + (color.scale() == Scale.LOG ? 1 : 0);
                add(all, cells("cells-" + kind, xs, Grid.of(n, n, (x, y) -> 1 + x * y), color));
                add(all, cells("cells-equal-" + kind, xs, Grid.of(n, n, (_, _) -> 0.1), color));
                add(all, cells("cells-missing-" + kind, xs, Grid.of(n, n, (_, _) -> Double.NaN), color));
                add(all, cells("cells-zero-" + kind, xs, Grid.of(n, n, (x, y) -> x * y), color));
            }
        }
        for (int n : new int[] {0, 1, 40, 5000}) {
            Random random = new Random(n);
            List<Double> xs =
                    IntStream.range(0, n).mapToObj(_ -> random.nextDouble()).toList();
            List<Double> ys =
                    IntStream.range(0, n).mapToObj(_ -> random.nextDouble()).toList();
            List<String> names = IntStream.range(0, n)
                    .mapToObj(i -> i % 5 == 0 ? LONG : "point " + i)
                    .toList();
            ScatterChart chart = ScatterChart.of("points-" + n, LONG, Axis.linear("x"), Axis.log("y"))
                    .front("empty front", Points.of(List.of(), List.of()));
            for (int group = 0; group < 12; group++) {
                chart.group(LONG + group, Points.of(xs, ys).named(names));
            }
            add(all, chart.draw());
        }
        LineChart colored = LineChart.colored("colored-one", LONG, Axis.linear("x"), Axis.linear("y"), Axis.log(LONG));
        add(
                all,
                colored.line(3, Points.of(List.of(1.0, 2.0), List.of(1.0, 2.0)))
                        .mark(ReferenceLine.horizontal(1.5, LONG))
                        .draw());
        return all;
    }

    private static Figure lines(String name, String title, Axis y, List<Double> xs, List<Double> ys) {
        return LineChart.of(name, title, Axis.linear("x"), y)
                .line(LONG, Points.of(xs, ys).within(ys, ys))
                .draw();
    }

    private static Figure cells(String name, List<Double> xs, Grid grid, Axis color) {
        return HeatMap.of(name, LONG, Axis.linear(LONG), xs, Axis.log(LONG), xs, grid, color)
                .line(LONG, Points.of(xs, xs))
                .draw();
    }
}
