package dev.stiefel.lab.model;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.ReservedToken;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.model.BeamSearch;
import dev.stiefel.model.BeamSearch.TargetTokens;
import dev.stiefel.model.Network;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/// Translates texts with a model that was trained on texts and their translations.
///
/// ```java
/// try (Model model = Models.load(Path.of("runs/translation-…"))) {
///     List<String> digits = Translator.of(model).translate(List.of("forty-two", "seven"));
/// }
/// ```
///
/// Usable by several threads, until the model is closed.
public final class Translator {
    /// Tokens of a text at most.
    public static final int LONGEST = 5000;

    private static final int TEXTS_AT_ONCE = 32;
    private static final TargetTokens TOKENS = new TargetTokens(
            ReservedToken.START.number(),
            ReservedToken.END.number(),
            Set.of(ReservedToken.PADDING.number(), ReservedToken.UNKNOWN.number()));

    private final Network network;
    private final Tokenizer source;
    private final Tokenizer target;
    private final BeamSearch search;
    private final int threads;

    private Translator(Network network, Tokenizer source, Tokenizer target, BeamSearch search, int threads) {
        this.network = network;
        this.source = source;
        this.target = target;
        this.search = search;
        this.threads = threads;
    }

    /// A translator that writes the most probable token each time (greedy), on all cores.
    ///
    /// @throws IllegalArgumentException if the model was not trained on texts and their translations
    public static Translator of(Model model) {
        Schema schema = model.preparation().schema();
        if (!(schema.inputs() instanceof Schema.TextPair(Tokenizer source, Tokenizer target))) {
            throw new IllegalArgumentException(
                    "translate: the model must be trained on texts and their translations; it takes "
                            + schema.describeInputs());
        }
        return of(model.network(), new Schema.TextPair(source, target), Threads.available());
    }

    /// The same for a network that is still trained.
    static Translator of(Network network, Schema.TextPair tokenizers, int threads) {
        return new Translator(network, tokenizers.source(), tokenizers.target(), BeamSearch.greedy(TOKENS), threads);
    }

    /// The same, searching with so many hypotheses ([BeamSearch]).
    ///
    /// @param hypotheses at least 1; 1 is greedy
    public Translator beam(int hypotheses) {
        return new Translator(network, source, target, BeamSearch.of(hypotheses, TOKENS), threads);
    }

    /// The same on so many threads.
    public Translator threads(int count) {
        return new Translator(network, source, target, search, count);
    }

    /// The translation of each text; of a text without tokens an empty one. Texts of similar length are translated
    /// together.
    ///
    /// @throws IllegalArgumentException if a text has more than [#LONGEST] tokens
    public List<String> translate(List<String> texts) {
        List<int[]> sources = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            sources.add(encoded(texts.get(i), i));
        }
        int[] order = IntStream.range(0, sources.size())
                .filter(i -> sources.get(i).length > 1) // more than the end
                .boxed()
                .sorted(Comparator.comparingInt(i -> sources.get(i).length))
                .mapToInt(Integer::intValue)
                .toArray();
        String[] translations = new String[sources.size()];
        Arrays.fill(translations, "");
        int batches = Math.ceilDiv(order.length, TEXTS_AT_ONCE);
        try (Threads workers = Threads.of(threads)) {
            workers.run(batches, batch -> {
                int from = batch * TEXTS_AT_ONCE;
                int to = Math.min(order.length, from + TEXTS_AT_ONCE);
                List<int[]> some = IntStream.range(from, to)
                        .mapToObj(i -> sources.get(order[i]))
                        .toList();
                List<int[]> written = search.search(network, some);
                for (int i = from; i < to; i++) {
                    translations[order[i]] = target.decode(written.get(i - from));
                }
            });
        }
        return Collections.unmodifiableList(Arrays.asList(translations));
    }

    private int[] encoded(String text, int number) {
        int[] tokens = source.encode(text);
        if (tokens.length >= LONGEST) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "translate: a text must have at most %,d tokens; text %d has %,d; cut it into sentences",
                    LONGEST,
                    number + 1,
                    tokens.length));
        }
        int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
        ended[tokens.length] = ReservedToken.END.number();
        return ended;
    }
}
