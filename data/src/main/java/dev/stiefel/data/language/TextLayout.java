package dev.stiefel.data.language;

import dev.stiefel.data.own.ColumnChoice;
import java.nio.file.Path;

/// Layout of the texts in a user's files.
public sealed interface TextLayout {
    /// The kind of texts in this layout.
    TextKind kind();

    /// All of a file is one text.
    record Whole() implements TextLayout {
        @Override
        public TextKind kind() {
            return TextKind.PLAIN;
        }
    }

    /// Sources and their translations are columns of a table.
    ///
    /// @param source column of the texts to translate
    /// @param target column of their translations
    record PairColumns(ColumnChoice source, ColumnChoice target) implements TextLayout {
        @Override
        public TextKind kind() {
            return TextKind.PARALLEL;
        }
    }

    /// Each line of a file is the source of the same line of another.
    ///
    /// @param targets the other file
    record Lines(Path targets) implements TextLayout {
        @Override
        public TextKind kind() {
            return TextKind.PARALLEL;
        }
    }

    /// Texts and their classes are columns of a table.
    ///
    /// @param text column of the texts
    /// @param label column of the classes
    record LabelColumns(ColumnChoice text, ColumnChoice label) implements TextLayout {
        @Override
        public TextKind kind() {
            return TextKind.LABELLED;
        }
    }
}
