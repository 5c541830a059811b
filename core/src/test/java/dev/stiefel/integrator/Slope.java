package dev.stiefel.integrator;

/// The slope of a line through points on doubly logarithmic paper, by least squares.
final class Slope {
    private Slope() {}

    static double of(double[] x, double[] y) {
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < x.length; i++) {
            meanX += Math.log(x[i]) / x.length;
            meanY += Math.log(y[i]) / x.length;
        }
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < x.length; i++) {
            covariance += (Math.log(x[i]) - meanX) * (Math.log(y[i]) - meanY);
            variance += (Math.log(x[i]) - meanX) * (Math.log(x[i]) - meanX);
        }
        return covariance / variance;
    }
}
