package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.model.EncoderDecoder;
import dev.stiefel.model.LanguageModel;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.TextClassifier;
import dev.stiefel.model.TransformerSize;
import dev.stiefel.model.TransformerSize.OutputWeight;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.PositionsSpec;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// A transformer for texts of one kind. Low-rank methods factor the projections and the feed-forward matrices of all
/// blocks, but neither embeddings nor the output layer.
///
/// @param word its name for users
/// @param kind its kind of texts
record Transformer(String word, TextKind kind) implements Architecture {
    private static final int USUAL_HEADS = 8;
    private static final int USUAL_HEADS_OF_LANGUAGE_MODELS = 4;

    @Override
    public NetworkSpec dense(RunSpec spec) {
        TextFacts text = spec.dataFacts()
                .text()
                .orElseThrow(() -> new IllegalArgumentException("network '%s' is for text; got data '%s'"
                        .formatted(word, spec.dataFacts().name())));
        return switch (kind) {
            case PLAIN ->
                LanguageModel.of(
                        size(spec, spec.get(Options.DECODER_LAYERS), Activation.GELU),
                        text.sourceVocabulary(),
                        PositionsSpec.learned(spec.get(Options.CONTEXT)));
            case PARALLEL ->
                EncoderDecoder.of(
                        size(spec, 1, Activation.RELU),
                        spec.get(Options.ENCODER_LAYERS),
                        spec.get(Options.DECODER_LAYERS),
                        text.sourceVocabulary(),
                        text.targetVocabulary());
            case LABELLED ->
                TextClassifier.of(
                        size(spec, spec.get(Options.ENCODER_LAYERS), Activation.RELU),
                        text.sourceVocabulary(),
                        spec.dataFacts().outputs());
        };
    }

    private static TransformerSize size(RunSpec spec, int layers, Activation activation) {
        return new TransformerSize(
                layers,
                spec.get(Options.MODEL_WIDTH),
                spec.get(Options.HEADS),
                spec.get(Options.INNER_WIDTH),
                spec.get(Options.DROPOUT),
                spec.get(Options.NORM),
                activation,
                spec.find(Options.TIE_OUTPUT).orElse(false) ? OutputWeight.TIED : OutputWeight.OWN);
    }

    @Override
    public List<String> factored(NetworkSpec network) {
        return network.weights().stream()
                .map(WeightSpec::name)
                .filter(name -> name.startsWith("encoder.") || name.startsWith("decoder."))
                .toList();
    }

    @Override
    public Optional<String> misfit(DataFacts data) {
        Optional<TextKind> given = data.text().map(TextFacts::kind);
        if (given.equals(Optional.of(kind))) {
            return Optional.empty();
        }
        return Optional.of("is for %s; data '%s' is %s"
                .formatted(kind, data.name(), given.map(TextKind::toString).orElse("no text")));
    }

    @Override
    public boolean hasEncoder() {
        return kind != TextKind.PLAIN;
    }

    @Override
    public boolean hasDecoder() {
        return kind != TextKind.LABELLED;
    }

    /// The published number of heads, or a number that divides the width.
    @Override
    public int usualHeads(int modelWidth) {
        int heads = kind == TextKind.PLAIN ? USUAL_HEADS_OF_LANGUAGE_MODELS : USUAL_HEADS;
        return BigInteger.valueOf(heads).gcd(BigInteger.valueOf(modelWidth)).intValue();
    }
}
