package dev.stiefel.lab.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The points that no other beats: none has both less cost and less error.
public final class ParetoFront {
    private final List<Point> points;

    private ParetoFront(List<Point> points) {
        this.points = List.copyOf(points);
    }

    /// Price of an error.
    public enum Price {
        /// Numbers in the weights at evaluation.
        PARAMETERS("parameters at evaluation"),
        /// Numbers in the weights that training keeps and updates.
        TRAINING_PARAMETERS("parameters in training"),
        /// Multiply-adds a sample at evaluation.
        FORWARD("multiply-adds a sample at evaluation"),
        /// Multiply-adds of all training so far.
        TRAINING("multiply-adds of training");

        private final String label;

        Price(String label) {
            this.label = label;
        }

        /// The price in words.
        public String label() {
            return label;
        }

        /// The price that a run has paid by the end of an epoch; NaN if it is missing.
        public double of(RecordedRun run, int epoch) {
            return switch (this) {
                case PARAMETERS -> known(run.parameters(epoch));
                case TRAINING_PARAMETERS -> known(run.trainingParameters(epoch));
                case FORWARD ->
                    run.cost(epoch).map(cost -> (double) cost.forward()).orElse(Double.NaN);
                case TRAINING -> run.trainingCompute(epoch);
            };
        }

        private static double known(long count) {
            return count < 0 ? Double.NaN : count;
        }
    }

    /// An error and its price: means over a configuration's runs after an epoch.
    ///
    /// @param cost the price
    /// @param error the error at this price
    /// @param configuration whose
    /// @param epoch after which
    public record Point(double cost, double error, Configuration configuration, int epoch) {}

    /// The front of these points. Points with a missing number are left out.
    public static ParetoFront of(List<Point> points) {
        List<Point> byCost = points.stream()
                .filter(point -> !Double.isNaN(point.cost()) && !Double.isNaN(point.error()))
                .sorted(Comparator.comparingDouble(Point::cost).thenComparingDouble(Point::error))
                .toList();
        List<Point> front = new ArrayList<>();
        for (Point point : byCost) {
            if (front.isEmpty() || point.error() < front.getLast().error()) {
                front.add(point);
            }
        }
        return new ParetoFront(front);
    }

    /// A point at each epoch of each configuration, so that stopping early is a choice like
    /// any other: the "rain" of points whose front is what can be had at best. Epochs with a
    /// missing number are left out.
    public static List<Point> rain(List<Configuration> configurations, RunMeasure measure, Price price) {
        List<Point> points = new ArrayList<>();
        for (Configuration configuration : configurations) {
            for (int epoch = 1; epoch <= configuration.epochs(); epoch++) {
                point(configuration, measure, price, epoch, points);
            }
        }
        return points;
    }

    /// The last epochs only.
    public static List<Point> ends(List<Configuration> configurations, RunMeasure measure, Price price) {
        List<Point> points = new ArrayList<>();
        for (Configuration configuration : configurations) {
            point(configuration, measure, price, configuration.epochs(), points);
        }
        return points;
    }

    private static void point(
            Configuration configuration, RunMeasure measure, Price price, int epoch, List<Point> points) {
        double error = configuration.statistics(measure, epoch).mean();
        double cost = Statistics.of(configuration.runs().stream().mapToDouble(run -> price.of(run, epoch)))
                .mean();
        if (!Double.isNaN(error) && !Double.isNaN(cost)) {
            points.add(new Point(cost, error, configuration, epoch));
        }
    }

    /// By rising cost, and so by falling error.
    public List<Point> points() {
        return points;
    }
}
