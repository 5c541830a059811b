package dev.stiefel.data.text;

/// Characters for bytes in vocabularies, as in GPT-2: printable Latin-1 characters for themselves, and characters
/// after U+0100, in order, for the other bytes.
final class ByteCharacters {
    private static final char[] CHARACTERS = new char[256];

    static {
        int next = 256;
        for (int i = 0; i < 256; i++) {
            boolean isPrintable = (i > ' ' && i <= '~') || (i >= 0xa1 && i <= 0xff && i != 0xad);
            CHARACTERS[i] = (char) (isPrintable ? i : next++);
        }
    }

    private ByteCharacters() {}

    static String show(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            text.append(CHARACTERS[Byte.toUnsignedInt(each)]);
        }
        return text.toString();
    }
}
