package dev.stiefel.cli;

import dev.stiefel.lab.session.CheckpointPace;
import dev.stiefel.lab.session.RunResult;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;

/// A session as commands run it: it can be stopped by Ctrl-C, and ends with its results on stdout, or with one
/// line on stderr where it did not end as it should.
final class InterruptibleSession {
    private static final String FULL_DISK = "No space left";

    private final CommandEnvironment environment;
    private final Report report;

    InterruptibleSession(CommandEnvironment environment, Report report) {
        this.environment = environment;
        this.report = report;
    }

    /// Report of a session's outcome.
    interface Report {
        /// The object for `--json`; empty where people read.
        Map<String, Object> json(RunResult result) throws IOException;

        /// For people, of a run that ended as it should.
        String text(RunResult result);
    }

    /// Runs the session.
    ///
    /// @return the exit code
    int run(Path folder, RunSession given, ProgressDisplays displays) throws IOException {
        RunSession session = given.at(CheckpointPace.MODERATE);
        Interrupts.Guard guard = environment.interrupts().first(() -> {
            session.requestStop();
            displays.fetching().stop();
        });
        try (guard) {
            return told(trained(folder, session, displays), guard);
        } catch (InterruptedIOException e) {
            say("interrupted before the first step; downloaded files are kept; the same command continues");
            return guard.exitCode();
        }
    }

    private static RunResult trained(Path folder, RunSession session, ProgressDisplays displays) throws IOException {
        try (displays) {
            return session.run(displays.training());
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw String.valueOf(e.getMessage()).contains(FULL_DISK) ? fullDisk(folder, e) : e;
        }
    }

    private static IOException fullDisk(Path folder, IOException e) {
        String run = RunNames.typed(folder);
        String said = String.valueOf(e.getMessage());
        return new IOException(
                "%s; free some, then resume with: stiefel train --resume %s"
                        .formatted(said.startsWith(FULL_DISK) ? "cannot write %s: %s".formatted(run, said) : said, run),
                e);
    }

    private int told(RunResult result, Interrupts.Guard guard) throws IOException {
        Map<String, Object> fields = report.json(result);
        if (!fields.isEmpty()) {
            JsonOutput.print(environment.out(), fields);
        }
        return switch (result.outcome()) {
            case Outcome.Finished _ -> {
                print(fields, result, "");
                yield 0;
            }
            case Outcome.StoppedEarly early -> {
                print(
                        fields,
                        result,
                        "Stopped early: the validation loss has not improved since epoch %s."
                                .formatted(early.bestEpoch()));
                yield 0;
            }
            case Outcome.Interrupted _ -> {
                say("interrupted; all is saved; resume with: stiefel train --resume "
                        + RunNames.typed(result.folder()));
                yield guard.exitCode();
            }
            case Outcome.Diverged diverged -> {
                say("%s (run %s)".formatted(diverged.message(), RunNames.typed(result.folder())));
                yield CommandFailures.FAILURE;
            }
        };
    }

    private void print(Map<String, Object> fields, RunResult result, String remark) throws IOException {
        if (fields.isEmpty()) {
            environment.out().print(report.text(result));
            if (!remark.isEmpty()) {
                environment.out().println(remark);
            }
            environment.out().print(RunReport.next(result));
            environment.out().flush();
        }
    }

    private void say(String text) {
        environment.err().println("stiefel: " + text);
        environment.err().flush();
    }
}
