package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `train`, `translate`, `generate`, `evaluate` and `predict` on texts, as users type them.
class TextCommandsTest {
    private static final String TINY = " --model-width 16 --heads 2 --rank 4 --threads 1 --quiet ";

    /// Runs `pairs` (capitals), `song`, `reviews` and `digits`, and files that are not as they should be.
    @TempDir
    static Path folder;

    private static CommandRunner door() {
        return new CommandRunner(folder);
    }

    @BeforeAll
    static void trainOneOfEachKind() throws IOException {
        List<String> pairs = new ArrayList<>(List.of("low\tcapital"));
        IntStream.range(0, 120)
                .mapToObj(TextCommandsTest::letters)
                .forEach(low -> pairs.add(low + "\t" + low.toUpperCase(Locale.ROOT)));
        write("pairs.tsv", String.join("\n", pairs));
        write("song.txt", "two thousand la lo lu. ".repeat(130));
        StringBuilder reviews = new StringBuilder("review,verdict\n");
        for (int i = 0; i < 200; i++) {
            String review = i % 2 == 0 ? "\"fine, %s\",good\n" : "\"awful, %s\",bad\n";
            reviews.append(review.formatted(letters(i)));
        }
        write("reviews.csv", reviews.toString());

        train("--data pairs.tsv --source low --target capital --tokenizer character --encoder-layers 1"
                + " --decoder-layers 1 --epochs 15 --batch-tokens 300 --warm-up 2 --out pairs");
        train("--data song.txt --decoder-layers 1 --context 16 --epochs 8 --batch-tokens 256 --warm-up 5 --out song");
        train("--data reviews.csv --text review --target verdict --encoder-layers 1 --epochs 25 --batch-tokens 300"
                + " --warm-up 5 --vocabulary 270 --out reviews");
        assertThat(door().run("train digits --epochs 1 --depth 1 --width 8 --rank 2 --train-fraction 0.1 --out digits"
                                + " --quiet")
                        .code())
                .isZero();

        write("gap.tsv", "low\tcapital\na\tA\nb\t\n");
        write("short.tsv", "low\tcapital\na\tA\nb\n");
        write("header.tsv", "low\tcapital\n");
        write("empty.txt", "");
        write("blank.txt", " \n\n");
        write("gap.txt", "fine\n\nawful\n");
        write("lines.txt", "fine, a b\nawful, c d\n");
        write("one.txt", "A B\n");
        write("sheet.xlsx", "");
        Files.createDirectory(folder.resolve("dir"));
        Files.write(folder.resolve("latin.txt"), "fine\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("latin.tsv"), "low\tcapital\n\u00e9\tE\n".getBytes(StandardCharsets.ISO_8859_1));
        damage("reviews", "\\\"merges\\\"", "\\\"mergeX\\\"", "damaged.safetensors");
    }

    private static void train(String arguments) {
        CommandRunner.Result result = door().run("train " + arguments + TINY.stripTrailing());
        assertThat(result.code()).as(result.err()).isZero();
    }

    private static void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    /// Changes bytes in the metadata of a model file, and not its length.
    private static void damage(String run, String from, String to, String name) throws IOException {
        String file = Files.readString(
                folder.resolve(run).resolve("checkpoint/model.safetensors"), StandardCharsets.ISO_8859_1);
        assertThat(file).contains(from);
        Files.writeString(folder.resolve(name), file.replace(from, to), StandardCharsets.ISO_8859_1);
    }

    private static String letters(int i) {
        return "%c%c %c".formatted('a' + i % 5, 'a' + i / 5 % 5, 'a' + i / 25 % 5);
    }

    // ---- translate ----

    @Test
    void argumentsAndLinesAreTranslatedAlike() {
        CommandRunner.Result arguments = door().run(List.of("translate", "pairs", "ab c", "", "ba d"));
        assertThat(arguments.code()).isZero();
        assertThat(arguments.err()).isEmpty();
        List<String> translations = lines(arguments.out());
        assertThat(translations).hasSize(3);
        assertThat(translations.get(0)).isNotEmpty();
        assertThat(translations.get(1)).isEmpty();

        assertThat(translated("ab c\n\nba d\n")).isEqualTo(arguments.out());
        assertThat(translated("\ufeffab c\r\n\r\nba d\r\n")).isEqualTo(arguments.out());
        assertThat(translated("ab c\n\nba d")).isEqualTo(arguments.out());
        assertThat(door().run(List.of("translate", "pairs/checkpoint/model.safetensors", "ab c", "", "ba d"))
                        .out())
                .isEqualTo(arguments.out());
    }

    private static String translated(String input) {
        CommandRunner.Result result = door().run(List.of("translate", "pairs"), input);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    @Test
    void everyLineGivesExactlyOne() {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 1100; i++) {
            input.append(i % 7 == 0 ? "" : letters(i)).append('\n');
        }
        List<String> all = lines(translated(input.toString()));
        assertThat(all).hasSize(1100);
        assertThat(all.get(0)).isEmpty();
        assertThat(all.get(1)).isEqualTo(lines(translated(letters(1))).getFirst());
        assertThat(all.get(1098)).isEqualTo(lines(translated(letters(1098))).getFirst());
        assertThat(translated("")).isEmpty();
        assertThat(lines(translated("a\u2028b \u0085 c\rd\n"))).hasSize(1);
    }

    @Test
    void translationsAreJsonOnDemand() {
        CommandRunner.Result arguments = door().run(List.of("translate", "pairs", "ab c", "", "--json"));
        JsonNode all = json(arguments.out()).get("translations");
        assertThat(all).hasSize(2);
        assertThat(all.get(0).get("source").stringValue()).isEqualTo("ab c");
        assertThat(all.get(0).get("translation").stringValue())
                .isEqualTo(lines(translated("ab c")).getFirst());
        assertThat(door().run(List.of("translate", "pairs", "--json"), "ab c\n\n")
                        .out())
                .isEqualTo(arguments.out());
    }

    @Test
    void aBeamOfOneIsTheDefault() {
        assertThat(door().run(List.of("translate", "pairs", "--beam", "1", "ab c"))
                        .out())
                .isEqualTo(translated("ab c"));
        assertThat(door().run(List.of("translate", "pairs", "--beam", "4", "ab c", "d", "zzz"))
                        .out()
                        .lines())
                .hasSize(3);
        assertThat(door().run(List.of("translate", "pairs", "--beam", "1000", "ab c"))
                        .code())
                .isZero();
    }

    // ---- generate ----

    @Test
    void aTextIsContinuedBehindItsPrompt() {
        CommandRunner.Result likely =
                door().run(List.of("generate", "song", "--prompt", "la lo", "--tokens", "12", "--temperature", "0"));
        assertThat(likely.code()).as(likely.err()).isZero();
        assertThat(likely.out())
                .hasSize("la lo".length() + 12 + 1)
                .startsWith("la lo")
                .endsWith("\n");
        assertThat(door().run(List.of(
                                "generate",
                                "song",
                                "--prompt",
                                "la lo",
                                "--tokens",
                                "12",
                                "--top-k",
                                "1",
                                "--seed",
                                "8"))
                        .out())
                .isEqualTo(likely.out());
        JsonNode json = json(door().run(List.of(
                        "generate", "song", "--prompt", "la lo", "--tokens", "12", "--temperature", "0", "--json"))
                .out());
        assertThat(json.get("prompt").stringValue()).isEqualTo("la lo");
        assertThat("la lo" + json.get("text").stringValue() + "\n").isEqualTo(likely.out());
    }

    @Test
    void aSeedDecidesWhatIsDrawn() {
        String drawing = "generate song --tokens 40 --temperature 2 --seed ";
        String one = door().run(drawing + 1).out();
        assertThat(one).hasSizeBetween(30, 41); // a reserved token may be drawn, which has no text
        assertThat(door().run(drawing + 1).out()).isEqualTo(one);
        assertThat(door().run(drawing + 2).out()).isNotEqualTo(one);
        assertThat(door().run("generate song --tokens 300").out()).hasSizeBetween(270, 301);
    }

    // ---- evaluate ----

    @Test
    void perplexityAndBleuAreMeasured() {
        JsonNode pairs = json(door().run("evaluate pairs --json").out());
        assertThat(pairs.get("perplexity").doubleValue())
                .isEqualTo(Math.exp(pairs.get("loss").doubleValue()));
        assertThat(pairs.get("tokens").longValue()).isEqualTo(24 * 5); // three letters, a space and the end
        assertThat(pairs.at("/bleu/score").isNumber()).isTrue();
        assertThat(pairs.at("/bleu/signature").stringValue())
                .isEqualTo("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
        CommandRunner.Result told = door().run("evaluate pairs --beam 2 --split validation");
        assertThat(told.out()).contains("perplexity", "tokens", "BLEU ", "tok:13a", "validation samples");
        assertThat(told.err())
                .isEqualTo("stiefel: BLEU is 0, since it counts sequences of 4 words and no translation has 4"
                        + System.lineSeparator());

        JsonNode song = json(door().run("evaluate song --json").out());
        assertThat(song.get("perplexity").doubleValue()).isGreaterThan(1);
        assertThat(song.has("bleu")).isFalse();
        JsonNode reviews = json(door().run("evaluate reviews --json").out());
        assertThat(reviews.get("accuracy").doubleValue()).isGreaterThan(0.9);
        assertThat(reviews.has("perplexity")).isFalse();
    }

    // ---- predict ----

    @Test
    void textsOfFilesArePutIntoClasses() throws IOException {
        assertThat(door().run("predict reviews lines.txt").out())
                .containsPattern("lines.txt:1 +good +good [0-9.]+ % +bad .*\\R")
                .containsPattern("lines.txt:2 +bad +bad ");
        JsonNode lines =
                json(door().run("predict reviews lines.txt --json").out()).get("predictions");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).get("input").stringValue()).isEqualTo("lines.txt:1");
        assertThat(lines.get(0).get("class").stringValue()).isEqualTo("good");
        assertThat(lines.get(0).get("probabilities").propertyNames()).containsExactly("bad", "good");

        write("new.csv", "id,review\n1,\"fine, a b\"\n2,\"awful, c d\"\n");
        write("new.tsv", "review\nfine, a b\nawful, c d\n");
        Files.write(folder.resolve("new.tsv.gz"), gzip("review\nfine, a b\nawful, c d\n"));
        for (String name : List.of("new.csv", "new.tsv", "new.tsv.gz")) {
            JsonNode rows =
                    json(door().run("predict reviews --json " + name).out()).get("predictions");
            assertThat(rows.get(1).get("input").stringValue()).isEqualTo(name + ":2");
            assertThat(rows.get(0).get("probabilities")).isEqualTo(lines.get(0).get("probabilities"));
            assertThat(rows.get(1).get("probabilities")).isEqualTo(lines.get(1).get("probabilities"));
        }
    }

    @Test
    void linesOfJsonArePutIntoClasses() {
        byte[] input = """
            "fine, a b"
            {"id": 7, "review": "awful, c d"}

            {"text": "fine"}
            {"image": "one.png"}
            [1, 2]
            fine
            ""
            "?"
            "awful, c d"
            """.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < input.length; i++) {
            input[i] = input[i] == '?' ? (byte) 0xe9 : input[i];
        }
        CommandRunner.Result result = door().run(List.of("predict", "reviews", "--stdin"), input);
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        List<String> told = lines(result.out());
        assertThat(told).hasSize(9);
        assertThat(json(told.get(0)).get("class").stringValue()).isEqualTo("good");
        assertThat(json(told.get(1)).get("class").stringValue()).isEqualTo("bad");
        String must = "a sample must be a text, or an object with a text in column 'review'; got ";
        assertThat(error(told.get(2))).isEqualTo(must + "{\"text\":\"fine\"}");
        assertThat(error(told.get(3))).isEqualTo(must + "{\"image\":\"one.png\"}");
        assertThat(error(told.get(4))).isEqualTo(must + "[1,2]");
        assertThat(error(told.get(5))).isEqualTo("a line must be one JSON value; got fine");
        assertThat(error(told.get(6))).isEqualTo("predict: a text must not be empty; text 1 is");
        assertThat(error(told.get(7))).isEqualTo("line 9: must be text in UTF-8");
        assertThat(told.get(8)).isEqualTo(told.get(1));
    }

    // ---- programs of the guide ----

    @Test
    void theProgramsOfTheGuideRun() throws IOException {
        assertThat(printed(out -> TextPrograms.translation(folder.resolve("pairs"), out)))
                .endsWith(", nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0\n")
                .hasLineCount(3);
        assertThat(printed(out -> TextPrograms.generation(folder.resolve("song"), out)))
                .hasSizeBetween(200, 241);
        assertThat(printed(out -> TextPrograms.classification(folder.resolve("reviews"), out)))
                .matches("(good|bad) 0[.]\\d+\\R(good|bad) 0[.]\\d+\\R");
        assertThat(printed(
                        out -> TextPrograms.tokens(folder.resolve("reviews"), folder.resolve("tokenizer.json"), out)))
                .isEqualTo("the Ġ s lo w e s t = the slowest\n270 tokens in tokenizer.json\n");
        assertThat(Files.readString(folder.resolve("tokenizer.json"))).contains("\"type\":\"BPE\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"translation.md", "language-models.md", "predicting.md", "tokenizers.md"})
    void theGuideShowsExactlyThesePrograms(String page) throws IOException {
        List<String> source = Files.readAllLines(Path.of("src/test/java/dev/stiefel/cli/TextPrograms.java"));
        List<String> program = source.subList(source.indexOf("        // " + page) + 1, source.size());
        String shown = String.join(
                "\n",
                program.subList(0, program.indexOf("        // end")).stream()
                        .map(line -> line.isBlank() ? "" : line.substring(8))
                        .toList());
        assertThat(Files.readString(Path.of("../docs/guide", page))).contains("```java\n" + shown + "\n```");
    }

    private interface Program {
        void run(PrintStream out) throws IOException;
    }

    private static String printed(Program program) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        program.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    // ---- mistakes ----

    private static final String PAIRS = "train --data pairs.tsv --source low --target capital";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // files
                "train --data gap.tsv --source low --target capital|cannot read gap.tsv: line 3: column 'capital' must"
                        + " not be empty; give it a text, or delete the line",
                "train --data short.tsv --source low --target capital|cannot read short.tsv: line 3: it must have 2"
                        + " cells, as line 1 has; got 1; take tabs out of texts",
                "train --data header.tsv --source low --target capital|cannot read header.tsv: it must have lines below"
                        + " its header; got none",
                "train --data empty.txt|cannot read empty.txt: it must have text; it is empty",
                "train --data blank.txt|cannot read blank.txt: it must have text; it is empty",
                "train --data latin.txt|cannot read latin.txt: line 2: it must be text in UTF-8; got the byte 0xe9;"
                        + " save it as UTF-8",
                "train --data latin.tsv --source low --target capital|cannot read latin.tsv: line 2: it must be text in"
                        + " UTF-8; got the byte 0xe9; save it as UTF-8",
                "train --data dir --source low --target capital|a table of texts must be a file .csv or .tsv, or one of"
                        + " these as .gz; got dir",
                "train --data dir --text low --target capital|a table of texts must be a file .csv or .tsv, or one of"
                        + " these as .gz; got dir",
                "train --data sheet.xlsx|data must be a table (.csv, .tsv), a text (.txt), a folder of images by class,"
                        + " or an array (.npy); got sheet.xlsx",
                "train --data sheet.xlsx --source low --target capital|a table of texts must be a file .csv or .tsv, or"
                        + " one of these as .gz; got sheet.xlsx",
                "train --data lines.txt --target one.txt|parallel text: each line of one file must belong to one of the"
                        + " other; lines.txt has 2 lines and one.txt has 1",
                "train --data lines.txt --target gap.txt|cannot read gap.txt: line 2: it must not be empty; give it a"
                        + " text, or delete the line in both files",
                "train --data lines.txt --target none.txt|cannot read none.txt: it does not exist",
                PAIRS + " --test-data gap.tsv|cannot read gap.tsv: line 3: column 'capital' must not be empty; give it"
                        + " a text, or delete the line",
                PAIRS + " --validation-data none.tsv|cannot read none.tsv: it does not exist",
                // options
                "train --data pairs.tsv --source low|target must name the column of translations in pairs.tsv",
                "train --data reviews.csv --text review|target must name the column of classes in reviews.csv",
                "train --data pairs.tsv --source lwo --target capital|there is no column 'lwo' in pairs.tsv; its"
                        + " columns are low, capital",
                "train --data pairs.tsv --source low --target Capital|there is no column 'Capital' in pairs.tsv; its"
                        + " columns are low, capital",
                "train --data reviews.csv --text reviews --target verdict|there is no column 'reviews' in reviews.csv;"
                        + " its columns are review, verdict",
                "train --data pairs.tsv --source low --target low|columns must differ; got 'low' twice",
                "train --data pairs.tsv --source 1 --target 3|cannot read pairs.tsv: line 1: it must have a column 3;"
                        + " got 2 columns",
                "train --data pairs.tsv --source low --target 2|columns must all be chosen by name, of a table with a"
                        + " header, or all by number; got 'low' and 2",
                PAIRS + " --vocabulary 9000|vocabulary: the text has pairs for 289 tokens; got 9000; ask for fewer, or"
                        + " give more text",
                PAIRS + " --vocabulary 9000 --tokenizer character|'vocabulary' is for tokenizers 'byte-pair' and"
                        + " 'wordpiece'; tokenizer 'character' has as many as there are",
                PAIRS + " --tokenizer words|--tokenizer must be one of byte-pair, wordpiece, character; got words",
                "train numbers --source low|'source' is for data of your own; name a file or folder with data",
                // models
                "translate digits ab|translate: the model must be trained on texts and their translations; it takes an"
                        + " image of 8 × 8 pixels",
                "translate song ab|translate: the model must be trained on texts and their translations; it takes a"
                        + " text to continue",
                "translate reviews ab|translate: the model must be trained on texts and their translations; it takes a"
                        + " text to classify",
                "translate none ab|there is no run or model at 'none'",
                "generate pairs|generate: the model must be a language model, trained on plain text; it takes a text to"
                        + " translate",
                "generate digits|generate: the model must be a language model, trained on plain text; it takes an image"
                        + " of 8 × 8 pixels",
                "predict pairs lines.txt|predict: the model translates texts; use 'stiefel translate'",
                "predict song lines.txt|predict: the model continues texts; use 'stiefel generate'",
                "predict song --stdin|predict: the model continues texts; use 'stiefel generate'",
                "predict digits lines.txt|cannot read lines.txt: line 2: it must have 64 cells; got 2",
                "predict digits reviews.csv|cannot read reviews.csv: line 2: it must have 64 cells; got 2",
                "predict reviews pairs.tsv|there is no column 'review' in pairs.tsv; its columns are low, capital",
                "predict reviews sheet.xlsx|predict: the model takes texts, from a file .txt, .csv or .tsv, or one of"
                        + " these as .gz; got 'sheet.xlsx'",
                "predict reviews dir|'dir' is not a file; an INPUT is an image, a CSV file or a text file",
                "predict reviews empty.txt|cannot read empty.txt: it must have lines of text; it is empty",
                "predict reviews gap.txt|cannot read gap.txt: line 2: it must not be empty; give it a text, or delete"
                        + " the line",
                "predict reviews latin.txt|cannot read latin.txt: line 2: it must be text in UTF-8; got the byte 0xe9;"
                        + " save it as UTF-8",
                "predict damaged.safetensors lines.txt|cannot read damaged.safetensors: tokenizer: its vocabulary or"
                        + " settings are not those of its merges; it is damaged",
                "evaluate reviews --beam 2|translate: the model must be trained on texts and their translations; it"
                        + " takes a text to classify",
                "evaluate reviews --attack fgsm --epsilon 0.1|attack: input values must be numbers; those of"
                        + " reviews are tokens of texts",
                // numbers
                "translate pairs --beam 0 ab|--beam must be at least 1; got 0",
                "translate pairs --beam two ab|--beam must be a whole number; got 'two'",
                "evaluate pairs --beam 0|--beam must be at least 1; got 0",
                "generate song --tokens 0|--tokens must be at least 1; got 0",
                "generate song --temperature -1|--temperature must be at least 0 and finite; got -1.0",
                "generate song --temperature NaN|--temperature must be at least 0 and finite; got NaN",
                "generate song --top-k 0|--top-k must be at least 1; got 0",
                "generate song --prompt läß|prompt: all characters must be in the model's vocabulary; got 'ä'",
                "generate song la|unexpected argument 'la'; 'stiefel generate --help' explains it",
            })
    void aMistakeIsOneLineAndLeavesNothing(String arguments, String message) throws IOException {
        refused(List.of(arguments.split(" ")), new byte[0], message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b c d e", ""})
    void aTextOfTenThousandTokensIsNotTranslated(String before) throws IOException {
        String text = "a".repeat(10_000);
        String message = "translate: a text must have at most 5,000 tokens; text %d has 10,000; cut it into sentences";
        refused(List.of("translate", "pairs", before, text), new byte[0], message.formatted(2));
        refused(List.of("translate", "pairs"), text.getBytes(StandardCharsets.UTF_8), message.formatted(1));
    }

    @Test
    void bytesThatAreNoTextAreNamedByTheirLine() throws IOException {
        byte[] input = "ab c\nba\n\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        refused(List.of("translate", "pairs"), input, "line 3: must be text in UTF-8");
        refused(List.of("translate", "pairs", "--json"), input, "line 3: must be text in UTF-8");
    }

    private static void refused(List<String> arguments, byte[] input, String message) throws IOException {
        SortedMap<String, String> before = door().everything();
        CommandRunner.Result result = door().run(arguments, input);
        assertThat(result.err()).isEqualTo("stiefel: " + message + System.lineSeparator());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(door().everything()).isEqualTo(before);
    }

    private static List<String> lines(String text) {
        return text.isEmpty()
                ? List.of()
                : List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String error(String line) {
        return json(line).get("error").stringValue();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
