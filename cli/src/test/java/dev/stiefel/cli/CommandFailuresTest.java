package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CommandFailuresTest {
    @Test
    void anEngineThatCannotBeLoadedIsTheUsersChoiceAndNoInternalError() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code = CommandFailures.report(
                new ExceptionInInitializerError(new IllegalArgumentException("cannot load the library x.so")),
                new PrintStream(said, true, StandardCharsets.UTF_8),
                false);
        assertThat(code).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines("stiefel: cannot load the library x.so\n");
    }
}
