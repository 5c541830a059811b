package dev.stiefel.tensor;

import java.util.function.IntToDoubleFunction;

/// A small float64 matrix with the three-line loops that the fast operations are compared with.
final class Naive {
    final int rows;
    final int columns;
    private final double[] elements;

    private Naive(int rows, int columns, double[] elements) {
        this.rows = rows;
        this.columns = columns;
        this.elements = elements;
    }

    static Naive of(Tensor a) {
        return new Naive(a.rows(), a.columns(), a.toDoubles());
    }

    static Naive of(int rows, int columns, IntToDoubleFunction element) {
        double[] elements = new double[rows * columns];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = element.applyAsDouble(i);
        }
        return new Naive(rows, columns, elements);
    }

    double get(int i, int j) {
        return elements[i * columns + j];
    }

    Naive transposed() {
        return of(columns, rows, index -> get(index % rows, index / rows));
    }

    Naive absolute() {
        return of(rows, columns, i -> Math.abs(elements[i]));
    }

    Naive times(Naive b) {
        return of(rows, b.columns, index -> {
            double sum = 0;
            for (int l = 0; l < columns; l++) {
                sum += get(index / b.columns, l) * b.get(l, index % b.columns);
            }
            return sum;
        });
    }

    Naive plus(double alpha, Naive b) {
        return of(rows, columns, i -> elements[i] + alpha * b.elements[i]);
    }

    double largest() {
        double largest = 0;
        for (double element : elements) {
            largest = Math.max(largest, Math.abs(element)); // NaN stays NaN
        }
        return largest;
    }

    double sum() {
        double sum = 0;
        for (double element : elements) {
            sum += element;
        }
        return sum;
    }

    /// Whether every element is at most `steps` roundings of `scale`'s element away from that of `expected`.
    boolean isWithin(double steps, DType type, Naive scale, Naive expected) {
        if (rows != expected.rows || columns != expected.columns) {
            return false;
        }
        for (int i = 0; i < elements.length; i++) {
            double allowed = steps * type.epsilon() / 2 * scale.elements[i];
            if (!(Math.abs(elements[i] - expected.elements[i]) <= allowed)) {
                return false;
            }
        }
        return true;
    }
}
