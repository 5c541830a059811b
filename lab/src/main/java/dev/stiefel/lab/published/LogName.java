package dev.stiefel.lab.published;

import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Options that the name of an experiment's folder gives, such as
/// `DLRT(Rank10)TestDim1-500ep250batch256lr1e-3Noise20Dataset10`: the method, its rank, the
/// widths, epochs, batch size, learning rate, label noise, share of the data and penalty.
final class LogName {
    static final String EXAMPLE = "DLRT(Rank10)TestDim1-500ep250batch256lr1e-3Noise20Dataset10L1Reg0-1";

    private static final Pattern PATTERN = Pattern.compile("(?<first>SGD)?"
            + "(DLRT\\(Rank(?<rank>\\d{1,6})(-(?<lastRank>\\d{1,6}))?\\))?"
            + "(?<second>SGD)?"
            + "TestDim(?<width>\\d{1,6})(-(?<lastWidth>\\d{1,6}))?"
            + "ep(?<epochs>\\d{1,6})"
            + "batch(?<batch>\\d{1,9})"
            + "lr(?<rate>\\d+(\\.\\d+)?(e-?\\d{1,2})?)"
            + "(Noise(?<noise>\\d{1,3}))?"
            + "(Dataset(?<share>\\d{1,3}))?"
            + "((?<kind>L1L2|L1|L2)?Reg(?<full>Full)?(?<strength>\\d{1,3}(-\\d{1,6})?))?");

    private static final int DEPTH = 4; // as many as there are columns of ranks

    /// The folder of the experiments that trained on all 60,000 samples: their names do not
    /// tell.
    private static final String FULL_SET = "FullSet";

    private final Matcher name;
    private final boolean wholeSet;

    private LogName(Matcher name, boolean wholeSet) {
        this.name = name;
        this.wholeSet = wholeSet;
    }

    /// @param configuration the path of the experiment's folder; its last name tells the
    ///     experiment
    /// @param place path of the logs, which may show that nothing was held out
    /// @throws IllegalArgumentException if it cannot be read
    static LogName of(String configuration, String place) {
        String last = configuration.substring(configuration.lastIndexOf('/') + 1);
        Matcher matcher = PATTERN.matcher(last);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the folder's name must read like %s".formatted(EXAMPLE));
        }
        LogName name = new LogName(matcher, (place + "/" + configuration).contains(FULL_SET));
        if (name.has("lastRank") && name.has("lastWidth")) {
            throw new IllegalArgumentException(
                    "the folder's name gives ranges of ranks and of widths, so that a file's number may be either");
        }
        return name;
    }

    int epochs() {
        return number("epochs");
    }

    boolean isLowRank() {
        return has("rank");
    }

    /// Returns whether a part of the name has no option here, so that the run is not quite what was trained.
    boolean hasFullPenalty() {
        return has("full");
    }

    /// The run of a file: its number is the rank or the width, whichever has a range in the name.
    ///
    /// @throws IllegalArgumentException if there cannot be such a run
    RunSpec spec(int file, int run) {
        int width = pick("width", "lastWidth", file);
        Map<String, Object> choices = new LinkedHashMap<>();
        choices.put("legacy", true);
        choices.put("method", isLowRank() ? "bug" : "dense");
        if (isLowRank()) {
            choices.put("rank", pick("rank", "lastRank", file));
        }
        choices.put("width", width);
        choices.put("depth", DEPTH);
        choices.put("optimizer", has("first") || has("second") ? "sgd" : "adam");
        choices.put("learningRate", group("rate"));
        choices.put("epochs", epochs());
        choices.put("batchSize", number("batch"));
        choices.put("seed", run);
        choices.put("threads", 1);
        choices.put("labelNoise", percent("noise", 0));
        choices.put("trainFraction", percent("share", 100));
        choices.put("evaluationFraction", percent("share", 100));
        if (wholeSet) {
            choices.put("validation", 0);
        }
        if (has("strength")) {
            double strength = Double.parseDouble(text("strength").replace('-', '.')) / 100;
            double rounded = Math.round(strength * 1e9) / 1e9; // 0.25 / 100 is 0.0025
            String kind = has("kind") ? text("kind") : "L2";
            if (kind.contains("L1")) {
                choices.put("l1", rounded);
            }
            if (kind.contains("L2")) {
                choices.put("l2", rounded);
            }
        }
        return Presets.of("mnist", choices).spec();
    }

    private int pick(String from, String to, int file) {
        int first = number(from);
        if (!has(to)) {
            return first;
        }
        int last = number(to);
        if (file < first || file > last) {
            throw new IllegalArgumentException(
                    "the file's number must be in [%s, %s], as the folder's name says; got %s"
                            .formatted(first, last, file));
        }
        return file;
    }

    private double percent(String group, int otherwise) {
        return (has(group) ? number(group) : otherwise) / 100.0;
    }

    private boolean has(String group) {
        return group(group) != null;
    }

    private int number(String group) {
        return Integer.parseInt(text(group));
    }

    private String text(String group) {
        String text = group(group);
        if (text == null) {
            throw new IllegalStateException("the name has no " + group);
        }
        return text;
    }

    private @Nullable String group(String group) {
        return name.group(group);
    }
}
