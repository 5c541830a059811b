package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The launchers for Unix and for Windows, which must do the same.
class LauncherTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void bothGiveTheJvmTheSameOptions() throws IOException {
        List<String> unix = options(read("stiefel"), "jvm_options=\"", "\"\n");
        assertThat(unix).contains("-XX:+UseSerialGC", "-Dorg.bytedeco.javacpp.maxBytes=0");
        assertThat(options(read("stiefel.cmd"), "java.exe\" ^", " -cp "))
                .containsOnlyOnce("--enable-native-access=ALL-UNNAMED")
                .filteredOn(option -> !option.equals("--enable-native-access=ALL-UNNAMED"))
                .isEqualTo(unix);
    }

    @Test
    void bothBuildTheSame() throws IOException {
        String goal = "-q -B -ntp -Dquick -DskipTests -pl cli -am package";
        assertThat(read("stiefel")).contains("mvn " + goal);
        assertThat(read("stiefel.cmd")).contains("mvn " + goal);
    }

    @Test
    void cmdFindsItsLabels() throws IOException {
        String text = read("stiefel.cmd");
        assertThat(text.replace("\r\n", ""))
                .as("every line ends in a carriage return")
                .doesNotContain("\r", "\n");
        assertThat(text.chars()).as("ASCII, whatever the code page").allMatch(c -> c < 128);
        List<String> labels = found("(?m)^:(\\w+)", text);
        assertThat(labels).doesNotHaveDuplicates();
        assertThat(found("(?:goto |call :)(\\w+)", text)).isSubsetOf(labels);
    }

    /// Words that begin with a dash, between two texts.
    private static List<String> options(String text, String from, String to) {
        int start = text.indexOf(from);
        assertThat(start).isPositive();
        start += from.length();
        return found("(?<![^\\s])(-[^\\s\"]+)", text.substring(start, text.indexOf(to, start)));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    private static String read(String launcher) throws IOException {
        return Files.readString(ROOT.resolve(launcher));
    }
}
