package dev.stiefel.lab.figure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Colours that colour-blind readers tell apart: those of lines after Okabe and Ito, darkened
/// where they were too pale for white paper and in an order whose neighbours differ in grey,
/// and viridis, which grows lighter all the way.
final class Palette {
    /// The number of colours of lines before they repeat.
    static final int LINES = 7;

    /// The number of steps of a colour by number.
    static final int STEPS = 16;

    private static final int[] VIRIDIS = {
        0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e, 0x1f988b, 0x22a884, 0x35b779,
        0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725
    };

    private static final String[] LIGHT = {"#0072b2", "#d98e00", "#222222", "#3f9fd8", "#b8480a", "#00a078", "#9c4f86"};
    private static final String[] DARK = {"#4aa8e0", "#f0b030", "#e8e8e8", "#9ad4f5", "#ee7733", "#2cc79c", "#d994bd"};

    /// A kind of ink: the custom property it has, and its colour on light and on dark paper.
    private record Ink(String property, String attribute, String light, String dark) {}

    private static final Map<String, Ink> INKS = inks();

    private Palette() {}

    private static Map<String, Ink> inks() {
        Map<String, Ink> inks = new LinkedHashMap<>();
        inks.put("i", new Ink("ink", "fill", "#222222", "#e8e8e8"));
        inks.put("l", new Ink("ink", "stroke", "#222222", "#e8e8e8"));
        inks.put("m", new Ink("muted", "fill", "#555555", "#b0b0b0"));
        inks.put("n", new Ink("muted", "stroke", "#555555", "#b0b0b0"));
        inks.put("g", new Ink("grid", "stroke", "#e2e2e2", "#383c42"));
        inks.put("c", new Ink("contour", "stroke", "#b5b5b5", "#5d636b"));
        inks.put("p", new Ink("paper", "fill", "#ffffff", "#16181c"));
        inks.put("q", new Ink("paper", "stroke", "#ffffff", "#16181c"));
        for (int i = 0; i < LINES; i++) {
            inks.put("s" + i, new Ink("line-" + i, "stroke", LIGHT[i], DARK[i]));
            inks.put("f" + i, new Ink("line-" + i, "fill", LIGHT[i], DARK[i]));
        }
        for (int i = 0; i < STEPS; i++) {
            double share = (double) i / (STEPS - 1);
            String light = hex(viridis(share * 0.88));
            String dark = hex(viridis(0.3 + share * 0.7));
            inks.put("t" + i, new Ink("step-" + i, "stroke", light, dark));
            inks.put("u" + i, new Ink("step-" + i, "fill", light, dark));
        }
        return inks;
    }

    /// The colour of a share from 0 to 1.
    static int viridis(double share) {
        double at = Math.clamp(share, 0, 1) * (VIRIDIS.length - 1);
        int below = Math.min((int) at, VIRIDIS.length - 2);
        double rest = at - below;
        int color = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = VIRIDIS[below] >> shift & 255;
            int b = VIRIDIS[below + 1] >> shift & 255;
            color |= (int) Math.round(a + rest * (b - a)) << shift;
        }
        return color;
    }

    static String hex(int color) {
        return String.format(Locale.ROOT, "#%06x", color).toLowerCase(Locale.ROOT);
    }

    /// The attributes of an element of a class; the colour is for viewers that know no custom properties.
    static String attributes(String inkClass) {
        Ink ink = ink(inkClass);
        return "class=\"%s\" %s=\"%s\"".formatted(inkClass, ink.attribute, ink.light);
    }

    /// The declarations of a class's style rule.
    static String rule(String inkClass) {
        Ink ink = ink(inkClass);
        return "%s:var(--figure-%s,%s)".formatted(ink.attribute, ink.property, ink.light);
    }

    static String declarations(Theme theme) {
        Map<String, String> colors = new LinkedHashMap<>();
        INKS.values().forEach(ink -> colors.put(ink.property, theme == Theme.DARK ? ink.dark : ink.light));
        StringBuilder text = new StringBuilder();
        colors.forEach((property, color) -> text.append("--figure-")
                .append(property)
                .append(':')
                .append(color)
                .append(';'));
        return text.toString();
    }

    private static Ink ink(String inkClass) {
        Ink ink = INKS.get(inkClass);
        if (ink == null) {
            throw new IllegalArgumentException("palette: there is no ink '%s'".formatted(inkClass));
        }
        return ink;
    }
}
