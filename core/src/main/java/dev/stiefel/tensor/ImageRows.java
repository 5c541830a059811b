package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Rearranges matrices whose rows are the pixels of images: what convolutions are made of besides products.
///
/// Images follow one another, row by row of each image, one matrix row a pixel (`[B·height·width, channels]`); output
/// positions likewise (`[B·outputHeight·outputWidth, …]`). A *patch* is what the window sees from one position:
/// its pixels side by side, by kernel row, kernel column and channel.
public final class ImageRows {
    private static final int SHORT =
            64; // elements of a kernel row: copies between native memory cost more than they move

    private ImageRows() {}

    /// Arrays that a thread's calls share.
    private static final class Scratch {
        private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

        private float[] sums = {};
        private float[] row = {};

        private static float[] sums(int length) {
            Scratch mine = MINE.get();
            if (mine.sums.length < length) {
                mine.sums = new float[length];
            }
            return mine.sums;
        }

        private static float[] row(int length) {
            Scratch mine = MINE.get();
            if (mine.row.length < length) {
                mine.row = new float[length];
            }
            return mine.row;
        }
    }

    /// Copies the patches of some rows of output positions.
    ///
    /// @param patches `[n·outputWidth, offsets·channels]`: written whole
    /// @param images `[B·pixels, channels]`
    /// @param firstRow the first row of positions, counted over all images: image `firstRow / outputHeight`
    public static void gatherPatchesInto(Tensor patches, Tensor images, ImageGrid grid, int firstRow) {
        int channels = requireImages("gatherPatchesInto", images, grid);
        int rows = requirePatches("gatherPatchesInto", patches, images, grid, firstRow, channels);
        if (images.type() == DType.FLOAT32 && grid.kernelWidth() * channels <= SHORT) {
            gatherShort(patches, images, grid, firstRow, rows);
            return;
        }
        Counts.moved(2 * patches.size() * patches.type().bytes());
        MemorySegment from = images.memory();
        MemorySegment into = patches.memory();
        long element = images.type().bytes();
        long pixel = images.rowStride() * element;
        long width = channels * element;
        boolean gapless = images.isContiguous();
        int outputWidth = grid.outputWidth();
        for (int i = 0; i < rows; i++) {
            int sample = (firstRow + i) / grid.outputHeight();
            int oy = (firstRow + i) % grid.outputHeight();
            for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                int iy = grid.imageRow(oy, ky);
                boolean outside = iy < 0 || iy >= grid.height();
                long source = images.start() + ((long) sample * grid.height() + iy) * grid.width() * pixel;
                long kernelRow = grid.kernelWidth() * width;
                for (int ox = 0; ox < outputWidth; ox++) {
                    long target = patches.start()
                            + ((long) i * outputWidth + ox) * patches.rowStride() * element
                            + ky * kernelRow;
                    int ix = grid.imageColumn(ox, 0);
                    if (outside) {
                        into.asSlice(target, kernelRow).fill((byte) 0);
                    } else if (gapless
                            && grid.dilationWidth() == 1
                            && ix >= 0
                            && ix + grid.kernelWidth() <= grid.width()) {
                        MemorySegment.copy(from, source + ix * pixel, into, target, kernelRow);
                    } else {
                        for (int kx = 0; kx < grid.kernelWidth(); kx++, ix += grid.dilationWidth()) {
                            if (ix < 0 || ix >= grid.width()) {
                                into.asSlice(target + kx * width, width).fill((byte) 0);
                            } else {
                                MemorySegment.copy(from, source + ix * pixel, into, target + kx * width, width);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Patches of few channels, through arrays.
    private static void gatherShort(Tensor patches, Tensor images, ImageGrid grid, int firstRow, int rows) {
        int channels = images.columns();
        int imageRow = grid.width() * channels;
        int patchWidth = grid.offsets() * channels;
        int kernelRow = grid.kernelWidth() * channels;
        float[] image = Scratch.sums(grid.height() * imageRow);
        int outputWidth = grid.outputWidth();
        float[] row = Scratch.row(outputWidth * patchWidth);
        int read = -1;
        for (int i = 0; i < rows; i++) {
            int sample = (firstRow + i) / grid.outputHeight();
            int oy = (firstRow + i) % grid.outputHeight();
            if (sample != read) {
                images.readRows(sample * grid.pixels(), grid.pixels(), image);
                read = sample;
            }
            for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                int iy = grid.imageRow(oy, ky);
                boolean outside = iy < 0 || iy >= grid.height();
                for (int ox = 0; ox < outputWidth; ox++) {
                    int to = ox * patchWidth + ky * kernelRow;
                    int ix = grid.imageColumn(ox, 0);
                    if (outside) {
                        Arrays.fill(row, to, to + kernelRow, 0);
                    } else if (grid.dilationWidth() == 1 && ix >= 0 && ix + grid.kernelWidth() <= grid.width()) {
                        copyRun(image, iy * imageRow + ix * channels, row, to, kernelRow);
                    } else {
                        for (int kx = 0; kx < grid.kernelWidth(); kx++, to += channels, ix += grid.dilationWidth()) {
                            if (ix < 0 || ix >= grid.width()) {
                                Arrays.fill(row, to, to + channels, 0);
                            } else {
                                copyRun(image, iy * imageRow + ix * channels, row, to, channels);
                            }
                        }
                    }
                }
            }
            patches.writeRows(i * grid.outputWidth(), grid.outputWidth(), row);
        }
    }

    /// Copies the patches of some rows of output positions, a column each. For windows of stride 1 over few channels:
    /// what moves together is as long as a row of positions, not as a row of the kernel.
    ///
    /// @param columns `[offsets·channels, n·outputWidth]`: written whole
    /// @param images `[B·pixels, channels]`
    /// @param firstRow the first row of positions, counted over all images: image `firstRow / outputHeight`
    /// @throws IllegalArgumentException if the stride is not 1
    public static void gatherPatchColumnsInto(Tensor columns, Tensor images, ImageGrid grid, int firstRow) {
        int channels = requireImages("gatherPatchColumnsInto", images, grid);
        int rows = requirePatchColumns(columns, images, grid, firstRow, channels);
        int outputHeight = grid.outputHeight();
        int outputWidth = grid.outputWidth();
        int firstSample = firstRow / outputHeight;
        int samples = (firstRow + rows - 1) / outputHeight + 1 - firstSample;
        float[] planes = planes(images, firstSample * grid.pixels(), samples * grid.pixels());
        float[] line = Scratch.row(columns.columns());
        for (int j = 0; j < columns.rows(); j++) {
            int plane = j % channels * samples * grid.pixels();
            int kx = j / channels % grid.kernelWidth();
            int ky = j / channels / grid.kernelWidth();
            int first = Math.min(grid.firstColumn(kx), outputWidth);
            int end = Math.max(first, grid.lastColumn(kx) + 1);
            for (int i = 0; i < rows; i++) {
                int sample = (firstRow + i) / outputHeight - firstSample;
                int iy = grid.imageRow((firstRow + i) % outputHeight, ky);
                int to = i * outputWidth;
                if (iy < 0 || iy >= grid.height()) {
                    Arrays.fill(line, to, to + outputWidth, 0);
                    continue;
                }
                Arrays.fill(line, to, to + first, 0);
                Arrays.fill(line, to + end, to + outputWidth, 0);
                if (end == first) {
                    continue; // no position sees a pixel here
                }
                int from = plane + (sample * grid.height() + iy) * grid.width() + grid.imageColumn(first, kx);
                System.arraycopy(planes, from, line, to + first, end - first);
            }
            columns.writeRows(j, 1, line);
        }
    }

    /// Some pixels, channel by channel.
    private static float[] planes(Tensor images, int firstPixel, int pixels) {
        int channels = images.columns();
        float[] planes = Scratch.sums(pixels * channels);
        if (channels == 1) {
            images.readRows(firstPixel, pixels, planes);
            return planes;
        }
        float[] together = Scratch.row(pixels * channels);
        images.readRows(firstPixel, pixels, together);
        for (int c = 0; c < channels; c++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                planes[c * pixels + pixel] = together[pixel * channels + c];
            }
        }
        return planes;
    }

    /// Adds patches to the pixels that they were copied from: the transpose of [#gatherPatchesInto].
    ///
    /// @param images `[B·pixels, channels]`
    /// @param patches `[n·outputWidth, offsets·channels]`
    /// @param firstRow the first row of positions, counted over all images
    public static void addPatchesInPlace(Tensor images, Tensor patches, ImageGrid grid, int firstRow) {
        int channels = requireImages("addPatchesInPlace", images, grid);
        int rows = requirePatches("addPatchesInPlace", patches, images, grid, firstRow, channels);
        if (images.type() == DType.FLOAT64) {
            addPatchesWide(images, patches, grid, firstRow, rows);
            return;
        }
        int patchWidth = patches.columns();
        int kernelRow = grid.kernelWidth() * channels;
        int outputWidth = grid.outputWidth();
        int imageWidth = grid.width() * channels;
        float[] image = Scratch.sums(imageWidth);
        float[] row = Scratch.row(grid.outputWidth() * patchWidth);
        for (int i = 0; i < rows; i++) {
            int sample = (firstRow + i) / grid.outputHeight();
            int oy = (firstRow + i) % grid.outputHeight();
            patches.readRows(i * grid.outputWidth(), grid.outputWidth(), row);
            for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                int iy = grid.imageRow(oy, ky);
                if (iy < 0 || iy >= grid.height()) {
                    continue;
                }
                int first = (sample * grid.height() + iy) * grid.width();
                images.readRows(first, grid.width(), image);
                for (int ox = 0; ox < outputWidth; ox++) {
                    int from = ox * patchWidth + ky * kernelRow;
                    int ix = grid.imageColumn(ox, 0);
                    if (grid.dilationWidth() == 1 && ix >= 0 && ix + grid.kernelWidth() <= grid.width()) {
                        addRun(image, ix * channels, row, from, kernelRow);
                        continue;
                    }
                    for (int kx = 0; kx < grid.kernelWidth(); kx++, from += channels, ix += grid.dilationWidth()) {
                        if (ix >= 0 && ix < grid.width()) {
                            addRun(image, ix * channels, row, from, channels);
                        }
                    }
                }
                images.writeRows(first, grid.width(), image);
            }
        }
    }

    private static void addRun(float[] sums, int at, float[] values, int from, int count) {
        for (int c = 0; c < count; c++) {
            sums[at + c] += values[from + c];
        }
    }

    private static void addPatchesWide(Tensor images, Tensor patches, ImageGrid grid, int firstRow, int rows) {
        int channels = images.columns();
        for (int i = 0; i < rows; i++) {
            int sample = (firstRow + i) / grid.outputHeight();
            int oy = (firstRow + i) % grid.outputHeight();
            for (int q = 0; q < grid.offsets(); q++) {
                int iy = grid.imageRow(oy, q / grid.kernelWidth());
                int kx = q % grid.kernelWidth();
                if (iy < 0 || iy >= grid.height()) {
                    continue;
                }
                for (int ox = grid.firstColumn(kx); ox <= grid.lastColumn(kx); ox++) {
                    int pixel = (sample * grid.height() + iy) * grid.width() + grid.imageColumn(ox, kx);
                    for (int c = 0; c < channels; c++) {
                        double sum = images.get(pixel, c) + patches.get(i * grid.outputWidth() + ox, q * channels + c);
                        images.set(pixel, c, sum);
                    }
                }
            }
        }
    }

    /// Sums over kernel offsets `q`: `sums[p] = Σ_q values[pixel that p sees at q][block q]`.
    ///
    /// @param sums `[B·positions, r]`: written whole
    /// @param values `[B·pixels, offsets·r]`: a block of `r` columns for each kernel offset
    public static void sumShiftedInto(Tensor sums, Tensor values, ImageGrid grid) {
        int r = requireBlocks("sumShiftedInto", sums, values, grid);
        int samples = sums.rows() / grid.positions();
        if (sums.type() == DType.FLOAT64) {
            sumShiftedWide(sums, values, grid, r);
            return;
        }
        int outputRow = grid.outputWidth() * r;
        int blocks = values.columns();
        float[] all = Scratch.sums(grid.outputHeight() * outputRow);
        float[] row = Scratch.row(grid.width() * blocks);
        for (int sample = 0; sample < samples; sample++) {
            Arrays.fill(all, 0, grid.outputHeight() * outputRow, 0);
            for (int iy = 0; iy < grid.height(); iy++) {
                values.readRows((sample * grid.height() + iy) * grid.width(), grid.width(), row);
                for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                    int oy = outputRow(grid, iy, ky);
                    for (int kx = 0; kx < grid.kernelWidth() && oy >= 0; kx++) {
                        int q = ky * grid.kernelWidth() + kx;
                        int last = grid.lastColumn(kx);
                        for (int ox = grid.firstColumn(kx); ox <= last; ox++) {
                            addRun(all, oy * outputRow + ox * r, row, grid.imageColumn(ox, kx) * blocks + q * r, r);
                        }
                    }
                }
            }
            sums.writeRows(sample * grid.positions(), grid.positions(), all);
        }
    }

    private static void sumShiftedWide(Tensor sums, Tensor values, ImageGrid grid, int r) {
        sums.clear();
        forEachPair(sums.rows() / grid.positions(), grid, (position, pixel, q) -> {
            for (int c = 0; c < r; c++) {
                sums.set(position, c, sums.get(position, c) + values.get(pixel, q * r + c));
            }
        });
    }

    /// Copies to each pixel, in the block of kernel offset `q`, the row of the position that sees it there; zeros
    /// where none does: the transpose of [#sumShiftedInto].
    ///
    /// @param spread `[B·pixels, offsets·r]`: written whole
    /// @param values `[B·positions, r]`
    public static void spreadShiftedInto(Tensor spread, Tensor values, ImageGrid grid) {
        int r = requireBlocks("spreadShiftedInto", values, spread, grid);
        int samples = values.rows() / grid.positions();
        if (values.type() == DType.FLOAT64) {
            spread.clear();
            forEachPair(samples, grid, (position, pixel, q) -> {
                for (int c = 0; c < r; c++) {
                    spread.set(pixel, q * r + c, values.get(position, c));
                }
            });
            return;
        }
        int outputRow = grid.outputWidth() * r;
        int blocks = spread.columns();
        float[] all = Scratch.sums(grid.outputHeight() * outputRow);
        float[] row = Scratch.row(grid.width() * blocks);
        for (int sample = 0; sample < samples; sample++) {
            values.readRows(sample * grid.positions(), grid.positions(), all);
            for (int iy = 0; iy < grid.height(); iy++) {
                Arrays.fill(row, 0, grid.width() * blocks, 0);
                for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                    int oy = outputRow(grid, iy, ky);
                    for (int kx = 0; kx < grid.kernelWidth() && oy >= 0; kx++) {
                        int q = ky * grid.kernelWidth() + kx;
                        int last = grid.lastColumn(kx);
                        for (int ox = grid.firstColumn(kx); ox <= last; ox++) {
                            copyRun(all, oy * outputRow + ox * r, row, grid.imageColumn(ox, kx) * blocks + q * r, r);
                        }
                    }
                }
                spread.writeRows((sample * grid.height() + iy) * grid.width(), grid.width(), row);
            }
        }
    }

    private static void copyRun(float[] from, int at, float[] into, int to, int count) {
        for (int c = 0; c < count; c++) {
            into[to + c] = from[at + c];
        }
    }

    /// The row of output positions that sees a row of the image at kernel row `ky`; −1 if none does.
    private static int outputRow(ImageGrid grid, int imageRow, int ky) {
        int scaled = imageRow + grid.paddingHeight() - ky * grid.dilationHeight();
        if (scaled < 0 || scaled % grid.strideHeight() != 0) {
            return -1;
        }
        int oy = scaled / grid.strideHeight();
        return oy < grid.outputHeight() ? oy : -1;
    }

    private static void forEachPair(int samples, ImageGrid grid, ImageGrid.Pair pair) {
        for (int sample = 0; sample < samples; sample++) {
            int firstPosition = sample * grid.positions();
            int firstPixel = sample * grid.pixels();
            grid.forEachPair(
                    (position, pixel, offset) -> pair.meet(firstPosition + position, firstPixel + pixel, offset));
        }
    }

    private static int requireImages(String operation, Tensor images, ImageGrid grid) {
        images.requireOpen();
        images.requireMatrix(operation);
        if (images.rows() % grid.pixels() != 0) {
            throw new IllegalArgumentException("%s: images must have a multiple of %d rows; got %s"
                    .formatted(operation, grid.pixels(), images.describe()));
        }
        return images.columns();
    }

    /// The number of rows of output positions in these columns.
    private static int requirePatchColumns(Tensor columns, Tensor images, ImageGrid grid, int firstRow, int channels) {
        String operation = "gatherPatchColumnsInto";
        columns.requireOpen();
        columns.requireMatrix(operation);
        columns.requireType(operation, DType.FLOAT32);
        images.requireType(operation, DType.FLOAT32);
        columns.requireDisjoint(operation, images);
        if (grid.strideWidth() != 1 || grid.strideHeight() != 1) {
            throw new IllegalArgumentException("%s: the stride must be 1; got %d × %d"
                    .formatted(operation, grid.strideHeight(), grid.strideWidth()));
        }
        int rows = columns.columns() / grid.outputWidth();
        int all = images.rows() / grid.pixels() * grid.outputHeight();
        if (columns.columns() % grid.outputWidth() != 0 || columns.rows() != grid.offsets() * channels) {
            throw new IllegalArgumentException("%s: columns must be [%d, n · %d]; got %s"
                    .formatted(operation, grid.offsets() * channels, grid.outputWidth(), columns.describe()));
        }
        if (firstRow < 0 || rows < 1 || firstRow + rows > all) {
            throw new IllegalArgumentException("%s: rows %d … %d of positions lie outside the %d that there are"
                    .formatted(operation, firstRow, firstRow + rows - 1, all));
        }
        return rows;
    }

    /// The number of rows of output positions in these patches.
    private static int requirePatches(
            String operation, Tensor patches, Tensor images, ImageGrid grid, int firstRow, int channels) {
        patches.requireOpen();
        patches.requireMatrix(operation);
        patches.requireType(operation, images.type());
        patches.requireDisjoint(operation, images);
        int rows = patches.rows() / grid.outputWidth();
        int all = images.rows() / grid.pixels() * grid.outputHeight();
        if (patches.rows() % grid.outputWidth() != 0 || patches.columns() != grid.offsets() * channels) {
            throw new IllegalArgumentException("%s: patches must be [n · %d, %d]; got %s"
                    .formatted(operation, grid.outputWidth(), grid.offsets() * channels, patches.describe()));
        }
        if (firstRow < 0 || rows > all - firstRow) {
            throw new IllegalArgumentException("%s: rows of positions must lie within [0, %d); got %d from %d on"
                    .formatted(operation, all, rows, firstRow));
        }
        return rows;
    }

    private static int requireBlocks(String operation, Tensor positions, Tensor pixels, ImageGrid grid) {
        requireImages(operation, pixels, grid);
        positions.requireOpen();
        positions.requireMatrix(operation);
        positions.requireType(operation, pixels.type());
        positions.requireDisjoint(operation, pixels);
        int samples = pixels.rows() / grid.pixels();
        if (positions.rows() != samples * grid.positions()
                || pixels.columns() != grid.offsets() * positions.columns()) {
            throw new IllegalArgumentException(
                    "%s: %d samples with %d positions and %d kernel offsets do not fit; got %s and %s"
                            .formatted(
                                    operation,
                                    samples,
                                    grid.positions(),
                                    grid.offsets(),
                                    positions.describe(),
                                    pixels.describe()));
        }
        return positions.columns();
    }
}
