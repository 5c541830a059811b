package dev.stiefel.lab.model;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.Bleu;
import dev.stiefel.data.text.ParallelText;
import dev.stiefel.lab.spec.MeasureNames;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Evaluator;
import dev.stiefel.train.Samples;
import java.util.IdentityHashMap;

/// BLEU of greedy translations, at the end of each epoch ([Bleu#STANDARD]). NaN for samples whose texts it was not
/// told.
public final class BleuEvaluator implements Evaluator {
    private final IdentityHashMap<Samples, Told> told = new IdentityHashMap<>();

    /// @param tokenizers tokenizers of the samples
    /// @param text texts of the samples
    private record Told(Schema.TextPair tokenizers, ParallelText text) {}

    /// An evaluator without texts.
    public BleuEvaluator() {}

    /// Registers the tokenizers and the text of samples.
    public void tell(Samples samples, Schema.TextPair tokenizers, ParallelText text) {
        told.put(samples, new Told(tokenizers, text));
    }

    @Override
    public String name() {
        return MeasureNames.BLEU;
    }

    @Override
    public double evaluate(Network network, Samples samples, Threads threads, Pool pool) {
        Told of = told.get(samples);
        if (of == null) {
            return Double.NaN;
        }
        Translator translator = Translator.of(network, of.tokenizers(), threads.count());
        return Bleu.STANDARD
                .score(translator.translate(of.text().sources()), of.text().targets())
                .score();
    }

    @Override
    public Better better() {
        return Better.HIGHER;
    }
}
