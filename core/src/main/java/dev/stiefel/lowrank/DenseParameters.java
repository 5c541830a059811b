package dev.stiefel.lowrank;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All dense parameters of a model, which lie in one gapless vector: first those that weight decay applies to,
/// then the others.
///
/// Gradients and moments are vectors with the same layout, so that one loop updates all parameters, and [#in]
/// finds a parameter's part of any of them by its name.
public final class DenseParameters {
    private final Tensor flat;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final List<DenseParameter> all;
    private final int decayed;

    private record Place(DenseParameter parameter, int offset) {}

    /// The layout of one parameter.
    ///
    /// @param name unique in a model
    /// @param shape `[m, n]` or `[n]`
    /// @param decay selects weight decay or none
    public record Layout(String name, Shape shape, WeightDecay decay) {
        /// Checks the shape.
        public Layout {
            if (shape.order() < 1 || shape.order() > 2) {
                throw new IllegalArgumentException(
                        "dense parameter '%s': must be a matrix or a vector; got %s".formatted(name, shape));
            }
        }

        /// A matrix with weight decay.
        public static Layout matrix(String name, int rows, int columns) {
            return new Layout(name, Shape.of(rows, columns), WeightDecay.APPLIED);
        }

        /// A vector without weight decay.
        public static Layout vector(String name, int size) {
            return new Layout(name, Shape.of(size), WeightDecay.NONE);
        }
    }

    private DenseParameters(Tensor flat, List<Layout> layouts) {
        this.flat = flat;
        int at = 0;
        int end = 0;
        for (Layout each : layouts) {
            DenseParameter parameter = new DenseParameter(each.name(), view(flat, at, each.shape()), each.decay());
            if (places.put(each.name(), new Place(parameter, at)) != null) {
                throw new IllegalArgumentException(
                        "dense parameters: names must be unique; got '%s' twice".formatted(each.name()));
            }
            at += Math.toIntExact(each.shape().size());
            if (each.decay() == WeightDecay.APPLIED) {
                end = at;
            }
        }
        this.decayed = end;
        this.all = places.values().stream().map(Place::parameter).toList();
    }

    /// Parameters as views of an existing vector.
    ///
    /// @param flat `[P]`, all elements
    /// @param layouts the parameters in the order of their elements, those that weight decay applies to first
    /// @throws IllegalArgumentException if names are not unique, the order is another, or sizes do not add up
    ///     to `P`
    public static DenseParameters of(Tensor flat, List<Layout> layouts) {
        long size = layouts.stream().mapToLong(each -> each.shape().size()).sum();
        if (size != flat.size()) {
            throw new IllegalArgumentException(
                    "dense parameters: the vector must have their %d elements; got %d".formatted(size, flat.size()));
        }
        if (!decayedFirst(layouts).toList().equals(layouts)) {
            throw new IllegalArgumentException(
                    "dense parameters: those with weight decay must be first; got %s".formatted(names(layouts)));
        }
        return new DenseParameters(flat, layouts);
    }

    /// New parameters, all 0, in a vector of their own.
    ///
    /// @param layouts in any order; those that weight decay applies to are put first
    /// @throws IllegalArgumentException if names are not unique
    public static DenseParameters zeros(Scope scope, DType type, List<Layout> layouts) {
        List<Layout> ordered = decayedFirst(layouts).toList();
        long size = layouts.stream().mapToLong(each -> each.shape().size()).sum();
        return new DenseParameters(scope.zeros(type, Math.toIntExact(size)), ordered);
    }

    private static Stream<Layout> decayedFirst(List<Layout> layouts) {
        return Stream.of(WeightDecay.APPLIED, WeightDecay.NONE)
                .flatMap(decay -> layouts.stream().filter(each -> each.decay() == decay));
    }

    private static String names(List<Layout> layouts) {
        return layouts.stream().map(Layout::name).collect(Collectors.joining(", "));
    }

    /// All elements, `[P]`, `P ≥ 0`.
    public Tensor flat() {
        return flat;
    }

    /// Number format of the elements.
    public DType type() {
        return flat.type();
    }

    /// The number of elements, `P`.
    public int size() {
        return Math.toIntExact(flat.size());
    }

    /// The number of elements with weight decay; they are the first ones.
    public int decayed() {
        return decayed;
    }

    /// The parameters in the order of their elements. Their values are views of [#flat].
    public List<DenseParameter> all() {
        return all;
    }

    /// The names in the order of the elements.
    public List<String> names() {
        return List.copyOf(places.keySet());
    }

    /// The parameter of this name.
    ///
    /// @throws IllegalArgumentException if there is none
    public DenseParameter get(String name) {
        return place(name).parameter();
    }

    private Place place(String name) {
        Place found = places.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "dense parameters: there is no '%s'; they are %s".formatted(name, String.join(", ", names())));
        }
        return found;
    }

    /// The place of a parameter's first element in [#flat].
    ///
    /// @throws IllegalArgumentException if there is none of this name
    public int offset(String name) {
        return place(name).offset();
    }

    /// A parameter's part of another vector that is laid out alike, its gradient for instance, as a view.
    ///
    /// @param vector `[P]`
    /// @throws IllegalArgumentException if there is none of this name, or the vector has another size
    public Tensor in(Tensor vector, String name) {
        if (vector.size() != flat.size()) {
            throw new IllegalArgumentException("dense parameters: a vector laid out alike has %d elements; got %d"
                    .formatted(flat.size(), vector.size()));
        }
        Place place = place(name);
        return view(vector, place.offset(), place.parameter().value().shape());
    }

    private static Tensor view(Tensor vector, int at, Shape shape) {
        return shape.order() == 2
                ? vector.slice(at, shape.extent(0), shape.extent(1))
                : vector.slice(at, shape.extent(0));
    }

    @Override
    public String toString() {
        return "%d dense parameters of %d elements".formatted(all.size(), size());
    }
}
