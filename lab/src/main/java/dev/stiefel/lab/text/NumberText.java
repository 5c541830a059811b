package dev.stiefel.lab.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Numbers as people read them: on terminals, on pages and in charts, whatever the machine's language.
public final class NumberText {
    private static final int SHOWN_RANKS = 12;
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private NumberText() {}

    /// A fraction in percent: `97.12 %`.
    public static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.2f %%", 100 * share) : "–";
    }

    /// A number to four significant digits, for terminals, whole or not: `3.000`, `0.1235`, `1.235e-04`.
    public static String fourDigits(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "–" : value > 0 ? "infinite" : "-infinite";
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= 1e6)) {
            return String.format(Locale.ROOT, "%.3e", value);
        }
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /// A count with a comma every three digits: `60,000`.
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /// A size in memory or on disk: `47.0 MB`.
    public static String bytes(long value) {
        if (value < 1000) {
            return value + " bytes";
        }
        return value < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", value / 1e3)
                : value < 1_000_000_000
                        ? String.format(Locale.ROOT, "%.1f MB", value / 1e6)
                        : String.format(Locale.ROOT, "%.2f GB", value / 1e9);
    }

    /// A duration in the unit that fits, from microseconds to hours: `890 µs`, `12.3 ms`, `2 h 01 min`.
    public static String anyDuration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "–";
        }
        if (seconds < 1e-3) {
            return String.format(Locale.ROOT, "%.0f µs", 1e6 * seconds);
        }
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.3g ms", 1e3 * seconds);
        }
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%s min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%s h %02d min", whole / 3600, whole / 60 % 60);
    }

    /// A clock that runs down: `1:05`, `2:03:00`.
    public static String clock(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%s:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%s:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    /// All of a few, smallest and largest of many.
    public static String ranks(List<Integer> ranks) {
        if (ranks.size() > SHOWN_RANKS) {
            int least = ranks.stream().mapToInt(Integer::intValue).min().orElseThrow();
            int most = ranks.stream().mapToInt(Integer::intValue).max().orElseThrow();
            return least == most ? "all " + least : "%s to %s".formatted(least, most);
        }
        return ranks.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /// A mean and its standard deviation in percent: `97.12 ± 0.08 %`.
    public static String percent(double mean, double deviation) {
        return Double.isFinite(deviation)
                ? String.format(Locale.ROOT, "%.2f ± %.2f %%", 100 * mean, 100 * deviation)
                : percent(mean);
    }

    /// A number on a page: whole ones exactly, with separators, others to about four significant digits: `3`, `60,000`,
    /// `0.1235`.
    public static String withCommas(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        double size = Math.abs(value);
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
        return size < 1e-3 || size >= 1e9
                ? String.format(Locale.ROOT, "%.3e", value)
                : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /// A count with its noun: `1 run`, `2,000 runs`.
    public static String count(long value, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", value, value == 1 ? one : many);
    }

    /// A duration to a tenth of a second, or to seconds or minutes where it is longer: `0.0 s`, `2 h 01 min`.
    public static String durationToTenths(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%s min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%s h %02d min", whole / 3600, whole / 60 % 60);
    }

    /// A coordinate in a drawing, to a tenth, as short as can be: `12`, `-.3`.
    public static String coordinate(double value) {
        long tenths = Math.round(value * 10);
        long whole = Math.abs(tenths) / 10;
        long rest = Math.abs(tenths) % 10;
        String digits = rest == 0 ? Long.toString(whole) : (whole == 0 ? "" : Long.toString(whole)) + "." + rest;
        return tenths < 0 ? "-" + digits : digits;
    }

    /// A number to four significant digits as charts typeset it: `1,000`, `0.25`, `3·10⁷`.
    public static String typeset(double value) {
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
        return separated(rounded.stripTrailingZeros());
    }

    /// A number with so many digits after the point, as charts typeset it.
    public static String fixed(double value, int decimals) {
        return separated(new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN));
    }

    /// A number as a multiple of a power of ten: `3.14·10²³`.
    public static String scientific(double value, int digits) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        BigDecimal mantissa = rounded.movePointLeft(exponent).stripTrailingZeros();
        if (exponent == 0) {
            return separated(mantissa);
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

    private static String separated(BigDecimal value) {
        String digits = value.abs().toPlainString();
        int point = digits.indexOf('.');
        StringBuilder text = new StringBuilder(digits);
        for (int i = (point < 0 ? digits.length() : point) - 3; i > 0; i -= 3) {
            text.insert(i, ',');
        }
        return value.signum() < 0 ? "−" + text : text.toString();
    }
}
