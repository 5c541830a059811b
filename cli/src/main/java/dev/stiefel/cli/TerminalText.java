package dev.stiefel.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Figures as people read them.
final class TerminalText {
    private static final int SHOWN_RANKS = 12;

    private TerminalText() {}

    /// A share of one: `97.12 %`.
    static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    /// Four digits that count.
    static String number(double value) {
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

    /// With a comma each three digits.
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String bytes(long value) {
        if (value < 1000) {
            return value + " bytes";
        }
        return value < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", value / 1e3)
                : value < 1_000_000_000
                        ? String.format(Locale.ROOT, "%.1f MB", value / 1e6)
                        : String.format(Locale.ROOT, "%.2f GB", value / 1e9);
    }

    static String duration(double seconds) {
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
                ? "%d min %02d s".formatted(whole / 60, whole % 60)
                : "%d h %02d min".formatted(whole / 3600, whole / 60 % 60);
    }

    /// A clock that runs down: `1:05`, `2:03:00`.
    static String clock(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }

    /// All of a few, smallest and largest of many.
    static String ranks(List<Integer> ranks) {
        if (ranks.size() > SHOWN_RANKS) {
            return "%d to %d"
                    .formatted(
                            ranks.stream().mapToInt(Integer::intValue).min().orElseThrow(),
                            ranks.stream().mapToInt(Integer::intValue).max().orElseThrow());
        }
        return ranks.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
