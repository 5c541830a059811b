package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.stiefel.train.Samples;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How folders of images may lie, and what becomes of those that cannot be read.
final class ImageLayoutTest {
    private static final String KNOWN =
            "known are DIR/CLASS/IMAGE, or DIR/train/CLASS/IMAGE with val/ or test/ beside train/";

    @TempDir
    Path folder;

    // ---- train, val and test ----

    @ParameterizedTest
    @ValueSource(strings = {"val", "valid", "validation", "Val"})
    void aFolderOfImagesToValidateOnValidates(String name) throws IOException {
        images("train/cat", 5, 10);
        images("train/dog", 5, 20);
        images(name + "/cat", 2, 30);
        images(name + "/dog", 1, 40);
        images("test/dog", 3, 50);
        images("test/cat", 1, 60);

        OwnData data = OwnData.load(spec());

        assertThat(data.validation()).isEqualTo(3);
        assertThat(levels(data.train())).containsExactly(10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 30, 30, 40);
        assertThat(data.train().copyLabels()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1);
        assertThat(levels(data.test())).containsExactly(60, 50, 50, 50);
        assertThat(data.test().copyLabels()).containsExactly(0, 1, 1, 1);
        assertThat(data.remarks()).containsExactly("images of '%s' validate, those of 'test' test".formatted(name));
    }

    @Test
    void withoutATestFolderAShareOfTheTrainingImagesTests() throws IOException {
        images("train/cat", 10, 10);
        images("train/dog", 10, 20);
        images("val/cat", 2, 30);
        images("val/dog", 2, 40);

        OwnData data = OwnData.load(spec());

        assertThat(data.validation()).isEqualTo(4);
        assertThat(levels(data.train())).hasSize(20).endsWith(30, 30, 40, 40);
        assertThat(levels(data.test())).containsExactly(10, 10, 20, 20);
        assertThat(data.remarks())
                .containsExactly("images of 'val' validate; there is no folder 'test', so 4 of those of 'train' test"
                        + " (--test-fraction)");
        String name = String.valueOf(folder.getFileName());
        assertThat(data.sha256()).containsOnlyKeys(name, name + "/val");
        OwnData without = data.withoutValidation();
        assertThat(levels(without.train())).hasSize(16).doesNotContain(30, 40);
        assertThat(without.sha256()).containsOnlyKeys(name);
    }

    @Test
    void aClassThatDoesNotTrainIsNamed() throws IOException {
        images("train/cat", 2, 1);
        images("train/dog", 2, 1);
        images("val/cat", 1, 1);
        images("val/bird", 1, 1);
        refused("every class that validates must also train; val has 'bird', train has cat, dog");
    }

    @Test
    void aClassThatIsNotMeasuredIsRemarkedUpon() throws IOException {
        images("train/cat", 2, 1);
        images("train/dog", 2, 1);
        images("test/dog", 1, 1);

        assertThat(OwnData.load(spec()).remarks()).containsExactly("'test' has no images of cat");
    }

    @Test
    void partsOfDataAreNoClasses() throws IOException {
        images("train", 3, 1);
        images("test", 3, 1);
        refused("folder 'train' must hold a folder of images for each class; got 3 images without a class; " + KNOWN);
    }

    @Test
    void imagesWithoutClassesCannotTest() throws IOException {
        images("train/cat", 3, 1);
        images("train/dog", 3, 1);
        images("test", 2, 1);
        refused("folder 'test' must hold a folder of images for each class; got 2 images without a class; " + KNOWN);
    }

    @Test
    void whatTrainsMustBeThere() throws IOException {
        images("val/cat", 3, 1);
        images("test/cat", 3, 1);
        refused("a folder 'train' must lie beside 'val'; " + KNOWN);
    }

    @Test
    void twoFoldersForTheSameAreRefused() throws IOException {
        for (String name : List.of("train", "val", "valid")) {
            images(name + "/cat", 1, 1);
        }
        refused("folders 'val' and 'valid' mean the same; keep one of them");
    }

    @Test
    void aTrainMayBeAClass() throws IOException {
        images("train", 5, 1);
        images("car", 5, 1);

        assertThat(OwnData.load(spec()).schema().outputs()).isEqualTo(new Schema.Classes(List.of("car", "train")));
    }

    @Test
    void imagesThatLieDeeperAreNamed() throws IOException {
        images("photos/cat", 3, 1);
        images("photos/dog", 3, 1);
        refused("images must lie as CLASS/IMAGE; those of folder 'photos' lie deeper, in 'photos/cat'; if that is a"
                + " class, name " + folder.resolve("photos"));
    }

    // ---- links ----

    @Test
    void linksAreFollowed() throws IOException {
        images("elsewhere/x", 5, 10);
        images("files", 5, 20);
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.createSymbolicLink(data.resolve("a"), folder.resolve("elsewhere/x"));
        Files.createDirectories(data.resolve("b"));
        for (int i = 0; i < 5; i++) {
            Files.createSymbolicLink(data.resolve("b/link%d.png".formatted(i)), Path.of("../../files/" + i + ".png"));
        }

        OwnData read = OwnData.load(spec(data));

        assertThat(read.schema().outputs()).isEqualTo(new Schema.Classes(List.of("a", "b")));
        assertThat(levels(read.train())).containsOnly(10, 20);
        assertThat(read.train().size() + read.test().size()).isEqualTo(10);
        assertThat(read.remarks()).isEmpty();
    }

    @Test
    void linksThatLeadNowhereOrBackAreNamed() throws IOException {
        images("a", 3, 1);
        images("b", 3, 1);
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, Path.of("gone"));
        refused("link 'link' leads nowhere, to gone");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("link"));
        refused("link 'link' leads nowhere, to link");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("."));
        refused("link 'link' leads back to %s, which holds it".formatted(folder.toRealPath()));
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("a"));
        refused("classes 'a' and 'link' are the same folder, by a link");
    }

    @Test
    void anImageBehindABrokenLinkIsLeftOutAndNamed() throws IOException {
        images("a", 3, 1);
        images("b", 3, 1);
        Path link = Files.createSymbolicLink(folder.resolve("a/x.png"), Path.of("x.png"));
        Files.createSymbolicLink(folder.resolve("a/y"), Path.of("gone"));

        OwnData data = OwnData.load(spec());

        assertThat(data.remarks())
                .hasSize(2)
                .startsWith("1 of 7 images were left out: 'a' broken link (1); the first: cannot read " + link
                        + ": it is a link that leads nowhere")
                .endsWith("1 other files and folders were ignored: a/y");
    }

    // ---- classes that would be lost ----

    @Test
    void aClassOfWhichNothingCanBeReadIsRefused() throws IOException {
        images("a", 9, 1);
        images("b", 9, 1);
        byte[] avif = HexFormat.of().parseHex("0000001c667479706176696600000000617669666d696631");
        for (int i = 0; i < 3; i++) {
            bytes("c/%d.avif".formatted(i), avif);
        }
        bytes("c/page.jpg", "<!DOCTYPE html><p>404".getBytes(StandardCharsets.UTF_8));
        refused("no file of class 'c' can be read as an image: AVIF (3), HTML (1); images are PNG, JPEG, BMP, GIF or"
                + " WebP; convert the files, or take the folder away");
    }

    @Test
    void aFolderOfOtherFilesIsNoClassSilentlyLost() throws IOException {
        images("a", 3, 1);
        images("b", 3, 1);
        bytes("c/1.mp4", HexFormat.of().parseHex("000000186674797069736f6d00000200"));
        refused("no file of class 'c' can be read as an image: MP4 video (1); images are PNG, JPEG, BMP, GIF or WebP;"
                + " convert the files, or take the folder away");
    }

    @Test
    void imagesOfOtherFormatsAreNamedByTheirClass() throws IOException {
        images("a", 9, 1);
        images("b", 9, 1);
        bytes("a/x.tiff", HexFormat.of().parseHex("49492a0008000000"));
        bytes("a/nameless", HexFormat.of().parseHex("38425053000100"));
        bytes("b/empty.jpg", new byte[0]);

        OwnData data = OwnData.load(spec());

        assertThat(data.train().size() + data.test().size()).isEqualTo(18);
        assertThat(data.remarks())
                .singleElement()
                .asString()
                .startsWith("3 of 21 images were left out: 'a' Photoshop (PSD) (1), TIFF (1), 'b' empty file (1); the"
                        + " first: cannot read " + folder.resolve("a/nameless"));
    }

    @Test
    void imagesAreKnownByTheirContent() throws IOException {
        images("a", 4, 10);
        images("b", 4, 20);
        Files.move(folder.resolve("a/0.png"), folder.resolve("a/0.jpg"));
        Files.move(folder.resolve("a/1.png"), folder.resolve("a/1"));
        Files.move(folder.resolve("b/0.png"), folder.resolve("b/0.tiff"));

        OwnData data = OwnData.load(spec());

        assertThat(data.train().size() + data.test().size()).isEqualTo(8);
        assertThat(data.remarks()).isEmpty();
    }

    @Test
    void filesOfOtherFormatsDoNotChangeTheHash() throws IOException {
        images("a", 4, 10);
        images("b", 4, 20);
        var before = OwnData.load(spec()).sha256();
        bytes("a/x.tiff", HexFormat.of().parseHex("49492a0008000000"));

        assertThat(OwnData.load(spec()).sha256()).isEqualTo(before);
    }

    // ---- helpers ----

    private OwnSpec spec() {
        return spec(folder);
    }

    private static OwnSpec spec(Path data) {
        return OwnSpec.of(data, 1).withImageSize(ImageSize.square(1));
    }

    private void refused(String problem) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec()))
                .withMessage("cannot read %s: %s", folder, problem);
    }

    /// Grey images of a pixel.
    private void images(String name, int count, int level) throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, level);
        Files.createDirectories(folder.resolve(name));
        for (int i = 0; i < count; i++) {
            assertThat(ImageIO.write(
                            image,
                            "png",
                            folder.resolve(name + "/" + i + ".png").toFile()))
                    .isTrue();
        }
    }

    private void bytes(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static List<Integer> levels(Samples samples) {
        List<Integer> levels = new ArrayList<>();
        float[] pixel = new float[1];
        for (int i = 0; i < samples.size(); i++) {
            samples.copyInput(i, pixel, 0);
            levels.add(Math.round(255 * pixel[0]));
        }
        return levels;
    }
}
