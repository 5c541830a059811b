package dev.stiefel.data.text;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words that pieces are learned and applied in, as BERT has them: text between white space, where every
/// punctuation character and every Chinese character is a word of its own. Control characters count as white space.
final class PieceWords {
    /// A control or format character, or half of a character.
    static final String CONTROL = "[\\p{Cc}\\p{Cf}\\p{Cs}]";

    /// A Chinese character: the CJK ideographs of Unicode, as ranges between literal characters.
    static final String CHINESE =
            "[" + range(0x4e00, 0x9fff) + range(0x3400, 0x4dbf) + range(0x20000, 0x2a6df) + range(0x2a700, 0x2b73f)
                    + range(0x2b740, 0x2b81f) + range(0x2b820, 0x2ceaf) + range(0xf900, 0xfaff)
                    + range(0x2f800, 0x2fa1f) + "]";

    private static final String PUNCTUATION = "[!-/:-@\\[-`{-~\\p{P}]";
    private static final Pattern CONTROLS = Pattern.compile(CONTROL);
    private static final Pattern WORD = Pattern.compile(
            PUNCTUATION + "|" + CHINESE + "|[^\\s" + PUNCTUATION + CHINESE + "]+", Pattern.UNICODE_CHARACTER_CLASS);

    private PieceWords() {}

    private static String range(int first, int last) {
        return Character.toString(first) + "-" + Character.toString(last);
    }

    static void forEach(String text, Consumer<String> action) {
        Matcher matcher = WORD.matcher(CONTROLS.matcher(text).replaceAll(" "));
        while (matcher.find()) {
            action.accept(matcher.group());
        }
    }
}
