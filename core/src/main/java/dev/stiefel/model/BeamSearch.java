package dev.stiefel.model;

import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The search for the most probable target sequences of an encoder-decoder network.
///
/// A hypothesis of `n` tokens, its end included, is judged by its log-probability over `((5 + n) / 6)^alpha`
/// (Wu et al. 2016, [arXiv 1609.08144](https://arxiv.org/abs/1609.08144), equation 14). A search with one
/// hypothesis takes the most probable token each time (greedy search), and ends at the first end token.
///
/// @param hypotheses kept for each source, at least 1
/// @param alpha exponent of the length, at least 0
/// @param more tokens that a target may have more than its source, at least 0
/// @param tokens tokens at the start and the end of targets
public record BeamSearch(int hypotheses, double alpha, int more, TargetTokens tokens) {
    private static final int MORE = 50;
    private static final double ALPHA = 0.6;

    /// Tokens with a meaning of their own.
    ///
    /// @param start first token of every target
    /// @param end last token of every target
    /// @param never tokens that are never written, beside the start
    public record TargetTokens(int start, int end, Set<Integer> never) {
        /// Takes a copy of the set.
        public TargetTokens {
            never = Set.copyOf(never);
        }
    }

    /// Checks the numbers.
    public BeamSearch {
        if (hypotheses < 1) {
            throw new IllegalArgumentException("beam search: hypotheses must be at least 1; got " + hypotheses);
        }
        if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("beam search: alpha must be at least 0 and finite; got " + alpha);
        }
        if (more < 0) {
            throw new IllegalArgumentException(
                    "beam search: more tokens than the source's must be at least 0; got " + more);
        }
    }

    /// The most probable token each time.
    public static BeamSearch greedy(TargetTokens tokens) {
        return new BeamSearch(1, ALPHA, MORE, tokens);
    }

    /// A search with this number of hypotheses, alpha 0.6, and targets of at most 50 tokens more than their
    /// sources.
    public static BeamSearch of(int hypotheses, TargetTokens tokens) {
        return new BeamSearch(hypotheses, ALPHA, MORE, tokens);
    }

    /// The best target of each source, without start and end.
    ///
    /// @param network with two inputs, the source and the target so far
    /// @param sources of at least one token each
    public List<int[]> search(Network network, List<int[]> sources) {
        try (Scope scope = Scope.open("beam search")) {
            Decoding decoding = Decoding.of(scope, network);
            decoding.begin(List.of(Decoding.rows(scope, network.type(), sources)));
            return new Run(decoding, scope, network, sources).targets();
        }
    }

    /// A sequence that is being written.
    private static final class Hypothesis {
        private final int[] tokens; // without the start
        private final double score; // log-probability
        private final int from; // number of the hypothesis that it continues

        Hypothesis(int[] tokens, double score, int from) {
            this.tokens = tokens;
            this.score = score;
            this.from = from;
        }

        Hypothesis with(int token, double newScore, int newFrom) {
            int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
            longer[tokens.length] = token;
            return new Hypothesis(longer, newScore, newFrom);
        }

        int last(int start) {
            return tokens.length == 0 ? start : tokens[tokens.length - 1];
        }
    }

    private double judged(double score, int length) {
        return score / Math.pow((5.0 + length) / 6, alpha);
    }

    /// The state of the search for one source.
    private final class Source {
        private final int most; // tokens of a target, its end included
        private List<Hypothesis> live;
        private int[] best = {};
        private double bestScore = Double.NEGATIVE_INFINITY;

        Source(int length) {
            this.most = Math.addExact(length, more);
            this.live = new ArrayList<>();
            for (int i = 0; i < hypotheses; i++) {
                live.add(new Hypothesis(new int[0], i == 0 ? 0 : Double.NEGATIVE_INFINITY, 0)); // the others wait
            }
        }

        /// Goes on from the hypotheses by one token each.
        ///
        /// @param first number of the first hypothesis
        void grow(TokenScores scores, int first) {
            List<Hypothesis> ended = new ArrayList<>();
            List<Hypothesis> grown = new ArrayList<>();
            List<Hypothesis> candidates = new ArrayList<>();
            for (int i = 0; i < live.size(); i++) {
                Hypothesis each = live.get(i);
                if (each.score > Double.NEGATIVE_INFINITY) {
                    for (int token : scores.best(first + i)) {
                        candidates.add(each.with(token, each.score + scores.of(first + i, token), first + i));
                    }
                }
            }
            candidates.sort(Comparator.comparingDouble((Hypothesis each) -> -each.score));
            for (int i = 0; i < candidates.size() && grown.size() < hypotheses; i++) {
                Hypothesis each = candidates.get(i);
                boolean ends = each.last(tokens.start()) == tokens.end();
                if (!ends) {
                    grown.add(each);
                } else if (i < hypotheses) {
                    ended.add(each);
                }
            }
            ended.forEach(this::end);
            while (!grown.isEmpty() && grown.size() < hypotheses) { // fewer tokens than hypotheses
                Hypothesis best = grown.getFirst();
                grown.add(new Hypothesis(best.tokens, Double.NEGATIVE_INFINITY, best.from));
            }
            live = grown;
            if (!live.isEmpty() && live.getFirst().tokens.length >= most) {
                live.forEach(this::end);
            }
        }

        private void end(Hypothesis each) {
            double score = judged(each.score, each.tokens.length);
            if (score > bestScore) {
                bestScore = score;
                int[] all = each.tokens;
                best = each.last(tokens.start()) == tokens.end() ? Arrays.copyOf(all, all.length - 1) : all;
            }
        }

        /// Returns whether no hypothesis can become better than what has ended.
        boolean isDone() {
            if (live.isEmpty()) {
                return true;
            }
            Hypothesis first = live.getFirst();
            boolean isGreedy = hypotheses == 1 && bestScore > Double.NEGATIVE_INFINITY;
            return isGreedy || first.tokens.length >= most || bestScore >= judged(first.score, most);
        }
    }

    /// The search for some sources at once.
    private final class Run {
        private final Decoding decoding;
        private final Scope scope;
        private final Network network;
        private final List<Source> all = new ArrayList<>();
        private List<Source> open;

        Run(Decoding decoding, Scope scope, Network network, List<int[]> sources) {
            this.decoding = decoding;
            this.scope = scope;
            this.network = network;
            for (int i = 0; i < sources.size(); i++) {
                all.add(new Source(sources.get(i).length));
            }
            this.open = List.copyOf(all);
        }

        List<int[]> targets() {
            Tensor next = scope.uninitialized(network.type(), Math.max(1, all.size() * hypotheses), 1);
            TokenScores scores = new TokenScores(network.spec().outputs(), 2 * hypotheses, hypotheses > 1, tokens);
            while (!open.isEmpty()) {
                int count = open.size() * hypotheses;
                Tensor rows = next.rows(0, count);
                rows.setAll(open.stream()
                        .flatMap(source -> source.live.stream())
                        .mapToDouble(each -> each.last(tokens.start()))
                        .toArray());
                scores.read(decoding.next(new SampleRows(rows, RowLayout.uniform(count, 1)))
                        .values());
                for (int i = 0; i < open.size(); i++) {
                    open.get(i).grow(scores, i * hypotheses);
                }
                goOn();
            }
            return all.stream().map(source -> source.best).toList();
        }

        private void goOn() {
            List<Source> before = open;
            int[] kept = IntStream.range(0, before.size())
                    .filter(i -> !before.get(i).isDone())
                    .toArray();
            open = IntStream.of(kept).mapToObj(before::get).toList();
            if (open.isEmpty()) {
                return;
            }
            if (kept.length < before.size()) {
                decoding.keepSources(kept);
            }
            int[] from = open.stream()
                    .flatMap(source -> source.live.stream())
                    .mapToInt(each -> each.from)
                    .toArray();
            if (kept.length < before.size() || hypotheses > 1) {
                decoding.goOnFrom(from);
            }
        }
    }
}
