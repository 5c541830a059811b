/// Figures: numbers and words become an SVG picture with the table of its numbers
/// ([dev.stiefel.lab.figure.Figure]). Heat maps ([dev.stiefel.lab.figure.HeatMap]), lines
/// ([dev.stiefel.lab.figure.LineChart]), points ([dev.stiefel.lab.figure.ScatterChart]). Figures do not know the
/// meaning of their numbers.
@NullMarked
package dev.stiefel.lab.figure;

import org.jspecify.annotations.NullMarked;
