package dev.stiefel.lab.figure;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A picture with its words and the numbers behind it.
///
/// The SVG stands alone and can also be put into a page beside others: its identifiers begin
/// with the figure's name, its styles hold for it alone. Its colours are custom properties
/// ([Theme]) that the page may set; those of the light theme are what they are otherwise.
public final class Figure {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,99}");
    private static final Set<String> RESERVED = Set.of("con", "prn", "aux", "nul");

    private final String name;
    private final String title;
    private final String words;
    private final List<String> notes;
    private final Drawing drawing;
    private final Table table;

    Figure(String name, String title, String words, List<String> notes, Drawing drawing, Table table) {
        this.name = checkName(name);
        this.title = title;
        this.words = words;
        this.notes = List.copyOf(notes);
        this.drawing = drawing;
        this.table = table;
    }

    /// A name for a figure made of any words: `Test error, w=10` becomes `test-error-w-10`.
    public static String nameFor(String words) {
        String name =
                words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-").replaceAll("^[-_]+|-+$", "");
        String cut = name.substring(0, Math.min(80, name.length())).replaceAll("-+$", "");
        return cut.isEmpty() ? "figure" : RESERVED.contains(cut) ? cut + "-" : cut;
    }

    /// The figure's name: of its files, without what follows the dot.
    public String name() {
        return name;
    }

    /// The title, in a few words.
    public String title() {
        return title;
    }

    /// The caption: the given words, then remarks of the figure itself, such as values left out.
    public String caption() {
        return String.join(
                " ",
                Stream.concat(Stream.of(words), notes.stream())
                        .filter(text -> !text.isEmpty())
                        .toList());
    }

    /// The same figure with words for its caption; what it has to say of itself stays.
    public Figure withCaption(String caption) {
        return new Figure(name, title, caption, notes, drawing, table);
    }

    /// The same figure with another table.
    Figure withTable(Table other) {
        return new Figure(name, title, words, notes, drawing, other);
    }

    /// The picture as SVG: XML without a declaration, fit for a file and for a page.
    public String svg() {
        return drawing.svg(name, title, caption());
    }

    /// The numbers behind the picture.
    public Table table() {
        return table;
    }

    /// The picture as PNG, in light colours.
    ///
    /// @param scale pixels for each unit of the SVG; 2 is sharp on paper
    /// @throws NoPictureException if this machine cannot draw
    public byte[] png(int scale) throws NoPictureException {
        return Png.of(name, drawing, scale);
    }

    static String checkName(String name) {
        if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw new IllegalArgumentException(
                    ("figure: its name must be of at most 100 of a-z, 0-9, - and _, beginning with a letter or "
                                    + "digit; got '%s'")
                            .formatted(name));
        }
        return name;
    }
}
