package dev.stiefel.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.testkit.NoisyMeanSpec.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract holds for a layer that is right, and finds each thing that it does wrong.
class LayerContractTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aLayerThatIsRightKeepsIt(int group) {
        LayerContract.of(new NoisyMeanSpec(group, Fault.NONE), new Vector(3)).check();
        LayerContract.of(new NoisyMeanSpec(group, Fault.NONE), new Sequence(2), new Sequence(2))
                .check();
        LayerContract.of(new NoisyMeanSpec(group, Fault.NONE), new Vector(3))
                .samples(3 * group + 2 * group / 3 + 1)
                .check();
    }

    @ParameterizedTest
    @CsvSource({
        "FORGETS_ON_THE_WAY_BACK_WHAT_WAS_DROPPED, 'TRAINING: the gradient of input 0, element'",
        "TAKES_MEANS_AS_CONSTANT, 'TRAINING: the gradient of input 0, element'",
        "DROPS_BY_ROW_OF_THE_SLICE, 'TRAINING: the output in parts of 1 groups of samples'",
        "WRITES_WHERE_IT_SHOULD_ADD, 'the gradient of input 0 added to other numbers'",
        "HANDS_OUT_SCRATCH, 'the gradient of layer.weight with products that are put off'",
        "TAKES_ANY_LENGTHS, 'inputs of different lengths must be refused by the layer''s layout, or be taken'",
        "LEAVES_STATISTICS, 'running statistics must change by their update in training; [layer.mean] did not'",
        "UPDATES_FROM_THE_LAST_PART, 'layer.mean, of a batch in slices and parts'",
        "UPDATES_ON_THE_WAY_FORWARD, 'layer.mean must not change on the way forward and back'"
    })
    void whatALayerDoesWrongIsFound(Fault fault, String message) {
        LayerContract contract = LayerContract.of(new NoisyMeanSpec(2, fault), new Sequence(2), new Sequence(2));

        assertThatThrownBy(contract::check).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    @Test
    void memoryThatPassesShareIsFound() {
        LayerContract contract =
                LayerContract.of(new NoisyMeanSpec(2, Fault.HANDS_OUT_MEMORY_OF_THE_LAYER), new Vector(2));

        assertThatThrownBy(contract::productsMayBePutOff)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the gradient of layer.weight with products that are put off");
    }
}
