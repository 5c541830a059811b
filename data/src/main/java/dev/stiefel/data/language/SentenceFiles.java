package dev.stiefel.data.language;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.TarGz;
import dev.stiefel.data.text.ParallelText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Files of sentences in UTF-8, a line each: of a source language and a target language, to train, to validate and to
/// test. Pairs with an empty side are left out.
///
/// @param archive published archive of the files
/// @param source ending of the source's names, as in `pt.train`
/// @param target likewise
record SentenceFiles(TarGz archive, String source, String target) {
    private static final List<String> PARTS = List.of("train", "dev", "test");

    /// Parallel texts for training, validation and test, and their files.
    record Texts(List<ParallelText> parts, List<DataFile> files) {}

    /// Names of the files, of each part the source's and the target's.
    List<String> names() {
        return PARTS.stream()
                .flatMap(part -> Stream.of(source + "." + part, target + "." + part))
                .toList();
    }

    /// The first of these folders that has all files.
    Optional<Path> find(List<Path> folders) {
        return folders.stream()
                .filter(folder -> names().stream().allMatch(name -> Files.isRegularFile(folder.resolve(name))))
                .findFirst();
    }

    /// Reads the files of an archive.
    Texts readArchive(Path path) throws IOException {
        try {
            return texts(archive.read(path, names()));
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /// Reads unpacked files.
    Texts readFolder(Path folder) throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        try {
            for (String name : names()) {
                contents.put(name, Files.readAllBytes(folder.resolve(name)));
            }
            return texts(contents);
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private Texts texts(Map<String, byte[]> contents) throws IOException {
        List<ParallelText> parts = new ArrayList<>();
        List<DataFile> files = new ArrayList<>();
        for (String part : PARTS) {
            String sources = source + "." + part;
            String targets = target + "." + part;
            parts.add(pairs(sources, targets, contents));
            for (String name : List.of(sources, targets)) {
                files.add(DataFile.describing(name, content(name, contents)));
            }
        }
        return new Texts(parts, files);
    }

    private static ParallelText pairs(String sources, String targets, Map<String, byte[]> contents) throws IOException {
        List<String> sourceLines = lines(sources, contents);
        List<String> targetLines = lines(targets, contents);
        if (sourceLines.size() != targetLines.size()) {
            throw new IOException("%s and %s must have the same number of lines; got %s and %s"
                    .formatted(sources, targets, sourceLines.size(), targetLines.size()));
        }
        List<String> keptSources = new ArrayList<>();
        List<String> keptTargets = new ArrayList<>();
        for (int i = 0; i < sourceLines.size(); i++) {
            if (!sourceLines.get(i).isBlank() && !targetLines.get(i).isBlank()) {
                keptSources.add(sourceLines.get(i));
                keptTargets.add(targetLines.get(i));
            }
        }
        if (keptSources.isEmpty()) {
            throw new IOException(
                    "%s and %s must have lines with text on both sides; got none".formatted(sources, targets));
        }
        return new ParallelText(keptSources, keptTargets);
    }

    private static List<String> lines(String name, Map<String, byte[]> contents) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content(name, contents)))
                    .toString();
            return Stream.of(text.split("\n", -1)).map(String::strip).toList();
        } catch (CharacterCodingException e) {
            throw new IOException("%s must be text in UTF-8".formatted(name), e);
        }
    }

    private static byte[] content(String name, Map<String, byte[]> contents) {
        return Objects.requireNonNull(contents.get(name));
    }
}
