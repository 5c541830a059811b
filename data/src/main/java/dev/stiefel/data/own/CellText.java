package dev.stiefel.data.own;

import java.text.Normalizer;

/// Texts of cells, so that those which look alike are alike: without spaces of any kind around them, with plain spaces
/// in them, and with composed characters (Unicode's form NFC).
final class CellText {
    private CellText() {}

    static String of(char[] text, int from, int to) {
        return of(new String(text, from, to - from));
    }

    static String of(String text) {
        if (isAscii(text)) {
            return text;
        }
        StringBuilder spaced = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isInvisible(c)) {
                spaced.append(Character.isSpaceChar(c) ? ' ' : c);
            }
        }
        return Normalizer.normalize(spaced.toString().strip(), Normalizer.Form.NFC);
    }

    /// Returns whether it has no width: a byte order mark or a zero-width space. (Joiners are parts of words.)
    private static boolean isInvisible(char c) {
        return c == '\ufeff' || c == '\u200b' || c == '\u2060';
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
