package dev.stiefel.lab.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/// A figure's SVG as a reader sees it: where its axes say that a value lies, and where its
/// lines, points and cells are. Coordinates are rounded to a tenth.
final class Picture {
    private static final Pattern NUMBER = Pattern.compile("-?(?:\\d+\\.?\\d*|\\.\\d+)");
    private static final double LABELLED = 5; // a tick that has a label
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private final Document document;
    private final Ruler across;
    private final Ruler up;

    private Picture(Document document, Ruler across, Ruler up) {
        this.document = document;
        this.across = across;
        this.up = up;
    }

    /// A place on the paper.
    record Dot(double x, double y) {}

    /// An axis by its labelled ticks.
    ///
    /// @param origin where 0 lies, or 1 on a logarithmic axis
    /// @param unit the distance from there to 1, or to 10
    private record Ruler(double origin, double unit, boolean log) {
        double at(double value) {
            return origin + unit * (log ? Math.log10(value) : value);
        }
    }

    /// @param scaleX of the axis across
    /// @param scaleY of the one upwards
    static Picture of(Figure figure, Scale scaleX, Scale scaleY) {
        Document document = Layout.parsed(figure.svg());
        List<Double> verticals = new ArrayList<>();
        List<Double> horizontals = new ArrayList<>();
        for (Element path : elements(document, "path")) {
            if (path.getAttribute("class").equals("n") && path.getAttribute("d").matches("M[^ML]+L[^ML]+")) {
                List<Double> line = numbers(path.getAttribute("d"));
                double width = Math.abs(line.get(2) - line.get(0));
                double height = Math.abs(line.get(3) - line.get(1));
                if (width == 0 && Math.abs(height - LABELLED) < 0.11) {
                    verticals.add(line.get(0));
                } else if (height == 0 && Math.abs(width - LABELLED) < 0.11) {
                    horizontals.add(line.get(1));
                }
            }
        }
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (Element text : elements(document, "text")) {
            boolean tick = text.getAttribute("font-size").equals("11")
                    && text.getAttribute("class").equals("m")
                    && text.getTextContent().matches("[−0-9,.·%⁻⁰¹²³⁴⁵⁶⁷⁸⁹\\u00A0]+");
            if (tick && text.getAttribute("text-anchor").equals("middle")) {
                xs.add(value(text.getTextContent()));
            } else if (tick && text.getAttribute("text-anchor").equals("end")) {
                ys.add(value(text.getTextContent()));
            }
        }
        return new Picture(document, ruler(xs, verticals, scaleX), ruler(ys, horizontals, scaleY));
    }

    /// Of the outermost ticks; the others must agree.
    private static Ruler ruler(List<Double> values, List<Double> places, Scale scale) {
        boolean log = scale == Scale.LOG;
        if (values.size() != places.size() || values.size() < 2) {
            throw new AssertionError("ticks %s at %s".formatted(values, places));
        }
        double first = log ? Math.log10(values.getFirst()) : values.getFirst();
        double last = log ? Math.log10(values.getLast()) : values.getLast();
        double unit = (places.getLast() - places.getFirst()) / (last - first);
        Ruler ruler = new Ruler(places.getFirst() - first * unit, unit, log);
        for (int i = 0; i < values.size(); i++) {
            if (Math.abs(ruler.at(values.get(i)) - places.get(i)) > 0.11) {
                throw new AssertionError("tick %s lies at %s".formatted(values.get(i), places.get(i)));
            }
        }
        return ruler;
    }

    /// A tick's label as a number.
    static double value(String label) {
        String plain = label.replace("−", "-").replace(",", "").replace("\u00A0", "");
        double factor = plain.endsWith("%") ? 0.01 : 1;
        plain = plain.replace("%", "");
        Matcher power = Pattern.compile("(-?)(?:([0-9.]+)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)").matcher(plain);
        if (power.matches()) {
            StringBuilder exponent = new StringBuilder();
            for (char c : power.group(3).toCharArray()) {
                exponent.append(c == '⁻' ? "-" : Integer.toString(SUPERSCRIPTS.indexOf(c)));
            }
            String mantissa = power.group(2) == null ? "1" : power.group(2);
            return Double.parseDouble(power.group(1) + mantissa + "e" + exponent) * factor;
        }
        return Double.parseDouble(plain) * factor;
    }

    /// Where the ticks say that values lie.
    Dot at(double x, double y) {
        return new Dot(across.at(x), up.at(y));
    }

    /// The elements that are named so on hovering.
    List<Element> named(String title) {
        List<Element> named = new ArrayList<>();
        for (Element each : elements(document, "path")) {
            Node first = each.getFirstChild();
            if (first != null && first.getTextContent().equals(title)) {
                named.add(each);
            }
        }
        return named;
    }

    /// The pieces of the line of this name, each from gap to gap.
    List<List<Dot>> pieces(String title) {
        return pieces(named(title).getFirst());
    }

    static List<List<Dot>> pieces(Element path) {
        List<List<Dot>> pieces = new ArrayList<>();
        for (String piece : path.getAttribute("d").replace("z", "").split("M", -1)) {
            if (!piece.isEmpty()) {
                List<Double> numbers = numbers(piece);
                List<Dot> dots = new ArrayList<>();
                for (int i = 0; i + 1 < numbers.size(); i += 2) {
                    dots.add(new Dot(numbers.get(i), numbers.get(i + 1)));
                }
                pieces.add(dots);
            }
        }
        return pieces;
    }

    /// Paths that have an attribute of this value.
    List<Element> paths(String attribute, String value) {
        return elements(document, "path").stream()
                .filter(path -> path.getAttribute(attribute).equals(value))
                .toList();
    }

    static List<Double> numbers(String data) {
        List<Double> numbers = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(data);
        while (matcher.find()) {
            numbers.add(Double.valueOf(matcher.group()));
        }
        return numbers;
    }

    private static List<Element> elements(Document document, String name) {
        List<Element> elements = new ArrayList<>();
        NodeList all = document.getElementsByTagName(name);
        for (int i = 0; i < all.getLength(); i++) {
            elements.add((Element) all.item(i));
        }
        return elements;
    }
}
