/// Figures: numbers and words become an SVG picture with the table of its numbers
/// ([dev.stiefel.lab.figure.Figure]). Heat maps ([dev.stiefel.lab.figure.HeatMap]), lines
/// ([dev.stiefel.lab.figure.LineChart]), points ([dev.stiefel.lab.figure.ScatterChart]). What
/// the numbers are of is for the caller to know.
@NullMarked
package dev.stiefel.lab.figure;

import org.jspecify.annotations.NullMarked;
