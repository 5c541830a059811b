package dev.stiefel.nn;

import static dev.stiefel.nn.Reference.flat;
import static dev.stiefel.nn.Reference.rows;
import static dev.stiefel.tensor.Ops.cast;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.nn.ParameterGradients.Later;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassResult.Wanted;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What every linear layer must do, whatever its weight is held as. The oracle is [Reference], plain loops over
/// the formed matrix; what goes back is random.
abstract class LinearContract {
    /// Of products of matrices with elements about 1 and sides up to 13, in float64.
    private static final double ROUNDING = 1e-12;

    private final long ownersBefore = Scope.liveOwners();
    private final Scope scope = Scope.open("test");
    private final List<Factors> opened = new ArrayList<>();

    /// A weight `[m, n]`; `r` is its rank, where it has one.
    abstract Parameter weight(Scope in, int m, int n, int r, Rng rng);

    /// Whether the layer is one for samples of many rows.
    boolean ofSequences() {
        return false;
    }

    private Linear linear(String name, Parameter weight, Tensor bias, Activation activation) {
        return new Linear(name, weight, TestWeights.bias(bias), activation, ofSequences());
    }

    @AfterEach
    void everythingIsFreed() {
        opened.forEach(Factors::close);
        scope.close();
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    record Sizes(int batch, int outputs, int inputs, int rank) {}

    static Stream<Arguments> cases() {
        List<Sizes> sizes = List.of(
                new Sizes(1, 1, 1, 1),
                new Sizes(5, 4, 3, 2),
                new Sizes(7, 3, 11, 2), // wide
                new Sizes(2, 13, 5, 3), // tall
                new Sizes(6, 5, 7, 5)); // of full rank
        return sizes.stream()
                .flatMap(size -> Stream.of(Activation.values()).map(activation -> Arguments.of(size, activation)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndGradientsAreThoseOfPlainLoopsOverTheFormedMatrix(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        Reference reference = c.reference();
        PassResult result = c.run(c.layer);
        assertThat(result.y.toDoubles()).containsExactly(flat(reference.y), within(ROUNDING));
        assertThat(result.dx.toDoubles()).containsExactly(flat(reference.inputGradient), within(ROUNDING));
        assertThat(result.bias().toDoubles()).containsExactly(reference.biasGradient, within(ROUNDING));
        Tensor G = scope.matrix64(sizes.outputs, sizes.inputs, flat(reference.weightGradient));
        switch (c.layer.weight()) {
            case DenseParameter w -> requireEqual(result.weight(), G);
            case FactoredParameter w -> {
                Factors f = ((Factors) w.weight());
                requireEqual(result.K(), matmul(scope, G, f.V()));
                requireEqual(result.L(), matmulTN(scope, G, f.U()));
                requireEqual(result.S(), matmul(scope, matmulTN(scope, f.U(), G), f.V()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aDenseLayerWithTheFormedMatrixGivesTheSame(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        PassResult own = c.run(c.layer);
        PassResult twin = c.run(linear("twin", TestWeights.dense(c.matrix), c.bias, activation));
        requireEqual(own.y, twin.y);
        requireEqual(own.dx, twin.dx);
        assertThat(own.bias().toDoubles()).containsExactly(twin.bias().toDoubles(), within(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreThoseOfCentralDifferences(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        PassResult result = c.run(c.layer);
        Tensor everyOutput = scope.identity(DType.FLOAT64, sizes.outputs);
        Tensor everyInput = scope.identity(DType.FLOAT64, sizes.inputs);
        Tensor everySample = scope.identity(DType.FLOAT64, sizes.batch);
        Tensor one = scope.identity(DType.FLOAT64, 1);
        c.requireSlopes(result.dx, everySample, everyInput, Unknown.INPUT);
        c.requireSlopes(result.bias().slice(0, 1, sizes.outputs), one, everyOutput, Unknown.BIAS);
        switch (c.layer.weight()) {
            case DenseParameter w -> c.requireSlopes(result.weight(), everyOutput, everyInput, Unknown.MATRIX);
            case FactoredParameter w -> {
                Factors f = ((Factors) w.weight());
                c.requireSlopes(result.K(), everyOutput, f.V(), Unknown.MATRIX);
                c.requireSlopes(Ops.transpose(scope, result.L()), f.U(), everyInput, Unknown.MATRIX);
                c.requireSlopes(result.S(), f.U(), f.V(), Unknown.MATRIX);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreWrittenAndNotAddedAlsoWhenAPassIsUsedAgain(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        PassResult clean = c.run(c.layer);
        PassResult again = new PassResult(scope, c.layer, sizes.batch, PassResult.ALL);
        for (Tensor each : again.tensors()) {
            double[] nans = new double[Math.toIntExact(each.size())];
            Arrays.fill(nans, Double.NaN);
            each.write(0, nans, 0, nans.length);
        }
        Layer.Pass pass = PassResult.pass(scope, c.layer);
        for (int time = 0; time < 2; time++) {
            again.run(pass, c.x, c.back);
            for (int i = 0; i < clean.tensors().size(); i++) {
                assertThat(again.tensors().get(i).toDoubles())
                        .isEqualTo(clean.tensors().get(i).toDoubles());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBatchInPartsGivesTheSameOutputsAndSumsOfGradients(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        PassResult whole = c.run(c.layer);
        PassResult parts = new PassResult(scope, c.layer, sizes.batch, PassResult.ALL);
        Layer.Pass pass = PassResult.pass(scope, c.layer);
        ParameterGradients places = parts.room();
        int step = Math.max(1, (sizes.batch + 1) / 2);
        for (int at = 0; at < sizes.batch; at += step) {
            int to = Math.min(sizes.batch, at + step);
            requireClose(PassResult.forward(scope, pass, c.layer, c.x.rows(at, to)), whole.y.rows(at, to), ROUNDING);
            pass.backward(c.back.rows(at, to).copy(scope), places);
            Tensor dx = scope.uninitialized(DType.FLOAT64, to - at, sizes.inputs);
            pass.inputGradient(0, dx, Accumulation.WRITE);
            requireClose(dx, whole.dx.rows(at, to), ROUNDING);
        }
        places.finish();
        if (sizes.batch > 0) {
            for (int i = 2; i < whole.tensors().size(); i++) {
                assertThat(parts.tensors().get(i).toDoubles())
                        .containsExactly(whole.tensors().get(i).toDoubles(), within(1e3 * ROUNDING));
            }
        }
    }

    @Test
    void aDenseMatrixCanBeLeftForLater() {
        Case c = new Case(new Sizes(5, 4, 3, 2), Activation.TANH);
        PassResult now = c.run(c.layer);
        PassResult then = new PassResult(scope, c.layer, 5, PassResult.ALL);
        Layer.Pass pass = PassResult.pass(scope, c.layer);
        PassResult.forward(scope, pass, c.layer, c.x);
        ParameterGradients room = then.room(Products.LATER);
        pass.backward(c.back.copy(scope), room);
        room.finish();
        assertThat(then.bias().toDoubles()).isEqualTo(now.bias().toDoubles());
        switch (c.layer.weight()) {
            case DenseParameter w -> {
                assertThat(room.later()).hasSize(1);
                assertThat(room.isPutOff(w)).isTrue();
                Later later = room.later().getFirst();
                requireSame(Ops.matmulTN(scope, later.left(), later.right()), now.weight());
            }
            case FactoredParameter w -> {
                assertThat(room.later()).isEmpty();
                requireSame(then.K(), now.K());
            }
        }
    }

    @Test
    void aPassThatIsUsedAgainTakesNoMoreMemory() {
        Case c = new Case(new Sizes(5, 4, 3, 2), Activation.GELU);
        Layer.Pass pass = PassResult.pass(scope, c.layer);
        PassResult result = new PassResult(scope, c.layer, 5, PassResult.ALL);
        Tensor back = c.back.copy(scope);
        ParameterGradients first = result.room();
        pass.forward(List.of(SampleRows.vectors(c.x)), result.y);
        pass.backward(back, first);
        pass.inputGradient(0, result.dx, Accumulation.WRITE);
        first.finish();
        long owners = Scope.liveOwners();
        for (int time = 0; time < 10; time++) {
            ParameterGradients places = result.room();
            pass.forward(List.of(SampleRows.vectors(c.x)), result.y);
            pass.backward(back, places);
            pass.inputGradient(0, result.dx, Accumulation.WRITE);
            places.finish();
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void gradientsOfSeveralPlacesMayBePendingAtOnce() {
        Case c = new Case(new Sizes(5, 4, 3, 2), Activation.GELU);
        PassResult expected = c.run(c.layer);
        Layer.Pass pass = PassResult.pass(scope, c.layer);
        PassResult one = new PassResult(scope, c.layer, 5, PassResult.ALL);
        PassResult other = new PassResult(scope, c.layer, 5, PassResult.ALL);
        ParameterGradients ofOne = one.room();
        ParameterGradients ofOther = other.room();
        pass.forward(List.of(SampleRows.vectors(c.x)), one.y);
        pass.backward(c.back.copy(scope), ofOne);
        pass.forward(List.of(SampleRows.vectors(Ops.scaled(scope, c.x, 2))), other.y);
        pass.backward(c.back.copy(scope), ofOther);
        ofOther.finish();
        ofOne.finish();
        one.dense.forEach((name, tensor) -> requireSame(true, tensor, expected.dense.get(name)));
        one.factored.forEach((name, places) ->
                requireSame(true, places.K(), expected.factored.get(name).K()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsNotWantedMakesNoDifferenceToTheRest(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        PassResult all = c.run(c.layer);
        double[] bias = c.bias.toDoubles();
        for (Wanted only : Wanted.values()) {
            for (Set<Wanted> wanted : List.of(EnumSet.of(only), EnumSet.complementOf(EnumSet.of(only)))) {
                PassResult some = new PassResult(scope, c.layer, sizes.batch, wanted);
                some.run(PassResult.pass(scope, c.layer), c.x, c.back);
                requireSame(some.y, all.y);
                requireSame(some.dx, all.dx);
                some.dense.forEach((name, tensor) -> requireSame(true, tensor, all.dense.get(name)));
                if (!some.factored.isEmpty()) {
                    FactorGradients gradients =
                            some.factored.values().iterator().next();
                    requireSame(wanted.contains(Wanted.K), gradients.K(), all.K());
                    requireSame(wanted.contains(Wanted.L), gradients.L(), all.L());
                    requireSame(wanted.contains(Wanted.S), gradients.S(), all.S());
                }
            }
        }
        assertThat(c.bias.toDoubles()).isEqualTo(bias);
    }

    /// The way forward errs by at most `e = k ε Z`: `k` roundings on the way, `Z` what the largest
    /// output would be had all products been of magnitudes. A slope then errs by `2 e` and a few
    /// roundings, and a gradient, in the Frobenius norm, by what its factors do.
    @ParameterizedTest
    @MethodSource("cases")
    void singlePrecisionAgreesWithDouble(Sizes sizes, Activation activation) {
        Case c = new Case(sizes, activation);
        PassResult exact = c.run(c.layer);
        Parameter weight = TestWeights.single(scope, c.layer.weight());
        if (weight instanceof FactoredParameter w) {
            opened.add(((Factors) w.weight()));
        }
        Tensor bias = cast(scope, c.bias.slice(0, 1, sizes.outputs), DType.FLOAT32);
        Linear layer = linear("single", weight, bias, activation);
        PassResult result = new PassResult(scope, layer, sizes.batch, PassResult.ALL)
                .run(
                        PassResult.pass(scope, layer),
                        cast(scope, c.x, DType.FLOAT32),
                        cast(scope, c.back, DType.FLOAT32));

        double epsilon = DType.FLOAT32.epsilon();
        double k = sizes.inputs + 2 * (sizes.rank + 1) + 8;
        double e = k * epsilon * c.magnitude();
        if (activation == Activation.RELU) {
            assertThat(c.reference().distanceFromKink()).isGreaterThan(e); // or a slope flips: choose another seed
        }
        double u = c.norms()[0];
        double s = c.norms()[1];
        double v = c.norms()[2];
        double x = norm(c.x);
        double delta = norm(c.back) * (2 * e + 1.2 * (k + sizes.batch + sizes.outputs) * epsilon);
        requireClose(result.y, exact.y, 1.2 * e * Math.sqrt(sizes.batch * sizes.outputs));
        requireClose(result.dx, exact.dx, delta * u * s * v);
        requireClose(
                result.bias().slice(0, 1, sizes.outputs),
                exact.bias().slice(0, 1, sizes.outputs),
                delta * Math.sqrt(sizes.batch));
        switch (weight) {
            case DenseParameter w -> requireClose(result.weight(), exact.weight(), delta * x);
            case FactoredParameter w -> {
                requireClose(result.K(), exact.K(), delta * x * v);
                requireClose(result.L(), exact.L(), delta * x * u);
                requireClose(result.S(), exact.S(), delta * x * u * v);
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedInTheNameOfTheLayer() {
        Case c = new Case(new Sizes(5, 4, 3, 2), Activation.RELU);
        Layer.Pass pass = PassResult.pass(scope, c.layer);
        PassResult result = new PassResult(scope, c.layer, 5, PassResult.ALL);
        Tensor back = c.back.copy(scope);
        requireRefused(
                () -> PassResult.forward(scope, pass, c.layer, scope.zeros(DType.FLOAT64, 5, 4)),
                "linear 'fc': input must be [rows, 3]; got [5, 4]");
        requireRefused(
                () -> PassResult.forward(scope, pass, c.layer, scope.zeros(DType.FLOAT32, 5, 3)),
                "linear 'fc': input must be of the bias's number format; got float32 [5, 3] and float64 [4]");
        assertThatThrownBy(() -> pass.backward(back, result.room()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("linear 'fc': backward must follow forward");
        assertThatThrownBy(() -> pass.inputGradient(0, result.dx, Accumulation.WRITE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("linear 'fc': inputGradient must follow backward");
        PassResult.forward(scope, pass, c.layer, c.x);
        requireRefused(
                () -> pass.backward(scope.zeros(DType.FLOAT64, 5, 3), result.room()),
                "linear 'fc': the output's gradient must be [5, 4]; got [5, 3]");
        pass.backward(back, result.room());
        requireRefused(
                () -> pass.inputGradient(0, scope.zeros(DType.FLOAT64, 5, 4), Accumulation.WRITE),
                "linear 'fc': the input's gradient must be [5, 3]; got [5, 4]");
        requireRefused(
                () -> new Linear(
                        "fc", c.layer.weight(), TestWeights.bias(scope.zeros(DType.FLOAT64, 3)), Activation.RELU),
                "linear 'fc': bias must have 4 elements; got [3]");
        requireRefused(
                () -> new Linear(
                        "fc", c.layer.weight(), TestWeights.bias(scope.zeros(DType.FLOAT32, 4)), Activation.RELU),
                "linear 'fc': weight and bias must be of one number format; got FLOAT64 and float32 [4]");
    }

    @Test
    void aLayerSaysWhatItIs() {
        Case c = new Case(new Sizes(5, 4, 3, 2), Activation.TANH);
        assertThat(c.layer.name()).isEqualTo("fc");
        assertThat(c.layer.inputs()).isEqualTo(3);
        assertThat(c.layer.outputs()).isEqualTo(4);
        assertThat(c.layer.activation()).isEqualTo(Activation.TANH);
        assertThat(c.layer.parameters()).hasSize(2);
        assertThat(c.layer.parameters().getFirst()).isSameAs(c.layer.weight());
        assertThat(c.layer.parameters().getLast().name()).isEqualTo("fc.bias");
    }

    private enum Unknown {
        INPUT,
        MATRIX,
        BIAS
    }

    /// A layer, a batch, and what comes back.
    private final class Case {
        final Sizes sizes;
        final Linear layer;
        final Tensor bias;
        final Tensor matrix;
        final Tensor x;
        final Tensor back;

        Case(Sizes sizes, Activation activation) {
            Rng rng = Rng.seeded(11).forPurpose(sizes + " " + activation);
            Parameter weight = weight(scope, sizes.outputs, sizes.inputs, sizes.rank, rng);
            this.sizes = sizes;
            this.bias = random(rng, sizes.outputs);
            this.layer = linear("fc", weight, bias, activation);
            this.matrix = switch (weight) {
                case DenseParameter w -> w.value();
                case FactoredParameter w -> {
                    opened.add(((Factors) w.weight()));
                    yield ((Factors) w.weight()).matrix(scope);
                }
            };
            this.x = random(rng, sizes.batch, sizes.inputs);
            this.back = random(rng, sizes.batch, sizes.outputs);
        }

        PassResult run(Linear any) {
            return new PassResult(scope, any, sizes.batch, PassResult.ALL).run(PassResult.pass(scope, any), x, back);
        }

        Reference reference() {
            return new Reference(layer.activation(), rows(matrix), bias.toDoubles(), rows(x), rows(back));
        }

        /// `gradient[i, j]` is the slope when the unknown moves along `left_i right_jᵀ`.
        void requireSlopes(Tensor gradient, Tensor left, Tensor right, Unknown unknown) {
            double h = 1e-5;
            for (int i = 0; i < left.columns(); i++) {
                for (int j = 0; j < right.columns(); j++) {
                    Tensor direction = Ops.matmulNT(scope, left.columnRange(i, i + 1), right.columnRange(j, j + 1));
                    Reference ahead = moved(unknown, h, direction);
                    Reference behind = moved(unknown, -h, direction);
                    double difference = (ahead.loss() - behind.loss()) / (2 * h);
                    assertThat(gradient.get(i, j))
                            .isEqualTo(difference, within(ahead.differenceError(behind, h, sizes.inputs)));
                }
            }
        }

        private Reference moved(Unknown unknown, double by, Tensor direction) {
            Tensor row = bias.slice(0, 1, sizes.outputs);
            return new Reference(
                    layer.activation(),
                    rows(unknown == Unknown.MATRIX ? sum(scope, matrix, by, direction) : matrix),
                    (unknown == Unknown.BIAS ? sum(scope, row, by, direction) : row).toDoubles(),
                    rows(unknown == Unknown.INPUT ? sum(scope, x, by, direction) : x),
                    rows(back));
        }

        /// What the largest output before the activation would be, had all products been of magnitudes;
        /// at least 1.
        double magnitude() {
            Tensor product = magnitudes(x);
            switch (layer.weight()) {
                case DenseParameter w -> product = Ops.matmulNT(scope, product, magnitudes(w.value()));
                case FactoredParameter w -> {
                    product = matmul(scope, product, magnitudes(((Factors) w.weight()).V()));
                    product = Ops.matmulNT(scope, product, magnitudes(((Factors) w.weight()).S()));
                    product = Ops.matmulNT(scope, product, magnitudes(((Factors) w.weight()).U()));
                }
            }
            double largest = 0;
            for (double each : product.toDoubles()) {
                largest = Math.max(largest, each);
            }
            return 1 + largest + norm(bias);
        }

        /// Of `U`, `S`, `V`; of a dense weight, as if it were `U`.
        double[] norms() {
            return switch (layer.weight()) {
                case DenseParameter w -> new double[] {norm(w.value()), 1, 1};
                case FactoredParameter w ->
                    new double[] {
                        norm(((Factors) w.weight()).U()),
                        norm(((Factors) w.weight()).S()),
                        norm(((Factors) w.weight()).V())
                    };
            };
        }
    }

    private Tensor magnitudes(Tensor a) {
        Tensor result = a.copy(scope);
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                result.set(i, j, Math.abs(a.get(i, j)));
            }
        }
        return result;
    }

    private Tensor random(Rng rng, int... extents) {
        Tensor tensor = scope.uninitialized(DType.FLOAT64, extents);
        rng.fillNormal(tensor, 1);
        return tensor;
    }

    private void requireClose(Tensor result, Tensor exact, double distance) {
        assertThat(norm(sum(scope, cast(scope, result, DType.FLOAT64), -1, exact)))
                .isLessThanOrEqualTo(distance);
    }

    private static void requireEqual(Tensor a, Tensor b) {
        assertThat(a.shape()).isEqualTo(b.shape());
        assertThat(a.toDoubles()).containsExactly(b.toDoubles(), within(ROUNDING));
    }

    private static void requireSame(Tensor a, Tensor b) {
        assertThat(a.toDoubles()).isEqualTo(b.toDoubles());
    }

    /// Same bits, but for layers of sequences, which compute what is wanted together.
    private void requireSame(boolean wanted, Tensor some, Tensor all) {
        if (!wanted) {
            assertThat(some).isNull();
        } else if (ofSequences()) {
            assertThat(some.toDoubles()).containsExactly(all.toDoubles(), within(ROUNDING * (1 + norm(all))));
        } else {
            requireSame(some, all);
        }
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
