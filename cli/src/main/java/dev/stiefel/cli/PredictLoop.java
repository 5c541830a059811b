package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.text.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One JSON value a line in, one out, until the input ends.
final class PredictLoop {
    private static final int LONGEST = 16 << 20; // characters of a line

    private final Model model;
    private final CommandEnvironment environment;

    PredictLoop(Model model, CommandEnvironment environment) {
        this.model = model;
        this.environment = environment;
    }

    /// Answers until the input ends, and gives the exit code.
    int run() throws IOException {
        model.preparation(); // an unfit model is told before anything is read
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(environment.in(), StandardCharsets.UTF_8), 1 << 16);
        StringBuilder line = new StringBuilder();
        while (read(lines, line)) {
            if (line.length() > LONGEST) {
                say(Map.of("error", "a line must have at most %,d characters".formatted(LONGEST)));
            } else if (!line.isEmpty() && !line.toString().isBlank()) {
                say(answer(line.toString()));
            }
        }
        return 0;
    }

    /// Reads a line, of one that is too long only its beginning.
    ///
    /// @return whether there was one
    private static boolean read(BufferedReader lines, StringBuilder line) throws IOException {
        line.setLength(0);
        int c = lines.read();
        if (c < 0) {
            return false;
        }
        while (c >= 0 && c != '\n') {
            if (line.length() <= LONGEST) {
                line.append((char) c);
            }
            c = lines.read();
        }
        return true;
    }

    private void say(Map<String, ?> fields) {
        environment.out().print(Json.line(fields) + "\n");
        environment.out().flush();
    }

    private Map<String, ?> answer(String line) {
        try {
            return JsonOutput.fields(prediction(Json.value(line)));
        } catch (JacksonException e) {
            return Map.of("error", "a line must be one JSON value; got " + shown(line));
        } catch (IllegalArgumentException | IOException e) {
            return Map.of("error", String.valueOf(e.getMessage()));
        }
    }

    private Prediction prediction(JsonNode value) throws IOException {
        if (value.isArray()) {
            return model.named(numbers(value));
        }
        if (value.isObject() && value.size() == 1 && value.path("image").isString()) {
            return model.predictImage(environment.path(value.get("image").stringValue()));
        }
        if (value.isObject()) {
            Map<String, Object> row = new LinkedHashMap<>();
            value.properties().forEach(cell -> row.put(cell.getKey(), cell(cell.getKey(), cell.getValue())));
            return model.predictRow(row);
        }
        throw new IllegalArgumentException(
                "a sample must be an array of numbers, an object of columns, or {\"image\": PATH}; got "
                        + shown(value.toString()));
    }

    private static float[] numbers(JsonNode array) {
        float[] numbers = new float[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = array.get(i);
            if (number.isNull()) {
                numbers[i] = Float.NaN; // missing
            } else if (number.isNumber()) {
                numbers[i] = number.floatValue();
            } else {
                throw new IllegalArgumentException(
                        "value %d must be a number or null; got %s".formatted(i, shown(number.toString())));
            }
        }
        return numbers;
    }

    /// A number as it is, anything else as a text.
    private static Object cell(String column, JsonNode cell) {
        if (cell.isNumber()) {
            return cell.numberValue();
        }
        if (cell.isNull()) {
            return "";
        }
        if (cell.isContainer()) {
            throw new IllegalArgumentException(
                    "column '%s' must be a number or a text; got %s".formatted(column, shown(cell.toString())));
        }
        return cell.isString() ? cell.stringValue() : cell.toString();
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }
}
