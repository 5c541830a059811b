package dev.stiefel.lab.figure;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.Component;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/// Pictures of pixels: figures by Java's own drawing, and small coloured grids, which need
/// none of it, by hand.
final class Png {
    private Png() {}

    /// A figure in light colours.
    static byte[] of(String name, Drawing drawing, int scale) throws NoPictureException {
        if (scale < 1 || scale > 8) {
            throw new IllegalArgumentException(
                    "figure '%s': a picture's scale must be from 1 to 8; got %s".formatted(name, scale));
        }
        try {
            return rendered(drawing, scale);
        } catch (IOException | RuntimeException | Error e) { // Java without fonts throws a plain Error
            if (e instanceof VirtualMachineError fatal && !(fatal instanceof InternalError)) {
                throw fatal;
            }
            throw new NoPictureException(
                    ("cannot draw '%s' as PNG: this machine's Java cannot draw texts (%s); install fonts and "
                                    + "fontconfig, or use the SVG")
                            .formatted(name, e),
                    e);
        }
    }

    private static byte[] rendered(Drawing drawing, int scale) throws IOException {
        byte[] svg = drawing.plain().getBytes(StandardCharsets.UTF_8);
        SVGDocument document = new SVGLoader().load(new ByteArrayInputStream(svg), null, LoaderContext.createDefault());
        if (document == null) {
            throw new IOException("the drawing cannot be read");
        }
        int width = (int) Math.ceil(drawing.width() * scale);
        int height = (int) Math.ceil(drawing.height() * scale);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            document.render((Component) null, graphics, new ViewBox(width, height));
        } finally {
            graphics.dispose();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("Java has no writer of PNG files");
        }
        return bytes.toByteArray();
    }

    /// A pixel's place among the colours: from 0 to 254, or [#CLEAR].
    @FunctionalInterface
    interface Pixels {
        int at(int x, int y);
    }

    /// The place of no colour: what lies beneath is seen.
    static final int CLEAR = 255;

    /// A picture in the colours of a heat map, as a data URI.
    static String dataUri(int width, int height, Pixels pixels) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(indexed(width, height, pixels));
    }

    private static byte[] indexed(int width, int height, Pixels pixels) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeLong(0x89504e470d0a1a0aL);
            chunk(out, "IHDR", header(width, height));
            byte[] colors = new byte[256 * 3];
            byte[] opacities = new byte[256];
            for (int i = 0; i < 255; i++) {
                int color = Palette.viridis(i / 254.0);
                colors[3 * i] = (byte) (color >> 16);
                colors[3 * i + 1] = (byte) (color >> 8);
                colors[3 * i + 2] = (byte) color;
                opacities[i] = (byte) 255;
            }
            chunk(out, "PLTE", colors);
            chunk(out, "tRNS", opacities);
            chunk(out, "IDAT", deflated(width, height, pixels));
            chunk(out, "IEND", new byte[0]);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
    }

    private static byte[] header(int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(width);
        out.writeInt(height);
        out.write(new byte[] {8, 3, 0, 0, 0}); // 8 bits of palette, not interlaced
        return bytes.toByteArray();
    }

    private static byte[] deflated(int width, int height, Pixels pixels) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            byte[] row = new byte[width + 1]; // begins with 0: no filter
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    row[x + 1] = (byte) pixels.at(x, y);
                }
                out.write(row);
            }
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) sum.getValue());
    }
}
