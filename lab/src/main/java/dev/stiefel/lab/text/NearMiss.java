package dev.stiefel.lab.text;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The known name that a mistyped one is nearest to.
public final class NearMiss {
    private NearMiss() {}

    /// The nearest of the names by edits (one letter in, out or another; two neighbours
    /// swapped), unless more than
    /// about a
    /// third of the letters differ.
    public static Optional<String> of(String typed, List<String> names) {
        String lower = typed.toLowerCase(Locale.ROOT);
        return names.stream()
                .min(Comparator.comparingInt(name -> edits(lower, name.toLowerCase(Locale.ROOT))))
                .filter(name -> edits(lower, name.toLowerCase(Locale.ROOT))
                        <= Math.max(1, Math.max(typed.length(), name.length()) / 3));
    }

    private static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1]; // between the first i letters and the first j
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
