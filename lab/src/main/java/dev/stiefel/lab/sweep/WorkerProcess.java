package dev.stiefel.lab.sweep;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A [Worker] as the sweep sees it.
final class WorkerProcess implements AutoCloseable {
    /// Set by a launcher that starts a jar whose main class is the worker if [Worker#TASK] names it.
    private static final String LAUNCHED_AS_JAR = "stiefel.jar";

    private static final int PATIENCE_SECONDS = 90; // with the last step and its checkpoint
    private static final int DYING_SECONDS = 10; // a crash is written down

    private final Process process;
    private final Path log;
    private final BufferedWriter in;
    private final BufferedReader out;

    private WorkerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Starts one, with this process's Java, class path and options.
    ///
    /// @param log file to which its output is appended, such as its JVM's warnings
    static WorkerProcess start(SweepSettings settings, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-javaagent:") && !option.startsWith("-agentlib:")) {
                command.add(option);
            }
        }
        command.add("-XX:ErrorFile=" + log.toAbsolutePath().resolveSibling("crash-%p.log"));
        command.addAll(program());
        command.add(settings.cache().toString());
        settings.dataFolder().ifPresent(data -> command.add(data.toString()));
        try {
            return new WorkerProcess(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start(),
                    log);
        } catch (IOException e) {
            throw new IOException("cannot start a process for runs: " + e.getMessage(), e);
        }
    }

    /// The worker's main class, found as this process's was: by module, jar or class path. A jar's manifest may allow
    /// native access, which an option for the class path could only allow without an AOT cache.
    private static List<String> program() {
        Module module = Worker.class.getModule();
        if (module.isNamed()) {
            return List.of("-m", module.getName() + "/" + Worker.class.getName()); // its path is an option
        }
        String classPath = System.getProperty("java.class.path");
        return Boolean.getBoolean(LAUNCHED_AS_JAR)
                ? List.of("-D" + Worker.TASK + "=" + Worker.class.getName(), "-jar", classPath)
                : List.of("-cp", classPath, Worker.class.getName());
    }

    /// Hands it a run; false if it is dead.
    boolean give(WorkerTask task) {
        try {
            in.write(task.line());
            in.newLine();
            in.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// The next message; empty if it is dead.
    Optional<WorkerMessage> next() {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                int mark = line.lastIndexOf(WorkerMessage.MARK);
                keep(mark < 0 ? line : line.substring(0, mark));
                if (mark >= 0) {
                    return Optional.of(WorkerMessage.read(line.substring(mark)));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void keep(String printed) {
        if (!printed.isEmpty()) {
            try {
                Files.writeString(log, printed + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                // no room for it; the worker is alive all the same
            }
        }
    }

    /// Asks it to save its run and to end. Any thread may.
    void stop() {
        try {
            process.getOutputStream().close(); // not the writer, which another thread may hold
        } catch (IOException e) {
            // it is dead
        }
    }

    /// The end of a process without a last message: `exit code 137, killed`.
    String end() {
        try {
            if (!process.waitFor(DYING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no exit code";
            }
            int code = process.exitValue();
            return "exit code " + code + (code == 137 ? ", killed" : code == 134 || code == 139 ? ", crashed" : "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "no exit code";
        }
    }

    @Override
    public void close() {
        stop();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
