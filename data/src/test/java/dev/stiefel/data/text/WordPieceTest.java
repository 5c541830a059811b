package dev.stiefel.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordPieceTest {
    private static final List<String> PIECES = List.of(
            "un", "##aff", "##able", "a", "##a", "b", "##b", "é", "e", "中", "文", "«", "(", ")", "-", "#", "😀", "##😀");
    private static final List<String> TEXT = List.of(
            "low low low low low lower lower",
            "newest newest newest newest newest newest widest widest widest",
            "a ação é nova, não é? 1234 1234");

    private static WordPieceTokenizer learned(TextForm form, int size, List<String> text) {
        WordPieceLearner learner = new WordPieceLearner(form);
        text.forEach(learner::add);
        return learner.learnAtMost(size);
    }

    private static List<String> tokens(Tokenizer tokenizer, String text) {
        List<String> tokens = new ArrayList<>();
        for (int each : tokenizer.encode(text)) {
            tokens.add(tokenizer.token(each));
        }
        return tokens;
    }

    // ---- cutting ----

    @Test
    void theLongestPieceThatFitsComesFirst() {
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(TextForm.VERBATIM, PIECES);
        assertThat(tokens(tokenizer, "unaffable a")).containsExactly("un", "##aff", "##able", "a");
        assertThat(tokens(tokenizer, "unaffables")).containsExactly("[UNK]");
    }

    /// What the library "tokenizers" 0.23.3 makes of the same texts with the JSON of these tokenizers.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "LOWER_CASE|unaffable (A-B)|4 5 6 16 7 18 9 17|unaffable ( a - b )",
                "LOWER_CASE|中文a b中|13 14 7 9 13|中 文 a b 中",
                "LOWER_CASE|A\u00adB\u200ca\tb\u2028a|7 9 7 9 7|a b a b a",
                "LOWER_CASE|é e\u0301|11 11|é é",
                "LOWER_CASE_WITHOUT_ACCENTS|é e\u0301|12 12|e e",
                "LOWER_CASE|unaffablex un|1 4|un",
                "LOWER_CASE|«a»|15 7 1|« a",
                "LOWER_CASE|##a|19 19 7|# # a",
                "LOWER_CASE|a😀 😀😀|7 21 20 21|a😀 😀😀",
            })
    void otherToolsCutLikewise(TextForm form, String text, String numbers, String decoded) {
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(form, PIECES);
        int[] tokens = tokenizer.encode(text);
        assertThat(tokens)
                .containsExactly(Stream.of(numbers.split(" ", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray());
        assertThat(tokenizer.decode(tokens)).isEqualTo(decoded);
    }

    @Test
    void wordsOfMoreThanAHundredCharactersAreUnknown() {
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(TextForm.VERBATIM, PIECES);
        assertThat(tokenizer.encode("a".repeat(100))).hasSize(100).doesNotContain(1);
        assertThat(tokenizer.encode("a".repeat(101))).containsExactly(ReservedToken.UNKNOWN.number());
        assertThat(tokenizer.encode("😀".repeat(100))).hasSize(100).doesNotContain(1);
        assertThat(tokenizer.encode("a".repeat(1_000_000))).containsExactly(ReservedToken.UNKNOWN.number());
    }

    @Test
    void wordsAreWhatSpacesAndPunctuationPart() {
        List<String> words = new ArrayList<>();
        PieceWords.forEach("don't\u00a0say \"3.5%\"…\n中文b\u0000c_d ½\ud83d", words::add);
        assertThat(words)
                .containsExactly(
                        "don", "'", "t", "say", "\"", "3", ".", "5", "%", "\"", "…", "中", "文", "b", "c", "_", "d", "½");
    }

    @Test
    void textIsItsWordsAfterDecoding() {
        for (TextForm form : TextForm.values()) {
            SplittableRandom random = new SplittableRandom(2);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                texts.add(randomText(random));
            }
            WordPieceTokenizer tokenizer = learned(form, 60_000, texts);
            for (String text : texts) {
                List<String> words = new ArrayList<>();
                PieceWords.forEach(form.of(text), words::add);
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(String.join(" ", words));
            }
        }
    }

    private static String randomText(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int j = random.nextInt(40); j > 0; j--) {
            text.appendCodePoint(
                    random.nextInt(4) == 0 ? random.nextInt(Character.MAX_CODE_POINT + 1) : random.nextInt(0x250));
        }
        return text.toString();
    }

    @Test
    void reservedTokensStandForNoText() {
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(TextForm.VERBATIM, PIECES);
        assertThat(tokenizer.encode("[START]")).doesNotContain(ReservedToken.START.number());
        assertThat(tokenizer.decode(ReservedToken.START.number(), 7, ReservedToken.UNKNOWN.number(), 8, 9))
                .isEqualTo("aa b");
        assertThat(tokenizer.decode(8, 9)).isEqualTo("a b"); // nothing before it that it could continue
        assertThat(tokenizer.pieces()).isEqualTo(PIECES);
        assertThat(tokenizer.size()).isEqualTo(PIECES.size() + 4);
    }

    // ---- learning ----

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 70, 150, 400})
    void pieceByPieceGivesTheSame(int size) {
        SplittableRandom random = new SplittableRandom(size);
        List<String> text = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            StringBuilder word = new StringBuilder();
            for (int j = random.nextInt(1, 12); j > 0; j--) {
                word.append((char) ('a' + random.nextInt(1 + random.nextInt(3))));
            }
            text.add(word.toString());
        }
        text.add("a".repeat(60)); // too long to learn from
        assertThat(learned(TextForm.VERBATIM, size, text).pieces()).isEqualTo(Naive.pieces(text, size));
    }

    /// The learner as it is described, on strings: all substrings are counted in tables.
    private static final class Naive {
        static List<String> pieces(List<String> text, int size) {
            Map<String, Long> words = new HashMap<>();
            text.stream().filter(word -> word.length() <= 50).forEach(word -> words.merge(word, 1L, Long::sum));
            long lower = Math.max(Collections.min(words.values()), 10);
            long upper = Collections.max(words.values());
            List<String> best = List.of();
            boolean tooMany = false;
            long most = words.values().stream().mapToLong(count -> count).sum() * 50 + 1;
            for (long[] bounds : new long[][] {{lower, upper}, {2, lower - 1}, {Math.max(lower, upper + 1), most}}) {
                if ((bounds[0] == 2 && tooMany) || (bounds[1] == most && !best.isEmpty())) {
                    continue;
                }
                while (bounds[0] <= bounds[1] && size - 4 - best.size() > 0.05 * size) {
                    long threshold = (bounds[0] + bounds[1]) / 2;
                    List<String> now = vocabulary(words, threshold);
                    best = now.size() + 4 <= size && now.size() > best.size() ? now : best;
                    tooMany |= now.size() + 4 > size;
                    if (now.size() + 4 > size) {
                        bounds[0] = threshold + 1;
                    } else {
                        bounds[1] = threshold - 1;
                    }
                }
            }
            return best;
        }

        private static List<String> vocabulary(Map<String, Long> words, long threshold) {
            Set<String> characters = new TreeSet<>();
            words.keySet().forEach(word -> characters.addAll(List.of(word.split(""))));
            Map<String, Long> pieces = Map.of();
            for (int time = 0; time < 4; time++) {
                Map<String, Long> counts = new HashMap<>();
                for (Map.Entry<String, Long> word : words.entrySet()) {
                    for (int start : starts(word.getKey(), pieces.keySet())) {
                        for (int end = start + 1; end <= word.getKey().length(); end++) {
                            counts.merge(piece(word.getKey(), start, end), word.getValue(), Long::sum);
                        }
                    }
                }
                pieces = kept(counts, threshold);
                for (String each : characters) {
                    pieces.putIfAbsent(each, 1L);
                    pieces.putIfAbsent("##" + each, 1L);
                }
            }
            List<String> vocabulary = new ArrayList<>(characters);
            Map<String, Long> others = new TreeMap<>(pieces);
            characters.forEach(others::remove);
            others.entrySet().stream()
                    .sorted(Comparator.comparingLong(each -> -each.getValue()))
                    .forEach(each -> vocabulary.add(each.getKey()));
            return vocabulary;
        }

        private static Map<String, Long> kept(Map<String, Long> counts, long threshold) {
            Map<String, Long> kept = new HashMap<>();
            List<String> longestFirst = new ArrayList<>(counts.keySet());
            longestFirst.sort(Comparator.comparingInt(piece -> -length(piece)));
            for (String piece : longestFirst) {
                long count = counts.get(piece);
                if (count >= threshold) {
                    kept.put(piece, count);
                    for (int end = piece.length() - length(piece) + 1; end < piece.length(); end++) {
                        counts.merge(piece.substring(0, end), -count, Long::sum);
                    }
                }
            }
            return kept;
        }

        private static int length(String piece) {
            return piece.startsWith("##") ? piece.length() - 2 : piece.length();
        }

        private static String piece(String word, int start, int end) {
            return (start > 0 ? "##" : "") + word.substring(start, end);
        }

        private static Set<Integer> starts(String word, Set<String> pieces) {
            Set<Integer> starts = new HashSet<>();
            int start = 0;
            while (start < word.length()) {
                starts.add(start);
                int end = pieces.isEmpty() ? start + 1 : word.length();
                while (!pieces.isEmpty() && !pieces.contains(piece(word, start, end))) {
                    end--;
                }
                start = end;
            }
            return starts;
        }
    }

    @Test
    void theOrderOfTheTextDoesNotMatter() {
        List<String> shuffled = new ArrayList<>(TEXT);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            assertThat(learned(TextForm.NFKC, 60, shuffled).toJson())
                    .isEqualTo(learned(TextForm.NFKC, 60, TEXT).toJson());
        }
    }

    @Test
    void everyCharacterIsKeptAndPiecesFollowByTheirCounts() {
        WordPieceTokenizer tokenizer = learned(TextForm.VERBATIM, 18, List.of("ab ab ab ab b", "😀 a"));
        assertThat(tokenizer.pieces()).containsExactly("a", "b", "😀", "ab", "##a", "##b", "##😀");
        assertThat(tokens(tokenizer, "abba 😀b")).containsExactly("ab", "##b", "##a", "😀", "##b");
    }

    @Test
    void charactersOfWordsThatAreTooLongAreKept() {
        WordPieceTokenizer tokenizer = learned(TextForm.VERBATIM, 10, List.of("xy".repeat(30)));
        assertThat(tokenizer.pieces()).containsExactly("x", "y", "##x", "##y");
    }

    @Test
    void theSizeIsNeverMoreThanWasAskedFor() {
        for (int size = 8; size < 60; size++) {
            assertThat(learned(TextForm.VERBATIM, size, List.of("aaa ab ab aab bb bbb bab bab bab"))
                            .size())
                    .isLessThanOrEqualTo(size);
        }
    }

    @Test
    void whereNoThresholdGivesTheSizeThereAreFewer() {
        WordPieceLearner learner = new WordPieceLearner(TextForm.VERBATIM);
        learner.add("ab ab cd cd ef ef ef");
        assertThat(learner.learn(19).size()).isEqualTo(19);
        assertThat(learner.learn(18).size()).isEqualTo(17);
    }

    @Test
    void aTextWithFewerPiecesThanAreAskedForIsRefused() {
        WordPieceLearner learner = new WordPieceLearner(TextForm.VERBATIM);
        TEXT.forEach(learner::add);
        int most = learner.learnAtMost(1_000).size();
        assertThat(learner.learn(most).size()).isEqualTo(most);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> learner.learn(1_000))
                .withMessage(
                        "vocabulary: the text has word pieces for %d tokens; got 1000; ask for fewer, or give more"
                                + " text",
                        most);
    }

    @Test
    void whatTheTextDoesNotSupportIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> learned(TextForm.VERBATIM, 9, List.of("abc")))
                .withMessage("vocabulary: must have at least 10 tokens, for 4 reserved ones and 3 characters that begin"
                        + " or continue words; got 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> learned(TextForm.VERBATIM, 9, List.of(" \n")))
                .withMessage("vocabulary: there must be words to learn from; got none; add text");
    }

    // ---- pieces and files ----

    @ParameterizedTest
    @CsvSource({"a b ##a a, 3, a", "a ## b, 1, ##", "a b [END], 2, [END]"})
    void piecesMustDiffer(String pieces, int number, String piece) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WordPieceTokenizer(TextForm.VERBATIM, List.of(pieces.split(" ", -1))))
                .withMessage("WordPiece tokenizer: pieces must differ, and none be empty or reserved; piece %d is '%s'"
                        .formatted(number, piece));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 22})
    void tokensMustBeInTheVocabulary(int token) {
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(TextForm.VERBATIM, PIECES);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(5, token))
                .withMessage("WordPiece tokenizer: tokens must be in [0, 22); got " + token);
    }

    @ParameterizedTest
    @EnumSource
    void jsonGivesTheSameTokenizer(TextForm form) throws IOException {
        WordPieceTokenizer tokenizer = learned(form, 60, TEXT);
        WordPieceTokenizer read = WordPieceTokenizer.ofJson(tokenizer.toJson());
        assertThat(read.pieces()).isEqualTo(tokenizer.pieces());
        assertThat(read.form()).isEqualTo(form);
        assertThat(read.encode("a nova ação")).isEqualTo(tokenizer.encode("a nova ação"));
        assertThat(Tokenizer.ofJson(tokenizer.toJson())).isInstanceOf(WordPieceTokenizer.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"WordPiece\",\"unk|\"Unigram\",\"unk|its model must be of type WordPiece; got \"Unigram\"",
                "{|[|it must be JSON",
                "\"##able\":6|\"##able\":99|its vocabulary or settings are not those of its tokens; it is damaged",
                "\"un\":4,|''|its vocabulary or settings are not those of its tokens; it is damaged",
                "NFKC|NFX|its normalizer is not known",
                "Isolated|Removed|its vocabulary or settings are not those of its tokens; it is damaged",
            })
    void damagedJsonIsRefused(String from, String to, String message) {
        String damaged = new WordPieceTokenizer(TextForm.NFKC, PIECES).toJson().replace(from, to);
        assertThatIOException()
                .isThrownBy(() -> WordPieceTokenizer.ofJson(damaged))
                .withMessageStartingWith("tokenizer: " + message);
    }

    @Test
    void jsonWithAPieceThatIsReservedIsRefused() {
        String damaged = new WordPieceTokenizer(TextForm.NFKC, PIECES).toJson().replace("\"##able\"", "\"##\"");
        assertThatIOException()
                .isThrownBy(() -> WordPieceTokenizer.ofJson(damaged))
                .withMessageEndingWith("piece 2 is '##'");
    }

    @Test
    void jsonOfAnotherModelIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> Tokenizer.ofJson("{\"model\": {\"type\": \"Unigram\"}}"))
                .withMessage("tokenizer: its model must be of type BPE, WordPiece or WordLevel; got \"Unigram\"");
    }
}
