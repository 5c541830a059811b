package dev.stiefel.lab.analysis;

/// Outcome of one measure of a run.
///
/// @param last of the run's last epoch; NaN if it is missing there
/// @param best the best of all epochs: the least, or the greatest where higher figures are better
/// @param bestEpoch the first epoch that has it; 0 if no epoch was measured
/// @param last10 the mean over the last ten epochs, or as many as there are, without missing ones
/// @param atBestValidation of the first epoch with the lowest validation error (validation loss where there are
///     no classes): what stopping early would have kept; NaN without held-out samples
/// @param bestValidationEpoch the epoch of that figure; 0 if there is none
public record RunOutcome(
        double last, double best, int bestEpoch, double last10, double atBestValidation, int bestValidationEpoch) {}
