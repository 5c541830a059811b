package dev.stiefel.cli;

import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/// The flags that choose how a run is trained: one for each of the library's [Options], with its name, rule and
/// description.
final class TrainOptions {
    private static final int FIRST_IN_HELP = 10;

    private final Map<String, String> choices = new LinkedHashMap<>();

    /// Adds the flags of these options to a command.
    void addTo(CommandSpec spec, List<Option<?>> options) {
        int order = FIRST_IN_HELP;
        for (Option<?> option : options) {
            if (option != Options.EXPERIMENT) {
                spec.addOption(flag(option, order++));
            }
        }
    }

    /// What was typed, each value by itself allowed, as the library reads it: by flag without its dashes.
    Map<String, String> choices() {
        choices.forEach((flag, value) -> parsed(Options.of(flag), value));
        return choices;
    }

    private OptionSpec flag(Option<?> option, int order) {
        String name = "--" + option.flag();
        ISetter setter = new ISetter() {
            @Override
            @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
            public <T> T set(T value) {
                if (value != null) {
                    choices.put(option.flag(), String.valueOf(value));
                }
                return value;
            }
        };
        OptionSpec.Builder flag =
                OptionSpec.builder(name).setter(setter).order(order).description(description(option));
        return option.hint().isEmpty()
                ? flag.type(boolean.class).arity("0").build()
                : flag.type(String.class).paramLabel(label(option)).arity("1").build();
    }

    /// The value of an option as a user typed it after its flag.
    ///
    /// @throws UsageException naming the flag, the rule, what was got, and the nearest word if there is one
    static <T> T parsed(Option<T> option, String value) {
        try {
            return option.parse("--" + option.flag(), value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + UsageMessages.question(value, words(option)));
        }
    }

    private static List<String> words(Option<?> option) {
        List<String> words = new ArrayList<>();
        for (String word : option.hint().split("\\|", -1)) {
            if (word.matches("[a-z-]{2,}")) {
                words.add(word);
            }
        }
        return words;
    }

    private static String label(Option<?> option) {
        return words(option).size() > 1 ? "NAME" : option.hint();
    }

    private static String description(Option<?> option) {
        List<String> words = words(option);
        String among = words.size() > 1 ? " (%s)".formatted(UsageMessages.choice(words)) : "";
        return capitalized(option.description()) + among + ".";
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
