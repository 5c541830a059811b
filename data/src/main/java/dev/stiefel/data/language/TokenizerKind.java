package dev.stiefel.data.language;

import dev.stiefel.data.text.BytePairLearner;
import dev.stiefel.data.text.CharacterTokenizer;
import dev.stiefel.data.text.TextForm;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.data.text.WordPieceLearner;
import java.util.List;
import java.util.OptionalInt;

/// The kinds of tokenizers that can be learned from texts.
public enum TokenizerKind {
    /// Byte-pair encoding ([BytePairLearner]).
    BYTE_PAIR {
        @Override
        Tokenizer learn(TextForm form, List<String> texts, OptionalInt vocabulary) {
            BytePairLearner learner = new BytePairLearner(form);
            texts.forEach(learner::add);
            return vocabulary.isPresent()
                    ? learner.learn(vocabulary.getAsInt())
                    : learner.learnAtMost(USUAL_VOCABULARY);
        }
    },
    /// WordPiece ([WordPieceLearner]).
    WORDPIECE {
        @Override
        Tokenizer learn(TextForm form, List<String> texts, OptionalInt vocabulary) {
            WordPieceLearner learner = new WordPieceLearner(form);
            texts.forEach(learner::add);
            return vocabulary.isPresent()
                    ? learner.learn(vocabulary.getAsInt())
                    : learner.learnAtMost(USUAL_VOCABULARY);
        }
    },
    /// Single characters ([CharacterTokenizer]).
    CHARACTER {
        @Override
        Tokenizer learn(TextForm form, List<String> texts, OptionalInt vocabulary) {
            return CharacterTokenizer.of(form, texts);
        }
    };

    /// Maximum number of tokens by default.
    public static final int USUAL_VOCABULARY = 8000;

    /// A tokenizer of what texts have.
    ///
    /// @param vocabulary tokens, reserved ones among them; empty for as many as the texts have, up to
    ///     [#USUAL_VOCABULARY]. A character tokenizer has as many tokens as there are characters
    /// @throws IllegalArgumentException if the texts do not have so many, or more are needed
    abstract Tokenizer learn(TextForm form, List<String> texts, OptionalInt vocabulary);
}
