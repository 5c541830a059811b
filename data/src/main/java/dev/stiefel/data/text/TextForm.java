package dev.stiefel.data.text;

import java.text.Normalizer;
import java.util.regex.Pattern;

/// The form that text is brought to before it is cut into tokens.
public enum TextForm {
    /// The text unchanged, so that decoding restores it to the letter.
    VERBATIM,
    /// Unicode's compatibility composition (NFKC).
    NFKC,
    /// NFKC in lower case.
    LOWER_CASE,
    /// NFKC in lower case, without accents (NFD without its combining marks).
    LOWER_CASE_WITHOUT_ACCENTS;

    private static final Pattern MARKS = Pattern.compile("\\p{Mn}+");
    private static final int CAPITAL_I_WITH_DOT = 0x130;

    /// The text in this form.
    public String of(String text) {
        return switch (this) {
            case VERBATIM -> text;
            case NFKC -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case LOWER_CASE -> lowerCase(NFKC.of(text));
            case LOWER_CASE_WITHOUT_ACCENTS ->
                MARKS.matcher(Normalizer.normalize(LOWER_CASE.of(text), Normalizer.Form.NFD))
                        .replaceAll("");
        };
    }

    /// Letter by letter: other tools know no letter's neighbours.
    private static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(each -> {
            if (each == CAPITAL_I_WITH_DOT) {
                lower.append("i\u0307"); // the only one that becomes two
            } else {
                lower.appendCodePoint(Character.toLowerCase(each));
            }
        });
        return lower.toString();
    }
}
