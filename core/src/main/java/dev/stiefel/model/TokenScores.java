package dev.stiefel.model;

import dev.stiefel.model.BeamSearch.TargetTokens;
import dev.stiefel.nn.LogSumExp;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// Log-probabilities of the next token, for several hypotheses.
final class TokenScores {
    private final int vocabulary;
    private final int count; // of the best tokens
    private final boolean compares;
    private final TargetTokens tokens;
    private double[] logits = {};
    private double[] normalizers = {}; // logarithm of the sum of the exponentials, one a hypothesis

    /// @param count of the best tokens that [#best] gives, at most
    /// @param compares true if scores of different hypotheses are compared
    TokenScores(int vocabulary, int count, boolean compares, TargetTokens tokens) {
        this.vocabulary = vocabulary;
        this.compares = compares;
        this.count = Math.min(count, vocabulary);
        this.tokens = tokens;
    }

    /// @param rows `[hypotheses, vocabulary]`
    void read(Tensor rows) {
        logits = rows.toDoubles();
        normalizers = compares ? LogSumExp.ofRows(rows) : new double[rows.rows()];
    }

    /// The log-probability of a token; less a number that is the same for all tokens of a hypothesis, where
    /// hypotheses are not compared.
    double of(int hypothesis, int token) {
        return logits[hypothesis * vocabulary + token] - normalizers[hypothesis];
    }

    /// The most probable tokens that may be written, from the first on; of equal ones the smaller number.
    int[] best(int hypothesis) {
        int[] best = new int[count];
        double[] values = new double[count];
        int found = 0;
        int from = hypothesis * vocabulary;
        for (int token = 0; token < vocabulary; token++) {
            double value = logits[from + token];
            if ((found == count && value <= values[count - 1]) || !mayBeWritten(token)) {
                continue;
            }
            int at = found < count ? found++ : count - 1;
            while (at > 0 && values[at - 1] < value) {
                values[at] = values[at - 1];
                best[at] = best[at - 1];
                at--;
            }
            values[at] = value;
            best[at] = token;
        }
        return Arrays.copyOf(best, found);
    }

    private boolean mayBeWritten(int token) {
        return token != tokens.start() && !tokens.never().contains(token);
    }
}
