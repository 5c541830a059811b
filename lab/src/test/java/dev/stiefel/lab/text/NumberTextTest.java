package dev.stiefel.lab.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0000",
        "0.12345, 0.1235",
        "9.8765, 9.877",
        "98.765, 98.77",
        "987.65, 987.7",
        "12345.6, 12346",
        "0.000123456, 1.235e-04",
        "12345678, 1.235e+07",
        "NaN, –",
        "Infinity, infinite",
        "-Infinity, -infinite",
        "-1.5, -1.500",
    })
    void numbersHaveFourDigitsThatCount(double value, String text) {
        assertThat(NumberText.fourDigits(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0000005, 1 µs",
        "0.00089, 890 µs",
        "0.0123, 12.3 ms",
        "0.9994, 999 ms",
        "1, 1.0 s",
        "59.94, 59.9 s",
        "60, 1 min 00 s",
        "3599.6, 1 h 00 min",
        "7260, 2 h 01 min",
        "NaN, –",
    })
    void durationsChangeTheirUnit(double seconds, String text) {
        assertThat(NumberText.anyDuration(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0:00", "59.6, 1:00", "3599, 59:59", "3600, 1:00:00", "-5, 0:00"})
    void clocksRunDown(double seconds, String text) {
        assertThat(NumberText.clock(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 bytes", "999, 999 bytes", "1000, 1.0 kB", "47040016, 47.0 MB", "5000000000, 5.00 GB"})
    void bytesChangeTheirUnit(long bytes, String text) {
        assertThat(NumberText.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void manyRanksAreTheirRange() {
        assertThat(NumberText.ranks(List.of(5, 3))).isEqualTo("5 3");
        assertThat(NumberText.ranks(Collections.nCopies(13, 7))).isEqualTo("all 7");
    }
}
