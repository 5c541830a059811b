package dev.stiefel.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.spec.OptionGroup.Inheritance;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What options declare of themselves.
class OptionsTest {
    @Test
    void everyOptionHasAFlagOfItsKey() {
        assertThat(Options.all()).extracting(Option::flag).contains("learning-rate", "rank", "warm-up");
        for (Option<?> option : Options.all()) {
            assertThat(Options.of(option.flag())).isSameAs(option);
            assertThat(Options.of(option.key())).isSameAs(option);
        }
    }

    @Test
    void everyOptionHasARuleAHelpSectionAndAShortDescription() {
        for (Option<?> option : Options.all()) {
            assertThat(option.rule()).startsWith("must be");
            assertThat(option.description().split(" ", -1)).as(option.key()).hasSizeBetween(1, 12);
            assertThat(option.description()).matches("[a-zL].*[^.]");
        }
        assertThat(Options.in(OptionGroup.values())).isEqualTo(Options.all());
        List<Option<?>> shown = new ArrayList<>(Options.all());
        shown.remove(Options.EXPERIMENT); // an argument
        assertThat(HelpSection.sorted(Options.all())).containsExactlyInAnyOrderElementsOf(shown);
    }

    @Test
    void shownDefaultsAreAllowedValues() {
        for (Option<?> option : Options.all()) {
            option.shownDefault()
                    .ifPresent(value -> assertThat(option.write(option.parse(option.key(), value)))
                            .hasToString(value));
        }
    }

    @Test
    void anOptionIsTakenOverOrChosenAnewAsItsGroupSays() {
        assertThat(Options.inherited())
                .contains(Options.DATA, Options.SEED, Options.WIDTH, Options.NETWORK, Options.BATCH_SIZE)
                .doesNotContain(Options.EPOCHS, Options.RANK, Options.TOLERANCE, Options.LEGACY);
        assertThat(Options.ofRetraining())
                .contains(Options.DATA, Options.METHOD, Options.EPOCHS, Options.BATCH_SIZE)
                .doesNotContain(Options.WIDTH, Options.RANK, Options.BUDGET, Options.NETWORK, Options.EXPERIMENT);
        assertThat(Options.ofReading())
                .contains(Options.DATA, Options.SEED, Options.TARGET)
                .doesNotContain(Options.VALIDATION);
        assertThat(Options.BATCH_SIZE.inheritance()).isEqualTo(Inheritance.INHERITED_UNLESS_CHOSEN);
    }

    @Test
    void anOptionThatCameLaterIsLeftOutAtItsDefault() throws IOException {
        RunSpec spec = Presets.of("digits", Map.of("network", "mlp")).spec();

        assertThat(spec.asMap()).doesNotContainKey("network");
        assertThat(spec).isEqualTo(Presets.of("digits").spec());
        assertThat(spec.get(Options.NETWORK).word()).isEqualTo("mlp");
        Map<String, Object> written = Json.object(spec.asMap()).put("network", "mlp").properties().stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, each -> Json.plain(each.getValue())));
        assertThat(RunSpec.read(Json.object(written))).isEqualTo(spec);
    }

    @Test
    void choicesAreParsedOnceAndKeepTheNamesThatUsersTyped() {
        Choices choices = Choices.of(Map.of("learning-rate", "1e-2")).with("rank", List.of(3, 4));

        assertThat(choices.find(Options.LEARNING_RATE)).contains(0.01);
        assertThat(choices.find(Options.RANK)).contains(LayerRanks.of(List.of(3, 4)));
        assertThat(choices.typed(Options.LEARNING_RATE)).isEqualTo("learning-rate");
        assertThat(choices.typed(Options.BATCH_SIZE)).isEqualTo("batchSize");
        assertThat(choices.with(Choices.of(Map.of("learningRate", 1))).find(Options.LEARNING_RATE))
                .contains(1.0);
        assertThat(choices.only(List.of(Options.RANK)).options()).containsExactly(Options.RANK);
        assertThatThrownBy(() -> choices.with("learningRate", 1))
                .hasMessage("'learning-rate' and 'learningRate' are one option; give it once");
    }
}
