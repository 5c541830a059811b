package dev.stiefel.lab.run;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The known name that a mistyped one is nearest to.
final class NearMiss {
    private NearMiss() {}

    /// The nearest of the names by edits (insertions, deletions, replacements of one letter), unless more than about a
    /// third of the letters differ.
    static Optional<String> of(String typed, List<String> names) {
        String lower = typed.toLowerCase(Locale.ROOT);
        return names.stream()
                .min(Comparator.comparingInt(name -> edits(lower, name.toLowerCase(Locale.ROOT))))
                .filter(name -> edits(lower, name.toLowerCase(Locale.ROOT))
                        <= Math.max(1, Math.max(typed.length(), name.length()) / 3));
    }

    private static int edits(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
