package dev.stiefel.lab.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Parameters and multiply-adds of networks for images against counts by hand, from tables of their layers.
class ImageCostsTest {
    /// A layer: a kernel of `k` offsets, or a linear layer, which is one of a single offset at a single
    /// position.
    ///
    /// @param pixels of its input
    /// @param positions of its output
    record Row(long out, long in, long k, long pixels, long positions) {
        static Row convolution(long out, long in, long k, long side) {
            return new Row(out, in, k, side * side, side * side);
        }

        static Row linear(long out, long in) {
            return new Row(out, in, 1, 1, 1);
        }

        long dense() {
            return out * in * k;
        }

        long n() {
            return in * k;
        }
    }

    /// A network with ten classes, and what is published or follows from the table of its dense form.
    enum Table {
        LENET5("lenet5", 430_500, 2_293_000) {
            @Override
            List<Row> rows() {
                return List.of(
                        new Row(20, 1, 25, 28 * 28, 24 * 24),
                        new Row(50, 20, 25, 12 * 12, 8 * 8),
                        Row.linear(500, 800),
                        Row.linear(10, 500));
            }
        },
        RESNET20("resnet20", 268_336, 40_551_040) {
            @Override
            List<Row> rows() {
                List<Row> rows = new ArrayList<>();
                rows.add(Row.convolution(16, 3, 9, 32));
                for (int i = 0; i < 6; i++) {
                    rows.add(Row.convolution(16, 16, 9, 32));
                }
                rows.add(new Row(32, 16, 9, 32 * 32, 16 * 16));
                for (int i = 0; i < 5; i++) {
                    rows.add(Row.convolution(32, 32, 9, 16));
                }
                rows.add(new Row(64, 32, 9, 16 * 16, 8 * 8));
                for (int i = 0; i < 5; i++) {
                    rows.add(Row.convolution(64, 64, 9, 8));
                }
                rows.add(Row.linear(10, 64));
                return rows;
            }
        },
        VGG16("vgg16", 14_715_584, 313_201_664) {
            @Override
            List<Row> rows() {
                return List.of(
                        Row.convolution(64, 3, 9, 32),
                        Row.convolution(64, 64, 9, 32),
                        Row.convolution(128, 64, 9, 16),
                        Row.convolution(128, 128, 9, 16),
                        Row.convolution(256, 128, 9, 8),
                        Row.convolution(256, 256, 9, 8),
                        Row.convolution(256, 256, 9, 8),
                        Row.convolution(512, 256, 9, 4),
                        Row.convolution(512, 512, 9, 4),
                        Row.convolution(512, 512, 9, 4),
                        Row.convolution(512, 512, 9, 2),
                        Row.convolution(512, 512, 9, 2),
                        Row.convolution(512, 512, 9, 2),
                        Row.linear(10, 512));
            }
        };

        private final String preset;
        private final long weights;
        private final long multiplyAdds;

        Table(String preset, long weights, long multiplyAdds) {
            this.preset = preset;
            this.weights = weights;
            this.multiplyAdds = multiplyAdds;
        }

        abstract List<Row> rows();

        /// The layers that are factored: all but the first and the last.
        List<Row> factored() {
            return rows().subList(1, rows().size() - 1);
        }

        /// A sum over the factored layers, and what the dense ones add.
        long sum(long timesFirst, long timesLast, ToLongFunction<Row> each) {
            Row first = rows().getFirst();
            Row last = rows().getLast();
            return timesFirst * first.positions() * first.dense()
                    + timesLast * last.dense()
                    + factored().stream().mapToLong(each).sum();
        }

        long numbers(ToLongFunction<Row> each) {
            return rows().getFirst().dense()
                    + rows().getLast().dense()
                    + factored().stream().mapToLong(each).sum();
        }

        RunSpec spec(Object... choices) {
            Map<String, Object> all = new LinkedHashMap<>();
            for (int i = 0; i < choices.length; i += 2) {
                all.put((String) choices[i], choices[i + 1]);
            }
            return Presets.of(preset, all).spec();
        }
    }

    private static final long R = 12; // of every factored weight that can have it

    private static Cost cost(RunSpec spec) {
        return Cost.of(spec, spec.networkSpec().ranks());
    }

    private static Summary.Parameters parameters(RunSpec spec) {
        return Summary.Parameters.of(spec, spec.networkSpec().ranks());
    }

    @ParameterizedTest
    @EnumSource
    void dense(Table table) {
        RunSpec spec = table.spec("method", "dense");
        assertThat(table.rows().stream().mapToLong(Row::dense).sum()).isEqualTo(table.weights);
        assertThat(table.rows().stream()
                        .mapToLong(row -> row.positions() * row.dense())
                        .sum())
                .isEqualTo(table.multiplyAdds);

        Cost cost = cost(spec);
        assertThat(cost.forward()).isEqualTo(table.multiplyAdds);
        Row first = table.rows().getFirst(); // no gradient goes back through it
        assertThat(cost.training()).isEqualTo(3 * table.multiplyAdds - first.positions() * first.dense());
        assertThat(cost.bases()).isZero();
        assertThat(parameters(spec)).isEqualTo(new Summary.Parameters(table.weights, table.weights, table.weights));
    }

    @ParameterizedTest
    @EnumSource
    void inMatrixForm(Table table) {
        RunSpec spec = table.spec("method", "bug", "rank", R);
        Cost cost = cost(spec);
        assertThat(cost.forward()).isEqualTo(table.sum(1, 1, row -> row.positions() * R * (row.out() + row.n())));
        // x V, (x V) Sᵀ, U;  δ U;  back through S and V;  ∇K, ∇L in the first pass, ∇S in the second
        assertThat(cost.training()).isEqualTo(table.sum(1 + 2, 2 + 3, row -> {
            long m = row.out();
            long n = row.n();
            long pass = R * (n + R + m) + R * m + R * (n + R);
            return row.positions() * (pass + R * (m + n) + pass + R * R);
        }));
        assertThat(cost.bases())
                .isEqualTo(table.factored().stream()
                        .mapToLong(row -> 2L * R * R * (row.out() + row.n()))
                        .sum());
        Summary.Parameters parameters = parameters(spec);
        assertThat(parameters.dense()).isEqualTo(table.weights);
        assertThat(parameters.evaluation()).isEqualTo(table.numbers(row -> R * (row.out() + row.n())));
        assertThat(parameters.training()).isEqualTo(table.numbers(row -> R * (row.out() + row.n()) + R * R));
    }

    @ParameterizedTest
    @EnumSource
    void inMatrixFormWithRanksThatAdaptInEveryStep(Table table) {
        RunSpec spec = table.spec("method", "bug", "adaptEvery", 1, "initialRank", R, "trialSteps", 0);
        assertThat(cost(spec).training()).isEqualTo(table.sum(1 + 2, 2 + 3, row -> {
            long m = row.out();
            long n = row.n();
            long p = Math.min(2 * R, m); // bases of the second pass
            long q = Math.min(2 * R, n);
            long narrow = R * (n + R + m) + R * m + R * (n + R) + R * (m + n);
            long wide = q * n + p * q + p * m + p * m + p * q + q * n + p * q;
            return row.positions() * (narrow + wide);
        }));
        assertThat(parameters(spec).training()).isEqualTo(table.numbers(row -> {
            long p = Math.min(2 * R, row.out());
            long q = Math.min(2 * R, row.n());
            return p * row.out() + q * row.n() + p * q;
        }));
    }

    /// Ranks of a kernel: 12 outputs and 8 channels. Linear layers, and kernels of one pixel, keep the matrix
    /// form.
    private static RunSpec tucker(Table table, String method) {
        String pairs = String.join(
                "-",
                table.factored().stream()
                        .map(row -> row.k() > 1 ? "12x8" : "12")
                        .toList());
        return table.spec("method", method, "form", "tucker", "rank", pairs);
    }

    private static final long S = 8;

    @ParameterizedTest
    @EnumSource
    void inTuckerForm(Table table) {
        RunSpec spec = tucker(table, "bug");
        Cost cost = cost(spec);
        assertThat(cost.forward())
                .isEqualTo(table.sum(
                        1,
                        1,
                        row -> row.k() == 1
                                ? R * (row.out() + row.n())
                                : row.pixels() * row.in() * S + row.positions() * (row.k() * S * R + R * row.out())));
        assertThat(cost.training()).isEqualTo(table.sum(1 + 2, 2 + 3, row -> {
            long m = row.out();
            long n = row.n();
            if (row.k() == 1) {
                long pass = R * (n + R + m) + R * m + R * (n + R);
                return pass + R * (m + n) + pass + R * R;
            }
            long channels = row.pixels() * row.in() * S; // x Ui, or back, or ∇L of it
            long window = row.positions() * row.k() * S * R; // a product of patches and a core
            long outputs = row.positions() * R * m; // c Uoᵀ, δ Uo, or ∇K of it
            long pass = channels + window + outputs + outputs + window + channels;
            return pass + (window + outputs) + (window + channels) + pass + window;
        }));
        assertThat(cost.bases())
                .isEqualTo(table.factored().stream()
                        .mapToLong(row -> row.k() == 1
                                ? 2L * R * R * (row.out() + row.n())
                                : 2L * row.out() * R * R
                                        + 2L * row.in() * S * S
                                        + 2L * (2L * row.k() * S * R * R + 2L * row.k() * R * S * S))
                        .sum());
        Summary.Parameters parameters = parameters(spec);
        ToLongFunction<Row> numbers =
                row -> row.k() == 1 ? R * (row.out() + row.n()) : row.out() * R + row.in() * S + row.k() * R * S;
        assertThat(parameters.evaluation()).isEqualTo(table.numbers(numbers));
        assertThat(parameters.training())
                .isEqualTo(table.numbers(row -> numbers.applyAsLong(row) + (row.k() == 1 ? R * R : 0)));
    }

    /// Plain factors have no core between the bases of a matrix; of a kernel the core is a factor as the others
    /// are, and its gradient back serves `∇L` as well.
    @ParameterizedTest
    @EnumSource
    void asPlainFactors(Table table) {
        assertThat(cost(table.spec("method", "factors", "rank", R)).training()).isEqualTo(table.sum(2, 3, row -> {
            long m = row.out();
            long n = row.n();
            return row.positions() * (R * (n + m) + R * (m + n) + R * (m + n));
        }));
        RunSpec tucker = tucker(table, "factors");
        assertThat(cost(tucker).training()).isEqualTo(table.sum(2, 3, row -> {
            long m = row.out();
            long n = row.n();
            if (row.k() == 1) {
                return 3 * R * (m + n);
            }
            long channels = row.pixels() * row.in() * S;
            long window = row.positions() * row.k() * S * R;
            long outputs = row.positions() * R * m;
            return 3 * (channels + window + outputs);
        }));
        assertThat(cost(tucker).bases()).isZero();
        assertThat(parameters(tucker).training()).isEqualTo(parameters(tucker).evaluation());
    }

    @ParameterizedTest
    @EnumSource
    void inTuckerFormWithRanksThatAdapt(Table table) {
        RunSpec spec =
                table.spec("method", "bug", "form", "tucker", "adaptEvery", 1, "initialRank", R, "trialSteps", 0);
        assertThat(parameters(spec).training()).isEqualTo(table.numbers(row -> {
            long p = Math.min(2 * R, row.out());
            if (row.k() == 1) {
                long q = Math.min(2 * R, row.n());
                return p * row.out() + q * row.n() + p * q;
            }
            long q = Math.min(2 * Math.min(R, row.in()), row.in());
            return p * row.out() + q * row.in() + row.k() * p * q;
        }));
    }

    /// What `inspect` shows are the numbers that a network holds, cores of the matrix form aside.
    @Test
    void inspectionsCountWhatNetworksHold() {
        for (RunSpec spec : List.of(
                Table.RESNET20.spec("method", "dense"),
                Table.RESNET20.spec("method", "bug", "rank", R),
                tucker(Table.RESNET20, "bug"))) {
            try (Network network = spec.network()) {
                long held = network.tensors().entrySet().stream()
                        .filter(each -> each.getKey().contains(".weight"))
                        .filter(each ->
                                !each.getKey().endsWith(".S") && !each.getKey().contains("norm"))
                        .mapToLong(each -> each.getValue().size())
                        .sum();
                Inspection inspection = Inspection.of(network);
                assertThat(inspection.parameters())
                        .isEqualTo(held)
                        .isEqualTo(parameters(spec).evaluation())
                        .isEqualTo(inspection.layers().stream()
                                .mapToLong(Inspection.LayerInfo::parameters)
                                .sum());
                assertThat(inspection.compression()).isEqualTo(1 - (double) held / Table.RESNET20.weights);
            }
        }
    }
}
