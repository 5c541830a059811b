package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;
import java.util.Set;

/// The elements of a picture, apart from its words.
///
/// @param width of the paper
/// @param height of the paper
/// @param body SVG elements
/// @param inks the classes of [Palette] that they have
record Drawing(double width, double height, String body, Set<String> inks) {
    private static final String PAGE_FONTS =
            "Helvetica Neue,Helvetica,Arial,Liberation Sans,DejaVu Sans,Verdana,sans-serif";

    String svg(String name, String title, String description) {
        StringBuilder style = new StringBuilder();
        style.append("#figure-").append(name).append("{max-width:100%;height:auto}");
        for (String ink : inks) {
            style.append("#figure-").append(name).append(" .").append(ink);
            style.append('{').append(Palette.rule(ink)).append('}');
        }
        String words = description.isEmpty() ? title : description;
        return """
            %s id="figure-%s" role="img" aria-labelledby="figure-%s-title figure-%s-desc" font-family="%s">
            <title id="figure-%s-title">%s</title>
            <desc id="figure-%s-desc">%s</desc>
            <style>%s</style>
            %s</svg>
            """.formatted(
                        head(width, height),
                        name,
                        name,
                        name,
                        PAGE_FONTS,
                        name,
                        Canvas.escaped(title),
                        name,
                        Canvas.escaped(words),
                        style,
                        body);
    }

    /// Without styles, in a font that Java always has.
    String plain() {
        return "%s font-family=\"SansSerif\">\n%s</svg>\n".formatted(head(width, height), body);
    }

    private static String head(double width, double height) {
        String w = NumberText.coordinate(width);
        String h = NumberText.coordinate(height);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\""
                .formatted(w, h, w, h);
    }
}
