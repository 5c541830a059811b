package dev.stiefel.lab.model;

import dev.stiefel.lab.text.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Files that users take for models and that are something else: by their first bytes, what they are, and what to do
/// with
/// them. None of them is run.
final class ForeignFile {
    private static final int HEAD = 1 << 16;
    private static final int HEADER_AT = 8;
    private static final String SAVE = "save the state dict with safetensors.torch.save_file";
    private static final String AGAIN = "download the file itself";
    private static final String UNPACK = "unpack it, and name the file in it";

    /// A part of a model in several files, as the library of Hugging Face names it.
    private static final Pattern SHARD = Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})\\.safetensors");

    private static final int SHOWN_SHARDS = 3;

    /// Bytes at the beginning of a file, hexadecimal, and what it is with what to do.
    private record Signature(String bytes, String meaning) {}

    private static final List<Signature> SIGNATURES = List.of(
            new Signature(
                    "47475546",
                    "a GGUF file, whose weights are quantized for llama.cpp; take the safetensors file of the model"),
            new Signature(
                    "6c6d6767", "a GGML file, whose weights are quantized; take the safetensors file of the model"),
            new Signature(
                    "746a6767", "a GGML file, whose weights are quantized; take the safetensors file of the model"),
            new Signature("934e554d5059", "one NumPy array; weights of the published code are a folder of such files"),
            new Signature(
                    "894844460d0a1a0a",
                    "an HDF5 file, as Keras writes; save its weights with safetensors.numpy.save_file"),
            new Signature("8002", "a pickle, as torch.save writes; " + SAVE),
            new Signature("8003", "a pickle, as torch.save writes; " + SAVE),
            new Signature("8004", "a pickle, as torch.save writes; " + SAVE),
            new Signature("8005", "a pickle, as torch.save writes; " + SAVE),
            new Signature("1f8b", "a gzip archive; " + UNPACK),
            new Signature("377abcaf271c", "a 7z archive; " + UNPACK),
            new Signature("526172211a07", "a RAR archive; " + UNPACK),
            new Signature("fd377a585a00", "an xz archive; " + UNPACK),
            new Signature("425a68", "a bzip2 archive; " + UNPACK),
            new Signature("28b52ffd", "a zstd archive; " + UNPACK),
            new Signature("7f454c46", "a program; name a safetensors file"),
            new Signature("255044462d", "a PDF document; name a safetensors file"),
            new Signature("89504e470d0a1a0a", "a PNG image; name a safetensors file"),
            new Signature("ffd8ff", "a JPEG image; name a safetensors file"),
            new Signature("50415231", "a Parquet table; name a safetensors file"));

    private ForeignFile() {}

    /// Refuses a file that is none of safetensors, if it is known what it is.
    static void requireSafetensors(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        byte[] head;
        try (InputStream bytes = Files.newInputStream(file)) {
            head = bytes.readNBytes(HEAD);
        }
        Optional<String> other = isSafetensors(head, Files.size(file)) ? shard(file) : meaning(file, head);
        if (other.isPresent()) {
            throw new InvalidRunException("cannot read %s: it is %s".formatted(file, other.get()));
        }
    }

    private static boolean isSafetensors(byte[] head, long size) {
        if (head.length <= HEADER_AT || head[HEADER_AT] != '{') {
            return false;
        }
        long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        return length > 0 && length <= size; // a little more may be a file that is cut off
    }

    private static Optional<String> meaning(Path file, byte[] head) {
        String hex = HexFormat.of().formatHex(head, 0, Math.min(head.length, 16));
        if (hex.startsWith("504b0304") || hex.startsWith("504b0506")) {
            return Optional.of(zip(head));
        }
        return SIGNATURES.stream()
                .filter(each -> hex.startsWith(each.bytes()))
                .map(Signature::meaning)
                .findFirst()
                .or(() -> placed(head))
                .or(() -> isOnnx(file, head)
                        ? Optional.of(
                                "an ONNX model, which can be written but not read; take the safetensors file of the"
                                        + " model")
                        : Optional.empty())
                .or(() -> text(head));
    }

    private static Optional<String> placed(byte[] head) {
        if (ascii(head, 4, 4).equals("TFL3")) {
            return Optional.of("a TensorFlow Lite model; take the safetensors file of the model");
        }
        return ascii(head, 257, 5).equals("ustar") ? Optional.of("a tar archive; " + UNPACK) : Optional.empty();
    }

    /// An archive by the names in it.
    private static String zip(byte[] head) {
        List<String> names = new ArrayList<>();
        try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(head))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                names.add(entry.getName());
            }
        } catch (IOException | IllegalArgumentException _) { // only its beginning was read
            return zip(names);
        }
        return zip(names);
    }

    private static String zip(List<String> names) {
        if (names.stream().anyMatch(name -> name.endsWith(".npy"))) {
            return "a NumPy archive (.npz); save its arrays with safetensors.numpy.save_file(dict(numpy.load(FILE)),"
                    + " OUT)";
        }
        if (names.stream().anyMatch(name -> name.endsWith("model.weights.h5") || name.equals("config.json"))) {
            return "a Keras archive; save its weights with safetensors.numpy.save_file";
        }
        if (names.stream().anyMatch(name -> name.endsWith(".safetensors"))) {
            return "a zip archive; " + UNPACK;
        }
        return "a zip archive, as torch.save writes; " + SAVE;
    }

    /// The first field of an ONNX model is its version, a small number; the second a text or a message.
    private static boolean isOnnx(Path file, byte[] head) {
        boolean isNamed =
                String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".onnx");
        return head.length > 3
                && head[0] == 0x08
                && head[1] > 0
                && head[1] < ' '
                && (head[2] == 0x12 || head[2] == 0x3a || head[2] == 0x42 || isNamed);
    }

    private static Optional<String> text(byte[] head) {
        String text =
                new String(head, StandardCharsets.UTF_8).replace("\ufeff", "").strip();
        int cut = text.indexOf('\ufffd'); // the last character may be cut off
        boolean isText = !text.isEmpty()
                && text.chars().noneMatch(c -> c < ' ' && !Character.isWhitespace(c))
                && (cut < 0 || cut >= text.length() - Integer.BYTES);
        if (!isText) {
            return Optional.empty();
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("version https://git-lfs")) {
            return Optional.of("a Git LFS pointer, which stands for the file; fetch that with git lfs pull");
        }
        if (lower.startsWith("<") && (lower.contains("<html") || lower.startsWith("<!doctype html"))) {
            return Optional.of("an HTML page; " + AGAIN);
        }
        if (lower.startsWith("{") && lower.contains("\"weight_map\"")) {
            return Optional.of("the index of a model in several files, %s; %s".formatted(shards(text), join("FILES")));
        }
        if (lower.startsWith("{")) {
            return Optional.of("a JSON file; name a safetensors file");
        }
        return Optional.of("a text file; name a safetensors file");
    }

    /// The files that an index names.
    private static String shards(String index) {
        TreeSet<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile("\"([^\"]+\\.safetensors)\"").matcher(index);
        while (matcher.find()) {
            names.add(Json.oneLine(matcher.group(1)));
        }
        String shown = String.join(", ", names.stream().limit(SHOWN_SHARDS).toList());
        return names.size() > SHOWN_SHARDS ? "%s and %s more".formatted(shown, names.size() - SHOWN_SHARDS) : shown;
    }

    /// A part of a model would be a network with layers missing.
    private static Optional<String> shard(Path file) {
        Matcher name = SHARD.matcher(String.valueOf(file.getFileName()));
        return name.matches() && !name.group(3).equals("00001")
                ? Optional.of("part %s of %s of a model; %s"
                        .formatted(
                                Integer.parseInt(name.group(2)),
                                Integer.parseInt(name.group(3)),
                                join("'%s-*.safetensors'".formatted(name.group(1)))))
                : Optional.empty();
    }

    private static String join(String files) {
        return "join the parts: load each of %s with safetensors.torch.load_file, save all with save_file"
                .formatted(files);
    }

    private static String ascii(byte[] bytes, int from, int length) {
        int start = Math.min(from, bytes.length);
        return new String(bytes, start, Math.min(length, bytes.length - start), StandardCharsets.ISO_8859_1);
    }
}
