package dev.stiefel.data.own;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The kind of a file by its first bytes, whatever it is called.
///
/// @param name name in messages: `AVIF`, `HTML`
/// @param sort use that can be made of it
/// @param remedy remedy for a file that cannot be read; empty if there is none
record FileContent(String name, Sort sort, String remedy) {
    /// Use that can be made of a file.
    enum Sort {
        /// It is an image that can be read.
        READABLE_IMAGE,
        /// It is an image of another format.
        OTHER_IMAGE,
        /// It is no image.
        NO_IMAGE
    }

    private static final int HEAD = 1024;
    private static final String CONVERT = "convert it to PNG, JPEG or WebP";
    private static final String AGAIN = "download it again";
    private static final int ISO_BRANDS = 8;
    private static final int BMP_HEADER_SIZE = 14;
    private static final int LARGEST_BMP_HEADER = 124;

    /// Images that can be read.
    static final FileContent PNG = readable("PNG");

    static final FileContent JPEG = readable("JPEG");
    static final FileContent GIF = readable("GIF");
    static final FileContent BMP = readable("BMP");
    static final FileContent WEBP = readable("WebP");

    private static final FileContent HTML = new FileContent("HTML", Sort.NO_IMAGE, AGAIN);
    private static final FileContent UNKNOWN = new FileContent("unknown format", Sort.NO_IMAGE, "");

    /// Bytes at the beginning of a file, hexadecimal, and the kind of such files.
    private record Signature(String bytes, FileContent meaning) {}

    private static final List<Signature> SIGNATURES = List.of(
            new Signature("89504e470d0a1a0a", PNG),
            new Signature("ffd8ff", JPEG),
            new Signature("474946383761", GIF),
            new Signature("474946383961", GIF),
            new Signature("49492a00", other("TIFF")),
            new Signature("4d4d002a", other("TIFF")),
            new Signature("49492b00", other("BigTIFF")),
            new Signature("4d4d002b", other("BigTIFF")),
            new Signature("4949bc01", other("JPEG XR")),
            new Signature("49494f52", other("camera raw")), // Olympus
            new Signature("49495530", other("camera raw")), // Panasonic
            new Signature("46554a4946494c4d", other("camera raw")),
            new Signature("38425053", other("Photoshop (PSD)")),
            new Signature("0000000c6a502020", other("JPEG 2000")),
            new Signature("ff4fff51", other("JPEG 2000")),
            new Signature("0000000c4a584c20", other("JPEG XL")),
            new Signature("ff0a", other("JPEG XL")),
            new Signature("000002000000", other("Targa (TGA)")),
            new Signature("000003000000", other("Targa (TGA)")),
            new Signature("00000a000000", other("Targa (TGA)")),
            new Signature("00000100", other("icon (ICO)")),
            new Signature("00000200", other("cursor (CUR)")),
            new Signature("69636e73", other("icon (ICNS)")),
            new Signature("762f3101", other("OpenEXR")),
            new Signature("233f52414449414e4345", other("Radiance HDR")),
            new Signature("233f52474245", other("Radiance HDR")),
            new Signature("44445320", other("DDS")),
            new Signature("716f6966", other("QOI")),
            new Signature("464c4946", other("FLIF")),
            new Signature("67696d7020786366", other("GIMP (XCF)")),
            new Signature("53494d504c452020", other("FITS")),
            new Signature("41542654464f524d", other("DjVu")),
            new Signature("d7cdc69a", other("Windows metafile (WMF)")),
            new Signature("59a66a95", other("Sun raster")),
            new Signature("255044462d", other("PDF")),
            new Signature("25215053", other("PostScript")),
            new Signature("c5d0d3c6", other("PostScript")),
            new Signature("504b0304", archive("zip")),
            new Signature("504b0506", archive("zip")),
            new Signature("1f8b", archive("gzip")),
            new Signature("377abcaf271c", archive("7z")),
            new Signature("526172211a07", archive("RAR")),
            new Signature("fd377a585a00", archive("xz")),
            new Signature("425a68", archive("bzip2")),
            new Signature("1a45dfa3", video("Matroska or WebM video")),
            new Signature("000001ba", video("MPEG video")),
            new Signature("4f676753", video("Ogg")),
            new Signature("934e554d5059", new FileContent("NumPy array", Sort.NO_IMAGE, "")));

    private static FileContent readable(String name) {
        return new FileContent(name, Sort.READABLE_IMAGE, "");
    }

    private static FileContent other(String name) {
        return new FileContent(name, Sort.OTHER_IMAGE, CONVERT);
    }

    private static FileContent archive(String name) {
        return new FileContent(name, Sort.NO_IMAGE, "unpack it");
    }

    private static FileContent video(String name) {
        return new FileContent(name, Sort.NO_IMAGE, "save its frames as images");
    }

    /// The kind of a file.
    static FileContent of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD));
        }
    }

    /// The kind of a file that begins with these bytes.
    static FileContent of(byte[] head) {
        if (head.length == 0) {
            return new FileContent("empty file", Sort.NO_IMAGE, AGAIN);
        }
        String hex = HexFormat.of().formatHex(head, 0, Math.min(head.length, 16));
        return SIGNATURES.stream()
                .filter(each -> hex.startsWith(each.bytes()))
                .findFirst()
                .map(Signature::meaning)
                .or(() -> container(head))
                .or(() -> isBmp(head) ? Optional.of(BMP) : Optional.empty())
                .or(() -> text(head))
                .orElse(UNKNOWN);
    }

    /// Formats whose name stands behind a length.
    private static Optional<FileContent> container(byte[] head) {
        if (ascii(head, 0, 4).equals("RIFF")) {
            return Optional.of(
                    switch (ascii(head, 8, 4)) {
                        case "WEBP" -> WEBP;
                        case "AVI " -> video("AVI video");
                        case "WAVE" -> new FileContent("WAV sound", Sort.NO_IMAGE, "");
                        default -> UNKNOWN;
                    });
        }
        if (ascii(head, 4, 4).equals("ftyp")) {
            return Optional.of(ofBrand(ascii(head, ISO_BRANDS, 4), ascii(head, ISO_BRANDS, 40)));
        }
        boolean isDicom = ascii(head, 128, 4).equals("DICM");
        return isDicom ? Optional.of(other("DICOM")) : Optional.empty();
    }

    private static FileContent ofBrand(String major, String brands) {
        if (brands.contains("avif") || brands.contains("avis")) {
            return other("AVIF");
        }
        if (List.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1")
                .contains(major)) {
            return other("HEIC");
        }
        if (major.equals("crx ")) {
            return other("camera raw");
        }
        return video(major.equals("qt  ") ? "QuickTime video" : "MP4 video");
    }

    /// Two letters alone would make images of many texts.
    private static boolean isBmp(byte[] head) {
        if (!ascii(head, 0, 2).equals("BM")) {
            return false;
        }
        if (head.length < BMP_HEADER_SIZE + Integer.BYTES) {
            return true;
        }
        int header = head[BMP_HEADER_SIZE] & 0xff;
        return header >= 12 && header <= LARGEST_BMP_HEADER && head[15] == 0 && head[16] == 0 && head[17] == 0;
    }

    private static Optional<FileContent> text(byte[] head) {
        for (byte each : head) {
            if (each == 0) {
                return zeros(head);
            }
        }
        String text =
                new String(head, StandardCharsets.UTF_8).replace("\ufeff", "").stripLeading();
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("version https://git-lfs")) {
            return Optional.of(new FileContent("Git LFS pointer", Sort.NO_IMAGE, "fetch the file with git lfs pull"));
        }
        if (lower.startsWith("<") && (lower.startsWith("<!doctype html") || lower.contains("<html"))) {
            return Optional.of(HTML);
        }
        if (lower.startsWith("<") && lower.contains("<svg")) {
            return Optional.of(other("SVG"));
        }
        if (lower.startsWith("<?xml")) {
            return Optional.of(new FileContent("XML", Sort.NO_IMAGE, AGAIN));
        }
        if (text.matches("(?s)P[1-7]\\s.*")) {
            return Optional.of(other("Netpbm"));
        }
        int cut = text.indexOf('\ufffd'); // the last character may be cut off
        boolean isText = (cut < 0 || cut >= text.length() - Integer.BYTES)
                && text.chars().noneMatch(c -> c < ' ' && !Character.isWhitespace(c));
        return isText ? Optional.of(new FileContent("text", Sort.NO_IMAGE, AGAIN)) : Optional.empty();
    }

    private static Optional<FileContent> zeros(byte[] head) {
        boolean all = Arrays.equals(head, new byte[head.length]);
        if (all) {
            return Optional.of(new FileContent("file of zero bytes", Sort.NO_IMAGE, AGAIN));
        }
        String start = ascii(head, 0, 3);
        return start.matches("P[1-7]\\s") ? Optional.of(other("Netpbm")) : Optional.empty();
    }

    private static String ascii(byte[] bytes, int from, int length) {
        int start = Math.min(from, bytes.length);
        return new String(bytes, start, Math.min(length, bytes.length - start), StandardCharsets.ISO_8859_1);
    }

    /// Returns whether it is an image that can be read.
    boolean isReadable() {
        return sort == Sort.READABLE_IMAGE;
    }

    /// Returns whether it is an image, of whatever format.
    boolean isImage() {
        return sort != Sort.NO_IMAGE;
    }

    /// The reason why it cannot be read as an image, for a message.
    String problem() {
        String found = equals(UNKNOWN) ? "its first bytes are of none" : "got " + name;
        return "it must be a PNG, JPEG, BMP, GIF or WebP image; " + found + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
