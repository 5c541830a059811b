package dev.stiefel.lab.spec;

import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Ranks of a network's factored layers, first to last: one for all of them (`20`) or one each (`35-53-51-46`).
/// A kernel in Tucker form may have one for its outputs and another for its channels (`16x8`); one number
/// stands for both.
///
/// @param ranks one or more
public record LayerRanks(List<TuckerRanks> ranks) {
    private static final Pattern RANK = Pattern.compile("([0-9]{1,10})(?:[x×]([0-9]{1,10}))?");

    /// Checks that there are any.
    public LayerRanks {
        ranks = List.copyOf(ranks);
        if (ranks.isEmpty()) {
            throw new IllegalArgumentException("ranks must be one or more; got none");
        }
    }

    /// The same rank for all.
    public static LayerRanks all(int rank) {
        return new LayerRanks(List.of(TuckerRanks.of(rank)));
    }

    /// The ranks of layers that may differ: one number where they do not.
    public static LayerRanks of(List<Integer> each) {
        return ofBoth(each.stream().map(TuckerRanks::of).toList());
    }

    /// The ranks that a network's factored layers have.
    public static LayerRanks of(NetworkSpec network) {
        return ofBoth(network.factoredWeights().stream().map(LayerRanks::both).toList());
    }

    private static LayerRanks ofBoth(List<TuckerRanks> each) {
        return new LayerRanks(each.stream().distinct().count() == 1 ? each.subList(0, 1) : each);
    }

    private static TuckerRanks both(WeightSpec weight) {
        return weight.tucker()
                .map(TuckerKernel::ranks)
                .orElseGet(() -> TuckerRanks.of(weight.rank().orElseThrow()));
    }

    static Optional<LayerRanks> parse(String text) {
        List<Optional<TuckerRanks>> parsed =
                Arrays.stream(text.split("-", -1)).map(LayerRanks::rank).toList();
        return parsed.stream().allMatch(Optional::isPresent)
                ? Optional.of(new LayerRanks(
                        parsed.stream().map(Optional::orElseThrow).toList()))
                : Optional.empty();
    }

    /// The same for limits, which are numbers.
    static Optional<LayerRanks> parseNumbers(String text) {
        return parse(text).filter(parsed -> parsed.ranks().stream().noneMatch(LayerRanks::differ));
    }

    private static Optional<TuckerRanks> rank(String text) {
        return Optional.of(RANK.matcher(text)).filter(found -> found.matches()).flatMap(found -> {
            long out = Long.parseLong(found.group(1));
            long in = found.group(2) == null ? out : Long.parseLong(found.group(2));
            return Math.min(out, in) >= 1 && Math.max(out, in) <= Integer.MAX_VALUE
                    ? Optional.of(new TuckerRanks((int) out, (int) in))
                    : Optional.empty();
        });
    }

    /// Returns whether a kernel is to have another rank for its channels than for its outputs.
    static boolean differ(TuckerRanks both) {
        return both.out() != both.in();
    }

    /// The ranks as text: `20`, or `16x8`.
    static String text(TuckerRanks both) {
        return differ(both) ? both.out() + "x" + both.in() : String.valueOf(both.out());
    }

    /// One number each: the larger rank.
    public List<Integer> numbers() {
        return ranks.stream().map(TuckerRanks::larger).toList();
    }

    /// One rank, or pair of ranks, for each of a network's factored layers.
    ///
    /// @param layers number of layers
    /// @throws IllegalArgumentException if there are as many ranks neither as layers nor as one
    public List<TuckerRanks> each(int layers) {
        return each("ranks", layers);
    }

    /// The same, and what the user calls them in the message.
    List<TuckerRanks> each(String typed, int layers) {
        if (ranks.size() == 1) {
            return Collections.nCopies(layers, ranks.getFirst());
        }
        if (ranks.size() != layers) {
            throw new IllegalArgumentException(
                    "%s must be one number, or one for each of the %s factored layers; got %s"
                            .formatted(typed, layers, this));
        }
        return ranks;
    }

    /// The same as numbers: the larger rank of each.
    List<Integer> eachNumber(String typed, int layers) {
        return each(typed, layers).stream().map(TuckerRanks::larger).toList();
    }

    /// The value in JSON and YAML: a number, or a text.
    Object plain() {
        return ranks.size() == 1 && !differ(ranks.getFirst())
                ? (Object) ranks.getFirst().out()
                : toString();
    }

    @Override
    public String toString() {
        return ranks.stream().map(LayerRanks::text).collect(Collectors.joining("-"));
    }
}
