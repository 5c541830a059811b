package dev.stiefel.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One Python dictionary of constants, as the header of an npy file has it: texts without escapes, whole numbers,
/// `True`, `False`, and tuples and lists of these. Nothing is evaluated.
final class PythonLiteral {
    private static final int DEEPEST = 8;

    private final String text;
    private int at;

    PythonLiteral(String text) {
        this.text = text;
    }

    /// The dictionary that the text is, blanks aside: keys are texts; values are `String`, `Long`, `Boolean` or a
    /// `List` of values.
    Map<String, Object> dictionary() throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        expect('{');
        while (!accept('}')) {
            String key = string();
            expect(':');
            if (all.put(key, value(0)) != null) {
                throw new IOException("the header says %s twice".formatted(Failures.quote(key)));
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skipBlanks();
        if (at < text.length()) {
            throw broken("nothing after the dictionary");
        }
        return all;
    }

    private Object value(int depth) throws IOException {
        skipBlanks();
        if (depth > DEEPEST) {
            throw broken("no more than %d brackets in each other".formatted(DEEPEST));
        }
        return switch (peek()) {
            case '\'', '"' -> string();
            case '(' -> sequence('(', ')', depth);
            case '[' -> sequence('[', ']', depth);
            default -> word();
        };
    }

    private List<Object> sequence(char open, char close, int depth) throws IOException {
        List<Object> all = new ArrayList<>();
        expect(open);
        while (!accept(close)) {
            all.add(value(depth + 1));
            if (!accept(',')) {
                if (all.size() == 1 && open == '(') {
                    throw broken("a comma in a tuple of one");
                }
                expect(close);
                break;
            }
        }
        return List.copyOf(all);
    }

    private String string() throws IOException {
        skipBlanks();
        char quote = peek();
        if (quote != '\'' && quote != '"') {
            throw broken("a text in quotes");
        }
        int end = text.indexOf(quote, at + 1);
        String inside = end < 0 ? "\\" : text.substring(at + 1, end);
        if (inside.indexOf('\\') >= 0) {
            throw broken("a text that ends, without escapes");
        }
        at = end + 1;
        return inside;
    }

    private Object word() throws IOException {
        int from = at;
        while (at < text.length() && (Character.isLetterOrDigit(peek()) || peek() == '-' || peek() == '_')) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "True" -> true;
            case "False" -> false;
            default -> integer(word, from);
        };
    }

    private Long integer(String word, int from) throws IOException {
        try {
            // Python 2 wrote an L after a long integer.
            return Long.valueOf(word.endsWith("L") ? word.substring(0, word.length() - 1) : word);
        } catch (NumberFormatException e) {
            at = from;
            throw (IOException) broken("a constant").initCause(e);
        }
    }

    private void expect(char wanted) throws IOException {
        if (!accept(wanted)) {
            throw broken("'" + wanted + "'");
        }
    }

    private boolean accept(char wanted) {
        skipBlanks();
        boolean there = peek() == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private void skipBlanks() {
        while (at < text.length() && (peek() == ' ' || peek() == '\n' || peek() == '\t')) {
            at++;
        }
    }

    /// The character to come; at the end one that means nothing.
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private IOException broken(String wanted) {
        return new IOException("the header is not a dictionary of constants: %s must stand at character %d; got %s"
                .formatted(
                        wanted,
                        at,
                        Failures.quote(
                                text.substring(Math.min(at, text.length())).strip())));
    }
}
