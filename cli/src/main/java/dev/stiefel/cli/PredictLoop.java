package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One JSON value a line in, one out, until the input ends.
final class PredictLoop {
    private final Model model;
    private final CommandEnvironment environment;

    PredictLoop(Model model, CommandEnvironment environment) {
        this.model = model;
        this.environment = environment;
    }

    /// Answers until the input ends, and gives the exit code.
    int run() throws IOException {
        model.preparation(); // an unfit model is told before anything is read
        InputLines input = new InputLines(environment.in());
        while (true) {
            try {
                List<String> lines = input.next(1);
                if (lines.isEmpty()) {
                    return 0;
                }
                if (!lines.getFirst().isBlank()) {
                    say(answer(lines.getFirst()));
                }
            } catch (UsageException e) {
                say(Map.of("error", String.valueOf(e.getMessage())));
            }
        }
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
        if (model.classifiesTexts()) {
            return model.predictText(text(value));
        }
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

    /// The text of a line for a model that puts texts into classes.
    private String text(JsonNode value) {
        if (value.isString()) {
            return value.stringValue();
        }
        Optional<String> column = model.textColumn();
        if (column.isPresent() && value.path(column.get()).isString()) {
            return value.get(column.get()).stringValue();
        }
        throw new IllegalArgumentException("a sample must be a text%s; got %s"
                .formatted(
                        column.map(name -> ", or an object with a text in column '%s'".formatted(name))
                                .orElse(""),
                        shown(value.toString())));
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
                        "value %s must be a number or null; got %s".formatted(i, shown(number.toString())));
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
