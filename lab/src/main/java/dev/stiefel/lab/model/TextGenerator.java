package dev.stiefel.lab.model;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.CharacterTokenizer;
import dev.stiefel.data.text.ReservedToken;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.model.Network;
import dev.stiefel.model.SequenceSampler;
import dev.stiefel.model.SequenceSampler.Sampling;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.tensor.Rng;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Continues texts with a language model.
///
/// ```java
/// try (Model model = Models.load(Path.of("runs/shakespeare-…"))) {
///     TextGenerator.of(model).generate("ROMEO:", 200, new Sampling(0.8, OptionalInt.empty()), 0, System.out::print);
/// }
/// ```
public final class TextGenerator {
    private static final int UNLIMITED_CONTEXT = 1024; // tokens, where positions have no limit and no run says one
    private static final int FIRST_TOKEN = ReservedToken.values().length;

    private static final Set<Integer> RESERVED =
            Arrays.stream(ReservedToken.values()).map(ReservedToken::number).collect(Collectors.toSet());

    private final Network network;
    private final Tokenizer tokenizer;
    private final int context;

    private TextGenerator(Network network, Tokenizer tokenizer, int context) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.context = context;
    }

    /// A generator of a model's texts.
    ///
    /// @throws IllegalArgumentException if the model is no language model
    public static TextGenerator of(Model model) {
        Schema schema = model.preparation().schema();
        if (!(schema.inputs() instanceof Schema.Text(Tokenizer tokenizer))
                || !(schema.outputs() instanceof Schema.NextToken)) {
            throw new IllegalArgumentException(
                    "generate: the model must be a language model, trained on plain text; it takes "
                            + schema.describeInputs());
        }
        return new TextGenerator(model.network(), tokenizer, context(model));
    }

    private static int context(Model model) {
        return model.network().spec().nodes().stream()
                .map(node -> node.layer() instanceof PositionsSpec positions ? positions.most() : 0)
                .filter(most -> most > 0)
                .findFirst()
                .or(() -> model.spec().flatMap(spec -> spec.find(Options.CONTEXT)))
                .orElse(UNLIMITED_CONTEXT);
    }

    /// Writes what follows a text, piece by piece.
    ///
    /// @param prompt the text; of more tokens than the model's context, the last ones count. Without
    ///     tokens, what follows a new line is written
    /// @param tokens number of tokens to write
    /// @param sampling settings for sampling
    /// @param seed of the drawing
    /// @param pieces takes what is written, whole characters at a time
    /// @throws IllegalArgumentException if the prompt has characters that the model does not know
    public void generate(String prompt, int tokens, Sampling sampling, long seed, Consumer<String> pieces) {
        int[] begin = begin(prompt);
        Rng rng = Rng.seeded(seed).forPurpose("generated text");
        try (SequenceSampler sampler = new SequenceSampler(network, sampling, context, rng, RESERVED)) {
            sampler.read(begin);
            Pieces written = new Pieces(begin[begin.length - 1], pieces);
            for (int i = 0; i < tokens; i++) {
                written.add(sampler.next());
            }
            written.end();
        }
    }

    /// The continuation of a text, as one text.
    public String generate(String prompt, int tokens, Sampling sampling, long seed) {
        StringBuilder text = new StringBuilder();
        generate(prompt, tokens, sampling, seed, text::append);
        return text.toString();
    }

    private int[] begin(String prompt) {
        int[] tokens = tokenizer.encode(prompt);
        requireKnown(prompt, tokens);
        if (tokens.length == 0) {
            tokens = tokenizer.encode("\n");
        }
        boolean isKnown = Arrays.stream(tokens).noneMatch(token -> token == ReservedToken.UNKNOWN.number());
        return tokens.length > 0 && isKnown ? tokens : new int[] {FIRST_TOKEN};
    }

    /// A model has learned nothing of characters that its text did not have.
    private void requireKnown(String prompt, int[] tokens) {
        if (!(tokenizer instanceof CharacterTokenizer)) {
            return;
        }
        int[] characters = prompt.codePoints().toArray();
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] == ReservedToken.UNKNOWN.number()) {
                String character = characters.length == tokens.length
                        ? "'" + Character.toString(characters[i]).replaceAll("\\p{Cntrl}", "?") + "'"
                        : "a character";
                throw new IllegalArgumentException(
                        "prompt: all characters must be in the model's vocabulary; got %s".formatted(character));
            }
        }
    }

    /// Text of tokens, given on as soon as its characters are whole.
    private final class Pieces {
        private static final String BROKEN = "\ufffd"; // of a character whose bytes are not all there yet
        private static final int MOST_BYTES = 4; // of a character

        private final Consumer<String> pieces;
        private int[] tokens; // the last one that was given on, and those that wait

        Pieces(int last, Consumer<String> pieces) {
            this.tokens = new int[] {last};
            this.pieces = pieces;
        }

        void add(int token) {
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = token;
            if (!tokenizer.decode(tokens).endsWith(BROKEN) || tokens.length > MOST_BYTES + 1) {
                end();
            }
        }

        void end() {
            String before = tokenizer.decode(tokens[0]);
            String all = tokenizer.decode(tokens);
            if (all.length() > before.length()) {
                pieces.accept(all.substring(before.length()));
            }
            tokens = new int[] {tokens[tokens.length - 1]};
        }
    }
}
