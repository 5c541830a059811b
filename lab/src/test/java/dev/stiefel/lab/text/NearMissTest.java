package dev.stiefel.lab.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMissTest {
    @ParameterizedTest
    @CsvSource({
        "train, train, 0",
        "TRAIN, train, 0",
        "trian, train, 1",
        "tain, train, 1",
        "traain, train, 1",
        "brain, train, 1",
        "'', train, 5",
        "kitten, sitting, 3",
    })
    void countsInsertionsDeletionsReplacementsAndSwaps(String typed, String name, int distance) {
        assertThat(NearMiss.distance(typed, name)).isEqualTo(distance);
        assertThat(NearMiss.distance(name, typed)).isEqualTo(distance);
    }

    @Test
    void offersTheNearestNameOnlyIfItIsNear() {
        List<String> names = List.of("mnist", "digits");
        assertThat(NearMiss.of("minst", names)).contains("mnist");
        assertThat(NearMiss.of("cifar10", names)).isEmpty();
        assertThat(NearMiss.nearest("cifar10", names)).contains("digits");
    }

    @Test
    void asksForTheNameThatItOffers() {
        List<String> names = List.of("test", "train");
        assertThat(NearMiss.question("tset", names)).contains("; did you mean 'test'?");
        assertThat(NearMiss.question("tes", names)).contains("; did you mean 'test'?");
        assertThat(NearMiss.question("ts", names)).isEmpty();
    }

    @Test
    void offersNothingWhereThereAreNoNames() {
        assertThat(NearMiss.of("mnist", List.of())).isEmpty();
    }
}
