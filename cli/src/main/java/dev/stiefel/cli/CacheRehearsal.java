package dev.stiefel.cli;

import dev.stiefel.data.fetch.HomeFolder;
import dev.stiefel.io.DurableFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/// A rehearsal of the usual commands, from which the JVM makes its AOT cache: it keeps the classes that were loaded,
/// and
/// which methods ran often, so that a later process loads and compiles them sooner.
///
/// The commands train on the digits that are part of the program, in a folder for temporary files that is deleted. A
/// network of MNIST's size is among them, since the compiler's choices depend on the length of loops.
final class CacheRehearsal {
    private static final List<String> COMMANDS = List.of(
            "--help",
            "train --help",
            "presets",
            "train digits --out RUN",
            "train digits --method dense --epochs 2 --out DENSE",
            "train digits --width 500 --depth 4 --epochs 6 --out WIDE",
            "evaluate RUN",
            "inspect RUN",
            "predict RUN digit.png",
            "predict RUN digit.png --json");

    private CacheRehearsal() {}

    /// Runs the commands in a folder of their own.
    ///
    /// @return the greatest of their exit codes
    static int rehearse() throws IOException {
        Path home = HomeFolder.standard();
        System.setProperty("user.home", home.toString());
        Path folder = Files.createTempDirectory("stiefel-rehearsal");
        try {
            return rehearse(folder, home);
        } finally {
            DurableFiles.deleteTree(folder);
        }
    }

    /// Runs the commands.
    ///
    /// @param folder that they write to
    /// @return the greatest of their exit codes
    static int rehearse(Path folder, Path home) throws IOException {
        ImageIO.write(
                new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("digit.png").toFile());
        int worst = 0;
        for (String command : COMMANDS) {
            worst = Math.max(worst, Main.run(List.of(command.split(" ")), environment(folder, home)));
        }
        return worst;
    }

    private static CommandEnvironment environment(Path folder, Path home) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new CommandEnvironment(
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                () -> Screen.NONE,
                folder,
                home,
                Map.of(),
                Interrupts.NONE);
    }
}
