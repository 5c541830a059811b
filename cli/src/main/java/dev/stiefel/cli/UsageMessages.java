package dev.stiefel.cli;

import dev.stiefel.lab.text.NearMiss;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Messages for arguments that cannot be read.
final class UsageMessages {
    private UsageMessages() {}

    static UsageException explain(ParameterException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        return new UsageException(
                switch (e) {
                    case UnmatchedArgumentException unmatched ->
                        unmatched(command, unmatched.getUnmatched().getFirst());
                    case OverwrittenOptionException twice ->
                        "option '%s' was given twice; give it once".formatted(name(twice.getOverwritten()));
                    case MissingParameterException missing ->
                        missing(command, missing.getMissing().getFirst());
                    default -> value(command, e);
                });
    }

    private static String unmatched(CommandSpec command, String typed) {
        String name = typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
        if (name.length() > 1 && name.startsWith("-")) {
            return unknownOption(command, name);
        }
        if (!command.subcommands().isEmpty()) {
            return unknownCommand(command, typed);
        }
        return "unexpected argument '%s'; %s".formatted(typed, help(command));
    }

    private static String unknownOption(CommandSpec command, String name) {
        List<String> names = command.options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .toList();
        String near = question(name, names);
        String known = command.parent() == null
                ? "unknown option '%s'".formatted(name)
                : "'%s' has no option '%s'".formatted(command.qualifiedName(), name);
        return known + (near.isEmpty() ? "; " + help(command) : near);
    }

    private static String unknownCommand(CommandSpec command, String typed) {
        List<String> names = List.copyOf(command.subcommands().keySet());
        String whole = command.parent() == null ? typed : command.name() + " " + typed;
        String near = question(typed, names);
        String known = "; the nearest is '%s'; there are %s"
                .formatted(NearMiss.nearest(typed, names).orElseThrow(), String.join(", ", names));
        return "unknown command '%s'%s".formatted(whole, near.isEmpty() ? known : near);
    }

    private static String missing(CommandSpec command, ArgSpec what) {
        if (what.isPositional()) {
            return "%s needs %s %s; %s"
                    .formatted(quoted(command), article(what.paramLabel()), what.paramLabel(), help(command));
        }
        return "option '%s' needs a value: %s %s".formatted(name(what), name(what), what.paramLabel());
    }

    private static String value(CommandSpec command, ParameterException e) {
        ArgSpec what = e.getArgSpec();
        if (what == null) {
            return "%s; %s".formatted(e.getMessage(), help(command));
        }
        if (e.getValue() == null) {
            return missing(command, what);
        }
        return "%s must be %s; got '%s'".formatted(name(what), kind(what), e.getValue());
    }

    private static String kind(ArgSpec what) {
        Class<?> type = what.auxiliaryTypes()[0];
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (type == Double.class || type == double.class) {
            return "a number";
        }
        return type == Boolean.class || type == boolean.class ? "true or false" : what.paramLabel();
    }

    private static String name(ArgSpec what) {
        return what instanceof OptionSpec option ? option.longestName() : what.paramLabel();
    }

    private static String quoted(CommandSpec command) {
        return "'%s'".formatted(command.qualifiedName());
    }

    private static String article(String noun) {
        return "AEIOU".indexOf(noun.charAt(0)) >= 0 ? "an" : "a";
    }

    private static String help(CommandSpec command) {
        return "'%s --help' explains it".formatted(command.qualifiedName());
    }

    /// Names as a choice in a sentence.
    static String choice(List<String> names) {
        return names.size() == 1
                ? names.getFirst()
                : names.stream().limit(names.size() - 1L).collect(Collectors.joining(", ")) + " or " + names.getLast();
    }

    /// `; did you mean 'NAME'?` with the nearest of the names, or nothing where none is near.
    static String question(String typed, Collection<String> names) {
        return NearMiss.question(typed, names).orElse("");
    }
}
