package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One JSON value a line in, one out, until the input ends.
final class PredictLoop {
    private static final Pattern NO_NUMBER = Pattern.compile("[:,\\[]\\s*NaN\\b"); // of JSON that Python writes
    private static final String IMAGE = "image";

    private final Model model;
    private final CommandEnvironment environment;

    PredictLoop(Model model, CommandEnvironment environment) {
        this.model = model;
        this.environment = environment;
    }

    /// Answers until the input ends, and gives the exit code.
    int run() throws IOException {
        model.preparation(); // an unsuitable model is reported before anything is read
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
            String remedy = NO_NUMBER.matcher(line).find() ? "; null says that a value is missing" : "";
            return Map.of("error", "a line must be one JSON value; got " + shown(line) + remedy);
        } catch (IllegalArgumentException | IOException e) {
            return Map.of("error", String.valueOf(e.getMessage()));
        }
    }

    private Prediction prediction(JsonNode value) throws IOException {
        if (model.classifiesTexts()) {
            return model.predictText(text(value));
        }
        if (model.takesRows()) {
            return row(value);
        }
        if (value.isArray()) {
            return model.named(numbers(value));
        }
        if (value.isObject() && value.size() == 1 && value.path(IMAGE).isString()) {
            return model.predictImage(environment.path(value.get(IMAGE).stringValue()));
        }
        throw new IllegalArgumentException(
                "a sample must be an array of numbers, or {\"image\": PATH}; got " + shown(value.toString()));
    }

    /// The prediction for a row of a table: an object of columns, or an array of values in their order.
    private Prediction row(JsonNode value) {
        if (value.isObject()) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            value.properties()
                    .forEach(cell ->
                            row.put(cell.getKey(), cell("column '%s'".formatted(cell.getKey()), cell.getValue())));
            return model.predictRow(row);
        }
        if (value.isArray()) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int i = 0; i < value.size(); i++) {
                row.add(cell("value " + (i + 1), value.get(i)));
            }
            return model.predictRow(row);
        }
        throw new IllegalArgumentException(
                "a sample must be an object of columns, or an array of their values; got " + shown(value.toString()));
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
                        "value %s must be a number or null; got %s".formatted(i + 1, shown(number.toString())));
            }
        }
        return numbers;
    }

    /// A number or a truth value as it is, null where it is missing, anything else as a text.
    private static @Nullable Object cell(String what, JsonNode cell) {
        if (cell.isNumber()) {
            return cell.numberValue();
        }
        if (cell.isNull()) {
            return null;
        }
        if (cell.isContainer()) {
            throw new IllegalArgumentException(
                    "%s must be a number or a text; got %s".formatted(what, shown(cell.toString())));
        }
        return cell.isBoolean() ? (Object) cell.booleanValue() : cell.asString();
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }
}
