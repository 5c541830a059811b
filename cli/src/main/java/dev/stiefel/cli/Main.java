package dev.stiefel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The entry point of `stiefel`.
public final class Main {
    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] args) {
        Map<String, String> variables = System.getenv();
        Charset charset = terminalCharset();
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, charset);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset);
        CommandEnvironment environment = new CommandEnvironment(
                System.in,
                out,
                err,
                () -> Screen.ofStderr(variables, charset.equals(StandardCharsets.UTF_8)),
                Path.of(""),
                Path.of(System.getProperty("user.home")),
                variables,
                new Signals());
        int code = run(List.of(args), environment);
        out.flush();
        System.exit(code);
    }

    /// Runs one command: what `main` does, without ending the process.
    ///
    /// @return the exit code: 0 done, 1 our or the environment's failure, 2 the caller's mistake, 130 interrupted
    public static int run(List<String> args, CommandEnvironment environment) {
        return CommandLines.execute(args, environment);
    }

    /// UTF-8 wherever it can be: a machine without a locale says ASCII, but its terminals show UTF-8.
    private static Charset terminalCharset() {
        String said = System.getProperty("stdout.encoding", "UTF-8");
        boolean known = Charset.isSupported(said) && !said.equals("ANSI_X3.4-1968") && !said.equals("US-ASCII");
        return known ? Charset.forName(said) : StandardCharsets.UTF_8;
    }
}
