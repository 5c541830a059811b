package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int STEPS = 20_000;

    @Test
    @Tag("slow")
    void itStaysLevelOverManyStepsOfPooledScopes() throws IOException {
        assumeTrue(Files.exists(STATUS));
        long owners = Scope.liveOwners();
        try (Scope run = Scope.open("run");
                Pool pool = new Pool()) {
            Tensor weights = run.uninitialized(DType.FLOAT32, 64, 48);
            Rng.seeded(1).fillNormal(weights, 0.1);
            steps(pool, weights, STEPS / 4); // until the compiler has settled
            long before = residentBytes();
            steps(pool, weights, STEPS);
            // 20,000 leaks of the smallest tensor, with the allocator's rounding, would be 2 MB; of the largest, 250
            // MB. The heap's own growth within -Xmx is not ours: it is what the room is for.
            assertThat(residentBytes() - before).isLessThan(64L << 20);
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    private static void steps(Pool pool, Tensor weights, int count) {
        for (int i = 0; i < count; i++) {
            try (Scope step = pool.scope("step")) {
                Tensor product = Ops.matmulTN(step, weights, weights);
                Tensor update = Ops.matmul(step, weights, product);
                Ops.axpyInPlace(weights, -1e-3 / Ops.norm(update), update);
                Tensor basis = weights.copy(step);
                Lapack.householderInPlace(step, basis);
                Ops.transpose(step, basis.columnRange(0, 4));
            }
            if (i % 100 == 0) {
                pool.trim();
            }
        }
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
