package dev.stiefel.data.language;

import dev.stiefel.data.own.Schema;
import dev.stiefel.train.Samples;
import java.util.List;
import java.util.Optional;

/// Texts as samples of tokens.
///
/// @param schema with the tokenizers
/// @param train what is trained on
/// @param validation what was held out of the texts to train on, if anything was
/// @param test what is only measured
/// @param tokens that train in an epoch, those of sources and targets together
/// @param remarks what was left out, a line each
public record EncodedText(
        Schema schema, Samples train, Optional<Samples> validation, Samples test, long tokens, List<String> remarks) {
    /// Copies the list.
    public EncodedText {
        remarks = List.copyOf(remarks);
    }
}
