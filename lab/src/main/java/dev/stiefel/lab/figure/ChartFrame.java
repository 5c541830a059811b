package dev.stiefel.lab.figure;

import dev.stiefel.lab.figure.AxisMapping.Tick;
import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The common parts of charts: the title, axes with their ticks and labels, marks, and a legend on the right.
/// Nothing is written inside the plot, so that no word covers data.
final class ChartFrame {
    static final double WIDTH = 760;
    static final double PLOT_HEIGHT = 340;
    static final double SMALL = 12;

    private static final double TITLE = 16;
    private static final double TICK = 11;
    private static final double LINE = 16;
    private static final double EDGE = 12;
    private static final double SWATCH = 26;
    private static final double GREATEST_COLUMN = 210;
    private static final double BAR = 14;
    private static final double BAR_HEIGHT = 190;
    private static final int MARK_ROWS = 6;

    private final AxisMapping x;
    private final AxisMapping y;
    private final List<ReferenceLine> marks;
    private final List<Entry> entries;
    private final Optional<AxisMapping> color;
    private final boolean stepped;

    private final Canvas canvas = new Canvas();
    private final List<String> notes = new ArrayList<>();
    private final double left;
    private final double right;
    private final double top;
    private final double bottom;
    private final double height;
    private final List<List<Span>> markRows = new ArrayList<>();
    private final List<ReferenceLine> unnamed = new ArrayList<>();

    /// The picture of a swatch.
    interface Swatch {
        /// Draws it, 20 wide, about a middle.
        void draw(Canvas canvas, double x, double y);
    }

    /// A name in the column.
    ///
    /// @param value the y beside which it would stand best; NaN if it does not matter
    record Entry(String label, Swatch swatch, double value) {}

    private record Span(double from, double to, ReferenceLine mark) {}

    /// @param color scale of the colour bar, if there is one
    /// @param stepped true if its colours are steps, as for lines, not a continuous map
    ChartFrame(
            String title,
            AxisMapping x,
            AxisMapping y,
            List<ReferenceLine> marks,
            List<Entry> entries,
            Optional<AxisMapping> color,
            boolean stepped) {
        this.x = x;
        this.y = y;
        this.marks = marks;
        this.color = color;
        this.stepped = stepped;
        this.entries = withMarks(entries, marks);
        List<String> titleLines = TextWidths.wrapped(title, TITLE, WIDTH - 2 * EDGE, 2);
        double column = column();
        right = WIDTH - column;
        double ticks = y.ticks(8).stream()
                .mapToDouble(tick -> TextWidths.width(tick.label(), TICK))
                .max()
                .orElse(0);
        left = EDGE + 20 + Math.min(150, ticks) + 8;
        x.between(left, right);
        placeMarks();
        top = 14 + titleLines.size() * 20 + markRows.size() * LINE + 10;
        bottom = top + PLOT_HEIGHT;
        height = bottom + 52;
        y.between(bottom, top);
        canvas.rect(0, 0, WIDTH, height, canvas.ink("p"));
        for (int i = 0; i < titleLines.size(); i++) {
            canvas.text(EDGE, 26 + i * 20, TITLE, Canvas.Anchor.START, "i", titleLines.get(i));
        }
    }

    Canvas canvas() {
        return canvas;
    }

    List<String> notes() {
        return notes;
    }

    double left() {
        return left;
    }

    double right() {
        return right;
    }

    double top() {
        return top;
    }

    double bottom() {
        return bottom;
    }

    /// Lines at the ticks, beneath the data.
    void grid() {
        for (Tick tick : y.ticks(8)) {
            if (!tick.label().isEmpty()) {
                canvas.line(left, y.at(tick.value()), right, y.at(tick.value()), canvas.stroke("g", 1));
            }
        }
        for (Tick tick : xTicks()) {
            if (!tick.label().isEmpty()) {
                canvas.line(x.at(tick.value()), top, x.at(tick.value()), bottom, canvas.stroke("g", 1));
            }
        }
    }

    /// Says that there is nothing to draw.
    void empty() {
        canvas.text((left + right) / 2, (top + bottom) / 2, SMALL, Canvas.Anchor.MIDDLE, "m", "no values");
    }

    /// Marks, axes and the column, above the data.
    Drawing drawing() {
        for (int row = 0; row < markRows.size(); row++) {
            double baseline = top - 11 - LINE * row;
            for (Span span : markRows.get(row)) {
                double at = x.at(span.mark.at());
                canvas.line(at, baseline + 3, at, bottom, dashed(canvas, "n"));
                canvas.fitted(
                        span.from,
                        baseline,
                        SMALL,
                        Canvas.Anchor.START,
                        "i",
                        span.mark.label(),
                        span.to - span.from + 1);
            }
        }
        for (ReferenceLine mark : unnamed) {
            canvas.line(x.at(mark.at()), top, x.at(mark.at()), bottom, dashed(canvas, "n"));
        }
        for (ReferenceLine mark : marks) {
            if (mark.direction() == ReferenceLine.Direction.HORIZONTAL && y.shows(mark.at())) {
                canvas.line(left, y.at(mark.at()), right, y.at(mark.at()), dashed(canvas, "n"));
            }
        }
        axes();
        double begin = color.isPresent() ? colorBar(color.get()) : top;
        column(begin);
        return canvas.drawing(WIDTH, height);
    }

    static String dashed(Canvas canvas, String ink) {
        return canvas.stroke(ink, 1.2) + " stroke-dasharray=\"5 3\"";
    }

    private static List<Entry> withMarks(List<Entry> entries, List<ReferenceLine> marks) {
        List<Entry> all = new ArrayList<>(entries);
        for (ReferenceLine mark : marks) {
            if (mark.direction() == ReferenceLine.Direction.HORIZONTAL) {
                all.add(new Entry(
                        mark.label(),
                        (canvas, at, middle) -> canvas.line(at, middle, at + 20, middle, dashed(canvas, "n")),
                        mark.at()));
            }
        }
        return all;
    }

    // ---- axes ----

    private void axes() {
        canvas.rect(left, top, right - left, PLOT_HEIGHT, canvas.stroke("n", 1));
        for (Tick tick : y.ticks(8)) {
            double at = y.at(tick.value());
            boolean labelled = !tick.label().isEmpty();
            canvas.line(left - (labelled ? 5 : 3), at, left, at, canvas.stroke("n", 1));
        }
        double last = Double.POSITIVE_INFINITY;
        for (Tick tick : y.ticks(8)) {
            double at = y.at(tick.value());
            if (!tick.label().isEmpty() && last - at >= TICK + 3) {
                canvas.text(left - 8, at + 4, TICK, Canvas.Anchor.END, "m", TextWidths.fitted(tick.label(), TICK, 150));
                last = at;
            }
        }
        for (Tick tick : xTicks()) {
            double at = x.at(tick.value());
            boolean labelled = !tick.label().isEmpty();
            canvas.line(at, bottom, at, bottom + (labelled ? 5 : 3), canvas.stroke("n", 1));
            if (labelled) {
                canvas.text(middleOf(tick), bottom + 19, TICK, Canvas.Anchor.MIDDLE, "m", tick.label());
            }
        }
        String across = TextWidths.fitted(Canvas.oneLine(x.axis().label()), SMALL, right - left + 40);
        double middle = Math.max((left + right) / 2, EDGE + TextWidths.width(across, SMALL) / 2);
        canvas.text(middle, bottom + 41, SMALL, Canvas.Anchor.MIDDLE, "i", across);
        String up = TextWidths.fitted(Canvas.oneLine(y.axis().label()), SMALL, PLOT_HEIGHT);
        canvas.upward(EDGE + 10, (top + bottom) / 2, SMALL, "i", up);
    }

    private double middleOf(Tick tick) {
        double half = TextWidths.width(tick.label(), TICK) / 2;
        return Math.clamp(x.at(tick.value()), half + 2, WIDTH - half - 2);
    }

    /// The ticks: as many as have room for their labels.
    private List<Tick> xTicks() {
        for (int about = 10; about > 1; about--) {
            List<Tick> ticks = x.ticks(about);
            if (apart(ticks)) {
                return ticks;
            }
        }
        List<Tick> ticks = new ArrayList<>();
        double end = Double.NEGATIVE_INFINITY;
        for (Tick tick : x.ticks(2)) {
            double half = TextWidths.width(tick.label(), TICK) / 2;
            boolean fits = middleOf(tick) - half > end + 6 && 2 * half < WIDTH / 2;
            ticks.add(fits ? tick : new Tick(tick.value(), ""));
            end = fits && !tick.label().isEmpty() ? middleOf(tick) + half : end;
        }
        return ticks;
    }

    private boolean apart(List<Tick> ticks) {
        double end = Double.NEGATIVE_INFINITY;
        for (Tick tick : ticks) {
            if (tick.label().isEmpty()) {
                continue;
            }
            double half = TextWidths.width(tick.label(), TICK) / 2;
            if (middleOf(tick) - half < end + 8) {
                return false;
            }
            end = middleOf(tick) + half;
        }
        return true;
    }

    // ---- marks ----

    /// Fills row after row, from the lowest. A mark's line goes up to its label and crosses
    /// the rows beneath: labels there leave it free, to the left or right of it if need be.
    private void placeMarks() {
        List<ReferenceLine> rest = new ArrayList<>(marks.stream()
                .filter(mark -> mark.direction() == ReferenceLine.Direction.VERTICAL && x.shows(mark.at()))
                .sorted(Comparator.comparingDouble(ReferenceLine::at))
                .toList());
        for (int row = 0; row < MARK_ROWS && !rest.isEmpty(); row++) {
            List<Span> placed = new ArrayList<>();
            markRows.add(placed);
            for (ReferenceLine mark : List.copyOf(rest)) {
                Optional<Span> span = beside(mark).stream()
                        .filter(each -> isFree(each, placed, rest))
                        .findFirst();
                if (span.isPresent()) {
                    placed.add(span.get());
                    rest.remove(mark);
                }
            }
        }
        markRows.removeIf(List::isEmpty);
        unnamed.addAll(rest);
        if (!rest.isEmpty()) {
            notes.add("Marks without a name, for lack of room: %s."
                    .formatted(String.join(
                            ", ", rest.stream().map(ReferenceLine::label).toList())));
        }
    }

    /// The possible places of a mark's label: centred on its line, before it, after it.
    private List<Span> beside(ReferenceLine mark) {
        double at = x.at(mark.at());
        double width = Math.min(TextWidths.width(Canvas.oneLine(mark.label()), SMALL), right - left);
        return Stream.of(at - width / 2, at - width - 4, at + 4)
                .map(from -> Math.clamp(from, left, right - width))
                .map(from -> new Span(from, from + width, mark))
                .toList();
    }

    private boolean isFree(Span span, List<Span> row, List<ReferenceLine> rest) {
        double at = x.at(span.mark.at());
        boolean crossed = Stream.concat(rest.stream(), row.stream().map(Span::mark))
                .filter(other -> !other.equals(span.mark))
                .mapToDouble(other -> x.at(other.at()))
                .anyMatch(other -> other > span.from - 3 && other < span.to + 3);
        boolean crosses =
                markRows.stream().flatMap(List::stream).anyMatch(other -> at > other.from - 3 && at < other.to + 3);
        return !crossed
                && !crosses
                && row.stream().allMatch(other -> span.from > other.to + 8 || span.to < other.from - 8);
    }

    // ---- the column on the right ----

    private double column() {
        double widest = entries.stream()
                .mapToDouble(entry -> TextWidths.width(Canvas.oneLine(entry.label), SMALL))
                .max()
                .orElse(-SWATCH - 20);
        widest = entries.size() > PLOT_HEIGHT / LINE
                ? Math.max(widest, TextWidths.width(more(entries.size()), SMALL))
                : widest;
        double names = 20 + SWATCH + Math.min(GREATEST_COLUMN, widest) + EDGE;
        return Math.max(color.isPresent() ? 150 : 24, names);
    }

    private void column(double begin) {
        int room = (int) Math.floor((bottom - begin) / LINE);
        List<Entry> shown = entries;
        if (entries.size() > room) {
            shown = new ArrayList<>(entries.subList(0, room - 1));
            int more = entries.size() - room + 1;
            shown.add(new Entry(more(more), (_, _, _) -> {}, Double.NaN));
        }
        boolean direct = color.isEmpty() && !shown.isEmpty() && shown.stream().allMatch(entry -> y.shows(entry.value));
        List<Double> heights = direct ? heights(shown, begin) : stacked(shown.size(), begin);
        double at = right + 20;
        for (int i = 0; i < shown.size(); i++) {
            Entry entry = shown.get(i);
            double middle = heights.get(i);
            if (direct) {
                canvas.line(right + 2, y.at(entry.value), at - 3, middle, canvas.stroke("c", 1));
            }
            entry.swatch.draw(canvas, at, middle);
            double room2 = WIDTH - EDGE - at - SWATCH;
            canvas.fitted(at + SWATCH, middle + 4, SMALL, Canvas.Anchor.START, "i", entry.label, room2 + 1);
        }
    }

    private static String more(int count) {
        return "and " + NumberText.count(count) + " more";
    }

    private static List<Double> stacked(int count, double begin) {
        List<Double> heights = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            heights.add(begin + LINE / 2 + i * LINE);
        }
        return heights;
    }

    /// The heights of labels: as near to the ends of lines as there is room.
    private List<Double> heights(List<Entry> shown, double begin) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> y.at(shown.get(i).value)));
        double[] heights = new double[shown.size()];
        double least = begin + LINE / 2;
        for (int i : order) {
            heights[i] = Math.max(y.at(shown.get(i).value), least);
            least = heights[i] + LINE;
        }
        double most = bottom - LINE / 2;
        for (int i : order.reversed()) {
            heights[i] = Math.min(heights[i], most);
            most = heights[i] - LINE;
        }
        List<Double> list = new ArrayList<>();
        for (double each : heights) {
            list.add(each);
        }
        return list;
    }

    private double colorBar(AxisMapping scale) {
        double at = right + 20;
        List<String> lines = TextWidths.wrapped(scale.axis().label(), SMALL, WIDTH - EDGE - at, 4);
        for (int i = 0; i < lines.size(); i++) {
            canvas.text(at, top + 11 + i * LINE, SMALL, Canvas.Anchor.START, "i", lines.get(i));
        }
        double begin = top + lines.size() * LINE + 8;
        double end = begin + BAR_HEIGHT;
        scale.between(end, begin);
        int steps = stepped ? Palette.STEPS : 85;
        for (int i = 0; i < steps; i++) {
            double upper = begin + BAR_HEIGHT * i / steps;
            int step = steps - 1 - i;
            String fill = stepped
                    ? canvas.ink("u" + step)
                    : "fill=\"%s\"".formatted(Palette.hex(Palette.viridis((double) step / (steps - 1))));
            double overlap = i == steps - 1 ? 0 : 0.5;
            canvas.rect(at, upper, BAR, BAR_HEIGHT / steps + overlap, fill);
        }
        canvas.rect(at, begin, BAR, BAR_HEIGHT, canvas.stroke("n", 1));
        double last = Double.POSITIVE_INFINITY;
        for (Tick tick : scale.ticks(6)) {
            double middle = scale.at(tick.value());
            canvas.line(at + BAR, middle, at + BAR + (tick.label().isEmpty() ? 2 : 4), middle, canvas.stroke("n", 1));
            if (!tick.label().isEmpty() && last - middle >= TICK + 3) {
                String label = TextWidths.fitted(tick.label(), TICK, WIDTH - EDGE - at - BAR - 8);
                canvas.text(at + BAR + 7, middle + 4, TICK, Canvas.Anchor.START, "m", label);
                last = middle;
            }
        }
        return end + 16;
    }
}
