package dev.stiefel.cli;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.language.TextDataSets;
import dev.stiefel.data.vision.DataSets;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel data check`.
@CommandLine.Command(
        name = "check",
        description = "Checks the SHA-256 checksum of every file of a data set, in the cache or in --data-dir."
                + " Downloads nothing.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel data check mnist",
            "  stiefel data check cifar10 --data-dir ~/cifar",
            "  stiefel data check digits --json"
        })
final class DataCheckCommand implements Command {
    private final CommandEnvironment environment;

    @Parameters(paramLabel = "NAME", description = "Name of a data set ('stiefel data list' shows them).")
    private String name = "";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder of the files to check, instead of the cache.")
    private @Nullable String dataDir;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    DataCheckCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        DataSets sets = DataSetAccess.sets(environment, dataDir);
        DataSetAccess.requireKnown(sets, name);
        TextDataSets texts = TextDataSets.beside(sets);
        if (texts.has(name) && dataDir != null) {
            throw new UsageException("--data-dir cannot be checked for text; use 'stiefel data fetch %s --data-dir %s'"
                    .formatted(name, dataDir));
        }
        List<FileCheck> checks =
                texts.has(name) ? texts.check(name) : dataDir == null ? sets.check(name) : sets.checkGiven(name);
        if (checks.isEmpty() && texts.has(name)) {
            if (json) {
                JsonOutput.print(environment.out(), Map.of("name", name, "files", List.of()));
            } else {
                environment.out().printf("%s is part of the program%n", name);
            }
            return 0;
        }
        if (checks.isEmpty()) {
            throw new UsageException("--data-dir: no file of data set '%s' is in '%s'; its files are %s"
                    .formatted(name, dataDir, names(sets)));
        }
        if (json) {
            List<Map<String, Object>> files =
                    checks.stream().map(DataCheckCommand::fields).toList();
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("name", name);
            all.put("files", files);
            JsonOutput.print(environment.out(), all);
        } else {
            TextTable table = new TextTable("lll");
            checks.forEach(check -> table.row(check.file().name(), state(check), place(check)));
            environment.out().print(table);
            environment.out().flush();
        }
        return complaint(checks);
    }

    private String names(DataSets sets) {
        return sets.info(name).files().stream().map(DataFile::name).collect(Collectors.joining(", "));
    }

    private int complaint(List<FileCheck> checks) {
        long wrong = checks.stream()
                .filter(check -> check instanceof FileCheck.Missing || check instanceof FileCheck.Damaged)
                .count();
        if (wrong == 0) {
            return 0;
        }
        boolean damaged = checks.stream().anyMatch(FileCheck.Damaged.class::isInstance);
        environment
                .err()
                .printf(
                        "stiefel: data set '%s': %s of %s files %s; 'stiefel data fetch %s' fetches what is needed%n",
                        name, wrong, checks.size(), damaged ? "are missing or damaged" : "are not here", name);
        return CommandFailures.FAILURE;
    }

    private static String state(FileCheck check) {
        return switch (check) {
            case FileCheck.Whole _ -> "whole";
            case FileCheck.Unofficial _ -> "not the published file";
            case FileCheck.Missing _ -> "not here";
            case FileCheck.Damaged _ -> "damaged";
        };
    }

    private static String place(FileCheck check) {
        return switch (check) {
            case FileCheck.Damaged damaged -> "%s: %s".formatted(damaged.place(), damaged.problem());
            case FileCheck.Unofficial other -> "%s: its SHA-256 is %s".formatted(other.place(), other.sha256());
            case FileCheck.Whole _, FileCheck.Missing _ -> check.place();
        };
    }

    private static Map<String, Object> fields(FileCheck check) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", check.file().name());
        fields.put("state", state(check));
        fields.put("place", check.place());
        fields.put("bytes", check.file().bytes());
        fields.put(
                "sha256",
                check instanceof FileCheck.Unofficial other
                        ? other.sha256()
                        : check.file().sha256());
        return fields;
    }
}
