package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Groups of points, with error bars where they have intervals, and fronts as steps. Thousands
/// of points are thinned in the picture, one for each small square that has any; the table has
/// all. A zero on a logarithmic axis is left out, and the caption says so.
public final class ScatterChart {
    private static final int SINGLE = 2_000;
    private static final int HOVERED = 1_000;
    private static final int NAMED = 200;
    private static final int MOST_DOTS = 22_000;

    private final String name;
    private final String title;
    private final Axis x;
    private final Axis y;
    private final List<Group> groups = new ArrayList<>();
    private final List<ReferenceLine> marks = new ArrayList<>();

    private ScatterChart(String name, String title, Axis x, Axis y) {
        this.name = Figure.checkName(name);
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /// An empty chart.
    public static ScatterChart of(String name, String title, Axis x, Axis y) {
        return new ScatterChart(name, title, x, y);
    }

    /// Adds a group of points.
    public ScatterChart group(String label, Points points) {
        return add(new Group(label, points, Kind.POINTS));
    }

    /// Adds a front of least y by x: a step at each of its points, which are in ascending
    /// order of x.
    public ScatterChart front(String label, Points points) {
        return add(new Group(label, points, Kind.FRONT));
    }

    /// Adds a mark.
    public ScatterChart mark(ReferenceLine mark) {
        marks.add(mark);
        return this;
    }

    private ScatterChart add(Group group) {
        for (int i = 0; i < group.points.size(); i++) {
            x.check(name, group.points.x(i));
            y.check(name, group.points.y(i));
        }
        groups.add(group);
        return this;
    }

    /// The figure.
    public Figure draw() {
        AxisMapping.Span across = new AxisMapping.Span(x);
        AxisMapping.Span up = new AxisMapping.Span(y);
        int zeros = 0;
        int shown = 0;
        for (Group group : groups) {
            for (int i = 0; i < group.points.size(); i++) {
                if (group.shows(x, y, i)) {
                    across.include(group.points.x(i));
                    up.include(group.points.y(i));
                    up.include(group.points.low(i));
                    up.include(group.points.high(i));
                    shown += group.kind == Kind.POINTS ? 1 : 0;
                } else if (LineChart.isZero(x, group.points.x(i)) || LineChart.isZero(y, group.points.y(i))) {
                    zeros++;
                }
            }
        }
        boolean empty = up.isEmpty();
        for (ReferenceLine mark : marks) {
            (mark.direction() == ReferenceLine.Direction.VERTICAL ? across : up).include(mark.at());
        }
        boolean thinned = shown > SINGLE;
        AxisMapping xs = across.mapping(0.03);
        AxisMapping ys = up.mapping(0.05);
        ChartFrame frame = new ChartFrame(title, xs, ys, marks, entries(thinned), Optional.empty(), false);
        frame.grid();
        List<String> notes = new ArrayList<>();
        if (thinned) {
            notes.add(new Dots(frame, xs, ys).draw(shown));
        } else {
            single(frame, xs, ys, shown);
        }
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).kind == Kind.FRONT) {
                front(frame, i, xs, ys);
            }
        }
        if (empty) {
            frame.empty();
        }
        int nameless = thinned ? 0 : new Names(frame, xs, ys).draw();
        Drawing drawing = frame.drawing();
        notes.addAll(frame.notes());
        if (nameless > 0) {
            notes.add(
                    "Names without room in the picture: %s; the table has all.".formatted(NumberText.count(nameless)));
        }
        if (zeros > 0) {
            notes.add("Values of zero, which a logarithmic axis does not have, are left out of the picture (%s)."
                    .formatted(NumberText.count(zeros)));
        }
        return new Figure(name, title, "", notes, drawing, table());
    }

    private List<ChartFrame.Entry> entries(boolean thinned) {
        List<ChartFrame.Entry> entries = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            int index = i;
            Group group = groups.get(i);
            ChartFrame.Swatch swatch = group.kind == Kind.FRONT
                    ? (canvas, at, middle) ->
                            canvas.path("M" + Canvas.point(at, middle - 4) + "h11v8h11", frontStroke(canvas, index))
                    : (canvas, at, middle) -> canvas.path(
                            Strokes.shape(thinned ? 0 : index, at + 11, middle, 4),
                            canvas.ink("f" + index % Palette.LINES));
            entries.add(new ChartFrame.Entry(group.label, swatch, Double.NaN));
        }
        return entries;
    }

    private void single(ChartFrame frame, AxisMapping xs, AxisMapping ys, int shown) {
        Canvas canvas = frame.canvas();
        for (int index = 0; index < groups.size(); index++) {
            Group group = groups.get(index);
            if (group.kind == Kind.FRONT) {
                continue;
            }
            Points points = group.points;
            StringBuilder bars = new StringBuilder();
            StringBuilder shapes = new StringBuilder();
            String fill = canvas.ink("f" + index % Palette.LINES) + " fill-opacity=\".85\"";
            double size = shown > 300 ? 2.6 : 4;
            for (int i = 0; i < points.size(); i++) {
                if (!group.shows(x, y, i)) {
                    continue;
                }
                double atX = xs.at(points.x(i));
                bars.append(errorBar(points, i, atX, ys));
                String shape = Strokes.shape(index, atX, ys.at(points.y(i)), size);
                if (shown <= HOVERED) {
                    canvas.path(shape, fill, hover(group, i));
                } else {
                    shapes.append(shape);
                }
            }
            if (!bars.isEmpty()) {
                canvas.path(bars.toString(), canvas.stroke("s" + index % Palette.LINES, 1.2));
            }
            if (!shapes.isEmpty()) {
                canvas.path(shapes.toString(), fill);
            }
        }
    }

    private static String errorBar(Points points, int i, double at, AxisMapping ys) {
        if (!Double.isFinite(points.low(i)) || !Double.isFinite(points.high(i))) {
            return "";
        }
        double upper = ys.at(ys.shows(points.high(i)) ? points.high(i) : ys.high());
        double lower = ys.at(ys.shows(points.low(i)) ? points.low(i) : ys.low());
        return "M" + Canvas.point(at - 4, upper) + "h8M" + Canvas.point(at, upper) + "L" + Canvas.point(at, lower) + "M"
                + Canvas.point(at - 4, lower) + "h8";
    }

    private void front(ChartFrame frame, int index, AxisMapping xs, AxisMapping ys) {
        Group group = groups.get(index);
        StringBuilder data = new StringBuilder();
        double last = 0;
        for (int i = 0; i < group.points.size(); i++) {
            if (!group.shows(x, y, i)) {
                continue;
            }
            double atX = xs.at(group.points.x(i));
            double atY = ys.at(group.points.y(i));
            if (data.isEmpty()) {
                data.append("M").append(Canvas.point(atX, atY));
            } else if (Math.abs(atY - last) >= 0.05) {
                data.append("H").append(NumberText.coordinate(atX)).append("V").append(NumberText.coordinate(atY));
            }
            last = atY;
        }
        if (!data.isEmpty()) {
            data.append("H").append(NumberText.coordinate(frame.right()));
            String around = frame.canvas().stroke("q", 4.5) + " stroke-opacity=\".8\" stroke-linejoin=\"round\"";
            frame.canvas().path(data.toString(), around);
            frame.canvas().path(data.toString(), frontStroke(frame.canvas(), index), group.label);
        }
    }

    /// A front alone is black; several have the colours of their places.
    private String frontStroke(Canvas canvas, int index) {
        boolean alone =
                groups.stream().filter(group -> group.kind == Kind.FRONT).count() == 1;
        return alone ? canvas.stroke("l", 1.8) : Strokes.line(canvas, index);
    }

    private String hover(Group group, int i) {
        Points points = group.points;
        return "%s: %s %s, %s %s"
                .formatted(
                        points.name(i).orElse(group.label),
                        x.label(),
                        Notation.shown(points.x(i), x.notation()),
                        y.label(),
                        Notation.shown(points.y(i), y.notation()));
    }

    private Table table() {
        return PointTable.of(
                "group",
                x,
                y,
                groups.stream()
                        .map(group -> new PointTable.Group(group.label, group.points))
                        .toList());
    }

    private enum Kind {
        POINTS,
        FRONT
    }

    private record Group(String label, Points points, Kind kind) {
        boolean shows(Axis x, Axis y, int i) {
            return AxisMapping.shows(x, points.x(i)) && AxisMapping.shows(y, points.y(i));
        }
    }

    /// Thinned points: dots on a grid of half units, coarser as there are more, each drawn
    /// once.
    private final class Dots {
        private static final double UNIT = 0.5;

        private final ChartFrame frame;
        private final AxisMapping xs;
        private final AxisMapping ys;

        Dots(ChartFrame frame, AxisMapping xs, AxisMapping ys) {
            this.frame = frame;
            this.xs = xs;
            this.ys = ys;
        }

        /// Draws the points and returns a remark on any that are left out.
        String draw(int shown) {
            int cell = 2;
            List<BitSet> taken = taken(cell);
            while (count(taken) > MOST_DOTS) {
                cell++;
                taken = taken(cell);
            }
            double size = 1.3 * cell * UNIT;
            for (int index = 0; index < taken.size(); index++) {
                if (taken.get(index).isEmpty()) {
                    continue;
                }
                String attributes =
                        "%s stroke-linecap=\"round\" stroke-opacity=\".5\" transform=\"translate(%s %s) scale(%s)\""
                                .formatted(
                                        frame.canvas().stroke("s" + index % Palette.LINES, size / UNIT),
                                        NumberText.coordinate(frame.left()),
                                        NumberText.coordinate(frame.top()),
                                        UNIT);
                frame.canvas().path(data(taken.get(index), cell), attributes, groups.get(index).label);
            }
            return ("The picture shows %s of %s points: one of each group in every square of %s by %s units; "
                            + "the table has all.")
                    .formatted(
                            NumberText.count(count(taken)),
                            NumberText.count(shown),
                            NumberText.coordinate(cell * UNIT),
                            NumberText.coordinate(cell * UNIT));
        }

        private int columns(int cell) {
            return (int) Math.ceil((frame.right() - frame.left()) / (cell * UNIT)) + 1;
        }

        private List<BitSet> taken(int cell) {
            int columns = columns(cell);
            List<BitSet> all = new ArrayList<>();
            for (Group group : groups) {
                BitSet taken = new BitSet();
                for (int i = 0; group.kind == Kind.POINTS && i < group.points.size(); i++) {
                    if (group.shows(x, y, i)) {
                        int column = (int) ((xs.at(group.points.x(i)) - frame.left()) / (cell * UNIT));
                        int row = (int) ((ys.at(group.points.y(i)) - frame.top()) / (cell * UNIT));
                        taken.set(row * columns + column);
                    }
                }
                all.add(taken);
            }
            return all;
        }

        private static int count(List<BitSet> taken) {
            return taken.stream().mapToInt(BitSet::cardinality).sum();
        }

        private String data(BitSet taken, int cell) {
            int columns = columns(cell);
            StringBuilder data = new StringBuilder();
            int lastX = 0;
            int lastY = 0;
            for (int at = taken.nextSetBit(0); at >= 0; at = taken.nextSetBit(at + 1)) {
                int atX = at % columns * cell + cell / 2;
                int atY = at / columns * cell + cell / 2;
                int dx = atX - lastX;
                int dy = atY - lastY;
                data.append(data.isEmpty() ? "M" : "m").append(dx);
                data.append(dy < 0 ? "" : " ").append(dy).append("h0");
                lastX = atX;
                lastY = atY;
            }
            return data.toString();
        }
    }

    /// Names beside points, where there is room for them.
    private final class Names {
        private static final double SIZE = 11;
        private static final double[] DISTANCES = {7, 13, 19, 26, 34, 43, 53, 64, 76, 90, 105, 120};

        /// The directions right, left, up, down, and those between them.
        private static final double[][] WAYS = {
            {1, 0},
            {-1, 0},
            {0, -1},
            {0, 1},
            {0.8, -0.6},
            {0.8, 0.6},
            {-0.8, -0.6},
            {-0.8, 0.6},
            {0.95, -0.3},
            {0.95, 0.3},
            {-0.95, -0.3},
            {-0.95, 0.3},
            {-0.6, -0.8},
            {0.6, 0.8},
            {-0.87, -0.5},
            {0.87, 0.5}
        };

        private final ChartFrame frame;
        private final AxisMapping xs;
        private final AxisMapping ys;
        private final List<Box> taken = new ArrayList<>();
        private int left;

        Names(ChartFrame frame, AxisMapping xs, AxisMapping ys) {
            this.frame = frame;
            this.xs = xs;
            this.ys = ys;
        }

        private record Box(double x1, double y1, double x2, double y2) {
            boolean meets(Box other) {
                return x1 < other.x2 && other.x1 < x2 && y1 < other.y2 && other.y1 < y2;
            }
        }

        /// Draws them; how many had no room.
        int draw() {
            for (Group group : groups) {
                for (int i = 0; i < group.points.size(); i++) {
                    if (group.shows(x, y, i)) {
                        double atX = xs.at(group.points.x(i));
                        double atY = ys.at(group.points.y(i));
                        taken.add(new Box(atX - 4, atY - 4, atX + 4, atY + 4));
                    }
                }
            }
            if (taken.size() > NAMED) {
                return groups.stream()
                        .filter(group -> group.points.hasNames())
                        .mapToInt(group -> group.points.size())
                        .sum();
            }
            for (Group group : groups) {
                for (int i = 0; i < group.points.size(); i++) {
                    if (group.shows(x, y, i) && group.points.name(i).isPresent()) {
                        place(group.points.name(i).get(), xs.at(group.points.x(i)), ys.at(group.points.y(i)));
                    }
                }
            }
            return left;
        }

        /// The nearest place that is free, with a thin line to the point if it is not at it.
        private void place(String label, double atX, double atY) {
            String text = TextWidths.fitted(Canvas.oneLine(label), SIZE, 160);
            double width = TextWidths.width(text, SIZE);
            for (double distance : DISTANCES) {
                for (double[] way : WAYS) {
                    double nearX = atX + distance * way[0];
                    double nearY = atY + distance * way[1];
                    double from = way[0] > 0.1 ? nearX : way[0] < -0.1 ? nearX - width : nearX - width / 2;
                    double baseline = nearY + (way[1] > 0.8 ? SIZE * 0.8 : way[1] < -0.8 ? -1 : 4);
                    Box box = new Box(from - 1, baseline - SIZE * 0.8, from + width + 1, baseline + SIZE * 0.25);
                    boolean led = distance > DISTANCES[0];
                    if (isInside(box) && isFree(box) && !(led && meets(atX, atY, nearX, nearY))) {
                        if (led) {
                            frame.canvas()
                                    .line(atX, atY, nearX, nearY, frame.canvas().stroke("n", 0.7));
                            lead(atX, atY, nearX, nearY);
                        }
                        frame.canvas().text(from, baseline, SIZE, Canvas.Anchor.START, "i", text);
                        taken.add(box);
                        return;
                    }
                }
            }
            left++;
        }

        private boolean isInside(Box box) {
            return box.x1 > frame.left() + 2
                    && box.x2 < frame.right() - 2
                    && box.y1 > frame.top() + 2
                    && box.y2 < frame.bottom() - 2;
        }

        private boolean isFree(Box box) {
            return taken.stream().noneMatch(box::meets);
        }

        /// Returns whether the line from a point to its name runs over anything but the point.
        private boolean meets(double x1, double y1, double x2, double y2) {
            return dots(x1, y1, x2, y2, 0.5).stream()
                    .anyMatch(dot -> Math.hypot(dot.x1 + 0.5 - x1, dot.y1 + 0.5 - y1) > 6.5 && !isFree(dot));
        }

        /// Keeps other names off a line.
        private void lead(double x1, double y1, double x2, double y2) {
            taken.addAll(dots(x1, y1, x2, y2, 1));
        }

        private static List<Box> dots(double x1, double y1, double x2, double y2, double half) {
            int steps = (int) Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 1.5);
            List<Box> dots = new ArrayList<>();
            for (int i = 1; i <= steps; i++) {
                double px = x1 + (x2 - x1) * i / steps;
                double py = y1 + (y2 - y1) * i / steps;
                dots.add(new Box(px - half, py - half, px + half, py + half));
            }
            return dots;
        }
    }
}
