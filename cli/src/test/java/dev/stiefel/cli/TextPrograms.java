package dev.stiefel.cli;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.BleuScore;
import dev.stiefel.data.text.BytePairLearner;
import dev.stiefel.data.text.TextForm;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.model.TextGenerator;
import dev.stiefel.lab.model.Translator;
import dev.stiefel.lab.session.Models;
import dev.stiefel.model.SequenceSampler.Sampling;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// The programs of the guide's pages on texts, between their marks.
final class TextPrograms {
    private TextPrograms() {}

    static void translation(Path run, PrintStream out) throws IOException {
        // translation.md
        try (Model model = Models.load(run)) {
            Translator translator = Translator.of(model).beam(4);
            translator
                    .translate(List.of("four thousand two hundred seventeen", "two thousand six"))
                    .forEach(out::println);
            BleuScore bleu = model.bleu(Split.TEST, 4, DataSets.in(CacheFolder.standard()));
            out.printf("BLEU %.2f, %s%n", bleu.score(), bleu.signature());
        }
        // end
    }

    static void generation(Path run, PrintStream out) throws IOException {
        // language-models.md
        try (Model model = Models.load(run)) {
            TextGenerator generator = TextGenerator.of(model);
            String text = generator.generate("two thousand", 40, new Sampling(0, OptionalInt.empty()), 0);
            out.println(text);
            generator.generate("", 200, new Sampling(0.8, OptionalInt.of(20)), 7, out::print); // while it is written
        }
        // end
    }

    static void classification(Path run, PrintStream out) throws IOException {
        // predicting.md
        try (Model model = Models.load(run)) {
            for (Prediction each : model.predictTexts(List.of("What a warm, funny film.", "Slow, and dull."))) {
                if (each instanceof Prediction.OfClass(String name, var probabilities)) {
                    out.println(name + " " + probabilities.get(name));
                }
            }
        }
        // end
    }

    static void tokens(Path run, Path json, PrintStream out) throws IOException {
        // tokenizers.md
        BytePairLearner learner = new BytePairLearner(TextForm.NFKC);
        learner.add("the lower the slower, the newer the wider");
        Tokenizer learned = learner.learnAtMost(300);
        int[] tokens = learned.encode("the slowest");
        for (int token : tokens) {
            out.print(learned.token(token) + " ");
        }
        out.println("= " + learned.decode(tokens));

        try (Model model = Models.load(run)) {
            if (model.preparation().schema().inputs() instanceof Schema.Text(Tokenizer tokenizer)) {
                Files.writeString(json, tokenizer.toJson());
                out.println(tokenizer.size() + " tokens in " + json.getFileName());
            }
        }
        Tokenizer same = Tokenizer.ofJson(Files.readString(json));
        // end
        if (same.size() < 1) {
            throw new IllegalStateException("no tokens");
        }
    }
}
