package dev.stiefel.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The command line in a process of its own.
class ProcessTest {
    private static final long PATIENCE_SECONDS = 300;

    @TempDir
    private Path directory;

    @Test
    void theDigitsAreLearntWithNothingButJsonOnStdout() throws Exception {
        CommandRunner.Result result = run("train", "digits", "--json");
        assertThat(result.code()).isZero();
        assertThat(result.err().lines()).hasSize(31).allMatch(line -> line.matches("(training|epoch \\d+/30) .*"));
        JsonNode outcome = JsonMapper.shared().readTree(result.out());
        assertThat(outcome.get("summary").get("test").get("accuracy").asDouble())
                .isGreaterThan(0.85);
        assertThat(directory.resolve(outcome.get("run").asString()).resolve("history.csv"))
                .content()
                .hasLineCount(31);

        CommandRunner.Result silent = run("evaluate", outcome.get("run").asString(), "--quiet");
        assertThat(silent.err()).isEmpty();
        assertThat(silent.out()).contains("accuracy");
    }

    @Test
    void aMistakeEndsTheProcessWithTwo() throws Exception {
        CommandRunner.Result result = run("train", "minst");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("stiefel: there is no preset or file 'minst'; did you mean 'mnist'?\n");
    }

    @Test
    void whatIsPrintedIsTheSameInEveryLanguage() throws Exception {
        List<String> lines = run("bench", "--help").out().lines().toList();
        for (String language : List.of("de", "tr", "fa")) {
            CommandRunner.Result result = start(List.of("-Duser.language=" + language), "bench", "--help");
            assertThat(result.out().lines()).as(language).isEqualTo(lines);
            assertThat(start(List.of("-Duser.language=" + language), "train", "digits", "--rank", "65")
                            .err())
                    .isEqualTo("stiefel: rank (65) must be in [1, 64] for a [64, 64] weight\n");
        }
    }

    @Test
    void aFullStandardOutputIsAFailureAndOneThatNobodyReadsAnEnd() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "a device that is always full is needed");
        Process full = builder(List.of(), "presets")
                .redirectOutput(Path.of("/dev/full").toFile())
                .start();
        assertThat(new String(full.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("stiefel: cannot write standard output: No space left on device\n");
        assertThat(full.waitFor()).isEqualTo(1);

        Process gone = builder(List.of(), "presets", "--json").start();
        gone.getInputStream().close();
        assertThat(gone.getErrorStream().readAllBytes()).isEmpty();
        assertThat(gone.waitFor()).isEqualTo(141);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalSavesTheRunWhichThenGoesOnToItsEnd(String signal) throws Exception {
        Process process = start("train", "digits", "--epochs", "120", "--width", "16", "--out", "runs/a");
        StringBuilder err = new StringBuilder();
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                err.append(line).append('\n');
                if (line.startsWith("epoch 2/")) {
                    send(signal, process);
                }
            }
        }
        assertThat(process.waitFor(PATIENCE_SECONDS, SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(signal.equals("HUP") ? 129 : 130);
        assertThat(err.toString())
                .endsWith("stiefel: interrupted; all is saved; resume with: stiefel train --resume runs/a\n");
        assertThat(status()).isEqualTo("interrupted");

        CommandRunner.Result resumed = run("train", "--resume", "runs/a");
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err()).startsWith("resuming 64-16-16-16-10 ").contains("epoch 120/120");
        assertThat(status()).isEqualTo("done");
        assertThat(Files.readAllLines(directory.resolve("runs/a/history.csv"))).hasSize(121);
    }

    @Test
    void aFullDiskIsAFailureOfOneLineThatLeavesWhatWasSaved() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(isRoot() && mount(disk), "mounting a small disk needs permission");
        try {
            CommandRunner.Result result = run("train", "digits", "--quiet", "--width", "64", "--out", "disk/a");
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            String message = "stiefel: cannot write disk/a\\S*: No space left on device; free some, then resume"
                    + " with: stiefel train --resume disk/a\\R";
            assertThat(result.err()).matches(message);
            assertThat(run("train", "--resume", "disk/a", "--quiet").err()).matches(message);
        } finally {
            command("umount", disk.toString());
        }
    }

    private String status() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("runs/a/run.json")))
                .get("status")
                .asString();
    }

    private static void send(String signal, Process process) throws IOException, InterruptedException {
        assertThat(command("kill", "-" + signal, String.valueOf(process.pid()))).isTrue();
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static boolean mount(Path disk) throws IOException, InterruptedException {
        return command("mount", "-t", "tmpfs", "-o", "size=96k", "none", disk.toString());
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(PATIENCE_SECONDS, SECONDS) && process.exitValue() == 0;
    }

    private CommandRunner.Result run(String... arguments) throws IOException, InterruptedException {
        return start(List.of(), arguments);
    }

    private CommandRunner.Result start(List<String> options, String... arguments)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = builder(options, arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(PATIENCE_SECONDS, SECONDS)).isTrue();
        return new CommandRunner.Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Process start(String... arguments) throws IOException {
        return builder(List.of(), arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// As the launcher starts it.
    private ProcessBuilder builder(List<String> options, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        words.addAll(1, options);
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().put("STIEFEL_HOME", directory.resolve("cache").toString());
        return builder;
    }
}
