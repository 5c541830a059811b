package dev.stiefel.lab.figure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Figures that explain, made of published figures and of mathematics alone. Their tables name
/// the sources.
public final class Explanations {
    private static final String ROUNDED = "Figures are rounded, as the estimates behind them are about right at best.";

    private Explanations() {}

    /// All three.
    public static List<Figure> all() {
        return List.of(trainingCompute(), humanBaselines(), gradientFlow());
    }

    // ---- published figures ----

    /// The training compute of landmark systems over the years.
    public static Figure trainingCompute() {
        Resource resource = Resource.read("training-compute.csv");
        ScatterChart chart = ScatterChart.of(
                "training-compute",
                "Training compute of landmark systems",
                Axis.linear("year of publication").years().from(1955, 2032),
                Axis.log("operations to train (multiplications and additions)"));
        resource.by("field")
                .forEach((field, rows) -> chart.group(
                        field,
                        Points.of(resource.numbers(rows, "year"), resource.numbers(rows, "operations"))
                                .named(resource.texts(rows, "system"))));
        return chart.draw()
                .withTable(resource.table())
                .withCaption("What it took to train systems that were landmarks when they appeared. Until about "
                        + "2010 compute doubled every 20 months or so, since then about every 6 (Sevilla et al. "
                        + "2022, arXiv 2202.05924). "
                        + ROUNDED);
    }

    /// Systems on well-known benchmarks over the years, against people.
    public static Figure humanBaselines() {
        Resource resource = Resource.read("human-baselines.csv");
        LineChart chart = LineChart.of(
                "human-baselines",
                "Systems against people on well-known benchmarks",
                Axis.linear("year of publication").years(),
                Axis.log("error as a multiple of people's error"));
        resource.by("benchmark").forEach((benchmark, rows) -> {
            List<Double> ratios = new ArrayList<>();
            for (List<String> row : rows) {
                double people = error(resource, row, "people");
                ratios.add(error(resource, row, "score") / people);
            }
            chart.line(
                    benchmark, Points.of(resource.numbers(rows, "year"), ratios).named(resource.texts(rows, "system")));
        });
        return chart.mark(ReferenceLine.horizontal(1, "people"))
                .draw()
                .withTable(resource.table())
                .withCaption("Below the dashed line a system errs less than the people it was compared with, on that"
                        + " benchmark and by its measure; where the measure is a score, the error is what is"
                        + " missing from 100 %. After the figure in Kiela et al. 2021 (arXiv 2104.14337); a newer"
                        + " benchmark is passed sooner.");
    }

    private static double error(Resource resource, List<String> row, String column) {
        double value = Double.parseDouble(resource.text(row, column));
        return resource.text(row, "measure").contains("error") ? value : 100 - value;
    }

    // ---- gradient descent and gradient flow ----

    private static final double CURVATURE = 12;
    private static final double START_X = -9;
    private static final double START_Y = 2;

    /// The range of the chart: the requested range and the margins that the chart adds.
    private static final double LEFT = -10.18;

    private static final double RIGHT = 2.18;
    private static final double LOW = -2.53;

    /// Gradient descent against gradient flow in a narrow valley, `(x² + 12 y²) / 2`.
    public static Figure gradientFlow() {
        LineChart chart = LineChart.of(
                "gradient-flow",
                "Gradient descent against gradient flow",
                Axis.linear("first parameter").from(-10, 2),
                Axis.linear("second parameter").from(-2.3, 2.3));
        for (double level : List.of(0.5, 2.0, 5.0, 10.0, 17.0, 26.0, 37.0, 50.0, 65.0)) {
            chart.contour(level, contour(level));
        }
        return chart.line("gradient flow", flow(0.01, 600))
                .line("descent, step size 0.155", descent(0.155, 40))
                .line("descent, step size 0.04", descent(0.04, 150))
                .draw()
                .withCaption("A valley twelve times as steep across as along; thin lines join equal loss. Descent"
                        + " follows the flow as long as its step is small. Above 2 / 12 = 0.167 it would"
                        + " leave the valley; a little below, it zigzags from side to side. Low-rank factors"
                        + " make valleys as narrow as their least singular value is small.");
    }

    private static Points descent(double step, int steps) {
        double[] xs = new double[steps + 1];
        double[] ys = new double[steps + 1];
        xs[0] = START_X;
        ys[0] = START_Y;
        for (int i = 1; i <= steps; i++) {
            xs[i] = xs[i - 1] * (1 - step);
            ys[i] = ys[i - 1] * (1 - step * CURVATURE);
        }
        return Points.of(xs, ys);
    }

    /// By the classical Runge-Kutta method.
    private static Points flow(double step, int steps) {
        double[] xs = new double[steps + 1];
        double[] ys = new double[steps + 1];
        xs[0] = START_X;
        ys[0] = START_Y;
        for (int i = 1; i <= steps; i++) {
            xs[i] = xs[i - 1] * rungeKutta(step);
            ys[i] = ys[i - 1] * rungeKutta(step * CURVATURE);
        }
        return Points.of(xs, ys);
    }

    /// The factor of a Runge–Kutta step on `u' = −u`: its four slopes, one after the other.
    private static double rungeKutta(double step) {
        double k1 = -1;
        double k2 = -(1 + step / 2 * k1);
        double k3 = -(1 + step / 2 * k2);
        double k4 = -(1 + step * k3);
        return 1 + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }

    /// Pieces of the line of equal loss, by marching squares: x1, y1, x2, y2 of each.
    private static List<Double> contour(double level) {
        int columns = 120;
        int rows = 80;
        List<Double> pieces = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                List<Double> crossings = new ArrayList<>();
                double x1 = LEFT + (RIGHT - LEFT) * column / columns;
                double x2 = LEFT + (RIGHT - LEFT) * (column + 1) / columns;
                double y1 = LOW - 2 * LOW * row / rows;
                double y2 = LOW - 2 * LOW * (row + 1) / rows;
                cross(crossings, x1, y1, x2, y1, level);
                cross(crossings, x2, y1, x2, y2, level);
                cross(crossings, x1, y2, x2, y2, level);
                cross(crossings, x1, y1, x1, y2, level);
                // A convex bowl has no saddles: an edge is crossed twice by a square, or not at all.
                if (crossings.size() == 4) {
                    pieces.addAll(crossings);
                }
            }
        }
        return pieces;
    }

    private static void cross(List<Double> crossings, double x1, double y1, double x2, double y2, double level) {
        double a = loss(x1, y1) - level;
        double b = loss(x2, y2) - level;
        if (a < 0 != b < 0) {
            double share = a / (a - b);
            crossings.add(x1 + share * (x2 - x1));
            crossings.add(y1 + share * (y2 - y1));
        }
    }

    private static double loss(double x, double y) {
        return (x * x + CURVATURE * y * y) / 2;
    }

    /// A table among the resources: no cell of it holds a comma.
    private record Resource(List<String> columns, List<List<String>> rows) {
        static Resource read(String file) {
            try (InputStream in = Explanations.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException("the resource %s is missing from the jar".formatted(file));
                }
                List<List<String>> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> Stream.of(line.split(",", -1)).toList())
                        .toList();
                return new Resource(lines.getFirst(), lines.subList(1, lines.size()));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the resource " + file, e);
            }
        }

        String text(List<String> row, String column) {
            return row.get(columns.indexOf(column));
        }

        Map<String, List<List<String>>> by(String column) {
            Map<String, List<List<String>>> groups = new LinkedHashMap<>();
            rows.forEach(row -> groups.computeIfAbsent(text(row, column), _ -> new ArrayList<>())
                    .add(row));
            return groups;
        }

        List<Double> numbers(List<List<String>> some, String column) {
            return some.stream()
                    .map(row -> Double.parseDouble(text(row, column)))
                    .toList();
        }

        List<String> texts(List<List<String>> some, String column) {
            return some.stream().map(row -> text(row, column)).toList();
        }

        Table table() {
            return new Table(columns, rows.size(), rows::get);
        }
    }
}
