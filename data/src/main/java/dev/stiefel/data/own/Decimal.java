package dev.stiefel.data.own;

/// Finite decimal numbers in a text: a sign, digits with or without a point, an exponent; nothing
/// else.
///
/// The result is what [Double#parseDouble] gives, rounded to float. Where the digits and the
/// power of ten are exact doubles, so is their product's rounding (Clinger,
/// doi:10.1145/93542.93557). Elsewhere the product is off by at most 4 units of 2⁻⁵³; if both
/// ends of an interval of ±8 such units round to the same float, that is the result, since
/// rounding is monotone. The rest, a few in a hundred million, goes to [Double#parseDouble].
final class Decimal {
    /// Stands for a text that is no finite decimal number, or none that float can hold.
    static final float NONE = Float.POSITIVE_INFINITY;

    private static final long MOST_DIGITS = (Long.MAX_VALUE - 9) / 10;
    private static final long EXACT = 1L << 53;
    private static final double UNCERTAINTY = 0x1p-50;
    private static final int HIGHEST_EXPONENT = 1_000_000;
    private static final int SHORT = 8; // characters, of which at most six are digits where one is a point
    private static final float EXACT_FLOATS = 0x1p24f;
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final int HIGHEST_POWER = POWERS.length - 1;

    private Decimal() {}

    /// The number as a float, or [#NONE].
    static float parse(char[] text, int from, int to) {
        int i = from;
        boolean negative = i < to && text[i] == '-';
        if (negative || (i < to && text[i] == '+')) {
            i++;
        }
        long digits = 0;
        int scale = 0;
        int firstDigit = i;
        boolean exact = true;
        for (; i < to && isDigit(text[i]); i++) {
            if (digits <= MOST_DIGITS) {
                digits = 10 * digits + (text[i] - '0');
            } else {
                scale++;
                exact = false;
            }
        }
        int count = i - firstDigit;
        if (i < to && text[i] == '.') {
            int point = i++;
            for (; i < to && isDigit(text[i]); i++) {
                if (digits <= MOST_DIGITS) {
                    digits = 10 * digits + (text[i] - '0');
                    scale--;
                } else {
                    exact = false;
                }
            }
            count += i - point - 1;
        }
        if (count == 0) {
            return NONE;
        }
        if (i < to && (text[i] == 'e' || text[i] == 'E')) {
            int exponent = exponent(text, i + 1, to);
            if (exponent > HIGHEST_EXPONENT) {
                return NONE;
            }
            scale += exponent;
            i = to;
        }
        if (i < to) {
            return NONE;
        }
        float magnitude = magnitude(digits, scale, exact, text, firstDigit, to);
        return !Float.isFinite(magnitude) ? NONE : negative ? -magnitude : magnitude;
    }

    /// The number as a double, or infinity if it is none that float can hold.
    static double parseDouble(char[] text, int from, int to) {
        float rounded = parse(text, from, to);
        if (!Float.isFinite(rounded)) {
            return Double.POSITIVE_INFINITY;
        }
        return isSmallInteger(rounded, to - from) ? rounded : Double.parseDouble(new String(text, from, to - from));
    }

    /// Returns whether so many characters that a float was read from cannot say more than the float does: a short
    /// text with a fraction can.
    private static boolean isSmallInteger(float value, int length) {
        return length < SHORT && value == Math.rint(value) && Math.abs(value) < EXACT_FLOATS;
    }

    /// The number as a double, or infinity if it is none that float can hold.
    static double parseDouble(String text) {
        return parseDouble(text.toCharArray(), 0, text.length());
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// The exponent that fills the rest of a text, cut off beyond what any number can have; or
    /// more than [#HIGHEST_EXPONENT].
    private static int exponent(char[] text, int from, int to) {
        int i = from;
        boolean negative = i < to && text[i] == '-';
        if (negative || (i < to && text[i] == '+')) {
            i++;
        }
        if (i == to) {
            return Integer.MAX_VALUE;
        }
        int value = 0;
        for (; i < to; i++) {
            if (!isDigit(text[i])) {
                return Integer.MAX_VALUE;
            }
            value = Math.min(10 * value + (text[i] - '0'), HIGHEST_EXPONENT);
        }
        return negative ? -value : value;
    }

    private static float magnitude(long digits, int scale, boolean exact, char[] text, int from, int to) {
        if (digits == 0) {
            return 0;
        }
        if (Math.abs(scale) <= 2 * HIGHEST_POWER) {
            double value = scaled((double) digits, scale);
            if (exact && digits <= EXACT && Math.abs(scale) <= HIGHEST_POWER) {
                return (float) value;
            }
            float low = (float) (value * (1 - UNCERTAINTY));
            if (low == (float) (value * (1 + UNCERTAINTY))) {
                return low;
            }
        }
        return (float) Double.parseDouble(new String(text, from, to - from));
    }

    private static double scaled(double digits, int scale) {
        double value = digits;
        int left = Math.abs(scale);
        while (left > 0) {
            double power = POWERS[Math.min(left, HIGHEST_POWER)];
            value = scale < 0 ? value / power : value * power;
            left -= HIGHEST_POWER;
        }
        return value;
    }
}
