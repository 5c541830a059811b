package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/// Folders of small images by class: coloured stripes of as many kinds as there are classes.
final class Photos {
    private static final int SIDE = 24;
    private static final int IMAGES = 20; // of each class

    private Photos() {}

    static Path in(Path folder, List<String> classes) throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < classes.size() * IMAGES; i++) {
            int kind = i % classes.size();
            Path file = folder.resolve(classes.get(kind)).resolve(i + ".png");
            Files.createDirectories(file.getParent());
            assertThat(ImageIO.write(image(kind, random), "png", file.toFile())).isTrue();
        }
        return folder;
    }

    private static BufferedImage image(int kind, SplittableRandom random) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int at = kind == 0 ? x : kind == 1 ? y : (x + y) * (kind - 1);
                int value = (at / 6 % 2 == 0 ? 60 : 180) + random.nextInt(40);
                image.setRGB(x, y, new Color(value, 255 - value, value / 2).getRGB());
            }
        }
        return image;
    }
}
