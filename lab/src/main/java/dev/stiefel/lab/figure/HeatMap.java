package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Values over two axes as colours. A cell around each x and y; missing ones are hatched.
/// Zeros on a logarithmic scale of colours have its lowest, and the caption says so.
public final class HeatMap {
    /// More cells than this are one embedded picture.
    private static final int SINGLE = 600;

    private final String name;
    private final String title;
    private final Axis x;
    private final List<Double> xs;
    private final Axis y;
    private final List<Double> ys;
    private final Grid values;
    private final Axis color;
    private final List<Overlay> overlays = new ArrayList<>();

    private HeatMap(
            String name, String title, Axis x, List<Double> xs, Axis y, List<Double> ys, Grid values, Axis color) {
        this.name = Figure.checkName(name);
        this.title = title;
        this.x = x;
        this.xs = List.copyOf(xs);
        this.y = y;
        this.ys = List.copyOf(ys);
        this.values = values;
        this.color = color;
        checkPlaces(x, this.xs, values.columns());
        checkPlaces(y, this.ys, values.rows());
        for (int row = 0; row < values.rows(); row++) {
            for (int column = 0; column < values.columns(); column++) {
                color.check(name, values.value(column, row));
            }
        }
    }

    /// A heat map.
    ///
    /// @param xs the columns' values of x, ascending
    /// @param ys the rows' values of y, ascending
    /// @param color meaning of the colours, and their scale
    public static HeatMap of(
            String name, String title, Axis x, List<Double> xs, Axis y, List<Double> ys, Grid values, Axis color) {
        return new HeatMap(name, title, x, xs, y, ys, values, color);
    }

    /// Adds a line over the map, such as the best epoch of each width.
    public HeatMap line(String label, Points points) {
        for (int i = 0; i < points.size(); i++) {
            x.check(name, points.x(i));
            y.check(name, points.y(i));
        }
        overlays.add(new Overlay(label, points));
        return this;
    }

    private void checkPlaces(Axis axis, List<Double> places, int count) {
        if (places.size() != count) {
            throw new IllegalArgumentException(
                    "figure '%s': there must be a value of '%s' for each of the grid's %s; got %s"
                            .formatted(name, axis.label(), count, places.size()));
        }
        for (int i = 0; i < count; i++) {
            if (!AxisMapping.shows(axis, places.get(i))) {
                throw new IllegalArgumentException("figure '%s': values of '%s' must be finite%s; got %s"
                        .formatted(
                                name,
                                axis.label(),
                                axis.scale() == Scale.LOG ? " and above 0 on a logarithmic axis" : "",
                                places.get(i)));
            }
            if (i > 0 && places.get(i) <= places.get(i - 1)) {
                throw new IllegalArgumentException("figure '%s': values of '%s' must ascend; got %s after %s"
                        .formatted(name, axis.label(), places.get(i), places.get(i - 1)));
            }
        }
    }

    /// The figure.
    public Figure draw() {
        List<Double> columns = edges(x, xs);
        List<Double> rows = edges(y, ys);
        AxisMapping across = spanning(x, columns);
        AxisMapping up = spanning(y, rows);
        AxisMapping.Span span = new AxisMapping.Span(color);
        int missing = 0;
        int zeros = 0;
        for (int row = 0; row < values.rows(); row++) {
            for (int column = 0; column < values.columns(); column++) {
                double value = values.value(column, row);
                span.include(value);
                boolean zero = LineChart.isZero(color, value);
                zeros += zero ? 1 : 0;
                missing += !zero && !AxisMapping.shows(color, value) ? 1 : 0;
            }
        }
        AxisMapping colors = span.mapping(0);
        ChartFrame frame = new ChartFrame(title, across, up, List.of(), entries(missing), Optional.of(colors), false);
        Canvas canvas = frame.canvas();
        if (missing > 0) {
            hatching(canvas, frame.left(), frame.top(), frame.right(), frame.bottom());
        }
        if (values.columns() * values.rows() <= SINGLE) {
            cells(canvas, columns, rows, across, up, colors);
        } else {
            picture(frame, columns, rows, across, up, colors);
        }
        overlays.forEach(overlay -> overlay.draw(canvas, across, up));
        Drawing drawing = frame.drawing();
        List<String> notes = new ArrayList<>(frame.notes());
        if (missing > 0) {
            notes.add("Hatched: no value (%s of %s)."
                    .formatted(NumberText.count(missing), NumberText.count((long) values.columns() * values.rows())));
        }
        if (zeros > 0) {
            notes.add("Values of zero have the lowest colour (%s).".formatted(NumberText.count(zeros)));
        }
        return new Figure(name, title, "", notes, drawing, table());
    }

    /// Halfway between neighbours, by the axis's scale; the outermost cells are as wide on
    /// both sides.
    private static List<Double> edges(Axis axis, List<Double> places) {
        boolean log = axis.scale() == Scale.LOG;
        List<Double> at =
                places.stream().map(place -> log ? Math.log(place) : place).toList();
        List<Double> edges = new ArrayList<>();
        double first = at.size() > 1 ? (at.get(1) - at.getFirst()) / 2 : log ? 0.35 : 0.5;
        double last = at.size() > 1 ? (at.getLast() - at.get(at.size() - 2)) / 2 : first;
        edges.add(at.getFirst() - first);
        for (int i = 1; i < at.size(); i++) {
            edges.add(at.get(i - 1) + (at.get(i) - at.get(i - 1)) / 2);
        }
        edges.add(at.getLast() + last);
        return edges.stream().map(edge -> log ? Math.exp(edge) : edge).toList();
    }

    private static AxisMapping spanning(Axis axis, List<Double> edges) {
        Axis alone = new Axis(axis.label(), axis.scale(), axis.notation(), Optional.empty());
        AxisMapping.Span span = new AxisMapping.Span(alone);
        span.include(edges.getFirst());
        span.include(edges.getLast());
        return span.mapping(0);
    }

    private List<ChartFrame.Entry> entries(int missing) {
        List<ChartFrame.Entry> entries = new ArrayList<>();
        if (missing > 0) {
            entries.add(new ChartFrame.Entry(
                    "no value",
                    (canvas, at, middle) -> {
                        hatching(canvas, at + 1, middle - 6, at + 21, middle + 6);
                        canvas.rect(at + 1, middle - 6, 20, 12, canvas.stroke("n", 1));
                    },
                    Double.NaN));
        }
        for (Overlay overlay : overlays) {
            entries.add(new ChartFrame.Entry(
                    overlay.label,
                    (canvas, at, middle) ->
                            overlay.stroke(canvas, "M" + Canvas.point(at, middle) + "h22", overlay.label),
                    Double.NaN));
        }
        return entries;
    }

    /// Slanted lines, drawn one by one so that every viewer can.
    private static void hatching(Canvas canvas, double left, double top, double right, double bottom) {
        StringBuilder data = new StringBuilder();
        double height = bottom - top;
        for (double at = left - height + 6; at < right; at += 6) {
            double x1 = Math.max(left, at);
            double y1 = bottom - (x1 - at);
            double x2 = Math.min(right, at + height);
            double y2 = bottom - (x2 - at);
            data.append("M").append(Canvas.point(x1, y1)).append("L").append(Canvas.point(x2, y2));
        }
        canvas.path(data.toString(), canvas.stroke("c", 1));
    }

    /// The place of a value's colour among 255.
    private int place(AxisMapping colors, double value) {
        if (LineChart.isZero(color, value)) {
            return 0;
        }
        return AxisMapping.shows(color, value)
                ? (int) Math.round(Math.clamp(colors.share(value), 0, 1) * 254)
                : Png.CLEAR;
    }

    private void cells(
            Canvas canvas,
            List<Double> columns,
            List<Double> rows,
            AxisMapping across,
            AxisMapping up,
            AxisMapping colors) {
        canvas.raw("<g shape-rendering=\"crispEdges\">\n");
        for (int row = 0; row < values.rows(); row++) {
            for (int column = 0; column < values.columns(); column++) {
                double value = values.value(column, row);
                int place = place(colors, value);
                if (place == Png.CLEAR) {
                    continue;
                }
                double x1 = across.at(columns.get(column));
                double x2 = across.at(columns.get(column + 1));
                double y1 = up.at(rows.get(row + 1));
                double y2 = up.at(rows.get(row));
                String data = "M%sH%sV%sH%sz"
                        .formatted(
                                Canvas.point(x1, y1),
                                NumberText.coordinate(x2),
                                NumberText.coordinate(y2),
                                NumberText.coordinate(x1));
                String fill = Palette.hex(Palette.viridis(place / 254.0));
                // A hair of the same colour: no seams between cells.
                String attributes = "fill=\"%s\" stroke=\"%s\" stroke-width=\".4\"".formatted(fill, fill);
                canvas.path(
                        data,
                        attributes,
                        "%s %s, %s %s: %s"
                                .formatted(
                                        x.label(),
                                        Notation.shown(xs.get(column), x.notation()),
                                        y.label(),
                                        Notation.shown(ys.get(row), y.notation()),
                                        Notation.shown(value, color.notation())));
            }
        }
        canvas.raw("</g>\n");
    }

    private void picture(
            ChartFrame frame,
            List<Double> columns,
            List<Double> rows,
            AxisMapping across,
            AxisMapping up,
            AxisMapping colors) {
        List<Integer> columnOf = pixels(columns, across, (int) Math.ceil(frame.right() - frame.left()) * 2);
        List<Integer> rowOf = pixels(rows, up, (int) Math.ceil(frame.bottom() - frame.top()) * 2);
        int height = rowOf.size();
        int[] places = new int[values.columns() * values.rows()];
        for (int row = 0; row < values.rows(); row++) {
            for (int column = 0; column < values.columns(); column++) {
                places[row * values.columns() + column] = place(colors, values.value(column, row));
            }
        }
        String uri = Png.dataUri(
                columnOf.size(),
                height,
                (px, py) -> places[rowOf.get(height - 1 - py) * values.columns() + columnOf.get(px)]);
        frame.canvas()
                .raw("<image x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\" "
                        .formatted(
                                NumberText.coordinate(frame.left()),
                                NumberText.coordinate(frame.top()),
                                NumberText.coordinate(frame.right() - frame.left()),
                                NumberText.coordinate(frame.bottom() - frame.top())))
                .raw("image-rendering=\"pixelated\" style=\"image-rendering:pixelated\" href=\"")
                .raw(uri)
                .raw("\"/>\n");
    }

    /// The cell of each pixel: one pixel a cell where cells are equally wide, as many as a
    /// figure has otherwise.
    private static List<Integer> pixels(List<Double> edges, AxisMapping mapping, int fine) {
        int cells = edges.size() - 1;
        double width = 1.0 / cells;
        boolean even = true;
        for (int i = 0; i < cells; i++) {
            even &= Math.abs(mapping.share(edges.get(i)) - i * width) < 0.02 * width;
        }
        List<Integer> cellOf = new ArrayList<>();
        int count = even ? cells : fine;
        int cell = 0;
        for (int i = 0; i < count; i++) {
            double middle = (i + 0.5) / count;
            while (cell < cells - 1 && mapping.share(edges.get(cell + 1)) <= middle) {
                cell++;
            }
            cellOf.add(cell);
        }
        return cellOf;
    }

    private Table table() {
        return new Table(List.of(x.label(), y.label(), color.label()), values.columns() * values.rows(), index -> {
            int column = index / values.rows();
            int row = index % values.rows();
            return List.of(Table.cell(xs.get(column)), Table.cell(ys.get(row)), Table.cell(values.value(column, row)));
        });
    }

    /// A line over the map: black between white, to be seen on every colour.
    private record Overlay(String label, Points points) {
        void draw(Canvas canvas, AxisMapping across, AxisMapping up) {
            StringBuilder data = new StringBuilder();
            boolean joined = false;
            for (int i = 0; i < points.size(); i++) {
                double px = points.x(i);
                double py = points.y(i);
                boolean inside = across.shows(px)
                        && up.shows(py)
                        && px >= across.low()
                        && px <= across.high()
                        && py >= up.low()
                        && py <= up.high();
                if (inside) {
                    String at = Canvas.point(across.at(px), up.at(py));
                    data.append(joined ? "L" : "M").append(at).append(joined ? "" : "h0");
                }
                joined = inside;
            }
            if (!data.isEmpty()) {
                stroke(canvas, data.toString(), label);
            }
        }

        void stroke(Canvas canvas, String data, String hover) {
            String round = " fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\"";
            canvas.path(data, "stroke=\"#ffffff\" stroke-width=\"4.2\"" + round);
            canvas.path(data, "stroke=\"#111111\" stroke-width=\"1.8\"" + round, hover);
        }
    }
}
