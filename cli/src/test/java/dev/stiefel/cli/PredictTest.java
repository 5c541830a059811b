package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `train --data` and `predict`, as users type them.
class PredictTest {
    @TempDir
    static Path folder;

    private static CommandRunner door() {
        return new CommandRunner(folder);
    }

    @BeforeAll
    static void trainOne() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        StringBuilder text = new StringBuilder("rooms,town,price\n");
        for (int i = 0; i < 300; i++) {
            int rooms = 1 + random.nextInt(6);
            boolean bonn = random.nextBoolean();
            text.append(String.format(
                    Locale.ROOT, "%d,%s,%d%n", rooms, bonn ? "Bonn" : "Aachen", rooms * (bonn ? 90_000 : 60_000)));
        }
        Files.writeString(folder.resolve("houses.csv"), text);
        assertThat(door().run("train --data houses.csv --target price --task regression --epochs 15 --width 16"
                                + " --depth 2 --out h --quiet")
                        .code())
                .isZero();
        assertThat(door().run("train digits --epochs 1 --out d --quiet").code()).isZero();
    }

    @Test
    void linesOfJsonAreAnsweredOneByOneAndBadOnesNamed() {
        CommandRunner.Result result = door().run(List.of("predict", "h", "--stdin"), """
            {"rooms": 3, "town": "Bonn"}

            {"rooms": "many", "town": "Bonn"}
            [1, 2
            {"rooms": 3, "town": ["Bonn"]}
            "seven"
            {"rooms": null, "town": "Paris"}
            """);

        assertThat(result.code()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(json(lines.get(0)).at("/values/price").doubleValue()).isBetween(200_000.0, 340_000.0);
        assertThat(lines.get(1)).isEqualTo("{\"error\":\"column 'rooms' must be a number; got 'many'\"}");
        assertThat(lines.get(2)).isEqualTo("{\"error\":\"a line must be one JSON value; got [1, 2\"}");
        assertThat(lines.get(3)).contains("column 'town' must be a number or a text");
        assertThat(lines.get(4)).contains("must be an object of columns, or an array of their values");
        assertThat(json(lines.get(5)).at("/values/price").isNumber()).isTrue();
    }

    @Test
    void aLineIsAnsweredForWhatItSaysAndNothingElse() {
        CommandRunner.Result result = door().run(List.of("predict", "h", "--stdin"), """
            {"Rooms": 3, "town": "Bonn"}
            {"rooms": 3, "town": "Bonn", "price": 1}
            [3, "Bonn"]
            [3]
            [3, ["Bonn"]]
            {"rooms": 3, "town": true}
            {"rooms": NaN, "town": "Bonn"}
            """);

        assertThat(result.code()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(0))
                .isEqualTo(
                        "{\"error\":\"a row must have the columns rooms, town; missing: rooms (null says that a value"
                                + " is not known); unknown: Rooms\"}");
        assertThat(json(lines.get(1)).at("/values/price").isNumber()).isTrue();
        assertThat(lines.get(2)).as("in their order").isEqualTo(lines.get(1));
        assertThat(lines.get(3)).contains("a row must have a value for each of its 2 columns, rooms, town; got 1");
        assertThat(lines.get(4)).contains("value 2 must be a number or a text");
        assertThat(lines.get(5)).contains("column 'town' must be one of Aachen, Bonn; got true");
        assertThat(lines.get(6)).contains("null says that a value is missing");
    }

    @Test
    void pixelsOutOfTheirRangeAreRefused() {
        String pixels =
                "[16" + ",0".repeat(63) + "]\n[0.5" + ",0".repeat(63) + "]\n[0]\n[null" + ",0".repeat(63) + "]\n";

        List<String> lines = door().run(List.of("predict", "d", "--stdin"), pixels)
                .out()
                .lines()
                .toList();

        assertThat(lines.get(0)).contains("value 1 must be a pixel in [0, 1]; got 16.0; divide 8-bit pixels by 255");
        assertThat(json(lines.get(1)).get("class").stringValue()).matches("[0-9]");
        assertThat(lines.get(2)).contains("a sample must have 64 values; got 1");
        assertThat(lines.get(3)).contains("value 1 must be a pixel in [0, 1]; got none");
    }

    @Test
    void aCsvGivesOnePredictionARow() throws IOException {
        Files.writeString(folder.resolve("new.csv"), "town,rooms\nBonn,3\nAachen,3\n");

        JsonNode told = json(door().run("predict h new.csv --json").out()).get("predictions");

        assertThat(told).hasSize(2);
        assertThat(told.get(0).get("input").stringValue()).isEqualTo("new.csv:1");
        assertThat(told.get(0).at("/values/price").doubleValue())
                .isGreaterThan(told.get(1).at("/values/price").doubleValue());
        assertThat(door().run("predict h new.csv").out()).startsWith("new.csv:1  price ");
    }

    @Test
    void anImageIsToldByItsClass() throws IOException {
        BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 4; y < 36; y++) {
            for (int x = 18; x < 24; x++) {
                image.setRGB(x, y, 0xffffff); // a one
            }
        }
        ImageIO.write(image, "png", folder.resolve("one.png").toFile());

        CommandRunner.Result result = door().run("predict d one.png --json");

        JsonNode told = json(result.out()).at("/predictions/0");
        assertThat(told.get("class").stringValue()).matches("[0-9]");
        assertThat(told.get("probabilities")).hasSize(10);
        assertThat(door().run(List.of("predict", "d", "--stdin"), "{\"image\": \"one.png\"}\n")
                        .out())
                .startsWith("{\"class\":\"" + told.get("class").stringValue() + "\"");
    }

    @Test
    void mistakesAreOneLineAndCodeTwo() throws IOException {
        Files.writeString(folder.resolve("bad.csv"), "town,rooms\nBonn,three\n");
        Files.writeString(folder.resolve("text.png"), "no image");
        assertThat(refused("predict h")).contains("needs an INPUT");
        assertThat(refused("predict h new.csv --stdin")).contains("--stdin cannot go with 'new.csv'");
        assertThat(refused("predict h missing.csv")).contains("there is no file 'missing.csv'");
        assertThat(refused("predict h bad.csv")).contains("line 2").contains("'rooms'");
        assertThat(refused("predict d text.png")).contains("text.png");
        assertThat(refused("predict h text.png")).contains("a file .csv, .tsv, .txt, one of these as .gz, or .npy");
        assertThat(refused("train --data nowhere.csv --target price"))
                .contains("there is no data set, file or folder 'nowhere.csv'");
        assertThat(refused("train --data houses.csv")).contains("--target");
        assertThat(refused("train --data houses.csv --target cost")).contains("'cost'");
        assertThat(refused("train digits --target price")).contains("'target' is for data of your own");
        assertThat(refused("train")).contains("--data PATH");
    }

    private static String refused(String arguments) {
        CommandRunner.Result result = door().run(arguments);
        assertThat(result.code()).as(arguments + ": " + result.err()).isEqualTo(2);
        assertThat(result.err().lines()).as(result.err()).hasSize(1);
        return result.err();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
