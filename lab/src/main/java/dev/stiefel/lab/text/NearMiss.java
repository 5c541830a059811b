package dev.stiefel.lab.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// The known name that is nearest to a mistyped one.
public final class NearMiss {
    private NearMiss() {}

    /// The nearest of the names, unless more than about a third of the letters differ.
    public static Optional<String> of(String typed, Collection<String> names) {
        return nearest(typed, names)
                .filter(name -> distance(typed, name) <= Math.max(1, Math.max(typed.length(), name.length()) / 3));
    }

    /// The end of a message, `; did you mean 'NAME'?`, with the name that [#of] gives.
    public static Optional<String> question(String typed, Collection<String> names) {
        return of(typed, names).map("; did you mean '%s'?"::formatted);
    }

    /// The nearest of the names, however far it is.
    public static Optional<String> nearest(String typed, Collection<String> names) {
        return names.stream().min(Comparator.comparingInt(name -> distance(typed, name)));
    }

    /// Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment); case is ignored.
    public static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(int[][] d, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
    }
}
