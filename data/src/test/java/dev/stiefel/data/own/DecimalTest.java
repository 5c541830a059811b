package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DecimalTest {
    @Test
    void randomDigitsBecomeTheFloatThatJavaMakesOfThem() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            requireJavas(digits(random));
        }
    }

    @Test
    void randomFloatsAndDoublesComeBack() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                requireJavas(Float.toString(value));
                requireJavas(String.format(Locale.ROOT, "%.6f", value));
            }
            requireJavas(Double.toString(random.nextDouble(-1e3, 1e3)));
        }
    }

    @Test
    void numbersHalfWayBetweenTwoFloatsAndCloseToItRoundAsJavaRounds() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            float low = Float.intBitsToFloat(random.nextInt(0x2000_0000, 0x6000_0000));
            BigDecimal half =
                    new BigDecimal(low).add(new BigDecimal(Math.nextUp(low))).divide(BigDecimal.TWO);
            requireJavas(half.toPlainString());
            requireJavas(half.add(half.movePointLeft(25)).toString());
            requireJavas(half.subtract(half.movePointLeft(16)).toString());
            requireJavas(String.format(Locale.ROOT, "%.18e", half));
        }
    }

    private static String digits(SplittableRandom random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : random.nextBoolean() ? "+" : "");
        int length = random.nextInt(1, 30);
        int point = random.nextInt(-1, length + 1);
        for (int i = 0; i < length; i++) {
            text.append(i == point ? "." : "").append(random.nextInt(10));
        }
        if (random.nextInt(3) == 0) {
            text.append(random.nextBoolean() ? 'e' : 'E').append(random.nextInt(-60, 60));
        }
        return text.toString();
    }

    private static void requireJavas(String text) {
        char[] within = ("7" + text + "7").toCharArray();
        float expected = (float) Double.parseDouble(text);

        float read = Decimal.parse(within, 1, within.length - 1);

        if (Float.isInfinite(expected)) {
            assertThat(read).as(text).isEqualTo(Decimal.NONE);
        } else if (Float.floatToRawIntBits(read) != Float.floatToRawIntBits(expected)) {
            assertThat(read).as(text).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "+7",
                "1.",
                ".5",
                "-.5e1",
                "1e0",
                "1E+10",
                "1e-10",
                "00012",
                "9223372036854775807",
                "18446744073709551616",
                "3.4028234663852886e38",
                "1e-46",
                "1e-400",
                "0e999999999999",
                "0.0e-999999999999"
            })
    void numbersAreRead(String text) {
        requireJavas(text);
        assertThat(Decimal.parse(text.toCharArray(), 0, text.length())).isFinite();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+",
                ".",
                "-.",
                "e5",
                "1e",
                "1e+",
                "1e5.0",
                "1.2.3",
                "1,000",
                "1 000",
                "1_000",
                "0x10",
                "0x1p3",
                "1d",
                "1f",
                "NaN",
                "Infinity",
                "-Infinity",
                "inf",
                "1e400",
                "-1e400",
                "1e39",
                "3.5e38",
                "1e999999999999",
                "--1",
                "1-",
                "½",
                "١",
                "$5",
                "5%",
                "1e2147483648",
                "true",
                " 1",
                "1 "
            })
    void whatIsNoFiniteDecimalNumberIsNone(String text) {
        assertThat(Decimal.parse(text.toCharArray(), 0, text.length())).isEqualTo(Decimal.NONE);
        assertThat(Decimal.parseDouble(text)).isInfinite();
    }

    @Test
    void aMillionDigitsAreOneNumber() {
        String digits = "1".repeat(1_000_000);

        assertThat(Decimal.parse(("0." + digits).toCharArray(), 0, digits.length() + 2))
                .isEqualTo(1f / 9);
        assertThat(Decimal.parse(digits.toCharArray(), 0, digits.length())).isEqualTo(Decimal.NONE);
        assertThat(Decimal.parseDouble(
                        BigInteger.TWO.pow(60).add(BigInteger.ONE).toString()))
                .isEqualTo(0x1p60);
    }
}
