package dev.stiefel.data.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FetchEvent;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.TarGz;
import dev.stiefel.data.text.ParallelText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDataSetsTest {
    private static final String PLAY = "First Citizen:\nBefore we proceed any further, hear me speak.\n";
    private static final Map<String, String> SENTENCES = new LinkedHashMap<>();

    static {
        SENTENCES.put("pt.train", "olá mundo\n\nnão \nsim");
        SENTENCES.put("en.train", "hello world\nnothing\nno\nyes");
        SENTENCES.put("pt.dev", "um\r\n");
        SENTENCES.put("en.dev", "one\r\n");
        SENTENCES.put("pt.test", "dois\ntrês\n");
        SENTENCES.put("en.test", "two\nthree\n");
    }

    @TempDir
    Path temporary;

    Path cache;
    Path given;

    @BeforeEach
    void makeFolders() throws IOException {
        cache = temporary.resolve("cache");
        given = Files.createDirectory(temporary.resolve("given"));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    /// A `.tar.gz` with plain files.
    private static byte[] archive(String folder, Map<String, String> files) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (Map.Entry<String, String> file : files.entrySet()) {
            byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
            byte[] entry = new byte[512 + (content.length + 511) / 512 * 512];
            put(entry, 0, folder + "/" + file.getKey());
            put(entry, 124, "%011o".formatted(content.length));
            entry[156] = '0';
            put(entry, 148, "        ");
            int sum = 0;
            for (int i = 0; i < 512; i++) {
                sum += entry[i] & 0xff;
            }
            put(entry, 148, "%06o\0 ".formatted(sum));
            System.arraycopy(content, 0, entry, 512, content.length);
            tar.writeBytes(entry);
        }
        tar.writeBytes(new byte[1024]);
        return gzip(tar.toByteArray());
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static TextDataInfo info(String name, DataFile file) {
        return new TextDataInfo(name, TextKind.PLAIN, "a toy", "none", "here", List.of(), List.of(file));
    }

    /// A catalogue with one small text, whose file lies in `given` and nowhere else.
    private TextDataSets play() throws IOException {
        byte[] content = PLAY.getBytes(StandardCharsets.UTF_8);
        Files.write(given.resolve("play.txt.gz"), gzip(content));
        TextCatalogueEntry entry =
                new TextCatalogueEntry.OneText(info("play", DataFile.describing("play.txt", content)), List.of());
        return new TextDataSets(List.of(entry), DataFolders.in(cache));
    }

    /// A catalogue with few sentences, whose archive lies in `given` and nowhere else.
    private TextDataSets talks(Map<String, String> files, List<Integer> sizes) throws IOException {
        TarGz archive = new TarGz("talks.tar.gz", "all/pt_to_en");
        byte[] content = archive(archive.folder(), files);
        Files.write(given.resolve(archive.name()), content);
        TextCatalogueEntry entry = new TextCatalogueEntry.Archived(
                info("talks", DataFile.describing(archive.name(), content)),
                new SentenceFiles(archive, "pt", "en"),
                sizes,
                List.of());
        return new TextDataSets(List.of(entry), DataFolders.in(cache));
    }

    private TextDataSets talks() throws IOException {
        return talks(SENTENCES, List.of(3, 1, 2));
    }

    private static void requireTalks(TextData data) {
        assertThat(data).isInstanceOfSatisfying(TextData.Parallel.class, talks -> {
            assertThat(talks.train())
                    .isEqualTo(
                            new ParallelText(List.of("olá mundo", "não", "sim"), List.of("hello world", "no", "yes")));
            assertThat(talks.validation()).isEqualTo(new ParallelText(List.of("um"), List.of("one")));
            assertThat(talks.test()).isEqualTo(new ParallelText(List.of("dois", "três"), List.of("two", "three")));
        });
    }

    @Test
    void theCatalogueIsComplete() {
        TextDataSets sets = TextDataSets.in(cache);
        assertThat(sets.list())
                .extracting(TextDataInfo::name)
                .containsExactly("numbers", "number-lines", "shakespeare", "ted-pt-en");
        for (TextDataInfo info : sets.list()) {
            assertThat(info.description()).isNotBlank();
            assertThat(info.licence()).isNotBlank();
            assertThat(info.origin()).isNotBlank();
            assertThat(info.sources().isEmpty()).isEqualTo(info.files().isEmpty());
        }
        assertThat(sets.info("shakespeare").files())
                .containsExactly(new DataFile(
                        "shakespeare.txt",
                        1_115_394,
                        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sets.load("ted"))
                .withMessage("data set 'ted' is not known; there are numbers, number-lines, shakespeare, ted-pt-en");
    }

    @Test
    void aTextIsFetchedOnFirstUseAndReadFromTheCacheThen() throws IOException {
        List<FetchEvent> events = new ArrayList<>();
        TextDataSets sets = play().withFolder(given).withListener(events::add);
        assertThat(sets.check("play").getFirst()).isInstanceOf(FileCheck.Missing.class);

        assertThat(sets.load("play")).isInstanceOfSatisfying(TextData.Plain.class, play -> {
            assertThat(play.text()).isEqualTo(PLAY);
            assertThat(play.files()).isEqualTo(play.info().files());
            assertThat(play.remarks()).isEmpty();
        });
        assertThat(events).isNotEmpty();
        assertThat(sets.check("play").getFirst()).isInstanceOf(FileCheck.Whole.class);

        events.clear();
        Files.delete(given.resolve("play.txt.gz"));
        assertThat(sets.load("play").info().name()).isEqualTo("play");
        assertThat(events).isEmpty();
    }

    @Test
    void aTextThatWasDamagedInTheCacheIsFetchedAgain() throws IOException {
        TextDataSets sets = play().withFolder(given);
        sets.fetch("play");
        Path cached = cache.resolve("data/play/play.txt");
        Files.writeString(cached, PLAY.replace('w', 'v'));

        assertThat(sets.load("play"))
                .isInstanceOfSatisfying(
                        TextData.Plain.class, play -> assertThat(play.text()).isEqualTo(PLAY));
        assertThat(cached).hasContent(PLAY);
    }

    @Test
    void aTextThatNoSourceHasIsNamedWithTheRemedy() throws IOException {
        TextDataSets sets = play();
        assertThatIOException()
                .isThrownBy(() -> sets.load("play"))
                .withMessageStartingWith("cannot fetch data set 'play': no source gave play.txt; ")
                .withMessageEndingWith("name their folder with --data-dir");
    }

    @Test
    void anArchiveOfSentencesIsKeptAsItIs() throws IOException {
        TextDataSets sets = talks().withFolder(temporary); // which has it in no place that is looked at
        assertThatIOException().isThrownBy(() -> sets.load("talks"));

        TextDataSets found = talks().withFolder(given);
        TextData talks = found.load("talks");
        requireTalks(talks);
        assertThat(talks.files()).isEqualTo(talks.info().files());
        assertThat(talks.remarks()).isEmpty();
        assertThat(cache.resolve("data/talks/talks.tar.gz")).hasSameBinaryContentAs(given.resolve("talks.tar.gz"));
        assertThat(found.check("talks").getFirst()).isInstanceOf(FileCheck.Whole.class);
    }

    @Test
    void anArchiveInASubfolderOfTheNameIsFound() throws IOException {
        TextDataSets sets = talks().withFolder(temporary);
        Files.move(given, temporary.resolve("talks"));
        sets.fetch("talks");
        requireTalks(sets.load("talks"));
    }

    @Test
    void unpackedSentencesAreReadWhereTheyLie() throws IOException {
        TextDataSets sets = talks().withFolder(given);
        Path unpacked = Files.createDirectories(given.resolve("talks/all/pt_to_en"));
        for (Map.Entry<String, String> file : SENTENCES.entrySet()) {
            Files.writeString(unpacked.resolve(file.getKey()), file.getValue());
        }
        TextData talks = sets.load("talks");
        requireTalks(talks);
        assertThat(cache).doesNotExist();
        assertThat(talks.files()).extracting(DataFile::name).containsExactlyInAnyOrderElementsOf(SENTENCES.keySet());
        assertThat(talks.remarks())
                .containsExactly(
                        "data set 'talks': read from files in %s, of which no SHA-256 is known".formatted(unpacked));
    }

    @Test
    void whatIsWrongWithSentencesIsSaid() throws IOException {
        requireProblem("pt.dev", "a\nb\n", "pt.dev and en.dev must have the same number of lines; got 3 and 2");
        requireProblem("pt.dev", " \n", "pt.dev and en.dev must have lines with text on both sides; got none");
        Files.write(given.resolve("pt.dev"), new byte[] {'a', (byte) 0xe9, '\n'});
        assertThatIOException()
                .isThrownBy(() -> talks().withFolder(given).load("talks"))
                .withMessage("cannot read %s: pt.dev must be text in UTF-8", given);
    }

    private void requireProblem(String name, String content, String problem) throws IOException {
        Map<String, String> files = new LinkedHashMap<>(SENTENCES);
        files.put(name, content);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(given.resolve(file.getKey()), file.getValue());
        }
        assertThatIOException()
                .isThrownBy(() -> talks().withFolder(given).load("talks"))
                .withMessage("cannot read %s: %s", given, problem);
    }

    @Test
    void anArchiveWithOtherSentencesThanTheCatalogueSaysIsRefused() throws IOException {
        TextDataSets sets = talks(SENTENCES, List.of(4, 1, 2)).withFolder(given);
        assertThatIOException()
                .isThrownBy(() -> sets.load("talks"))
                .withMessage("data set 'talks': parts must have [4, 1, 2] pairs; got [3, 1, 2]");
        Map<String, String> fewer = new LinkedHashMap<>(SENTENCES);
        fewer.remove("en.test");
        TextDataSets incomplete = talks(fewer, List.of(3, 1, 2)).withFolder(given);
        assertThatIOException()
                .isThrownBy(() -> incomplete.load("talks"))
                .withMessageEndingWith("'talks.tar.gz' has no all/pt_to_en/en.test");
    }

    // ---- numbers ----

    @Test
    void numbersNeedNoCache() throws IOException {
        TextDataSets sets = TextDataSets.in(cache);
        sets.fetch("numbers");
        assertThat(sets.check("numbers")).isEmpty();
        assertThat(sets.load("numbers")).isInstanceOfSatisfying(TextData.Parallel.class, numbers -> {
            assertThat(numbers.train().size()).isEqualTo(4000);
            assertThat(numbers.validation().size()).isEqualTo(500);
            assertThat(numbers.test().size()).isEqualTo(500);
            HashSet<String> different = new HashSet<>(numbers.train().targets());
            different.addAll(numbers.validation().targets());
            different.addAll(numbers.test().targets());
            assertThat(different).hasSize(4300);
            assertThat(numbers.train().targets()).contains("0", "7", "42", "99");
        });
        assertThat(sets.load("number-lines")).isInstanceOfSatisfying(TextData.Plain.class, lines -> {
            assertThat(lines.text()).startsWith("zero = 0\none = 1\n").contains("forty-two = 42\n");
            assertThat(lines.text().lines()).hasSize(5000);
        });
        assertThat(cache).doesNotExist();
    }

    @Test
    void numbersAreWrittenInWords() {
        assertThat(NumberWords.of(0)).isEqualTo("zero");
        assertThat(NumberWords.of(10)).isEqualTo("ten");
        assertThat(NumberWords.of(19)).isEqualTo("nineteen");
        assertThat(NumberWords.of(20)).isEqualTo("twenty");
        assertThat(NumberWords.of(100)).isEqualTo("one hundred");
        assertThat(NumberWords.of(7042)).isEqualTo("seven thousand forty-two");
        assertThat(NumberWords.of(9999)).isEqualTo("nine thousand nine hundred ninety-nine");
        HashSet<String> all = new HashSet<>();
        for (int i = 0; i < NumberWords.END; i++) {
            all.add(NumberWords.of(i));
        }
        assertThat(all).hasSize(NumberWords.END);
    }

    @Test
    void theSeedDrawsNumbers() {
        ParallelText pairs = NumberWords.pairs(0, NumberWords.END, 3);
        for (int i = 0; i < pairs.size(); i++) {
            assertThat(NumberWords.of(Integer.parseInt(pairs.targets().get(i))))
                    .isEqualTo(pairs.sources().get(i));
        }
        assertThat(new HashSet<>(pairs.targets())).hasSize(NumberWords.END);
        assertThat(NumberWords.pairs(0, 50, 3)).isEqualTo(pairs.range(0, 50));
        assertThat(NumberWords.pairs(0, 50, 4)).isNotEqualTo(pairs.range(0, 50));
        assertThat(NumberWords.pairs(0, 1, 1).asPlainText(" = ")).matches("[a-z -]+ = [0-9]+\n");
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        for (int number : new int[] {-1, NumberWords.END}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NumberWords.of(number))
                    .withMessage("number words: the number must be in [0, 10000); got " + number);
        }
        for (int count : new int[] {0, NumberWords.END + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NumberWords.pairs(0, count, 1))
                    .withMessage(
                            "number words: there must be 1 to 10000 pairs of numbers from 0 to 9999; got " + count);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumberWords.pairs(100, 9901, 1))
                .withMessage("number words: there must be 1 to 9900 pairs of numbers from 100 to 9999; got 9901");
    }
}
