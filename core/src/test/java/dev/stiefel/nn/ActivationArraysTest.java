package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationArraysTest {
    private static final double ALLOWED = 1e-6;

    /// Every binade with random digits, both signs: from the smallest numbers to the largest, infinity and NaN.
    private static float[] everywhere() {
        SplittableRandom random = new SplittableRandom(1);
        float[] all = new float[512 * 40];
        for (int i = 0; i < all.length; i++) {
            int signAndExponent = i / 40;
            int digits = i % 40 == 0 ? 0 : random.nextInt(1 << 23);
            all[i] = Float.intBitsToFloat(signAndExponent << 23 | digits);
        }
        return all;
    }

    /// Where the functions bend, to a length that no vector divides.
    private static float[] near() {
        float[] all = new float[300_007];
        for (int i = 0; i < all.length; i++) {
            all[i] = 26f * i / all.length - 13;
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void valuesAreThoseOfDoublePrecision(Activation activation) {
        for (float[] at : new float[][] {everywhere(), near()}) {
            float[] values = at.clone();
            ActivationArrays.valuesInPlace(activation, values, values.length);
            for (int i = 0; i < at.length; i++) {
                requireClose(values[i], activation.value(at[i]), 1);
            }
        }
    }

    @Test
    void smallValuesOfTanhKeepTheirDigits() {
        for (float[] at : new float[][] {everywhere(), near()}) {
            float[] values = at.clone();
            ActivationArrays.valuesInPlace(Activation.TANH, values, values.length);
            for (int i = 0; i < at.length; i++) {
                requireClose(values[i], Math.tanh(at[i]), Float.MIN_NORMAL / ALLOWED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void slopesAreThoseOfDoublePrecision(Activation activation) {
        for (float[] at : new float[][] {everywhere(), near()}) {
            float[] from = at.clone();
            if (!activation.slopeNeedsInput()) {
                ActivationArrays.valuesInPlace(activation, from, from.length);
            }
            float[] delta = new float[at.length];
            Arrays.fill(delta, 1);
            ActivationArrays.multiplyBySlopes(activation, delta, from.clone(), at.length);
            for (int i = 0; i < at.length; i++) {
                requireClose(delta[i], activation.slope(at[i], from[i]), 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void numbersBehindTheCountStay(Activation activation) {
        float[] values = {-1, 2, -3, 4};
        ActivationArrays.valuesInPlace(activation, values, 2);
        assertThat(Arrays.copyOfRange(values, 2, 4)).containsExactly(-3, 4);
        float[] delta = {-1, 2, -3, 4};
        ActivationArrays.multiplyBySlopes(activation, delta, values, 2);
        assertThat(Arrays.copyOfRange(delta, 2, 4)).containsExactly(-3, 4);
    }

    /// Equal up to `ALLOWED` of the exact number, or of `least` where that is smaller.
    private static void requireClose(float value, double exact, double least) {
        if (Double.isFinite(exact)) {
            assertThat((double) value).isEqualTo(exact, within(ALLOWED * Math.max(least, Math.abs(exact))));
        } else {
            assertThat((double) value).isEqualTo(Double.valueOf(exact)); // NaN equals NaN
        }
    }
}
