package dev.stiefel.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A tensor to call an operation with, surrounded by memory that the operation must not touch.
final class Specimen {
    private static final double GUARD = 12345;

    /// How the tensor lies in the memory around it.
    enum Layout {
        OWNER,
        GAPLESS_VIEW,
        VIEW_WITH_GAPS
    }

    /// What it holds.
    enum Content {
        NUMBERS,
        NAN,
        INFINITY,
        CLOSED
    }

    /// How to make one.
    record Recipe(DType type, Layout layout, Content content, Shape shape) {
        int[] extents() {
            return IntStream.range(0, shape.order()).map(shape::extent).toArray();
        }
    }

    private final Tensor whole;
    private final Tensor tensor;
    private final boolean[] guarded;
    private final double[] before;

    Specimen(Scope scope, Recipe recipe) {
        Shape shape = recipe.shape;
        int size = (int) shape.size();
        switch (recipe.layout) {
            case OWNER -> {
                whole = scope.zeros(recipe.type, recipe.extents());
                tensor = whole.named("specimen");
                guarded = new boolean[size];
            }
            case GAPLESS_VIEW -> {
                whole = scope.zeros(recipe.type, size + 32);
                tensor = whole.slice(16, recipe.extents()).named("specimen");
                guarded = new boolean[size + 32];
                for (int i = 0; i < guarded.length; i++) {
                    guarded[i] = i < 16 || i >= 16 + size;
                }
            }
            case VIEW_WITH_GAPS -> {
                int rows = shape.extent(0);
                int columns = shape.extent(1);
                whole = scope.zeros(recipe.type, rows + 2, columns + 3);
                tensor = whole.rows(1, rows + 1).columnRange(1, columns + 1).named("specimen");
                guarded = new boolean[(rows + 2) * (columns + 3)];
                for (int index = 0; index < guarded.length; index++) {
                    int i = index / (columns + 3);
                    int j = index % (columns + 3);
                    guarded[index] = i < 1 || i > rows || j < 1 || j > columns;
                }
            }
            default -> throw new AssertionError(recipe.layout);
        }
        double[] elements = new double[guarded.length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = guarded[i] ? GUARD : 1 + (i * 7) % 5;
            if (!guarded[i] && i % 3 == 1) {
                elements[i] = switch (recipe.content) {
                    case NAN -> Double.NaN;
                    case INFINITY -> Double.POSITIVE_INFINITY;
                    case NUMBERS, CLOSED -> elements[i];
                };
            }
        }
        whole.setAll(elements);
        before = whole.toDoubles();
        if (recipe.content == Content.CLOSED) {
            whole.close();
        }
    }

    /// Every combination that makes sense.
    static List<Recipe> recipes() {
        List<Recipe> recipes = new ArrayList<>();
        List<Shape> shapes = List.of(
                Shape.of(2, 2),
                Shape.of(3, 3),
                Shape.of(2, 3),
                Shape.of(3, 2),
                Shape.of(1, 1),
                Shape.of(1, 3),
                Shape.of(0, 2),
                Shape.of(2, 0),
                Shape.of(0, 0),
                Shape.of(2),
                Shape.of(3),
                Shape.of(0),
                Shape.of(),
                Shape.of(2, 1, 2));
        for (Shape shape : shapes) {
            for (DType type : DType.values()) {
                for (Layout layout : Layout.values()) {
                    for (Content content : Content.values()) {
                        if (layout != Layout.VIEW_WITH_GAPS || shape.order() == 2) {
                            recipes.add(new Recipe(type, layout, content, shape));
                        }
                    }
                }
            }
        }
        return recipes;
    }

    Tensor tensor() {
        return tensor;
    }

    boolean guardsAreWhole() {
        if (whole.isClosed()) {
            return true;
        }
        double[] now = whole.toDoubles();
        for (int i = 0; i < now.length; i++) {
            if (guarded[i] && now[i] != GUARD) {
                return false;
            }
        }
        return true;
    }

    boolean isUnchanged() {
        if (whole.isClosed()) {
            return true;
        }
        return Arrays.equals(whole.toDoubles(), before);
    }
}
