package dev.stiefel.data.own;

/// What a table's cell says when it is no number.
final class MissingValues {
    private MissingValues() {}

    /// Whether it is empty or one of the usual names of a missing value.
    static boolean isMissing(char[] text, int from, int to) {
        return switch (to - from) {
            case 0 -> true;
            case 1 -> text[from] == '?';
            case 2 -> matches("na", text, from);
            case 3 -> matches("nan", text, from) || matches("n/a", text, from);
            case 4 -> matches("null", text, from);
            default -> false;
        };
    }

    /// Whether it is empty or one of the usual names of a missing value.
    static boolean isMissing(String text) {
        return text.length() <= "null".length() && isMissing(text.toCharArray(), 0, text.length());
    }

    private static boolean matches(String lowerCase, char[] text, int from) {
        for (int i = 0; i < lowerCase.length(); i++) {
            char c = text[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
