package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which libraries compute, and how another is chosen. A library is loaded once a process, so each
/// choice has one.
class EngineTest {
    /// Prints the engine's account of itself and a product.
    static final class Say {
        private Say() {}

        public static void main(String[] arguments) {
            System.out.println(Engine.description());
            try (Scope scope = Scope.open("say")) {
                Tensor a = scope.matrix(2, 2, 1, 2, 3, 4);
                System.out.println(List.of(
                        Ops.matmul(scope, a, a).get(1, 0),
                        Ops.matmulTN(scope, a, a).get(0, 1)));
            }
        }
    }

    /// So that all other tests can be run with another engine.
    @BeforeAll
    static void requireNoOtherChoice() {
        assumeTrue(System.getProperty("stiefel.blas") == null);
    }

    @Test
    void openBlasIsTheDefaultWithOneDnnsProductsWhereTheyAre() throws Exception {
        String said = say(0);
        assertThat(said).contains("OpenBLAS").contains("[15.0, 14.0]");
        assumeTrue(System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64"));
        assertThat(said).contains("oneDNN 3.");
    }

    @Test
    void openBlasAloneCanBeChosen() throws Exception {
        assertThat(say(0, "-Dstiefel.blas=openblas"))
                .contains("OpenBLAS")
                .contains("[15.0, 14.0]")
                .doesNotContain("oneDNN");
    }

    @Test
    void aLibraryThatIsNotThereIsNamed() throws Exception {
        assertThat(say(1, "-Dstiefel.blas=/no/such/library.so"))
                .contains("cannot load the library")
                .contains("library.so")
                .contains("must be 'openblas' or the path of a library with CBLAS and LAPACKE");
    }

    @ParameterizedTest
    @CsvSource({"2, 14, false", "3, 11, false", "3, 12, false", "3, 13, true", "3, 14, true", "4, 0, true"})
    void versionsThatSignalsBreakAreNotUsed(int major, int minor, boolean sound) {
        assertThat(new OneDnn.Version(major, minor, 1).isSound()).isEqualTo(sound);
    }

    private static String say(int exitCode, String... options) throws IOException, InterruptedException {
        return ChildJvm.output(exitCode, Path.of("").toAbsolutePath(), Say.class, options);
    }
}
