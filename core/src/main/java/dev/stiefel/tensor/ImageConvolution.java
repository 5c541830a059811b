package dev.stiefel.tensor;

import dev.stiefel.tensor.OneDnnConvolution.Direction;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Convolutions of images by the library that computes products ([OneDnn]): nothing is gathered, and nothing is
/// padded. float32 only.
///
/// Images are rows of pixels and results rows of positions, as in [ImageRows], both without gaps. A kernel is
/// the matrix `[outputs, offsets · channels]`, its columns by kernel row, kernel column and channel; or the
/// transpose of that. The library has an order of its own for kernels, so a kernel is given once ([#useKernel])
/// and rearranged once.
///
/// Not thread-safe: each thread has its own. Its memory is in the scope given when it was made.
public final class ImageConvolution {
    private static final int USUAL_SAMPLES = 32;

    private final Scope scope;
    private final ImageGrid grid;
    private final int channels;
    private final int outputs;
    private final KernelForm form;
    private final Map<OneDnnConvolution, Prepared> kernels = new HashMap<>();
    private final Map<Direction, Latest> latest = new EnumMap<>(Direction.class);
    private @Nullable Tensor kernel;
    private @Nullable Tensor gradient;
    private @Nullable Tensor scratch;

    /// Orientation of a kernel's matrix.
    public enum KernelForm {
        /// `[outputs, offsets · channels]`
        ROWS,
        /// `[offsets · channels, outputs]`
        COLUMNS
    }

    /// The primitive of a direction's last call: most often the next call has as many samples.
    private record Latest(int samples, OneDnnConvolution primitive) {}

    /// Room for a kernel in a primitive's order.
    private static final class Prepared {
        private final Tensor room;
        private @Nullable Tensor of;

        Prepared(Tensor room) {
            this.room = room;
        }
    }

    /// A convolution.
    ///
    /// @param channels of the images
    /// @param outputs channels of the results
    /// @throws IllegalStateException if the library is not in use here; see [#hasForward]
    public ImageConvolution(Scope scope, ImageGrid grid, int channels, int outputs, KernelForm form) {
        if (channels < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "image convolution: channels and outputs must be at least 1; got %d and %d"
                            .formatted(channels, outputs));
        }
        if (!OneDnn.IN_USE) {
            throw new IllegalStateException("image convolution: oneDNN is not in use here");
        }
        this.scope = scope;
        this.grid = grid;
        this.channels = channels;
        this.outputs = outputs;
        this.form = form;
    }

    /// Returns whether the library is in use, and has fast code for the way forward.
    public static boolean hasForward(ImageGrid grid, int channels, int outputs) {
        return has(Direction.FORWARD, grid, channels, outputs);
    }

    /// Returns whether the library is in use, and has fast code for the gradient of the images.
    public static boolean hasInputGradient(ImageGrid grid, int channels, int outputs) {
        return has(Direction.INPUT_GRADIENT, grid, channels, outputs);
    }

    /// Returns whether the library is in use, and has fast code for the gradient of the kernel.
    public static boolean hasKernelGradient(ImageGrid grid, int channels, int outputs) {
        return has(Direction.KERNEL_GRADIENT, grid, channels, outputs);
    }

    private static boolean has(Direction direction, ImageGrid grid, int channels, int outputs) {
        return channels > 0
                && outputs > 0
                && OneDnnConvolution.isFast(
                        new OneDnnConvolution.Key(direction, grid, channels, outputs, USUAL_SAMPLES, true));
    }

    /// Channels of the results.
    public int outputs() {
        return outputs;
    }

    /// Sets the kernel of the following calls. It must keep its values until another is given, or the same again.
    ///
    /// @param next float32, without gaps
    public void useKernel(Tensor next) {
        requireKernel("useKernel", next);
        kernel = next;
        kernels.values().forEach(each -> each.of = null);
    }

    /// `positions ← P(images) Wᵀ`, where `P` are the patches that the window sees.
    ///
    /// @param positions `[samples · grid.positions, outputs]`
    /// @param images `[samples · grid.pixels, channels]`
    public void forwardInto(Tensor positions, Tensor images) {
        int samples = requireRows("forwardInto", images, positions);
        positions.requireDisjoint("forwardInto", images);
        run(Direction.FORWARD, samples, images, positions);
    }

    /// `images ← Pᵀ(positions W)`: the gradient of the images from that of the results.
    ///
    /// @param images `[samples · grid.pixels, channels]`
    /// @param positions `[samples · grid.positions, outputs]`
    public void inputGradientInto(Tensor images, Tensor positions) {
        int samples = requireRows("inputGradientInto", images, positions);
        images.requireDisjoint("inputGradientInto", positions);
        run(Direction.INPUT_GRADIENT, samples, images, positions);
    }

    private void run(Direction direction, int samples, Tensor images, Tensor positions) {
        Tensor current = kernel;
        if (current == null) {
            throw new IllegalStateException("image convolution: no kernel; call useKernel first");
        }
        current.requireOpen();
        if (samples == 0) {
            return;
        }
        OneDnnConvolution primitive = primitive(direction, samples);
        Prepared own = kernels.computeIfAbsent(primitive, made -> new Prepared(room(made.kernelElements())));
        if (own.of != current) {
            primitive.readKernel(current.address(), own.room.address());
            own.of = current;
        }
        count(samples);
        primitive.run(
                images.address(),
                own.room.address(),
                positions.address(),
                scratch(primitive).address());
    }

    /// `kernel ← ` the gradient of the kernel from that of the results: `positionsᵀ P(images)` or its transpose.
    ///
    /// @param place of the kernel's form, without gaps
    /// @param images `[samples · grid.pixels, channels]`
    /// @param positions `[samples · grid.positions, outputs]`
    public void kernelGradientInto(Tensor place, Tensor images, Tensor positions) {
        kernelGradient("kernelGradientInto", place, images, positions, false);
    }

    /// The same, added to what is there.
    public void addKernelGradientInPlace(Tensor place, Tensor images, Tensor positions) {
        kernelGradient("addKernelGradientInPlace", place, images, positions, true);
    }

    private void kernelGradient(String operation, Tensor place, Tensor images, Tensor positions, boolean adds) {
        requireKernel(operation, place);
        int samples = requireRows(operation, images, positions);
        place.requireDisjoint(operation, images);
        place.requireDisjoint(operation, positions);
        if (samples == 0) {
            if (!adds) {
                place.clear();
            }
            return;
        }
        OneDnnConvolution primitive = primitive(Direction.KERNEL_GRADIENT, samples);
        Tensor own = gradient;
        if (own == null || own.size() < primitive.kernelElements()) {
            own = room(primitive.kernelElements());
            gradient = own;
        }
        count(samples);
        primitive.run(
                images.address(),
                own.address(),
                positions.address(),
                scratch(primitive).address());
        primitive.writeKernel(own.address(), place.address(), adds);
    }

    private OneDnnConvolution primitive(Direction direction, int samples) {
        Latest there = latest.get(direction);
        if (there == null || there.samples != samples) {
            there = new Latest(
                    samples,
                    OneDnnConvolution.of(new OneDnnConvolution.Key(
                            direction, grid, channels, outputs, samples, form == KernelForm.ROWS)));
            latest.put(direction, there);
        }
        return there.primitive;
    }

    private Tensor room(long elements) {
        return scope.uninitialized(DType.FLOAT32, Math.toIntExact(Math.max(1, elements)));
    }

    private Tensor scratch(OneDnnConvolution primitive) {
        Tensor there = scratch;
        if (there == null || there.size() < primitive.scratchElements()) {
            there = room(primitive.scratchElements());
            scratch = there;
        }
        return there;
    }

    private void count(int samples) {
        long positions = (long) samples * grid.positions();
        long n = (long) grid.offsets() * channels;
        Counts.add(
                2 * positions * n * outputs,
                ((long) samples * grid.pixels() * channels + positions * outputs + n * outputs) * Float.BYTES);
    }

    private void requireKernel(String operation, Tensor matrix) {
        require(operation, matrix);
        int n = Math.multiplyExact(grid.offsets(), channels);
        int rows = form == KernelForm.ROWS ? outputs : n;
        int columns = form == KernelForm.ROWS ? n : outputs;
        if (matrix.rows() != rows || matrix.columns() != columns) {
            throw new IllegalArgumentException(
                    "%s: the kernel must be [%d, %d]; got %s".formatted(operation, rows, columns, matrix.describe()));
        }
    }

    /// The number of samples.
    private int requireRows(String operation, Tensor images, Tensor positions) {
        require(operation, images);
        require(operation, positions);
        int samples = images.rows() / grid.pixels();
        if (images.columns() != channels
                || positions.columns() != outputs
                || images.rows() != samples * grid.pixels()
                || positions.rows() != (long) samples * grid.positions()) {
            throw new IllegalArgumentException("%s: must be [n · %d, %d] and [n · %d, %d]; got %s and %s"
                    .formatted(
                            operation,
                            grid.pixels(),
                            channels,
                            grid.positions(),
                            outputs,
                            images.describe(),
                            positions.describe()));
        }
        return samples;
    }

    private static void require(String operation, Tensor tensor) {
        tensor.requireOpen();
        tensor.requireMatrix(operation);
        tensor.requireType(operation, DType.FLOAT32);
        tensor.requireContiguous(operation);
    }
}
