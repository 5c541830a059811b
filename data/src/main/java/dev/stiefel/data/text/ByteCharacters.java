package dev.stiefel.data.text;

/// Characters that stand for bytes in vocabularies, as GPT-2 chose them: printable Latin-1 for itself, and what is
/// left,
/// in order, from U+0100 on.
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
