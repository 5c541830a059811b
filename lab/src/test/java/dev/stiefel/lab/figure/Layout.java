package dev.stiefel.lab.figure;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/// Reads a figure's SVG as XML and says what is wrong with where its texts stand, and with
/// what it refers to.
public final class Layout {
    private Layout() {}

    private record Box(String text, double x1, double y1, double x2, double y2) {
        boolean meets(Box other) {
            return x1 < other.x2 - 0.01 && other.x1 < x2 - 0.01 && y1 < other.y2 - 0.01 && other.y1 < y2 - 0.01;
        }
    }

    /// A figure's SVG as XML; an AssertionError where it is none.
    public static Document parsed(String svg) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        } catch (Exception e) {
            throw new AssertionError("not XML: " + svg.substring(0, Math.min(2000, svg.length())), e);
        }
    }

    /// What is wrong, a line each.
    public static List<String> problems(Figure figure) {
        Document document = parsed(figure.svg());
        List<String> problems = new ArrayList<>();
        Element root = document.getDocumentElement();
        double width = Double.parseDouble(root.getAttribute("width"));
        double height = Double.parseDouble(root.getAttribute("height"));
        List<Box> boxes = new ArrayList<>();
        NodeList texts = document.getElementsByTagName("text");
        for (int i = 0; i < texts.getLength(); i++) {
            Box box = box((Element) texts.item(i));
            if (box.x1 < 0 || box.y1 < 0 || box.x2 > width || box.y2 > height) {
                problems.add("%s: leaves the paper: %s".formatted(figure.name(), box));
            }
            for (Box other : boxes) {
                if (box.meets(other)) {
                    problems.add("%s: texts overlap: %s and %s".formatted(figure.name(), box, other));
                }
            }
            boxes.add(box);
        }
        if (boxes.size() < 3) {
            problems.add(figure.name() + ": almost no text");
        }
        references(figure, document, problems);
        return problems;
    }

    private static void references(Figure figure, Document document, List<String> problems) {
        Set<String> ids = new HashSet<>();
        NodeList all = document.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.getTagName().equals("script") || element.getTagName().equals("foreignObject")) {
                problems.add("%s: has a %s".formatted(figure.name(), element.getTagName()));
            }
            String id = element.getAttribute("id");
            if (!id.isEmpty() && !(ids.add(id) && id.startsWith("figure-" + figure.name()))) {
                problems.add("%s: the id %s".formatted(figure.name(), id));
            }
            String href = element.getAttribute("href");
            if (!href.isEmpty() && !href.startsWith("data:image/png;base64,")) {
                problems.add("%s: refers to %s".formatted(figure.name(), href));
            }
            for (int a = 0; a < element.getAttributes().getLength(); a++) {
                String value = element.getAttributes().item(a).getNodeValue();
                if (value.contains("NaN") || value.contains("Infinity")) {
                    problems.add("%s: %s %s".formatted(figure.name(), element.getTagName(), value));
                }
            }
        }
        NodeList styles = document.getElementsByTagName("style");
        for (String rule : styles.item(0).getTextContent().split("}", -1)) {
            if (!rule.isEmpty() && !rule.startsWith("#figure-" + figure.name())) {
                problems.add("%s: a style for all: %s".formatted(figure.name(), rule));
            }
        }
    }

    private static Box box(Element text) {
        String words = text.getTextContent();
        double size = number(text, "font-size");
        double x = number(text, "x");
        double y = number(text, "y");
        double width = TextWidths.width(words, size);
        double start = switch (text.getAttribute("text-anchor")) {
            case "middle" -> -width / 2;
            case "end" -> -width;
            default -> 0;
        };
        double above = 0.78 * size;
        double below = 0.24 * size;
        return text.hasAttribute("transform")
                ? new Box(words, x - above, y - start - width, x + below, y - start)
                : new Box(words, x + start, y - above, x + start + width, y + below);
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    /// The text of the first element of a name.
    static String text(String svg, String element) {
        Node node = parsed(svg).getElementsByTagName(element).item(0);
        return node.getTextContent();
    }
}
