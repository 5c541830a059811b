package dev.stiefel.published;

import dev.stiefel.integrator.Integrator;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.train.Method;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.TrainSpec.TrainingFigures;
import dev.stiefel.train.TrainingMethod;
import java.util.Optional;
import java.util.Set;

/// Training that repeats some deviations of the published code: those of the step, and of the training figures.
/// The others concern the makers of the network and the data.
public final class PublishedTraining {
    private PublishedTraining() {}

    /// The same training with these deviations.
    ///
    /// @throws IllegalArgumentException if there are some, and the method is neither [Method#BUG] nor
    ///     [Method#DENSE]
    public static TrainSpec with(TrainSpec spec, Set<Deviation> deviations) {
        if (deviations.isEmpty()) {
            return spec;
        }
        if (spec.method() != Method.BUG && spec.method() != Method.DENSE) {
            throw new IllegalArgumentException("legacy is for methods 'bug' and 'dense', which were published; got '%s'"
                    .formatted(spec.method().word()));
        }
        TrainSpec stepped = spec.method() == Method.BUG ? spec.withMethod(new PublishedBug(deviations)) : spec;
        return deviations.contains(Deviation.LAST_BATCH_FIGURES)
                ? stepped.withFigures(TrainingFigures.LAST_BATCH)
                : stepped;
    }

    /// BUG with some deviations, as a training method.
    private record PublishedBug(Set<Deviation> deviations) implements TrainingMethod {
        PublishedBug {
            deviations = Set.copyOf(deviations);
        }

        @Override
        public String word() {
            return Method.BUG.word();
        }

        @Override
        public Integrator fixedRankStep() {
            return new PublishedKls(Optional.empty(), deviations);
        }

        @Override
        public boolean adapts() {
            return true;
        }

        @Override
        public Integrator adaptiveStep(RankRule rule) {
            return new PublishedKls(Optional.of(rule), deviations);
        }
    }
}
