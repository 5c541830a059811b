package dev.stiefel.lab.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/// Whether data is the same.
class DataIdentityTest {
    private static final DataIdentity HOUSES = new DataIdentity("/a/houses.csv", Map.of("houses.csv", "00ff"));

    @Test
    void dataIsTheSameIfItsFilesAre() {
        assertThat(HOUSES.isSameAs(new DataIdentity("/b/houses.csv", Map.of("houses.csv", "00ff"))))
                .isTrue();
        assertThat(HOUSES.isSameAs(new DataIdentity("/a/houses.csv", Map.of("houses.csv", "00fe"))))
                .isFalse();
        assertThat(HOUSES.isKnown()).isTrue();
        assertThat(new DataIdentity("digits", Map.of()).isKnown()).isFalse();
    }

    @Test
    void otherDataIsRefusedByName() {
        assertThatCode(() -> HOUSES.requireSameAs(HOUSES, "resume", "runs/a")).doesNotThrowAnyException();
        assertThatThrownBy(() -> HOUSES.requireSameAs(new DataIdentity("x", Map.of("x", "1")), "resume", "runs/a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("resume: data set '/a/houses.csv' is not the one that run runs/a was trained on; its files'"
                        + " checksums differ");
    }
}
