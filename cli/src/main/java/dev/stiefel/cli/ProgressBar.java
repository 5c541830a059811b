package dev.stiefel.cli;

import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// State of training, in one line that fits.
///
/// The bar takes what room the words leave. Where that is too little, words get shorter or go, the least wanted
/// first: validation, further measures, ranks, accuracy, time left.
///
/// @param epoch under way, counted from 1
/// @param epochs in all
/// @param done the share of all steps, in `[0, 1]`
/// @param loss of the epoch's samples so far
/// @param accuracy of the epoch's samples so far; NaN where there are no classes
/// @param further figures of further measures by name, of the epoch's samples so far
/// @param judged the accuracy on held-out samples at the end of the epoch before
/// @param ranks of the factored weights
/// @param secondsLeft if there has been time to tell
record ProgressBar(
        int epoch,
        int epochs,
        double done,
        double loss,
        double accuracy,
        Map<String, Double> further,
        Optional<Double> judged,
        List<Integer> ranks,
        OptionalDouble secondsLeft) {
    private static final int LEAST_BAR = 8;
    private static final int LARGEST_BAR = 40;
    private static final String GAP = "  ";
    private static final String GREEN = "\u001b[32m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    /// Length of the line: the most important words last.
    private enum Telling {
        ALL("epoch ", "accuracy ", true, true, true, true, true),
        NOT_VALIDATION("epoch ", "accuracy ", false, true, true, true, true),
        NOT_FURTHER("epoch ", "accuracy ", false, false, true, true, true),
        SHORT("", "acc ", false, false, true, true, true),
        NOT_RANKS("", "acc ", false, false, false, true, true),
        NOT_ACCURACY("", "acc ", false, false, false, false, true),
        ONLY_LOSS("", "acc ", false, false, false, false, false);

        private final String epoch;
        private final String accuracy;
        private final boolean withJudged;
        private final boolean withFurther;
        private final boolean withRanks;
        private final boolean withAccuracy;
        private final boolean withTime;

        Telling(
                String epoch,
                String accuracy,
                boolean withJudged,
                boolean withFurther,
                boolean withRanks,
                boolean withAccuracy,
                boolean withTime) {
            this.epoch = epoch;
            this.accuracy = accuracy;
            this.withJudged = withJudged;
            this.withFurther = withFurther;
            this.withRanks = withRanks;
            this.withAccuracy = withAccuracy;
            this.withTime = withTime;
        }
    }

    /// The line, at most `columns` wide (colours not counted).
    String render(int columns, boolean color, boolean unicode) {
        for (Telling telling : Telling.values()) {
            String before = "%s%s/%s".formatted(telling.epoch, epoch, epochs) + GAP;
            String after = GAP + String.join(GAP, words(telling));
            int room = Math.min(LARGEST_BAR, columns - DisplayWidth.of(before) - DisplayWidth.of(after));
            if (room >= LEAST_BAR) {
                return before + bar(room, color, unicode) + after;
            }
        }
        String bare = "%s/%s".formatted(epoch, epochs) + GAP + String.join(GAP, words(Telling.ONLY_LOSS));
        return DisplayWidth.cut(bare, columns, unicode);
    }

    private List<String> words(Telling telling) {
        List<String> words = new ArrayList<>();
        words.add("loss " + NumberText.fourDigits(loss));
        if (telling.withAccuracy && !Double.isNaN(accuracy)) {
            words.add(telling.accuracy + NumberText.percent(accuracy));
        }
        if (telling.withFurther) {
            further.forEach((name, figure) -> words.add(name + " " + NumberText.fourDigits(figure)));
        }
        if (telling.withJudged) {
            judged.ifPresent(share -> words.add("validation " + NumberText.percent(share)));
        }
        if (telling.withRanks && !ranks.isEmpty()) {
            words.add("ranks " + NumberText.ranks(ranks));
        }
        if (telling.withTime) {
            secondsLeft.ifPresent(seconds -> words.add(NumberText.clock(seconds) + " left"));
        }
        return words;
    }

    private String bar(int width, boolean color, boolean unicode) {
        int full = (int) Math.round(done * width);
        String before = (unicode ? "━" : "#").repeat(full);
        String after = (unicode ? color ? "━" : "┄" : ".").repeat(width - full);
        return color ? GREEN + before + PLAIN + DIM + after + PLAIN : before + after;
    }
}
