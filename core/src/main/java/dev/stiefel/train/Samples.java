package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// A data set: samples with one input or several, and targets, from which batches are gathered.
///
/// Implement it to train on data of your own; [Gathering] does most of what that takes, and
/// [VectorSamples#read] all of it where samples are vectors. [VectorSamples], [ByteSamples] and
/// [TokenSequences] hold samples in memory. Immutable: whatever is changed (a selection, other labels) is a
/// view of the same samples, which copies none of their inputs. Any number of threads may gather from the same
/// samples.
///
/// Values are numbers of single precision; they may be gathered in another format.
public interface Samples {
    /// The number of samples.
    int size();

    /// The shape of each input of a sample, in the order in which a network takes them; at least one.
    List<SampleShape> inputs();

    /// The kind of the samples' targets.
    Targets.Kind targetKind();

    /// The shape of what a network must put out for a sample: its rows are those that targets belong to, and its
    /// columns are the classes, or the values of a target.
    SampleShape output();

    /// Rows of each sample, those of all its inputs together.
    ///
    /// @throws IllegalStateException if samples differ in rows; data sets of such samples override it
    default int[] lengths() {
        int rows = inputs().stream()
                .mapToInt(shape -> shape.rows()
                        .orElseThrow(() -> new IllegalStateException(
                                "samples: those that differ in rows must say how many each has; got " + inputs())))
                .sum();
        int[] all = new int[size()];
        Arrays.fill(all, rows);
        return all;
    }

    /// Gathers the inputs of the samples `order[from] … order[to − 1]`, in that order, shared between threads.
    ///
    /// @param scope scope of the memory
    /// @param type the format of the values
    /// @return one for each of [#inputs()]
    List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to);

    /// Gathers the targets of the same samples, one for each of their output rows. Rows may have
    /// none: they count in no loss and no figure. A batch without any is trained on with a loss and gradient of
    /// 0; a whole data set without any is refused.
    Targets targets(Scope scope, DType type, int[] order, int from, int to);

    /// The samples as they are in an epoch, for data sets that draw a variant of each sample (a crop of an
    /// image, say) by sample and epoch.
    ///
    /// @param epoch from 1 on
    default Samples atEpoch(int epoch) {
        return this;
    }

    // ---- views ----

    /// The samples of these numbers, in this order; one may occur several times. They are views: inputs are not
    /// copied.
    default Samples select(int[] rows) {
        return Selection.of(this, rows);
    }

    /// The samples `from` (inclusive) to `to` (exclusive), as a view.
    default Samples range(int from, int to) {
        Objects.checkFromToIndex(from, to, size());
        return select(IntStream.range(from, to).toArray());
    }

    /// The same inputs with other classes, one a sample.
    default Samples withLabels(int[] labels) {
        return new Relabelled(this, SampleTargets.classes(labels, outputs()));
    }

    /// The same samples with other values of the first input. An array holds all rows of a sample's input, one
    /// after another, while the change is made; that is whenever a batch is gathered, so that nothing is
    /// copied.
    ///
    /// @param change the same whenever it is applied to the same values; called by several threads at once
    default Samples mapInputs(Consumer<float[]> change) {
        return new MappedInputs(this, change);
    }

    /// The same samples with other values of their target vectors, likewise changed whenever a batch is
    /// gathered.
    ///
    /// @throws IllegalStateException if they have classes
    default Samples mapTargets(Consumer<float[]> change) {
        return new MappedTargets(this, change);
    }

    /// The same samples with each input's rows one after another as one vector, in the same memory.
    ///
    /// @throws IllegalStateException if there are several inputs, or samples have different numbers of rows
    default Samples asVectors() {
        return inputs().size() == 1 && inputs().getFirst() instanceof SampleShape.Vector ? this : new Flattened(this);
    }

    /// A view of these vectors as images. A vector holds an image plane by plane, `[channels, height, width]`, as
    /// the data sets of this project do; the rows of the view are pixels, `[height · width, channels]`.
    default Samples asImages(SampleShape.Image image) {
        return new PlanarImages(this, image);
    }

    /// A view of these images with a random variant of each in every epoch ([#atEpoch]): crops and mirror images.
    /// Outside of epochs they are as they are.
    ///
    /// @param augmentation its numbers of samples are those of these samples
    default Samples augmented(ImageAugmentation augmentation) {
        return new AugmentedImages(this, augmentation);
    }

    // ---- samples with one input of a fixed number of values, and one target each ----

    /// The number of values in an output row: the number of classes, or of the values of a target.
    default int outputs() {
        return output().columns();
    }

    /// Returns whether targets are classes (else vectors of values).
    default boolean hasLabels() {
        return targetKind() == Targets.Kind.CLASSES;
    }

    /// The number of values in the single input of a sample.
    ///
    /// @throws IllegalStateException if there are several inputs, or samples have different numbers of values
    default int width() {
        OptionalInt values = inputs().size() == 1 ? inputs().getFirst().values() : OptionalInt.empty();
        return values.orElseThrow(() -> new IllegalStateException(
                "samples: they must have one input with the same number of values in each; got " + inputs()));
    }

    /// Copies the values of the input of sample `row` into `into`, starting at index `at`.
    default void copyInput(int row, float[] into, int at) {
        Objects.checkIndex(row, size());
        copyInputs(row, row + 1, into, at);
    }

    /// Copies the values of the inputs of the samples `from` (inclusive) to `to` (exclusive), one after another.
    default void copyInputs(int from, int to, float[] into, int at) {
        Objects.checkFromToIndex(from, to, size());
        int values = Math.multiplyExact(to - from, width());
        int[] order = IntStream.range(from, to).toArray();
        try (Scope scope = Scope.open("samples");
                Threads one = Threads.of(1)) {
            Tensor rows = gather(scope, one, DType.FLOAT32, order, 0, order.length)
                    .getFirst()
                    .values();
            rows.read(0, into, at, values);
        }
    }

    /// The class of sample `row`.
    ///
    /// @throws IllegalStateException if samples have target vectors, or not one class each
    default int label(int row) {
        Objects.checkIndex(row, size());
        return OneTargetEach.labels(this, new int[] {row})[0];
    }

    /// Copies all classes.
    ///
    /// @throws IllegalStateException if samples have target vectors, or not one class each
    default int[] copyLabels() {
        return OneTargetEach.labels(this, IntStream.range(0, size()).toArray());
    }

    /// Copies the target vector of sample `row` into `into`, starting at index `at`.
    ///
    /// @throws IllegalStateException if samples have classes, or not one target vector each
    default void copyTarget(int row, float[] into, int at) {
        Objects.checkIndex(row, size());
        OneTargetEach.copyVectors(this, new int[] {row}, into, at);
    }

    /// Copies the target vectors of the samples `from` (inclusive) to `to` (exclusive), one after another.
    ///
    /// @throws IllegalStateException if samples have classes, or not one target vector each
    default void copyTargets(int from, int to, float[] into, int at) {
        Objects.checkFromToIndex(from, to, size());
        OneTargetEach.copyVectors(this, IntStream.range(from, to).toArray(), into, at);
    }
}
