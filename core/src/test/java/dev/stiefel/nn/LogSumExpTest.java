package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogSumExpTest {
    @ParameterizedTest
    @EnumSource(DType.class)
    void eachRowHasItsOwn(DType type) {
        SplittableRandom random = new SplittableRandom(3);
        try (Scope scope = Scope.open("test")) {
            Tensor rows = scope.uninitialized(type, 3, 1001);
            double[] sums = new double[3];
            for (int i = 0; i < 3; i++) {
                double shift = new double[] {0, 500, -3000}[i];
                for (int j = 0; j < 1001; j++) {
                    rows.set(i, j, random.nextGaussian(shift, 5));
                    sums[i] += Math.exp(rows.get(i, j) - shift);
                }
                sums[i] = shift + Math.log(sums[i]);
            }
            double[] got = LogSumExp.ofRows(rows);
            for (int i = 0; i < 3; i++) {
                assertThat(got[i]).isEqualTo(sums[i], within(type == DType.FLOAT32 ? 1e-5 : 1e-12));
            }
        }
    }
}
