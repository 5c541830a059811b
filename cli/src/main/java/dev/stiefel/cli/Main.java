package dev.stiefel.cli;

import dev.stiefel.data.fetch.HomeFolder;
import dev.stiefel.lab.sweep.Worker;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The entry point of `stiefel`.
public final class Main {
    private static final char UNDECODED = '\uFFFD';

    private Main() {}

    /// Runs one command and ends the process with its exit code. The launcher's jar has one main class: the system
    /// property [Worker#TASK] names another one for workers of sweeps and for making the AOT cache.
    public static void main(String[] args) throws IOException, InterruptedException {
        Locale.setDefault(Locale.ROOT); // no library formats numbers or changes letters as the user's language does
        String task = System.getProperty(Worker.TASK, "");
        if (task.equals(Worker.class.getName())) {
            Worker.main(args);
        } else if (task.equals(CacheRehearsal.class.getName())) {
            System.exit(CacheRehearsal.rehearse());
        } else {
            runCommand(args);
        }
    }

    private static void runCommand(String[] args) {
        Map<String, String> variables = System.getenv();
        Charset charset = charset();
        PrintStream out = new PrintStream(StandardOutput.ofProcess(), false, charset);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset);
        System.exit(run(List.of(args), variables, charset, out, err));
    }

    private static int run(
            List<String> args, Map<String, String> variables, Charset charset, PrintStream out, PrintStream err) {
        try {
            requireReadable(args, System.getProperty("sun.jnu.encoding", "UTF-8"));
            Path home = HomeFolder.standard();
            System.setProperty("user.home", home.toString()); // which JavaCPP keeps native libraries below
            int code = run(args, environment(variables, charset, out, err, home));
            out.flush();
            return code;
        } catch (UncheckedIOException | UsageException e) {
            return CommandFailures.report(e, err, args.contains("--verbose"));
        }
    }

    private static CommandEnvironment environment(
            Map<String, String> variables, Charset charset, PrintStream out, PrintStream err, Path home) {
        return new CommandEnvironment(
                System.in,
                out,
                err,
                () -> Screen.ofStderr(variables, charset.equals(StandardCharsets.UTF_8)),
                Path.of(""),
                home,
                variables,
                new Signals());
    }

    /// Refuses words that the JVM could not decode: in a locale of ASCII it replaces the bytes of other characters.
    static void requireReadable(List<String> args, String encoding) {
        if (encoding.equals("UTF-8")) {
            return;
        }
        for (String arg : args) {
            if (arg.indexOf(UNDECODED) >= 0) {
                throw new UsageException(
                        "'%s' has characters that are not in the locale's character set, %s; set LC_ALL=C.UTF-8"
                                .formatted(arg.replace(UNDECODED, '?'), encoding));
            }
        }
    }

    /// Runs one command: what `main` does, without ending the process.
    ///
    /// @return the exit code: 0 done, 1 our or the environment's failure, 2 the caller's mistake, 130
    ///     interrupted, 129 interrupted by the end of the terminal, 141 if nobody reads the output any more
    public static int run(List<String> args, CommandEnvironment environment) {
        return CommandLines.execute(args, environment);
    }

    /// The character set of a terminal; UTF-8 for files and pipes, whose bytes are the same everywhere. A machine
    /// without a locale says ASCII, but its terminals show UTF-8.
    @SuppressWarnings("SystemConsoleNull") // it is null where stdin or stdout is no terminal, as before 22
    private static Charset charset() {
        if (System.console() == null || !System.console().isTerminal()) {
            return StandardCharsets.UTF_8;
        }
        String said = System.getProperty("stdout.encoding", "UTF-8");
        boolean known = Charset.isSupported(said) && !said.equals("ANSI_X3.4-1968") && !said.equals("US-ASCII");
        return known ? Charset.forName(said) : StandardCharsets.UTF_8;
    }
}
