package dev.stiefel.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.io.Onnx;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.BatchPredictor;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.Predictor;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/// Times predictions by this library beside those by ONNX Runtime of the same network, exported: one sample at
/// a time (latency) and in batches (throughput), turn by turn in one process.
///
/// The network is 784-w×4-10 with random weights, the samples are MNIST's test images, most of whose pixels are
/// 0, or images without zeros. One sample is predicted on one thread by both; batches by both on as many as are
/// given. A call is timed whole, from `float[]` to `float[]`.
///
/// Arguments: widths and ranks (`dense` or a number), each a list with commas, threads for batches, rounds,
/// `mnist` or `full`. One line of JSON for each width and rank.
public final class ServeComparison {
    private static final int CALLS = 2000; // one-sample calls a round
    private static final int BATCH = 256;
    private static final int BATCHES = 40; // a round

    private ServeComparison() {}

    /// A way to predict.
    private interface Way {
        float[] predict(float[] x, int rows) throws OrtException;
    }

    /// Runs the comparison.
    public static void main(String[] arguments) throws IOException, OrtException {
        int threads = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        float[][] samples = samples(arguments[4].equals("mnist"));
        for (String width : arguments[0].split(",", -1)) {
            for (String rank : arguments[1].split(",", -1)) {
                Path file = Files.createTempFile("serve", ".onnx");
                try (Network network = network(Integer.parseInt(width), rank)) {
                    Onnx.of(network).write(file);
                    System.out.println(compare(network, file, samples, threads, rounds, width, rank));
                } finally {
                    Files.delete(file);
                }
            }
        }
    }

    private static String compare(
            Network network, Path file, float[][] samples, int threads, int rounds, String width, String rank)
            throws OrtException {
        Predictor predictor = Predictor.of(network);
        try (OrtSession one = session(file, 1);
                OrtSession many = session(file, threads);
                BatchPredictor batches = BatchPredictor.of(network, threads)) {
            Way theirsOne = (x, rows) -> run(one, x, rows);
            Way theirsMany = (x, rows) -> run(many, x, rows);
            Way oursOne = (x, rows) -> predictor.predict(x);
            Way oursMany = batches::predict;
            float[] batch = batch(samples);
            requireEqual(oursOne.predict(samples[0], 1), theirsOne.predict(samples[0], 1));
            requireEqual(oursMany.predict(batch, BATCH), theirsMany.predict(batch, BATCH));
            List<long[]> latencies = List.of(new long[rounds * CALLS], new long[rounds * CALLS]);
            List<double[]> rates = List.of(new double[rounds], new double[rounds]);
            for (int round = -2; round < rounds; round++) { // two to warm up
                for (int who = 0; who < 2; who++) {
                    Way way = who == 0 ? oursOne : theirsOne;
                    for (int call = 0; call < CALLS; call++) {
                        long begin = System.nanoTime();
                        way.predict(samples[call % samples.length], 1);
                        long end = System.nanoTime();
                        if (round >= 0) {
                            latencies.get(who)[round * CALLS + call] = end - begin;
                        }
                    }
                }
                for (int who = 0; who < 2; who++) {
                    Way way = who == 0 ? oursMany : theirsMany;
                    long begin = System.nanoTime();
                    for (int call = 0; call < BATCHES; call++) {
                        way.predict(batch, BATCH);
                    }
                    if (round >= 0) {
                        rates.get(who)[round] = 1e9 * BATCH * BATCHES / (System.nanoTime() - begin);
                    }
                }
            }
            latencies.forEach(Arrays::sort);
            rates.forEach(Arrays::sort);
            return String.format(
                    Locale.ROOT,
                    "{\"width\": %s, \"rank\": \"%s\", \"oneSampleMicros\": {\"p50\": [%.1f, %.1f], \"p99\": [%.1f,"
                            + " %.1f], \"p50ratio\": %.2f}, \"batch256RowsPerSecond\": [%.0f, %.0f], \"batchRatio\":"
                            + " %.2f}",
                    width,
                    rank,
                    quantile(latencies.get(0), 0.5),
                    quantile(latencies.get(1), 0.5),
                    quantile(latencies.get(0), 0.99),
                    quantile(latencies.get(1), 0.99),
                    quantile(latencies.get(0), 0.5) / quantile(latencies.get(1), 0.5),
                    rates.get(0)[rounds / 2],
                    rates.get(1)[rounds / 2],
                    rates.get(0)[rounds / 2] / rates.get(1)[rounds / 2]);
        }
    }

    private static double quantile(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))] / 1e3;
    }

    private static void requireEqual(float[] a, float[] b) {
        for (int i = 0; i < a.length; i++) {
            if (Math.abs(a[i] - b[i]) > 1e-3 * (1 + Math.abs(b[i]))) {
                throw new IllegalStateException("the two disagree: %s and %s".formatted(a[i], b[i]));
            }
        }
    }

    private static OrtSession session(Path file, int threads) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        return OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    }

    private static float[] run(OrtSession session, float[] x, int rows) throws OrtException {
        try (OnnxTensor input = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), FloatBuffer.wrap(x), new long[] {rows, x.length / rows});
                OrtSession.Result result = session.run(Map.of("input", input))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] y = new float[buffer.remaining()];
            buffer.get(y);
            return y;
        }
    }

    private static float[] batch(float[][] samples) {
        float[] batch = new float[BATCH * samples[0].length];
        for (int i = 0; i < BATCH; i++) {
            System.arraycopy(samples[i], 0, batch, i * samples[0].length, samples[0].length);
        }
        return batch;
    }

    private static float[][] samples(boolean mnist) throws IOException {
        Samples test = DataSets.in(CacheFolder.standard()).load("mnist").test();
        float[][] samples = new float[1000][test.width()];
        for (int i = 0; i < samples.length; i++) {
            test.copyInput(i, samples[i], 0);
            for (int j = 0; !mnist && j < samples[i].length; j++) {
                samples[i][j] += 0.01f;
            }
        }
        return samples;
    }

    private static Network network(int width, String rank) {
        List<LinearSpec> layers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            layers.add(new LinearSpec(
                    width,
                    Activation.RELU,
                    rank.equals("dense") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rank))));
        }
        layers.add(new LinearSpec(10, Activation.IDENTITY, OptionalInt.empty()));
        NetworkSpec spec = NetworkSpec.chain(784, layers, new SoftmaxCrossEntropy());
        return Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1));
    }
}
