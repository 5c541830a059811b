package dev.stiefel.lab.report;

import dev.stiefel.io.Sha256;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.report.ReportSources.Source;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Provenance of a report: `report.json`, or the part of it that a single run's page keeps.
///
/// @param command command that made it
/// @param version of the program
/// @param choices choices of the user
/// @param runs all runs of the report
/// @param figures the runs behind each figure
/// @param files the SHA-256 of each file that was written
record Provenance(
        String command,
        String version,
        Choices choices,
        List<Source> runs,
        List<FigureSource> figures,
        Map<String, String> files) {
    /// The file that a report's folder has.
    static final String FILE = "report.json";

    /// The page of a single run.
    static final String RUN_PAGE = "report.html";

    private static final int FORMAT = 1;
    private static final String BEFORE = "<script type=\"application/json\" id=\"provenance\">";
    private static final String AFTER = "</script>";

    Provenance {
        runs = List.copyOf(runs);
        figures = List.copyOf(figures);
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /// Choices of the user.
    ///
    /// @param paths paths that were read, relative to the report's folder
    /// @param title its title, if one was given
    /// @param mostFigures maximum number of figures
    /// @param explains true if explanatory figures are included
    record Choices(List<String> paths, Optional<String> title, int mostFigures, boolean explains) {
        Choices {
            paths = List.copyOf(paths);
        }
    }

    /// A figure and the runs behind it.
    record FigureSource(String name, String title, List<String> runs, String sha256) {
        FigureSource {
            runs = List.copyOf(runs);
        }
    }

    Provenance with(Map<String, String> newFiles) {
        return new Provenance(command, version, choices, runs, figures, newFiles);
    }

    ObjectNode toJson() {
        ObjectNode json =
                Json.object().put("format", FORMAT).put("command", command).put("version", version);
        ObjectNode chosen = json.putObject("choices");
        choices.paths().forEach(chosen.putArray("paths")::add);
        choices.title().ifPresent(title -> chosen.put("title", title));
        chosen.put("mostFigures", choices.mostFigures()).put("explanations", choices.explains());
        json.put("sha256", ReportSources.checksum(runs));
        ArrayNode runList = json.putArray("runs");
        for (Source run : runs) {
            runList.addObject().put("run", run.id()).put("record", run.record()).put("history", run.history());
        }
        ArrayNode figureList = json.putArray("figures");
        for (FigureSource figure : figures) {
            ObjectNode node = figureList
                    .addObject()
                    .put("name", figure.name())
                    .put("title", figure.title())
                    .put("sha256", figure.sha256());
            figure.runs().forEach(node.putArray("runs")::add);
        }
        json.set("files", Json.object(files));
        return json;
    }

    /// The provenance of the report in a folder.
    ///
    /// @throws InvalidRunException if there is no report, or it cannot be read
    static Provenance read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            file = folder.resolve(RUN_PAGE);
        }
        try {
            return parse(file);
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, Json.reason(e)), e);
        }
    }

    /// The same, where there may be none.
    static Optional<Provenance> find(Path folder) throws IOException {
        return Files.exists(folder.resolve(FILE)) ? Optional.of(read(folder)) : Optional.empty();
    }

    private static Provenance parse(Path file) throws IOException {
        String text = Files.readString(file);
        if (file.endsWith(RUN_PAGE)) {
            int from = text.indexOf(BEFORE);
            int to = text.indexOf(AFTER, Math.max(0, from));
            if (from < 0 || to < 0) {
                throw new IOException("it does not say what it was made of");
            }
            text = text.substring(from + BEFORE.length(), to);
        }
        ObjectNode json = Json.parse(text);
        int format = Json.intField(json, "format");
        if (format != FORMAT) {
            throw new IOException("'format' must be %s; got %s".formatted(FORMAT, format));
        }
        ObjectNode chosen = Json.objectField(json, "choices");
        List<Source> runs = new ArrayList<>();
        for (JsonNode run : Json.field(json, "runs")) {
            runs.add(new Source(
                    Json.textField(run, "run"), Json.textField(run, "record"), Json.textField(run, "history")));
        }
        List<FigureSource> figures = new ArrayList<>();
        for (JsonNode figure : Json.field(json, "figures")) {
            figures.add(new FigureSource(
                    Json.textField(figure, "name"),
                    Json.textField(figure, "title"),
                    texts(Json.field(figure, "runs")),
                    Json.textField(figure, "sha256")));
        }
        Map<String, String> files = new LinkedHashMap<>();
        ObjectNode fileNode = Json.objectField(json, "files");
        for (String name : fileNode.propertyNames()) {
            files.put(name, Json.textField(fileNode, name));
        }
        return new Provenance(
                Json.textField(json, "command"),
                Json.textField(json, "version"),
                new Choices(
                        texts(Json.field(chosen, "paths")),
                        chosen.has("title") ? Optional.of(Json.textField(chosen, "title")) : Optional.empty(),
                        Json.intField(chosen, "mostFigures"),
                        Json.field(chosen, "explanations").asBoolean(false)),
                runs,
                figures,
                files);
    }

    private static List<String> texts(JsonNode array) throws IOException {
        List<String> texts = new ArrayList<>();
        for (JsonNode each : array) {
            if (!each.isString()) {
                throw new IOException("a list must hold texts; got " + Json.oneLine(each.toString()));
            }
            texts.add(each.stringValue());
        }
        return texts;
    }

    /// The checksum of a page without what it says of itself.
    static String checksumOfPage(String html) {
        int from = html.indexOf(BEFORE);
        int to = html.indexOf(AFTER, Math.max(0, from));
        String rest = from < 0 || to < 0 ? html : html.substring(0, from) + html.substring(to + AFTER.length() + 1);
        return Sha256.of(rest.getBytes(StandardCharsets.UTF_8));
    }
}
