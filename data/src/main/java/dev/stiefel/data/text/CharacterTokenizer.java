package dev.stiefel.data.text;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A tokenizer whose tokens are single characters (Unicode code points), those of a text. Decoding gives back what
/// [TextForm] made of a text, as long as it has no other characters: those are [ReservedToken#UNKNOWN], and lost.
///
/// Numbers: reserved tokens, then the characters by code point. Safe for use by several threads.
public final class CharacterTokenizer implements Tokenizer {
    private static final int FIRST_CHARACTER = ReservedToken.values().length;

    private final TextForm form;
    private final Vocabulary vocabulary = new Vocabulary("character tokenizer");
    private final Map<Integer, Integer> numbers = new HashMap<>(); // by code point

    private CharacterTokenizer(TextForm form, NavigableSet<Integer> characters) {
        this.form = form;
        for (int each : characters) {
            numbers.put(each, vocabulary.size());
            vocabulary.add(Character.toString(each));
        }
    }

    /// A tokenizer of the characters that a text has in this form.
    ///
    /// @throws IllegalArgumentException if it has none
    public static CharacterTokenizer of(TextForm form, String text) {
        return of(form, List.of(text));
    }

    /// A tokenizer of the characters that texts have in this form.
    ///
    /// @throws IllegalArgumentException if they have none
    public static CharacterTokenizer of(TextForm form, List<String> texts) {
        return ofCharacters(form, texts.stream().map(form::of).toList());
    }

    /// A tokenizer of the characters of texts that are in this form already.
    static CharacterTokenizer ofCharacters(TextForm form, List<String> texts) {
        NavigableSet<Integer> characters = new TreeSet<>();
        texts.forEach(
                text -> text.codePoints().filter(CharacterTokenizer::isWhole).forEach(characters::add));
        if (characters.isEmpty()) {
            throw new IllegalArgumentException(
                    "character tokenizer: the text must have at least one character; got none");
        }
        return new CharacterTokenizer(form, characters);
    }

    /// Returns whether it is more than half of a character, which only a damaged text has.
    private static boolean isWhole(int character) {
        return Character.getType(character) != Character.SURROGATE;
    }

    /// A tokenizer from its JSON ([#toJson]).
    ///
    /// @throws IOException if it is not what this class writes
    public static CharacterTokenizer ofJson(String json) throws IOException {
        return TokenizerJson.readCharacters(json);
    }

    /// The form that text is brought to first.
    public TextForm form() {
        return form;
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text) {
        IntStream characters = form.of(text).codePoints();
        return characters
                .map(each -> numbers.getOrDefault(each, ReservedToken.UNKNOWN.number()))
                .toArray();
    }

    @Override
    public String decode(int... tokens) {
        StringBuilder text = new StringBuilder();
        for (int each : tokens) {
            String token = token(each);
            text.append(each < FIRST_CHARACTER ? "" : token);
        }
        return text.toString();
    }

    @Override
    public String token(int number) {
        return vocabulary.token(number);
    }

    @Override
    public String toJson() {
        return TokenizerJson.write(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CharacterTokenizer that
                && form == that.form
                && vocabulary().equals(that.vocabulary());
    }

    @Override
    public int hashCode() {
        return Objects.hash(form, vocabulary());
    }

    /// The texts of all tokens, in order.
    List<String> vocabulary() {
        return vocabulary.tokens();
    }
}
