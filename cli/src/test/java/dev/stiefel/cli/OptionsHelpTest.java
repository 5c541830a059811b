package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.session.Import;
import dev.stiefel.lab.spec.HelpSection;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Help and the guide tell of every option that is declared.
class OptionsHelpTest {
    @TempDir
    Path folder;

    @Test
    void helpShowsEveryOptionUnderTheHeadingOfItsSection() {
        String help = help("train");

        int last = 0;
        for (HelpSection section : HelpSection.values()) {
            int heading = section == HelpSection.RUN ? help.indexOf("Options:") : heading(help, section);
            assertThat(heading).as(section.heading()).isGreaterThan(last);
            last = heading;
            for (Option<?> option : section.options()) {
                int flag = flag(help, option);
                assertThat(flag).as(option.flag()).isGreaterThan(last);
                last = flag;
            }
        }
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(help.replaceAll("\\s+", " "))
                .contains("--optimizer=NAME Optimizer (sgd, momentum, adam, adamw or muon; default: momentum).")
                .contains("--l1=X L1 penalty on singular values, or on entries of dense weights (default: 0.0).")
                .contains("--width=N Width of every hidden layer (default: depends on the data).")
                .contains("--decimal-mark=NAME Decimal mark of a CSV file's numbers (point or comma; default: found");
    }

    @Test
    void helpBeginsWithTheOptionsOfTheRunItself() {
        String help = help("train");

        assertThat(help.substring(help.indexOf("Options:"), heading(help, HelpSection.DATA)))
                .containsSubsequence("--out=", "--epochs=", "--seed=", "--threads=", "--resume=", "--json ", "--help ");
    }

    @Test
    void commandsHaveTheOptionsThatMeanSomethingToThem() {
        String finetune = help("finetune");
        String imported = help("import");

        for (Option<?> option : shown(Options.all())) {
            assertThat(flag(finetune, option) >= 0)
                    .as("finetune --" + option.flag())
                    .isEqualTo(Options.ofRetraining().contains(option));
            assertThat(flag(imported, option) >= 0)
                    .as("import --" + option.flag())
                    .isEqualTo(Import.options().contains(option));
        }
    }

    @Test
    void theGuideTellsOfEveryOption() throws IOException {
        String guide = Files.readString(Path.of("../docs/guide/command-line.md"));

        assertThat(shown(Options.all()))
                .allSatisfy(option -> assertThat(guide).containsPattern("--" + option.flag() + "[ `\\]]"));
    }

    private String help(String command) {
        return new CommandRunner(folder).run(command + " --help").out();
    }

    /// All but the one that is an argument.
    private static List<Option<?>> shown(List<Option<?>> options) {
        return options.stream().filter(option -> option != Options.EXPERIMENT).toList();
    }

    private static int heading(String help, HelpSection section) {
        return help.indexOf(System.lineSeparator() + section.heading() + ":");
    }

    private static int flag(String help, Option<?> option) {
        Matcher line =
                Pattern.compile("(?m)^ +--(\\[no-])?" + option.flag() + "[= ]").matcher(help);
        return line.find() ? line.start() : -1;
    }
}
