package dev.stiefel.data.language;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.LabelledText;
import dev.stiefel.data.text.PairEncoder;
import dev.stiefel.data.text.PairEncoder.TooLong;
import dev.stiefel.data.text.ParallelText;
import dev.stiefel.data.text.TextForm;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.train.Samples;
import dev.stiefel.train.TextWindows;
import dev.stiefel.train.TokenSequences;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Encoding of texts as samples of tokens: tokenizers are learned from the training texts, and all texts are
/// encoded.
///
/// Training pairs of more than `longest` tokens are left out, and longer texts with classes are cut; samples for
/// evaluation are kept as they are.
///
/// @param tokenizer kind of the tokenizers
/// @param vocabulary tokens of each; empty for as many as the texts have, up to a limit
/// @param form normal form of the texts
/// @param longest tokens of a text that trains, at most; unused for plain text
/// @param context tokens of a window of plain text
/// @param validation number of the last training samples used for validation; empty for a tenth. Tokenizers do
///     not see validation texts; for a plain text, they see all but the test part
/// @param seed of windows that move
/// @param given tokenizers that were learned before, those of a model, say
public record TextEncoding(
        TokenizerKind tokenizer,
        OptionalInt vocabulary,
        TextForm form,
        int longest,
        int context,
        OptionalInt validation,
        long seed,
        Optional<Schema> given) {
    private static final int LONGEST_MEASURED = 10_000; // tokens
    private static final int USUAL_SHARE = 10; // one of so many training samples validates
    private static final int MOST_CLASSES = 1000;

    /// The samples of a corpus.
    ///
    /// @throws IllegalArgumentException if it has too few texts, or they are not fit for what was chosen
    public EncodedText encode(Corpus corpus) {
        return switch (corpus) {
            case Corpus.Plain plain -> encode(plain);
            case Corpus.Parallel parallel -> encode(parallel);
            case Corpus.Labelled labelled -> encode(labelled);
        };
    }

    private EncodedText encode(Corpus.Plain text) {
        Tokenizer tokens =
                known(Schema.Text.class).map(Schema.Text::tokenizer).orElseGet(() -> learn(List.of(text.train())));
        int[] all = tokens.encode(text.train());
        int windows = validation.orElse(all.length / context / USUAL_SHARE);
        int held = windows == 0 ? 0 : Math.addExact(Math.multiplyExact(windows, context), 1);
        if (all.length - held <= context) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "plain text: must have more than %d tokens to train on, with %d to validate; got %,d; use a shorter"
                            + " context, or validate less",
                    context,
                    held,
                    all.length));
        }
        int[] first = Arrays.copyOf(all, all.length - held);
        Samples train = TextWindows.moving(first, tokens.size(), context, seed);
        Optional<Samples> validating = held == 0
                ? Optional.empty()
                : Optional.of(TextWindows.fixed(
                        Arrays.copyOfRange(all, all.length - held, all.length), tokens.size(), context));
        int[] tested = tokens.encode(text.test());
        if (tested.length <= context) {
            throw new IllegalArgumentException(
                    "plain text: must have more than %s tokens to test on; got %s; use a shorter context or a larger"
                                    .formatted(context, tested.length)
                            + " test fraction");
        }
        return new EncodedText(
                new Schema(new Schema.Text(tokens), new Schema.NextToken(tokens.size())),
                train,
                validating,
                TextWindows.fixed(tested, tokens.size(), context),
                (long) train.size() * context,
                List.of());
    }

    private EncodedText encode(Corpus.Parallel text) {
        int kept = trained(text.train().size());
        ParallelText train = text.train().range(0, kept);
        Schema.TextPair pair = known(Schema.TextPair.class)
                .orElseGet(() -> new Schema.TextPair(learn(train.sources()), learn(train.targets())));
        PairEncoder training = new PairEncoder(pair.source(), pair.target(), longest, TooLong.DROPPED);
        PairEncoder measuring = new PairEncoder(pair.source(), pair.target(), LONGEST_MEASURED, TooLong.REFUSED);
        PairEncoder.Encoded trained = training.encode(train);
        Optional<Samples> validating = kept == text.train().size()
                ? Optional.empty()
                : Optional.of(measuring
                        .encode(text.train().range(kept, text.train().size()))
                        .samples());
        List<String> remarks = new ArrayList<>();
        if (trained.dropped() > 0) {
            remarks.add(String.format(
                    Locale.ROOT,
                    "left out %,d of %,d training pairs, which have more than %d tokens",
                    trained.dropped(),
                    train.size(),
                    longest));
        }
        return new EncodedText(
                new Schema(pair, new Schema.NextToken(pair.target().size())),
                trained.samples(),
                validating,
                measuring.encode(text.test()).samples(),
                tokens(trained.samples()),
                remarks);
    }

    private EncodedText encode(Corpus.Labelled text) {
        int kept = trained(text.train().size());
        LabelledText train = text.train().select(range(0, kept));
        Tokenizer tokens = known(Schema.Text.class).map(Schema.Text::tokenizer).orElseGet(() -> learn(train.texts()));
        List<String> classes = text.train().followedBy(text.test()).classNames();
        if (classes.size() < 2 || classes.size() > MOST_CLASSES) {
            throw new IllegalArgumentException(
                    "text classification: there must be 2 to %s classes; the target has %s different values"
                            .formatted(MOST_CLASSES, classes.size()));
        }
        List<String> remarks = new ArrayList<>();
        Samples training = samples(tokens, train, classes, remarks);
        Optional<Samples> validating = kept == text.train().size()
                ? Optional.empty()
                : Optional.of(samples(
                        tokens, text.train().select(range(kept, text.train().size())), classes, new ArrayList<>()));
        return new EncodedText(
                new Schema(new Schema.Text(tokens), new Schema.Classes(classes)),
                training,
                validating,
                samples(tokens, text.test(), classes, new ArrayList<>()),
                tokens(training),
                remarks);
    }

    private Samples samples(Tokenizer tokenizer, LabelledText text, List<String> classes, List<String> remarks) {
        int[][] tokens = new int[text.size()][];
        int[][] labels = new int[text.size()][];
        int cut = 0;
        for (int i = 0; i < tokens.length; i++) {
            int[] all = tokenizer.encode(text.texts().get(i));
            cut += all.length > longest ? 1 : 0;
            tokens[i] = Arrays.copyOf(all, Math.min(all.length, longest));
            labels[i] = new int[] {classes.indexOf(text.labels().get(i))};
        }
        if (cut > 0) {
            remarks.add(String.format(
                    Locale.ROOT, "cut %,d of %,d texts, which have more than %d tokens", cut, text.size(), longest));
        }
        return TokenSequences.of(tokens, tokenizer.size(), labels, classes.size());
    }

    private int trained(int size) {
        int held = validation.orElse(size / USUAL_SHARE);
        if (held >= size) {
            throw new IllegalArgumentException(
                    "validation must be less than the %s training samples; got %s".formatted(size, held));
        }
        return size - held;
    }

    private <T extends Schema.Inputs> Optional<T> known(Class<T> kind) {
        return given.map(Schema::inputs).filter(kind::isInstance).map(kind::cast);
    }

    private Tokenizer learn(List<String> texts) {
        return tokenizer.learn(form, texts, vocabulary);
    }

    private static long tokens(Samples samples) {
        return Arrays.stream(samples.lengths()).asLongStream().sum();
    }

    private static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }
}
