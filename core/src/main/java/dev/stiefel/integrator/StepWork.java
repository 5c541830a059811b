package dev.stiefel.integrator;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The work that a step of an integrator takes, from which its cost and its memory follow. Widths are multiples
/// of a weight's rank `r`; no basis is wider than its side of the matrix.
///
/// @param evaluations the evaluations of the gradient field, in order
/// @param bases the widths of the bases that are made of both sides, `[m, w r]` and `[n, w r]`, by an orthogonal
///     factorization; one width for each pair
/// @param decompositions the widths of the cores that singular values are computed of, `[w r, w r]`
/// @param directions the kind of directions in which factored weights move
public record StepWork(
        List<Evaluation> evaluations, List<Integer> bases, List<Integer> decompositions, Directions directions) {
    /// Kind of the directions in which factored weights move.
    public enum Directions {
        /// Directions of `K`, `L` and `S`, each part by itself.
        OF_PARTS,
        /// Directions in the tangent space.
        TANGENT,
        /// None: the step is for dense weights only.
        NONE
    }

    /// One evaluation of the gradient field.
    ///
    /// @param gradients the requested parts
    /// @param left the width of the left bases, `U [m, left r]`
    /// @param right the width of the right bases, `V [n, right r]`
    public record Evaluation(Set<Part> gradients, int left, int right) {
        /// Takes a copy of the set.
        public Evaluation {
            gradients = Set.copyOf(gradients);
        }
    }

    /// Takes copies of the lists.
    public StepWork {
        evaluations = List.copyOf(evaluations);
        bases = List.copyOf(bases);
        decompositions = List.copyOf(decompositions);
    }

    /// A step that evaluates nothing yet.
    public static StepWork along(Directions directions) {
        return new StepWork(List.of(), List.of(), List.of(), directions);
    }

    /// The same and an evaluation in bases of the weight's own rank.
    public StepWork evaluating(Part first, Part... more) {
        return evaluatingIn(1, 1, first, more);
    }

    /// The same and an evaluation in bases of these widths.
    public StepWork evaluatingIn(int left, int right, Part first, Part... more) {
        return new StepWork(
                joined(evaluations, List.of(new Evaluation(EnumSet.of(first, more), left, right))),
                bases,
                decompositions,
                directions);
    }

    /// The same and a pair of new bases.
    public StepWork makingBases(int width) {
        return new StepWork(evaluations, joined(bases, List.of(width)), decompositions, directions);
    }

    /// The same and the singular values of the cores.
    public StepWork decomposing(int width) {
        return new StepWork(evaluations, bases, joined(decompositions, List.of(width)), directions);
    }

    /// The work of this step followed by another's, which is taken in bases of another width.
    ///
    /// @param width of the bases at the start of the next step
    public StepWork then(int width, StepWork next) {
        StepWork wide = next.widened(width);
        return new StepWork(
                joined(evaluations, wide.evaluations),
                joined(bases, wide.bases),
                joined(decompositions, wide.decompositions),
                wide.directions);
    }

    /// The same step where it begins with wider bases.
    public StepWork widened(int width) {
        return new StepWork(
                evaluations.stream()
                        .map(each -> new Evaluation(each.gradients(), width * each.left(), width * each.right()))
                        .toList(),
                bases.stream().map(each -> width * each).toList(),
                decompositions.stream().map(each -> width * each).toList(),
                directions);
    }

    /// The greatest width that bases have on the way.
    public int greatestWidth() {
        IntStream sides = evaluations.stream().flatMapToInt(each -> IntStream.of(each.left(), each.right()));
        IntStream made = Stream.concat(bases.stream(), decompositions.stream()).mapToInt(Integer::intValue);
        return IntStream.concat(sides, made).max().orElse(1);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
