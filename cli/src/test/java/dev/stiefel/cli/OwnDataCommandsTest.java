package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What commands say of a user's own data, and do when it has changed or moved.
class OwnDataCommandsTest {
    private static final String TRAIN =
            "train --data t.csv --target c --epochs 1 --width 4 --depth 1 --threads 1 --out r";

    @TempDir
    Path folder;

    private CommandRunner door;

    @BeforeEach
    void open() throws IOException {
        door = new CommandRunner(folder);
        write("t.csv", 0);
    }

    private void write(String name, int from) throws IOException {
        String rows = IntStream.range(from, from + 60)
                .mapToObj(i -> "K%03d;%d,5;%s".formatted(i, i, i % 3 == 0 ? "p" : "q"))
                .collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve(name), "id;a;c\n" + rows + "\n");
    }

    // ---- what was read ----

    @Test
    void trainingSaysWhatWasRead() throws IOException {
        CommandRunner.Result trained = door.run(TRAIN + " --ignore id");

        assertThat(trained.code()).isZero();
        assertThat(trained.err())
                .containsPattern("data +t.csv, table, parted by semicolons\n")
                .containsPattern("samples +60\n")
                .containsPattern("numbers +a\n")
                .containsPattern("left out +id\n")
                .containsPattern("target +c: 2 classes: p, q\n")
                .containsPattern("split +44 train, 4 validate, 12 test\n")
                .containsPattern("memory +about [0-9,]+ MB to train\n")
                .contains("stiefel: numbers with a decimal comma: a\n");
        JsonNode found = JsonMapper.shared()
                .readTree(Files.readString(folder.resolve("r/run.json")))
                .at("/data/found");
        assertThat(found.at("/numbers/0").stringValue()).isEqualTo("a");
        assertThat(found.at("/ignored/0").stringValue()).isEqualTo("id");
        assertThat(found.at("/targets/0/classes/1").stringValue()).isEqualTo("q");
        assertThat(found.at("/split/test").intValue()).isEqualTo(12);
        assertThat(found.at("/estimatedMemoryBytes").longValue()).isPositive();
        CommandRunner.Result quiet = door.run(TRAIN + "2 --ignore id --quiet --json");
        assertThat(quiet.err()).doesNotContain("samples");
        assertThat(JsonMapper.shared()
                        .readTree(quiet.out())
                        .at("/data/found/samples")
                        .intValue())
                .isEqualTo(60);
    }

    @Test
    void inspectingShowsTheSameAndTrainsNothing() throws IOException {
        CommandRunner.Result open = door.run("data inspect t.csv");
        assertThat(open.code()).isZero();
        assertThat(open.out())
                .containsPattern("categories +id \\(60\\), c \\(2\\)\n")
                .containsPattern("target +not chosen yet: --target COLUMN\n")
                .contains("note: column 'id' has another value in nearly every row");

        JsonNode json = JsonMapper.shared()
                .readTree(door.run("data inspect t.csv --target c --ignore id --json")
                        .out());
        assertThat(json.at("/samples").intValue()).isEqualTo(60);
        assertThat(json.at("/targets/0/name").stringValue()).isEqualTo("c");
        assertThat(json.at("/remarks/0").stringValue()).isEqualTo("numbers with a decimal comma: a");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void inspectingNamesWhatIsWrong() {
        CommandRunner.Result missing = door.run("data inspect no.csv");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).isEqualTo("stiefel: cannot read no.csv: it does not exist\n");
        assertThat(door.run("data inspect t.csv --target x").err())
                .isEqualTo("stiefel: --target must name columns of t.csv; got 'x'; its columns are id, a, c\n");
    }

    // ---- what has changed or moved ----

    @Test
    void otherDataUnderTheSameNameIsRefused() throws IOException {
        door.run(TRAIN);
        write("t.csv", 100);

        for (String command : List.of(
                "evaluate r",
                "finetune r --epochs 1 --out f",
                "compress r --rank 1 --out f",
                "compress r --rank 1 --epochs 1 --out f")) {
            CommandRunner.Result result = door.run(command);
            assertThat(result.code()).as(command).isEqualTo(2);
            assertThat(result.err())
                    .as(command)
                    .endsWith(": data set 't.csv' is not the one that run r was trained on; its files' checksums"
                            + " differ\n");
            assertThat(folder.resolve("f")).doesNotExist();
        }
    }

    @Test
    void dataThatWasMovedIsFoundWhereTheUserSays() throws IOException {
        door.run(TRAIN);
        String before = door.run("evaluate r").out();
        Files.createDirectory(folder.resolve("new"));
        Files.move(folder.resolve("t.csv"), folder.resolve("new/t.csv"));

        assertThat(door.run("evaluate r").err())
                .isEqualTo("stiefel: evaluate: cannot read t.csv, the data of run r: it does not exist;"
                        + " --data-moved-to PATH says where it is now\n");
        assertThat(door.run("evaluate r --data-moved-to new").out()).isEqualTo(before);
        Files.move(folder.resolve("new/t.csv"), folder.resolve("u.csv"));
        assertThat(door.run("evaluate r --data-moved-to u.csv").out()).isEqualTo(before);
        assertThat(door.run("finetune r --epochs 1 --out f --data-moved-to u.csv --quiet")
                        .code())
                .isZero();
        write("u.csv", 100);
        assertThat(door.run("evaluate r --data-moved-to u.csv").code()).isEqualTo(2);
        assertThat(door.run(TRAIN + "2 --data-moved-to u.csv").code()).isEqualTo(2);
    }

    @Test
    void aSweepIsNotMixedWithOtherData() throws IOException {
        Files.writeString(folder.resolve("s.yaml"), """
            name: s
            base: {data: %s, target: c, epochs: 1, width: 4, depth: 1}
            axes: {rank: [1]}
            seeds: [0]
            """.formatted(folder.resolve("t.csv")));
        CommandRunner.Result made = door.run("sweep s.yaml --jobs 1 --quiet");
        assertThat(made.code()).as(made.err()).isZero();
        write("t.csv", 100);

        CommandRunner.Result mixed = door.run("sweep s.yaml --jobs 1 --quiet");
        assertThat(mixed.code()).isEqualTo(2);
        assertThat(mixed.err()).contains("data 't.csv' was changed since run ", "give the sweep another folder");
    }

    @Test
    void aReportSaysWhenRunsSawDifferentData() throws IOException {
        door.run(TRAIN);
        write("t.csv", 100);
        door.run(TRAIN + "2");

        CommandRunner.Result report = door.run("report r r2 --out report");

        assertThat(report.code()).as(report.err()).isZero();
        assertThat(Files.readString(folder.resolve("report/index.html"))).contains("had 2 versions by its files");
    }
}
