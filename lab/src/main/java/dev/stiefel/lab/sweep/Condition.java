package dev.stiefel.lab.sweep;

import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Condition for combinations that a sweep leaves out: `rank > width`, `method == dense and (l1 > 0 or l2 > 0)`.
///
/// Comparisons (`<`, `<=`, `>`, `>=`, `==`, `!=`) of options, numbers and words, with `and`,
/// `or`, `not`, parentheses, and `+ - * /` between numbers. A comparison with an option that
/// means nothing to a run, such as the rank of a dense one, is false. Words are those of the
/// options' values; they can only be equal or not.
final class Condition {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(<=|>=|==|!=|<|>|\\(|\\)|\\+|-|\\*|/|[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?"
                    + "|[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]|[A-Za-z])");

    private static final int DEEPEST = 50; // parentheses, 'not' and signs
    private static final int LONGEST = 2_000; // words, signs and parentheses

    private static final int SHOWN = 40;

    private final String text;
    private final Test test;

    private Condition(String text, Test test) {
        this.text = text;
        this.test = test;
    }

    /// Test of the values of a run.
    private interface Test {
        boolean holds(Map<String, Object> values);
    }

    /// A number or a word; empty where an option has no value.
    private interface Term {
        Optional<Object> value(Map<String, Object> values);
    }

    /// @throws IllegalArgumentException if it is none, with the place
    static Condition parse(String text) {
        return new Condition(text, new Parser(text).whole());
    }

    /// Returns whether a run with these values, by key, is to be left out.
    boolean holds(Map<String, Object> values) {
        return test.holds(values);
    }

    @Override
    public String toString() {
        return text;
    }

    private static final class Parser {
        private final String text;
        private final List<String> tokens = new ArrayList<>();
        private int next;
        private int depth;

        Parser(String text) {
            this.text = text;
            Matcher matcher = TOKEN.matcher(text);
            int end = 0;
            while (end < text.length() && matcher.find(end) && matcher.start() == end) {
                tokens.add(matcher.group(1));
                end = matcher.end();
                if (tokens.size() > LONGEST) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "exclude: '%s…' has more than %,d words; use several conditions",
                            text.substring(0, SHOWN),
                            LONGEST));
                }
            }
            if (!text.substring(end).isBlank()) {
                throw wrong("cannot be read from '%s' on"
                        .formatted(text.substring(end).strip()));
            }
        }

        Test whole() {
            Test test = or();
            if (next < tokens.size()) {
                throw wrong("has '%s' where 'and', 'or' or the end must be".formatted(tokens.get(next)));
            }
            return test;
        }

        private Test or() {
            Test left = and();
            while (take("or")) {
                Test first = left;
                Test second = and();
                left = values -> first.holds(values) || second.holds(values);
            }
            return left;
        }

        private Test and() {
            Test left = not();
            while (take("and")) {
                Test first = left;
                Test second = not();
                left = values -> first.holds(values) && second.holds(values);
            }
            return left;
        }

        private Test not() {
            if (take("not")) {
                deeper("'not'");
                Test inner = not();
                depth--;
                return values -> !inner.holds(values);
            }
            if (isPeek("(") && isTestInParentheses()) {
                take("(");
                deeper("parentheses");
                Test inner = or();
                expect(")");
                depth--;
                return inner;
            }
            return comparison();
        }

        /// Returns whether the parenthesis here holds a comparison, and not just numbers.
        private boolean isTestInParentheses() {
            int open = 0;
            for (int i = next; i < tokens.size(); i++) {
                String token = tokens.get(i);
                open += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
                if (open == 0) {
                    return false;
                }
                if (token.matches("[<>=!].*|and|or|not")) {
                    return true;
                }
            }
            return true;
        }

        private Test comparison() {
            Term left = sum();
            if (next >= tokens.size() || !tokens.get(next).matches("[<>=!].*")) {
                throw wrong("must compare, as in 'rank > width'");
            }
            String operator = tokens.get(next++);
            Term right = sum();
            return values -> {
                Optional<Object> a = left.value(values);
                Optional<Object> b = right.value(values);
                return a.isPresent() && b.isPresent() && compare(a.get(), operator, b.get());
            };
        }

        private boolean compare(Object a, String operator, Object b) {
            if (a instanceof Double x && b instanceof Double y) {
                return switch (operator) {
                    case "<" -> x < y;
                    case "<=" -> x <= y;
                    case ">" -> x > y;
                    case ">=" -> x >= y;
                    case "==" -> x.doubleValue() == y.doubleValue();
                    default -> x.doubleValue() != y.doubleValue();
                };
            }
            return switch (operator) {
                case "==" -> a.equals(b);
                case "!=" -> !a.equals(b);
                default -> throw wrong("can only say whether '%s' and '%s' are equal".formatted(a, b));
            };
        }

        private Term sum() {
            Term left = product();
            while (isPeek("+") || isPeek("-")) {
                left = combined(left, tokens.get(next++), product());
            }
            return left;
        }

        private Term product() {
            Term left = factor();
            while (isPeek("*") || isPeek("/")) {
                left = combined(left, tokens.get(next++), factor());
            }
            return left;
        }

        private Term combined(Term left, String operator, Term right) {
            return values -> {
                Optional<Object> a = left.value(values);
                Optional<Object> b = right.value(values);
                if (a.isEmpty() || b.isEmpty()) {
                    return Optional.empty();
                }
                if (!(a.get() instanceof Double x && b.get() instanceof Double y)) {
                    throw wrong("can only calculate with numbers; got '%s' and '%s'".formatted(a.get(), b.get()));
                }
                return Optional.of(
                        switch (operator) {
                            case "+" -> x + y;
                            case "-" -> x - y;
                            case "*" -> x * y;
                            default -> x / y;
                        });
            };
        }

        private Term factor() {
            if (next >= tokens.size()) {
                throw wrong("ends where an option, a number or a word must be");
            }
            if (take("(")) {
                deeper("parentheses");
                Term inner = sum();
                expect(")");
                depth--;
                return inner;
            }
            if (take("-")) {
                deeper("signs");
                Term inner = combined(_ -> Optional.of(0.0), "-", factor());
                depth--;
                return inner;
            }
            String token = tokens.get(next++);
            if (Character.isDigit(token.charAt(0))) {
                return constant(number(token));
            }
            if (!Character.isLetter(token.charAt(0))) {
                throw wrong("has '%s' where an option, a number or a word must be".formatted(token));
            }
            Optional<Option<?>> option = Options.all().stream()
                    .filter(each -> each.key().equals(token) || each.flag().equals(token))
                    .findFirst();
            if (option.isEmpty() && isFirstOfComparison()) {
                Options.of(token); // says what is nearest
            }
            return option.<Term>map(each -> values -> Optional.ofNullable(values.get(each.key())))
                    .orElseGet(() -> constant(token));
        }

        /// Returns whether what was just taken stands on the left of a comparison, where an option is meant.
        private boolean isFirstOfComparison() {
            return next < tokens.size() && tokens.get(next).matches("[<>=!].*");
        }

        private static Term constant(Object value) {
            return _ -> Optional.of(value);
        }

        private double number(String token) {
            try {
                return Double.parseDouble(token);
            } catch (NumberFormatException e) {
                throw wrong("has '%s', which is no number".formatted(token));
            }
        }

        private void deeper(String what) {
            if (++depth > DEEPEST) {
                throw wrong("has more than %s %s in one another".formatted(DEEPEST, what));
            }
        }

        private boolean isPeek(String token) {
            return next < tokens.size() && tokens.get(next).equals(token);
        }

        private boolean take(String token) {
            boolean found = isPeek(token);
            next += found ? 1 : 0;
            return found;
        }

        private void expect(String token) {
            if (!take(token)) {
                throw wrong("lacks a '%s'".formatted(token));
            }
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("exclude: '%s' %s".formatted(text, what));
        }
    }
}
