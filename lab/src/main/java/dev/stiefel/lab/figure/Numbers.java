package dev.stiefel.lab.figure;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// How numbers are written in figures.
final class Numbers {
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private Numbers() {}

    /// A coordinate: to a tenth.
    static String coordinate(double value) {
        long tenths = Math.round(value * 10);
        long whole = Math.abs(tenths) / 10;
        long rest = Math.abs(tenths) % 10;
        String digits = rest == 0 ? Long.toString(whole) : (whole == 0 ? "" : Long.toString(whole)) + "." + rest;
        return tenths < 0 ? "-" + digits : digits;
    }

    /// How many, whatever the machine's language.
    static String count(long number) {
        return grouped(BigDecimal.valueOf(number));
    }

    /// A value to four digits, as its axis writes it.
    static String shown(double value, Notation notation) {
        return switch (notation) {
            case PERCENT -> plain(value * 100) + "\u00A0%";
            case YEAR -> Long.toString(Math.round(value));
            case PLAIN -> plain(value);
        };
    }

    private static String plain(double value) {
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        if (size >= 1e7 || size < 1e-4) {
            return scientific(value, 3);
        }
        BigDecimal rounded = size >= 1000 && value == Math.rint(value)
                ? BigDecimal.valueOf((long) value)
                : new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_EVEN));
        return grouped(rounded.stripTrailingZeros());
    }

    /// With so many digits after the point.
    static String fixed(double value, int decimals) {
        return grouped(new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN));
    }

    /// As a multiple of a power of ten.
    static String scientific(double value, int digits) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        BigDecimal mantissa = rounded.movePointLeft(exponent).stripTrailingZeros();
        if (exponent == 0) {
            return grouped(mantissa);
        }
        String power = "10" + superscript(exponent);
        String sign = mantissa.signum() < 0 ? "−" : "";
        return mantissa.abs().compareTo(BigDecimal.ONE) == 0
                ? sign + power
                : sign + mantissa.abs().toPlainString() + "·" + power;
    }

    private static String superscript(int exponent) {
        StringBuilder text = new StringBuilder(exponent < 0 ? "⁻" : "");
        for (char digit : Integer.toString(Math.abs(exponent)).toCharArray()) {
            text.append(SUPERSCRIPTS.charAt(digit - '0'));
        }
        return text.toString();
    }

    private static String grouped(BigDecimal value) {
        String digits = value.abs().toPlainString();
        int point = digits.indexOf('.');
        StringBuilder text = new StringBuilder(digits);
        for (int i = (point < 0 ? digits.length() : point) - 3; i > 0; i -= 3) {
            text.insert(i, ',');
        }
        return value.signum() < 0 ? "−" + text : text.toString();
    }
}
