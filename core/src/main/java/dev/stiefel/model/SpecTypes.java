package dev.stiefel.model;

import dev.stiefel.nn.ActivationSpec;
import dev.stiefel.nn.AdditionSpec;
import dev.stiefel.nn.AttentionSpec;
import dev.stiefel.nn.BatchNormSpec;
import dev.stiefel.nn.ConcatenationSpec;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.DropoutSpec;
import dev.stiefel.nn.EmbeddingSpec;
import dev.stiefel.nn.LayerNormSpec;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanPoolSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.PoolingSpec;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.nn.SubsampleSpec;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/// The words that layers and losses have in JSON. A user's own are added by name, or by a [SpecTypesProvider];
/// nothing else can be read, so that a file never names a class to load.
///
/// @param layers record types by word
/// @param losses record types by word
public record SpecTypes(Map<String, Class<? extends LayerSpec>> layers, Map<String, Class<? extends Loss>> losses) {
    private static final SpecTypes STANDARD = new SpecTypes(
            Map.ofEntries(
                    Map.entry("linear", LinearSpec.class),
                    Map.entry("convolution", ConvolutionSpec.class),
                    Map.entry("batch-norm", BatchNormSpec.class),
                    Map.entry("pooling", PoolingSpec.class),
                    Map.entry("mean-pool", MeanPoolSpec.class),
                    Map.entry("dropout", DropoutSpec.class),
                    Map.entry("subsample", SubsampleSpec.class),
                    Map.entry("activation", ActivationSpec.class),
                    Map.entry("addition", AdditionSpec.class),
                    Map.entry("concatenation", ConcatenationSpec.class),
                    Map.entry("reshape", ReshapeSpec.class),
                    Map.entry("layer-norm", LayerNormSpec.class),
                    Map.entry("embedding", EmbeddingSpec.class),
                    Map.entry("positions", PositionsSpec.class),
                    Map.entry("attention", AttentionSpec.class)),
            Map.of(
                    "softmax-cross-entropy", SoftmaxCrossEntropy.class,
                    "mean-squared-error", MeanSquaredError.class));

    /// Takes copies of the maps, and checks that all types are records.
    public SpecTypes {
        layers = Map.copyOf(layers);
        losses = Map.copyOf(losses);
        layers.values().forEach(SpecTypes::requireRecord);
        losses.values().forEach(SpecTypes::requireRecord);
    }

    private static void requireRecord(Class<?> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(
                    "types: layers and losses in JSON must be records; got " + type.getName());
        }
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getName().equals(RecordJson.TYPE)) {
                throw new IllegalArgumentException(
                        ("types: no component may be called '%s', which is the key of the word in JSON; got %s;"
                                        + " rename it")
                                .formatted(RecordJson.TYPE, type.getName()));
            }
        }
    }

    /// The types of this library.
    public static SpecTypes standard() {
        return STANDARD;
    }

    /// The types of this library and of installed service providers: all types that model files and runs know.
    public static SpecTypes installed() {
        SpecTypes types = STANDARD;
        for (SpecTypesProvider provider : ServiceLoader.load(SpecTypesProvider.class)) {
            types = provider.addTo(types);
        }
        return types;
    }

    /// The word of a layer.
    ///
    /// @throws IllegalArgumentException if it has none
    public String word(LayerSpec layer) {
        return word(layers, layer);
    }

    /// The word of a loss.
    ///
    /// @throws IllegalArgumentException if it has none
    public String word(Loss loss) {
        return word(losses, loss);
    }

    private static String word(Map<String, ? extends Class<?>> types, Object value) {
        return types.entrySet().stream()
                .filter(each -> each.getValue() == value.getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "network: %s has no word in JSON; add it to the types that are known"
                                .formatted(value.getClass().getName())));
    }

    /// The same, and a layer of one's own.
    public SpecTypes withLayer(String word, Class<? extends LayerSpec> type) {
        Map<String, Class<? extends LayerSpec>> more = new LinkedHashMap<>(layers);
        requireNew(word, more.put(word, type));
        return new SpecTypes(more, losses);
    }

    /// The same, and a loss of one's own.
    public SpecTypes withLoss(String word, Class<? extends Loss> type) {
        Map<String, Class<? extends Loss>> more = new LinkedHashMap<>(losses);
        requireNew(word, more.put(word, type));
        return new SpecTypes(layers, more);
    }

    private static void requireNew(String word, @org.jspecify.annotations.Nullable Class<?> before) {
        if (before != null) {
            throw new IllegalArgumentException("types: '%s' is %s already".formatted(word, before.getSimpleName()));
        }
    }
}
