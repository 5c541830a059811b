package dev.stiefel.io;

import static dev.stiefel.io.Failures.quote;

import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The checked header of a safetensors file; the entries cover the bytes after it in this order, without holes.
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
    /// One tensor: its elements are the bytes `begin` (inclusive) to `end` (exclusive) after the header. One that is
    /// passed over has no format that matters.
    record Entry(String name, Optional<NumberFormat> format, Shape shape, long begin, long end) {}

    private static final String METADATA = "__metadata__";
    private static final int LONGEST = 100_000_000; // the reference implementation's limit
    private static final int ALIGNMENT = 8;
    private static final Set<String> ENTRY_KEYS = Set.of("dtype", "shape", "data_offsets");
    private static final Set<String> UNSUPPORTED = Set.of(
            "BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "C64", "F4", "F6_E2M3", "F6_E3M2", "F8_E4M3",
            "F8_E5M2", "F8_E8M0");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    // ---- writing ----

    /// The header's bytes, padded with spaces so that the elements begin at a multiple of eight.
    static byte[] encode(Map<String, Tensor> tensors, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = root.putObject(METADATA);
            metadata.forEach((key, value) -> texts.put(requireUnicode(key), requireUnicode(value)));
        }
        long position = 0;
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            position = encode(root, requireName(named.getKey()), named.getValue(), position);
        }
        return padded(JSON.writeValueAsBytes(root));
    }

    private static long encode(ObjectNode root, String name, Tensor tensor, long begin) {
        long end = begin + tensor.size() * tensor.type().bytes();
        ObjectNode entry =
                root.putObject(name).put("dtype", NumberFormat.of(tensor.type()).name());
        ArrayNode shape = entry.putArray("shape");
        for (int axis = 0; axis < tensor.shape().order(); axis++) {
            shape.add(tensor.shape().extent(axis));
        }
        entry.putArray("data_offsets").add(begin).add(end);
        return end;
    }

    static byte[] padded(byte[] json) {
        int length = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        if (length > LONGEST) {
            throw new IllegalArgumentException(
                    "safetensors: the header must not exceed %d bytes; got %d; shorten the metadata"
                            .formatted(LONGEST, length));
        }
        byte[] header = Arrays.copyOf(json, length);
        Arrays.fill(header, json.length, length, (byte) ' ');
        return header;
    }

    private static String requireName(String name) {
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException(
                    "safetensors: no tensor may be named '" + METADATA + "'; the format keeps that name");
        }
        return requireUnicode(name);
    }

    private static String requireUnicode(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    "safetensors: names and metadata must be Unicode; got half a surrogate pair in " + quote(text));
        }
        return text;
    }

    // ---- reading ----

    /// Reads and checks the header of a file; the channel then stands at the first element.
    ///
    /// @param wanted predicate of the names of tensors to read
    static SafetensorsHeader read(FileChannel channel, Predicate<String> wanted) throws IOException {
        long fileBytes = channel.size();
        int length = readLength(channel, fileBytes);
        byte[] json = new byte[length];
        ElementTransfer.fill(channel, ByteBuffer.wrap(json));
        return parse(json, fileBytes - Long.BYTES - length, wanted);
    }

    private static int readLength(FileChannel channel, long fileBytes) throws IOException {
        if (fileBytes == 0) {
            throw new IOException("the file is empty");
        }
        if (fileBytes < Long.BYTES) {
            throw new IOException("its %d bytes are too few for a header; the file is truncated".formatted(fileBytes));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ElementTransfer.fill(channel, bytes);
        long length = bytes.getLong(0);
        if (Long.compareUnsigned(length, fileBytes - Long.BYTES) > 0) {
            throw new IOException("header length %s exceeds the file (%d bytes); the file is truncated"
                    .formatted(Long.toUnsignedString(length), fileBytes));
        }
        if (length > LONGEST) {
            throw new IOException("header length %d exceeds the format's limit (%d bytes); it is no safetensors file"
                    .formatted(length, LONGEST));
        }
        return (int) length;
    }

    private static SafetensorsHeader parse(byte[] json, long dataBytes, Predicate<String> wanted) throws IOException {
        List<Entry> entries = new ArrayList<>();
        Map<String, String> metadata = Map.of();
        for (Map.Entry<String, JsonNode> property : object(json).properties()) {
            if (property.getKey().equals(METADATA)) {
                metadata = metadata(property.getValue());
            } else {
                entries.add(entry(property.getKey(), property.getValue(), wanted.test(property.getKey())));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireCover(entries, dataBytes);
        return new SafetensorsHeader(entries, metadata);
    }

    private static JsonNode object(byte[] json) throws IOException {
        if (json.length == 0 || json[0] != '{') {
            throw new IOException("the header is not a JSON object; it is no safetensors file, or damaged");
        }
        try {
            return JSON.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IOException("the header is not UTF-8; the file is damaged", e);
        } catch (JacksonException e) {
            throw new IOException(
                    "the header is not valid JSON (" + Failures.brief(e.getOriginalMessage())
                            + "); the file is damaged",
                    e);
        }
    }

    private static Map<String, String> metadata(JsonNode node) throws IOException {
        if (!node.isObject()) {
            throw new IOException("the metadata must be a JSON object of strings; got " + quote(node.toString()));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (!property.getValue().isString()) {
                throw new IOException("metadata %s must be a string; got %s"
                        .formatted(
                                quote(property.getKey()),
                                quote(property.getValue().toString())));
            }
            metadata.put(property.getKey(), property.getValue().stringValue());
        }
        return metadata;
    }

    private static Entry entry(String name, JsonNode node, boolean wanted) throws IOException {
        if (!node.isObject() || !Set.copyOf(node.propertyNames()).equals(ENTRY_KEYS)) {
            throw broken(
                    name, "must have dtype, shape and data_offsets, and nothing else; got " + quote(node.toString()));
        }
        Optional<NumberFormat> format = wanted ? Optional.of(format(name, node.path("dtype"))) : Optional.empty();
        Shape shape = shape(name, node.path("shape"));
        JsonNode offsets = node.path("data_offsets");
        if (!offsets.isArray() || offsets.size() != 2) {
            throw broken(name, "data_offsets must be two integers; got " + quote(offsets.toString()));
        }
        Entry entry = new Entry(
                name,
                format,
                shape,
                natural(name, "offset", offsets.path(0)),
                natural(name, "offset", offsets.path(1)));
        requireExtent(entry);
        return entry;
    }

    private static NumberFormat format(String name, JsonNode node) throws IOException {
        String format = node.isString() ? node.stringValue() : node.toString();
        for (NumberFormat known : NumberFormat.values()) {
            if (known.name().equals(format)) {
                return known;
            }
        }
        throw broken(
                name,
                UNSUPPORTED.contains(format)
                        ? "number format " + format + " is not supported; convert to F32"
                        : "number format " + quote(format) + " is unknown; the file is damaged or newer");
    }

    private static Shape shape(String name, JsonNode node) throws IOException {
        if (!node.isArray()) {
            throw broken(name, "shape must be an array of integers; got " + quote(node.toString()));
        }
        int[] extents = new int[node.size()];
        for (int axis = 0; axis < extents.length; axis++) {
            long extent = natural(name, "extent", node.path(axis));
            if (extent > Integer.MAX_VALUE) {
                throw broken(name, "extents must not exceed %d; got %d".formatted(Integer.MAX_VALUE, extent));
            }
            extents[axis] = (int) extent;
        }
        try {
            return Shape.of(extents);
        } catch (IllegalArgumentException e) {
            String reason = "shape %s has more than %d elements".formatted(Arrays.toString(extents), Shape.MAX_SIZE);
            throw (IOException) broken(name, reason).initCause(e);
        }
    }

    private static long natural(String name, String what, JsonNode node) throws IOException {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw broken(
                    name, "each %s must be an integer of at least 0; got %s".formatted(what, quote(node.toString())));
        }
        return node.longValue();
    }

    private static void requireExtent(Entry entry) throws IOException {
        if (entry.begin > entry.end) {
            throw broken(
                    entry.name,
                    "its elements end at byte %d, before they begin at byte %d".formatted(entry.end, entry.begin));
        }
        if (entry.format.isEmpty()) {
            return;
        }
        NumberFormat format = entry.format.get();
        long bytes = entry.shape.size() * format.bytes();
        if (entry.end - entry.begin != bytes) {
            throw broken(
                    entry.name,
                    "%s of %s takes %d bytes; its offsets span %d"
                            .formatted(entry.shape, format, bytes, entry.end - entry.begin));
        }
    }

    /// The elements lie one tensor after another, from the header to the end of the file.
    private static void requireCover(List<Entry> sorted, long dataBytes) throws IOException {
        long position = 0;
        for (Entry entry : sorted) {
            if (entry.begin < position) {
                throw broken(
                        entry.name,
                        "its elements begin at byte %d, inside those of another tensor, which end at byte %d"
                                .formatted(entry.begin, position));
            }
            if (entry.begin > position) {
                throw broken(
                        entry.name,
                        "bytes %d to %d before its elements belong to no tensor".formatted(position, entry.begin));
            }
            if (entry.end > dataBytes) {
                throw broken(
                        entry.name,
                        "its elements end at byte %d of %d; the file is truncated".formatted(entry.end, dataBytes));
            }
            position = entry.end;
        }
        if (position < dataBytes) {
            throw new IOException("%d bytes follow the last tensor".formatted(dataBytes - position));
        }
    }

    private static IOException broken(String name, String reason) {
        return new IOException("tensor " + quote(name) + ": " + reason);
    }
}
