package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lines, with bands where their points have intervals, and gaps where values are missing. A
/// zero on a logarithmic axis is a gap, too, and the caption says so.
public final class LineChart {
    private static final int HOVERED = 1000;

    private final String name;
    private final String title;
    private final Axis x;
    private final Axis y;
    private final @Nullable Axis color;
    private final List<Line> lines = new ArrayList<>();
    private final List<Contour> contours = new ArrayList<>();
    private final List<ReferenceLine> marks = new ArrayList<>();

    private LineChart(String name, String title, Axis x, Axis y, @Nullable Axis color) {
        this.name = Figure.checkName(name);
        this.title = title;
        this.x = x;
        this.y = y;
        this.color = color;
    }

    /// An empty chart, whose lines differ by colour, dashes and markers and are named beside
    /// it.
    public static LineChart of(String name, String title, Axis x, Axis y) {
        return new LineChart(name, title, x, y, null);
    }

    /// An empty chart whose lines differ by a number, shown as a colour: for many lines, such
    /// as spectra by epoch.
    public static LineChart colored(String name, String title, Axis x, Axis y, Axis color) {
        return new LineChart(name, title, x, y, color);
    }

    /// Adds a line.
    public LineChart line(String label, Points points) {
        if (color != null) {
            throw new IllegalArgumentException(
                    "figure '%s': its lines are told apart by '%s'; give a number for '%s', not a name"
                            .formatted(name, color.label(), label));
        }
        return add(new Line(label, Double.NaN, points));
    }

    /// Adds a line to a chart whose lines have colours by a number.
    public LineChart line(double value, Points points) {
        if (color == null) {
            throw new IllegalArgumentException(
                    "figure '%s': its lines are told apart by names; give one in place of %s".formatted(name, value));
        }
        color.check(name, value);
        if (!AxisMapping.shows(color, value)) {
            throw new IllegalArgumentException("figure '%s': the number of a line's color must be finite%s; got %s"
                    .formatted(name, color.scale() == Scale.LOG ? " and above 0" : "", value));
        }
        return add(new Line(Notation.shown(value, color.notation()), value, points));
    }

    /// Adds a mark.
    public LineChart mark(ReferenceLine mark) {
        marks.add(mark);
        return this;
    }

    /// Adds thin unnamed pieces of lines beneath all others, each from a point to the next.
    LineChart contour(double level, List<Double> pieces) {
        contours.add(new Contour(level, pieces));
        return this;
    }

    private LineChart add(Line line) {
        for (int i = 0; i < line.points.size(); i++) {
            x.check(name, line.points.x(i));
            y.check(name, line.points.y(i));
        }
        lines.add(line);
        return this;
    }

    /// The figure.
    public Figure draw() {
        AxisMapping.Span across = new AxisMapping.Span(x);
        AxisMapping.Span up = new AxisMapping.Span(y);
        AxisMapping.Span colors = new AxisMapping.Span(color == null ? y : color);
        int zeros = 0;
        for (Line line : lines) {
            colors.include(line.value);
            for (int i = 0; i < line.points.size(); i++) {
                zeros += isZero(y, line.points.y(i)) || isZero(x, line.points.x(i)) ? 1 : 0;
                if (line.shows(x, y, i)) {
                    across.include(line.points.x(i));
                    up.include(line.points.y(i));
                    up.include(line.points.low(i));
                    up.include(line.points.high(i));
                }
            }
        }
        boolean empty = up.isEmpty();
        for (ReferenceLine mark : marks) {
            (mark.direction() == ReferenceLine.Direction.VERTICAL ? across : up).include(mark.at());
        }
        AxisMapping xs = across.mapping(0.015);
        AxisMapping ys = up.mapping(0.05);
        Optional<AxisMapping> bar = color == null ? Optional.empty() : Optional.of(colors.mapping(0));
        ChartFrame frame = new ChartFrame(title, xs, ys, marks, entries(across), bar, true);
        frame.grid();
        contours.forEach(contour -> contour.draw(frame.canvas(), xs, ys));
        for (int i = 0; i < lines.size(); i++) {
            band(frame, lines.get(i), ink(i, bar, "u", "f"), xs, ys);
        }
        for (int i = 0; i < lines.size(); i++) {
            curve(frame, i, bar, xs, ys);
        }
        if (empty) {
            frame.empty();
        }
        Drawing drawing = frame.drawing();
        List<String> notes = new ArrayList<>(frame.notes());
        if (zeros > 0) {
            notes.add("Values of zero, which a logarithmic axis does not have, are left out of the picture (%s)."
                    .formatted(NumberText.count(zeros)));
        }
        return new Figure(name, title, "", notes, drawing, table());
    }

    static boolean isZero(Axis axis, double value) {
        return axis.scale() == Scale.LOG && value == 0;
    }

    private String ink(int index, Optional<AxisMapping> bar, String stepped, String named) {
        if (bar.isEmpty()) {
            return named + index % Palette.LINES;
        }
        double share = bar.get().share(lines.get(index).value);
        return stepped + Math.clamp((int) (share * Palette.STEPS), 0, Palette.STEPS - 1);
    }

    /// Names at the ends of lines, if all end near the right edge.
    private List<ChartFrame.Entry> entries(AxisMapping.Span across) {
        if (color != null) {
            return List.of();
        }
        AxisMapping xs = across.mapping(0);
        List<ChartFrame.Entry> entries = new ArrayList<>();
        boolean atEnd = true;
        for (int i = 0; i < lines.size(); i++) {
            int index = i;
            Points points = lines.get(i).points;
            int last = points.size() - 1;
            while (last >= 0 && !lines.get(i).shows(x, y, last)) {
                last--;
            }
            atEnd &= last >= 0 && xs.share(points.x(last)) > 0.97;
            double value = last < 0 ? Double.NaN : points.y(last);
            entries.add(new ChartFrame.Entry(
                    lines.get(i).label, (canvas, at, middle) -> swatch(canvas, index, at, middle), value));
        }
        boolean direct = atEnd;
        return entries.stream()
                .map(entry -> direct ? entry : new ChartFrame.Entry(entry.label(), entry.swatch(), Double.NaN))
                .toList();
    }

    private static void swatch(Canvas canvas, int index, double at, double middle) {
        canvas.line(at, middle, at + 22, middle, Strokes.line(canvas, index));
        canvas.path(Strokes.shape(index, at + 11, middle, 3), canvas.ink("f" + index % Palette.LINES));
    }

    private void band(ChartFrame frame, Line line, String ink, AxisMapping xs, AxisMapping ys) {
        Points points = line.points;
        if (!points.hasIntervals()) {
            return;
        }
        int from = 0;
        while (from < points.size()) {
            int to = from;
            while (to < points.size() && line.shows(x, y, to) && hasBand(points, to)) {
                to++;
            }
            if (to - from > 1) {
                StringBuilder data = new StringBuilder();
                for (int i = from; i < to; i++) {
                    data.append(i == from ? "M" : "L")
                            .append(Canvas.point(xs.at(points.x(i)), edge(ys, points.high(i))));
                }
                for (int i = to - 1; i >= from; i--) {
                    data.append("L").append(Canvas.point(xs.at(points.x(i)), edge(ys, points.low(i))));
                }
                frame.canvas().path(data + "z", frame.canvas().ink(ink) + " fill-opacity=\".18\"");
            } else if (to - from == 1) {
                double at = xs.at(points.x(from));
                double upper = edge(ys, points.high(from));
                frame.canvas()
                        .rect(
                                at - 4,
                                upper,
                                8,
                                edge(ys, points.low(from)) - upper,
                                frame.canvas().ink(ink) + " fill-opacity=\".18\"");
            }
            from = to + 1;
        }
    }

    private static boolean hasBand(Points points, int index) {
        return Double.isFinite(points.low(index)) && Double.isFinite(points.high(index));
    }

    /// A band's edge; what a logarithmic axis cannot show ends at the plot's bottom.
    private static double edge(AxisMapping ys, double value) {
        return ys.shows(value) ? ys.at(value) : value > 0 ? ys.at(ys.high()) : ys.at(ys.low());
    }

    private void curve(ChartFrame frame, int index, Optional<AxisMapping> bar, AxisMapping xs, AxisMapping ys) {
        Line line = lines.get(index);
        Points points = line.points;
        StringBuilder data = new StringBuilder();
        List<Integer> shown = new ArrayList<>();
        List<Integer> alone = new ArrayList<>();
        boolean joined = false;
        double lastX = 0;
        double lastY = 0;
        for (int i = 0; i < points.size(); i++) {
            if (!line.shows(x, y, i)) {
                joined = false;
                continue;
            }
            shown.add(i);
            boolean next = i + 1 < points.size() && line.shows(x, y, i + 1);
            if (!joined && !next) {
                alone.add(i);
            } else {
                double atX = xs.at(points.x(i));
                double atY = ys.at(points.y(i));
                boolean moved = Math.abs(atX - lastX) > 0.3 || Math.abs(atY - lastY) > 0.3;
                if (!joined || moved || !next) {
                    data.append(joined ? "L" : "M").append(Canvas.point(atX, atY));
                    lastX = atX;
                    lastY = atY;
                }
            }
            joined = true;
        }
        Canvas canvas = frame.canvas();
        String stroke = bar.isPresent()
                ? canvas.stroke(ink(index, bar, "t", "s"), 1.5) + " stroke-linejoin=\"round\""
                : Strokes.line(canvas, index);
        if (!data.isEmpty()) {
            String hover = bar.isPresent() && color != null ? color.label() + " " + line.label : line.label;
            canvas.path(data.toString(), stroke, hover);
        }
        List<Integer> marked = bar.isPresent() ? alone : marked(shown, alone, index);
        boolean hovered = points.size() <= 60
                && lines.stream().mapToInt(each -> each.points.size()).sum() <= HOVERED;
        String fill = canvas.ink(ink(index, bar, "u", "f"));
        StringBuilder all = new StringBuilder();
        for (int i : marked) {
            String shape = Strokes.shape(bar.isPresent() ? 0 : index, xs.at(points.x(i)), ys.at(points.y(i)), 3);
            if (hovered) {
                canvas.path(shape, fill, hover(line, i));
            } else {
                all.append(shape);
            }
        }
        if (!all.isEmpty()) {
            canvas.path(all.toString(), fill);
        }
    }

    /// All points of a short line, some of a long one, and those without neighbours.
    private static List<Integer> marked(List<Integer> shown, List<Integer> alone, int index) {
        if (shown.size() <= 24) {
            return shown;
        }
        List<Integer> some = new ArrayList<>(alone.subList(0, Math.min(alone.size(), 400)));
        double step = shown.size() / 8.0;
        for (int i = 0; i < 8; i++) {
            some.add(shown.get((int) Math.min(shown.size() - 1, step * (i + 0.1 + 0.11 * (index % 8)))));
        }
        return some;
    }

    private String hover(Line line, int i) {
        Points points = line.points;
        String text = "%s: %s %s, %s %s"
                .formatted(
                        points.name(i).orElse(line.label),
                        x.label(),
                        Notation.shown(points.x(i), x.notation()),
                        y.label(),
                        Notation.shown(points.y(i), y.notation()));
        return hasBand(points, i)
                ? text
                        + " (%s to %s)"
                                .formatted(
                                        Notation.shown(points.low(i), y.notation()),
                                        Notation.shown(points.high(i), y.notation()))
                : text;
    }

    private Table table() {
        String key = color == null ? "line" : color.label();
        return PointTable.of(
                key,
                x,
                y,
                lines.stream()
                        .map(line ->
                                new PointTable.Group(color == null ? line.label : Table.cell(line.value), line.points))
                        .toList());
    }

    private record Line(String label, double value, Points points) {
        boolean shows(Axis x, Axis y, int i) {
            return AxisMapping.shows(x, points.x(i)) && AxisMapping.shows(y, points.y(i));
        }
    }

    private record Contour(double level, List<Double> pieces) {
        void draw(Canvas canvas, AxisMapping xs, AxisMapping ys) {
            StringBuilder data = new StringBuilder();
            for (int i = 0; i + 3 < pieces.size(); i += 4) {
                data.append("M").append(Canvas.point(xs.at(pieces.get(i)), ys.at(pieces.get(i + 1))));
                data.append("L").append(Canvas.point(xs.at(pieces.get(i + 2)), ys.at(pieces.get(i + 3))));
            }
            canvas.path(
                    data.toString(),
                    canvas.stroke("c", 1) + " stroke-linecap=\"round\"",
                    "loss " + Notation.shown(level, Notation.PLAIN));
        }
    }
}
