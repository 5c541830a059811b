package dev.stiefel.data.own;

import java.util.Set;

/// The digits of a cell without the signs around them: a minus of any kind, a currency, a percent sign.
final class SignedText {
    private static final int CODE = 3;
    private static final Set<String> CODES = Set.of(
            "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "KRW",
            "MXN", "NOK", "NZD", "PLN", "RUB", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "ZAR");

    private final char[] text;
    private int from;
    private int to;
    private boolean negative;
    private String unit = "";
    private boolean valid = true;

    private SignedText(char[] text, int from, int to) {
        this.text = text;
        this.from = from;
        this.to = to;
    }

    /// Takes the signs off; what is left need not be a number.
    static SignedText of(char[] text, int from, int to) {
        SignedText signed = new SignedText(text, from, to);
        signed.strip();
        return signed;
    }

    /// Returns whether a text begins as numbers do, with or without signs.
    static boolean canBegin(String text) {
        char c = text.charAt(0);
        return !(c >= 'a' && c <= 'z')
                && (NumberReader.isDigit(c)
                        || "+-(.,\u2212\u2013".indexOf(c) >= 0
                        || Character.getType(c) == Character.CURRENCY_SYMBOL
                        || (text.length() > CODE && CODES.contains(text.substring(0, CODE))));
    }

    private void strip() {
        boolean more = true;
        while (more && from < to) {
            more = stripFirst() || stripLast();
        }
    }

    private boolean stripFirst() {
        char c = text[from];
        if (c == '(' && text[to - 1] == ')' && to - from > 2) {
            from++;
            to--;
            return negate();
        }
        if (c == '-' || c == '\u2212' || c == '\u2013') {
            from++;
            return negate();
        }
        if (c == '+' && !negative) {
            from++;
            return true;
        }
        if (isSpace(c)) {
            from++;
            return true;
        }
        if (Character.getType(c) == Character.CURRENCY_SYMBOL) {
            from++;
            return unit(String.valueOf(c));
        }
        if (to - from > CODE && CODES.contains(new String(text, from, CODE))) {
            from += CODE;
            return unit(new String(text, from - CODE, CODE));
        }
        return false;
    }

    private boolean stripLast() {
        char c = text[to - 1];
        if (c == '-' || c == '\u2212') {
            to--;
            return negate();
        }
        if (isSpace(c)) {
            to--;
            return true;
        }
        if (c == '%' || Character.getType(c) == Character.CURRENCY_SYMBOL) {
            to--;
            return unit(String.valueOf(c));
        }
        if (to - from > CODE && CODES.contains(new String(text, to - CODE, CODE))) {
            to -= CODE;
            return unit(new String(text, to, CODE));
        }
        return false;
    }

    private boolean negate() {
        valid &= !negative; // two of them are none
        negative = true;
        return true;
    }

    private boolean unit(String sign) {
        valid &= unit.isEmpty();
        unit = sign;
        return true;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || Character.isSpaceChar(c);
    }

    /// Returns whether the signs can be those of one number.
    boolean isValid() {
        return valid && from < to;
    }

    /// The start of the digits.
    int from() {
        return from;
    }

    /// The end of the digits.
    int to() {
        return to;
    }

    boolean isNegative() {
        return negative;
    }

    /// The currency or percent sign; empty for none.
    String unit() {
        return unit;
    }
}
