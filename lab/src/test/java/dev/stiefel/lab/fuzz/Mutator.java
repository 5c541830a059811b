package dev.stiefel.lab.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Makes new files of files: seeded, and led by what readers said. A file that drew a message never heard
/// before is kept, and made more of.
final class Mutator {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        7,
        8,
        127,
        128,
        255,
        256,
        65_535,
        65_536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 40
    };

    private static final String[] TOKENS = {
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r",
        "\0",
        "'",
        "|O",
        "<f4",
        ">f8",
        "NaN",
        "Infinity",
        "-",
        "1e999",
        "99999999999999999999",
        "F32",
        "I64",
        "data_offsets",
        "shape",
        "dtype",
        "__metadata__",
        "True",
        "\uFEFF",
        "é"
    };

    private static final int MOST_KEPT = 4000;
    private static final int LONGEST = 1 << 20;

    private final SplittableRandom random;
    private final List<byte[]> kept = new ArrayList<>();
    private final Set<String> heard = new HashSet<>();

    Mutator(long seed, List<byte[]> first) {
        this.random = new SplittableRandom(seed);
        this.kept.addAll(first);
    }

    byte[] next() {
        byte[] bytes = kept.get(random.nextInt(kept.size()));
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            bytes = changed(bytes);
        }
        return bytes.length <= LONGEST ? bytes : Arrays.copyOf(bytes, LONGEST);
    }

    /// Says what a reader made of a file.
    void told(byte[] bytes, String said) {
        String kind = said.replaceAll("'[^']*'", "'…'").replaceAll("[0-9]+", "0");
        if (heard.add(kind) && kept.size() < MOST_KEPT) {
            kept.add(bytes);
        }
    }

    int kinds() {
        return heard.size();
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return insert(bytes, 0, token());
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(10)) {
            case 0 -> {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                yield flipped;
            }
            case 1 -> {
                byte[] set = bytes.clone();
                set[at] = (byte) random.nextInt(256);
                yield set;
            }
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> insert(bytes, at, token());
            case 4 -> remove(bytes, at, 1 + random.nextInt(Math.min(64, bytes.length - at)));
            case 5 -> {
                int length = 1 + random.nextInt(Math.min(256, bytes.length - at));
                yield insert(bytes, random.nextInt(bytes.length), Arrays.copyOfRange(bytes, at, at + length));
            }
            case 6 -> binary(bytes, at);
            case 7 -> decimal(bytes);
            case 8 -> {
                byte[] other = kept.get(random.nextInt(kept.size()));
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                byte[] head = Arrays.copyOf(bytes, at);
                yield insert(head, at, Arrays.copyOfRange(other, from, other.length));
            }
            default -> {
                byte[] many = new byte[1 + random.nextInt(4096)];
                Arrays.fill(many, bytes[at]);
                yield insert(bytes, at, many);
            }
        };
    }

    private byte[] token() {
        return TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.UTF_8);
    }

    private byte[] binary(byte[] bytes, int at) {
        int size = 1 << random.nextInt(4);
        if (at + size > bytes.length) {
            return bytes;
        }
        byte[] set = bytes.clone();
        ByteBuffer buffer =
                ByteBuffer.wrap(set).order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        switch (size) {
            case 1 -> buffer.put(at, (byte) number);
            case 2 -> buffer.putShort(at, (short) number);
            case 4 -> buffer.putInt(at, (int) number);
            default -> buffer.putLong(at, number);
        }
        return set;
    }

    /// Puts another number in the place of one that is written out.
    private byte[] decimal(byte[] bytes) {
        int from = random.nextInt(bytes.length);
        while (from < bytes.length && !isDigit(bytes[from])) {
            from++;
        }
        int to = from;
        while (to < bytes.length && isDigit(bytes[to])) {
            to++;
        }
        byte[] number = Long.toString(NUMBERS[random.nextInt(NUMBERS.length)]).getBytes(StandardCharsets.US_ASCII);
        return insert(remove(bytes, from, to - from), from, number);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static byte[] insert(byte[] bytes, int at, byte[] more) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, at);
        all.write(more, 0, more.length);
        all.write(bytes, at, bytes.length - at);
        return all.toByteArray();
    }

    private static byte[] remove(byte[] bytes, int at, int length) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, at);
        all.write(bytes, at + length, bytes.length - at - length);
        return all.toByteArray();
    }
}
