package dev.stiefel.cli;

import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.HelpSection;
import dev.stiefel.lab.spec.Option;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The flags of a run's options: one for each of the library's [Options], under the heading of its [HelpSection],
/// with its description, allowed words and default.
final class TrainOptions {
    private static final int FIRST_IN_HELP = 10; // a command's own options have orders below and, from 20 on, above
    private static final String DEFAULT_IN_DESCRIPTION = "; default: ";

    private final Map<Option<?>, String> typed = new LinkedHashMap<>();
    private Optional<Choices> choices = Optional.empty();

    /// A command with the flags of these options, which its help lists under the headings of their sections.
    CommandLine commandLine(CommandSpec spec, List<Option<?>> options) {
        Map<HelpSection, List<OptionSpec>> flags = new EnumMap<>(HelpSection.class);
        int order = FIRST_IN_HELP;
        for (Option<?> option : HelpSection.sorted(options)) {
            OptionSpec flag = flag(option, order++);
            spec.addOption(flag);
            HelpSection.of(option)
                    .filter(section -> section != HelpSection.RUN) // listed among the command's own options
                    .ifPresent(section -> flags.computeIfAbsent(section, _ -> new ArrayList<>())
                            .add(flag));
        }
        CommandLine line = new CommandLine(spec);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> list(help, flags));
        return line;
    }

    private static String list(Help help, Map<HelpSection, List<OptionSpec>> flags) {
        List<OptionSpec> others = new ArrayList<>(help.commandSpec().options());
        flags.values().forEach(others::removeAll);
        others.sort(Comparator.comparingInt(OptionSpec::order));
        StringBuilder text = new StringBuilder(list(help, others));
        flags.forEach((section, those) ->
                text.append(String.format("%n%s:%n", section.heading())).append(list(help, those)));
        return text.toString();
    }

    private static String list(Help help, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.createDefaultParamLabelRenderer());
        return layout.toString();
    }

    /// The choices that were typed; each value is valid by itself.
    Choices choices() {
        if (choices.isEmpty()) {
            Choices parsed = Choices.none();
            for (Map.Entry<Option<?>, String> each : typed.entrySet()) {
                parsed = with(parsed, each.getKey(), each.getValue());
            }
            choices = Optional.of(parsed);
        }
        return choices.get();
    }

    private static <T> Choices with(Choices choices, Option<T> option, String value) {
        return choices.with(option, parsed(option, value), option.flag());
    }

    private OptionSpec flag(Option<?> option, int order) {
        String name = "--" + option.flag();
        ISetter setter = new ISetter() {
            @Override
            @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
            public <T> T set(T value) {
                if (value != null) {
                    typed.put(option, String.valueOf(value));
                }
                return value;
            }
        };
        OptionSpec.Builder flag =
                OptionSpec.builder(name).setter(setter).order(order).description(description(option));
        return option.hint().isEmpty()
                ? flag.type(boolean.class).arity("0").negatable(true).build()
                : flag.type(String.class).paramLabel(label(option)).arity("1").build();
    }

    /// The value of an option as a user typed it after its flag.
    ///
    /// @throws UsageException naming the flag, the rule, what was got, and the nearest word if there is one
    static <T> T parsed(Option<T> option, String value) {
        try {
            return option.parse("--" + option.flag(), value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + UsageMessages.question(value, option.words()));
        }
    }

    /// Returns whether its values are names to choose from, which help lists.
    private static boolean isChoice(Option<?> option) {
        return option.hint().equals(String.join("|", option.words()))
                && !option.words().isEmpty();
    }

    private static String label(Option<?> option) {
        return isChoice(option) ? "NAME" : option.hint();
    }

    private static String description(Option<?> option) {
        String[] parts = option.description().split(DEFAULT_IN_DESCRIPTION, 2);
        List<String> more = new ArrayList<>();
        if (isChoice(option)) {
            more.add(UsageMessages.choice(option.words()));
        }
        if (parts.length > 1) {
            more.add("default: " + parts[1]);
        } else if (!option.hint().isEmpty()) { // else it is set or not
            option.shownDefault().ifPresent(value -> more.add("default: " + value));
        }
        String among = more.isEmpty() ? "" : " (%s)".formatted(String.join("; ", more));
        return capitalized(parts[0]) + among + ".";
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
