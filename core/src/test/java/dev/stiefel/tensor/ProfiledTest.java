package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Profilers interrupt threads by signals, whose handlers use the stack of the code that they meet.
/// Generated code must leave it one: oneDNN before 3.11.2 pointed the stack's register into the heap
/// ([its issue 4845](https://github.com/uxlfoundation/oneDNN/issues/4845)).
@Tag("slow")
class ProfiledTest {
    private static final String SAMPLING = """
        <configuration version="2.0">
          <event name="jdk.ExecutionSample">
            <setting name="enabled">true</setting><setting name="period">1 ms</setting>
          </event>
          <event name="jdk.NativeMethodSample">
            <setting name="enabled">true</setting><setting name="period">1 ms</setting>
          </event>
        </configuration>
        """;

    /// Multiplies for some seconds and compares what it gets.
    static final class Multiplying {
        private static final long NANOS = 4_000_000_000L;

        private Multiplying() {}

        public static void main(String[] arguments) {
            long begun = System.nanoTime();
            float[] first = product();
            int products = 0;
            while (System.nanoTime() - begun < NANOS) {
                if (!Arrays.equals(product(), first)) {
                    throw new IllegalStateException("the product has changed");
                }
                products++;
            }
            System.out.println(products > 20 ? "multiplied" : "too few products: " + products);
        }

        /// With memory of its own, so that what lies beside the library's is used.
        private static float[] product() {
            try (Scope scope = Scope.open("product")) {
                Tensor x = scope.uninitialized(DType.FLOAT32, 128, 784);
                Tensor v = scope.uninitialized(DType.FLOAT32, 784, 20);
                Rng random = Rng.seeded(1);
                random.fillNormal(x, 1);
                random.fillNormal(v, 1);
                Tensor all = Ops.matmul(scope, x, v);
                for (int i = 0; i < 20; i++) {
                    all = Ops.matmul(scope, x, v);
                }
                float[] values = new float[128 * 20];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) all.get(i / 20, i % 20);
                }
                return values;
            }
        }
    }

    @Test
    void productsAndMemoryAreWholeWhenAProfilerSamplesThem(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path sampling = Files.writeString(folder.resolve("sampling.jfc"), SAMPLING);

        String said = ChildJvm.output(
                0,
                folder, // where a crash leaves its recording
                Multiplying.class,
                "-XX:StartFlightRecording=settings=%s,filename=%s".formatted(sampling, folder.resolve("recording.jfr")),
                "-XX:ErrorFile=" + folder.resolve("crash.log"));

        assertThat(said).contains("multiplied");
    }
}
