import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Holds every Java source to palantir-java-format, in the build's own JDK: a formatter inside Maven's process would
/// parse with the JDK that runs Maven, which may be too old for the sources.
///
/// Arguments: `check` or `apply`, then the project's folder.
final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        Path project = Path.of(args[1]);
        List<String> complaints = new ArrayList<>();
        for (Path source : sources(project)) {
            String text = Files.readString(source);
            Path name = project.relativize(source);
            try {
                String formatted = FORMATTER.formatSourceAndFixImports(text);
                if (formatted.equals(text)) {
                    continue;
                }
                if (apply) {
                    Files.writeString(source, formatted);
                    System.out.println("format: rewrote " + name);
                } else {
                    complaints.add("format: %s is not formatted".formatted(name));
                }
            } catch (FormatterException e) {
                e.diagnostics().forEach(d -> complaints.add("format: cannot parse %s: %s".formatted(name, d)));
            }
        }
        complaints.forEach(System.out::println);
        if (!complaints.isEmpty()) {
            System.out.println("format: run mvn -q -N verify -Dformat=apply");
            System.exit(1);
        }
    }

    private static List<Path> sources(Path project) throws IOException {
        List<Path> roots = new ArrayList<>(List.of(project.resolve("build")));
        try (Stream<Path> modules = Files.list(project)) {
            modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .forEach(roots::add);
        }
        return roots.stream().flatMap(Format::javaFilesBelow).sorted().toList();
    }

    private static Stream<Path> javaFilesBelow(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
