package dev.stiefel.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/// The commands, and how one of them is run.
final class CommandLines {
    private static final SequencedMap<String, BiFunction<CommandEnvironment, Stiefel, Object>> COMMANDS =
            new LinkedHashMap<>();

    static {
        COMMANDS.put("train", TrainCommand::of);
        COMMANDS.put("finetune", FinetuneCommand::of);
        COMMANDS.put("compress", CompressCommand::of);
        COMMANDS.put("evaluate", EvaluateCommand::new);
        COMMANDS.put("predict", (environment, _) -> new PredictCommand(environment));
        COMMANDS.put("translate", (environment, _) -> new TranslateCommand(environment));
        COMMANDS.put("generate", (environment, _) -> new GenerateCommand(environment));
        COMMANDS.put("inspect", (environment, _) -> new InspectCommand(environment));
        COMMANDS.put("export", (environment, _) -> new ExportCommand(environment));
        COMMANDS.put("import", ImportCommand::of);
        COMMANDS.put("sweep", SweepCommand::new);
        COMMANDS.put("merge", (environment, _) -> new MergeCommand(environment));
        COMMANDS.put("report", (environment, _) -> new ReportCommand(environment));
        COMMANDS.put("import-logs", (environment, _) -> new ImportLogsCommand(environment));
        COMMANDS.put("presets", (environment, _) -> new PresetsCommand(environment));
        COMMANDS.put("data", DataCommand::of);
        COMMANDS.put("bench", BenchCommand::new);
    }

    private CommandLines() {}

    static int execute(List<String> args, CommandEnvironment environment) {
        Stiefel root = new Stiefel();
        try {
            CommandLine line = commandLine(root, args, environment);
            if (args.isEmpty()) {
                throw new UsageException("a command is missing; 'stiefel train digits' trains a network in seconds,"
                        + " 'stiefel --help' lists the commands");
            }
            return run(line, args, environment);
        } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
            return CommandFailures.report(e, environment.err(), root.verbose || args.contains("--verbose"));
        }
    }

    private static int run(CommandLine line, List<String> args, CommandEnvironment environment) throws Exception {
        CommandLine.ParseResult parsed;
        try {
            parsed = line.parseArgs(args.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw UsageMessages.explain(e);
        }
        CommandLine.ParseResult last = parsed;
        for (CommandLine.ParseResult at = parsed; ; at = at.subcommand()) {
            last = at;
            if (at.isUsageHelpRequested()) {
                print(environment, at.commandSpec().commandLine().getUsageMessage(Ansi.OFF));
                return 0;
            }
            if (at.isVersionHelpRequested()) {
                print(environment, VersionLine.line() + System.lineSeparator());
                return 0;
            }
            if (!at.hasSubcommand()) {
                break;
            }
        }
        CommandSpec spec = last.commandSpec();
        if (spec.userObject() instanceof Command command) {
            return command.run();
        }
        throw new UsageException("a command is missing after '%s'; there are %s; '%s --help' explains them"
                .formatted(
                        spec.qualifiedName(),
                        String.join(", ", spec.subcommands().keySet()),
                        spec.qualifiedName()));
    }

    /// Only the command that is asked for is made: reading all annotations takes longer than
    /// most commands run.
    private static CommandLine commandLine(Stiefel root, List<String> args, CommandEnvironment environment) {
        CommandLine line = new CommandLine(root);
        String asked =
                args.stream().filter(arg -> !arg.startsWith("-")).findFirst().orElse("");
        boolean all = !COMMANDS.containsKey(asked) || args.getFirst().equals("--help");
        COMMANDS.forEach((name, make) -> {
            if (all || name.equals(asked)) {
                line.addSubcommand(name, make.apply(environment, root));
            }
        });
        return line;
    }

    private static void print(CommandEnvironment environment, String text) {
        environment.out().print(text);
        environment.out().flush();
    }

    static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
