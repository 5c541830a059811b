package dev.stiefel.data.own;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.Element;

/// The first frame of a GIF image: its place on the screen that all frames share. Pixels that it does not cover
/// are transparent.
///
/// @param left of the frame, in pixels of the screen
/// @param top likewise
/// @param screenWidth in pixels; the frame lies within
/// @param screenHeight likewise
record GifFrame(int left, int top, int screenWidth, int screenHeight) {
    private static final int SCREEN_AT = 6;
    private static final String FORMAT = "javax_imageio_gif_image_1.0";

    /// Reads where it lies.
    static GifFrame first(ImageReader reader, ImageInputStream in) throws IOException {
        Element frame =
                (Element) reader.getImageMetadata(0).getAsTree(FORMAT).getFirstChild(); // the descriptor comes first
        int left = number(frame, "imageLeftPosition");
        int top = number(frame, "imageTopPosition");
        in.mark();
        in.seek(SCREEN_AT);
        ByteOrder order = in.getByteOrder();
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        int width = in.readUnsignedShort();
        int height = in.readUnsignedShort();
        in.setByteOrder(order);
        in.reset();
        return new GifFrame(
                left, top, Math.max(width, left + reader.getWidth(0)), Math.max(height, top + reader.getHeight(0)));
    }

    private static int number(Element frame, String attribute) {
        return Integer.parseInt(frame.getAttribute(attribute));
    }

    /// The whole screen.
    ///
    /// @param every of how many rows and columns the frame has one
    BufferedImage onScreen(BufferedImage frame, int every) {
        int width = Math.ceilDiv(screenWidth, every);
        int height = Math.ceilDiv(screenHeight, every);
        if (frame.getWidth() == width && frame.getHeight() == height) {
            return frame;
        }
        BufferedImage screen = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        int fromLeft = Math.min(left / every, width - frame.getWidth());
        int fromTop = Math.min(top / every, height - frame.getHeight());
        int[] row = new int[frame.getWidth()];
        for (int y = 0; y < frame.getHeight(); y++) {
            frame.getRGB(0, y, row.length, 1, row, 0, row.length);
            screen.setRGB(fromLeft, fromTop + y, row.length, 1, row, 0, row.length);
        }
        return screen;
    }
}
