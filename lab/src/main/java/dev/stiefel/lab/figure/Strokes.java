package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;

/// Strokes of lines and points that distinguish groups: by colour, by dashes, and by the shape of markers.
final class Strokes {
    private static final String[] DASHES = {"", "7 3", "2 2.5", "9 3 2 3", "12 4", "5 2 1.5 2 1.5 2"};
    private static final int SHAPES = 6;

    private Strokes() {}

    static String line(Canvas canvas, int index) {
        String dashes = DASHES[index % DASHES.length];
        return canvas.stroke("s" + index % Palette.LINES, 1.8)
                + " stroke-linejoin=\"round\""
                + (dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
    }

    /// A marker's outline about a point.
    static String shape(int index, double x, double y, double r) {
        String start = "M" + Canvas.point(x, y);
        return switch (index % SHAPES) {
            case 0 -> circle(x, y, r);
            case 1 -> "M" + Canvas.point(x - r, y - r) + "h" + c(2 * r) + "v" + c(2 * r) + "h" + c(-2 * r) + "z";
            case 2 ->
                "M" + Canvas.point(x, y - 1.2 * r) + "l" + Canvas.point(1.2 * r, 2.1 * r) + "h" + c(-2.4 * r) + "z";
            case 3 ->
                "M" + Canvas.point(x, y - 1.35 * r) + "l" + Canvas.point(1.35 * r, 1.35 * r) + "l"
                        + Canvas.point(-1.35 * r, 1.35 * r) + "l" + Canvas.point(-1.35 * r, -1.35 * r) + "z";
            case 4 ->
                "M" + Canvas.point(x, y + 1.2 * r) + "l" + Canvas.point(1.2 * r, -2.1 * r) + "h" + c(-2.4 * r) + "z";
            default ->
                start + "m" + Canvas.point(-0.5 * r, -1.2 * r) + "h" + c(r) + "v" + c(0.7 * r) + "h" + c(0.7 * r)
                        + "v" + c(r) + "h" + c(-0.7 * r) + "v" + c(0.7 * r) + "h" + c(-r) + "v" + c(-0.7 * r) + "h"
                        + c(-0.7 * r) + "v" + c(-r) + "h" + c(0.7 * r) + "z";
        };
    }

    private static String circle(double x, double y, double r) {
        String arc = "a" + c(r) + " " + c(r) + " 0 1 0 ";
        return "M" + Canvas.point(x - r, y) + arc + c(2 * r) + " 0" + arc + c(-2 * r) + " 0z";
    }

    private static String c(double value) {
        return NumberText.coordinate(value);
    }
}
