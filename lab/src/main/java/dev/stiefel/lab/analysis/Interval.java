package dev.stiefel.lab.analysis;

/// A confidence interval of a figure.
///
/// @param low the lower end
/// @param high the upper end
public record Interval(double low, double high) {}
