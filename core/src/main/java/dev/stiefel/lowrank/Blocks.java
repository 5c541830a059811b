package dev.stiefel.lowrank;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// One matrix a layer, all in one gapless buffer: gradients and moments are kept like this, so that an
/// optimizer sweeps over one buffer instead of calling once a parameter.
///
/// @param flat all elements, layer by layer
/// @param matrices views of `flat`, one a layer
public record Blocks(Tensor flat, List<Tensor> matrices) {
    /// Takes a copy of the list.
    public Blocks {
        matrices = List.copyOf(matrices);
    }

    /// Room for matrices of these shapes, their elements undefined.
    public static Blocks uninitialized(Scope scope, DType type, List<Shape> shapes) {
        long size = shapes.stream().mapToLong(Shape::size).sum();
        Tensor flat = scope.uninitialized(type, Math.toIntExact(size));
        long[] at = {0};
        List<Tensor> matrices = shapes.stream()
                .map(shape -> {
                    Tensor matrix = flat.slice(at[0], shape.extent(0), shape.extent(1));
                    at[0] += shape.size();
                    return matrix;
                })
                .toList();
        return new Blocks(flat, matrices);
    }

    /// Matrices of zeros of these shapes.
    public static Blocks zeros(Scope scope, DType type, List<Shape> shapes) {
        Blocks blocks = uninitialized(scope, type, shapes);
        blocks.flat.clear();
        return blocks;
    }

    /// Copies of these matrices.
    public static Blocks copyOf(Scope scope, DType type, List<Tensor> sources) {
        Blocks blocks =
                uninitialized(scope, type, sources.stream().map(Tensor::shape).toList());
        IntStream.range(0, sources.size()).forEach(i -> blocks.matrices.get(i).copyFrom(sources.get(i)));
        return blocks;
    }

    /// The matrix of layer `i`.
    public Tensor get(int i) {
        return matrices.get(i);
    }

    /// The number of layers.
    public int count() {
        return matrices.size();
    }

    /// The shapes of the matrices.
    public List<Shape> shapes() {
        return matrices.stream().map(Tensor::shape).toList();
    }
}
