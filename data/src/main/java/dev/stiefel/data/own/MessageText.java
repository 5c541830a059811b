package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Texts from users' files, fit for a one-line message, and in the order that users expect.
final class MessageText {
    private static final int LONGEST_QUOTE = 80;
    private static final int LONGEST_LIST = 12;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private static final Pattern PLAIN_WORD = Pattern.compile("[\\p{L}\\p{N}_.-]+");

    private MessageText() {}

    /// Like [String#formatted], but with the same digits and separators wherever it runs.
    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency
    static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    /// Quoted, on one line, of bounded length.
    static String quote(String text) {
        return "'" + brief(text) + "'";
    }

    /// On one line, of bounded length.
    static String brief(String text) {
        String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return UNPRINTABLE.matcher(shown).replaceAll("?");
    }

    /// An option for a column, as it is typed: `--ignore id`.
    static String option(String flag, String column) {
        return flag + " " + (PLAIN_WORD.matcher(column).matches() ? column : quote(column));
    }

    /// The first names, and how many more there are.
    static String list(List<String> names) {
        String shown =
                names.stream().limit(LONGEST_LIST).map(MessageText::brief).collect(Collectors.joining(", "));
        return names.size() <= LONGEST_LIST
                ? shown
                : MessageText.format("%s and %,d more", shown, names.size() - LONGEST_LIST);
    }

    /// Texts by their numbers if all are numbers, else by their characters.
    static List<String> sorted(List<String> texts) {
        Comparator<String> order = Comparator.naturalOrder();
        if (texts.stream().allMatch(text -> Double.isFinite(Decimal.parseDouble(text)))) {
            order = Comparator.<String>comparingDouble(Decimal::parseDouble).thenComparing(order);
        }
        return texts.stream().sorted(order).toList();
    }

    static IOException cannotRead(Path path, Exception cause) {
        return new IOException("cannot read " + path + ": " + reason(path, cause), cause);
    }

    private static String reason(Path path, Exception cause) {
        return switch (cause) {
            case NoSuchFileException missing ->
                (path.toString().equals(missing.getFile()) ? "it" : missing.getFile()) + " does not exist";
            case NotDirectoryException file -> file.getFile() + " is not a folder";
            case AccessDeniedException _ -> "permission denied";
            case ClosedByInterruptException _ -> "the thread was interrupted";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }
}
