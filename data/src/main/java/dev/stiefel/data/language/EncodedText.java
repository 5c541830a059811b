package dev.stiefel.data.language;

import dev.stiefel.data.own.Schema;
import dev.stiefel.train.Samples;
import java.util.List;
import java.util.Optional;

/// Texts as samples of tokens.
///
/// @param schema with the tokenizers
/// @param train training samples
/// @param validation validation samples held out of the training texts; empty without any
/// @param test test samples
/// @param tokens number of tokens that an epoch trains on, of sources and targets together
/// @param remarks notes on texts that were left out, one line each
public record EncodedText(
        Schema schema, Samples train, Optional<Samples> validation, Samples test, long tokens, List<String> remarks) {
    /// Copies the list.
    public EncodedText {
        remarks = List.copyOf(remarks);
    }
}
