package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.own.Task;
import dev.stiefel.lab.text.NearMiss;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.MeanAbsoluteError;
import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Measures;
import dev.stiefel.nn.RootMeanSquaredError;
import dev.stiefel.nn.Targets;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Evaluator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Names of measures, as users write them: `accuracy,top_5_accuracy`, or `none`.
///
/// @param names all different; they may be of measures that this program does not know
public record MeasureNames(List<String> names) {
    /// BLEU of greedy translations: no mean over rows, so that it takes an evaluator. For parallel text only.
    public static final String BLEU = "bleu";

    /// The root mean squared error of a predicted number, in the unit of the data's targets.
    public static final String RMSE = "rmse";

    /// The mean absolute error of a predicted number, in the unit of the data's targets.
    public static final String MAE = "mae";

    /// The coefficient of determination of predicted numbers: no mean over rows, so that it takes an evaluator.
    public static final String R2 = "r2";

    private static final String NONE = "none";
    private static final List<String> OF_NUMBERS = List.of(RMSE, MAE, R2);

    /// Takes a copy of the list.
    public MeasureNames {
        names = List.copyOf(names);
    }

    static Optional<MeasureNames> parse(String text) {
        if (text.equals(NONE)) {
            return Optional.of(new MeasureNames(List.of()));
        }
        LinkedHashSet<String> names = new LinkedHashSet<>();
        for (String word : text.split(",", -1)) {
            String name = word.strip();
            try {
                Measures.requireName(name);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            if (!names.add(name)) {
                return Optional.empty();
            }
        }
        return Optional.of(new MeasureNames(List.copyOf(names)));
    }

    /// The measures of runs that choose none: accuracy where there are classes, and RMSE, MAE and R² of numbers.
    public static MeasureNames usual(Task task) {
        return new MeasureNames(
                switch (task) {
                    case CLASSIFICATION -> List.of(Accuracy.NAME);
                    case REGRESSION -> OF_NUMBERS;
                });
    }

    /// The measures of a run on these data.
    ///
    /// @param known the available measures
    /// @param evaluators asked for at the end of an epoch
    /// @param monitored name of the figure that decides which epoch is the best
    /// @param data facts of the data
    /// @throws IllegalArgumentException if a measure is not known or does not apply to the data, or the monitored
    ///     figure is not measured
    EvaluationSpec evaluation(Measures known, List<Evaluator> evaluators, String monitored, DataFacts data) {
        Targets.Kind kind = kind(data.task());
        List<Measure> measures = new ArrayList<>();
        for (String name : names) {
            if (name.equals(BLEU)) {
                requireTranslations(data);
                continue;
            }
            if (name.equals(R2)) {
                requireKind(name, kind == Targets.Kind.VALUES, data, kind);
                continue;
            }
            Measure measure = find(name, known)
                    .orElseThrow(() -> new IllegalArgumentException(unknown(name, known.applying(kind), kind)));
            requireKind(name, measure.appliesTo(kind), data, kind);
            measures.add(measure);
        }
        requireMeasured(monitored, evaluators, known);
        return new EvaluationSpec(measures, evaluators, monitored);
    }

    private static void requireKind(String name, boolean applies, DataFacts data, Targets.Kind kind) {
        if (!applies) {
            throw new IllegalArgumentException("measures: '%s' is for %s; '%s' has %s"
                    .formatted(name, words(other(kind)), data.name(), words(kind)));
        }
    }

    private static void requireTranslations(DataFacts data) {
        Optional<TextKind> kind = data.text().map(TextFacts::kind);
        if (!kind.equals(Optional.of(TextKind.PARALLEL))) {
            throw new IllegalArgumentException("measures: 'bleu' is for parallel text; data '%s' is %s"
                    .formatted(data.name(), kind.map(TextKind::toString).orElse("no text")));
        }
    }

    /// The measures besides the loss, without unknown ones.
    EvaluationSpec among(Measures known) {
        return new EvaluationSpec(
                names.stream()
                        .map(name -> find(name, known))
                        .flatMap(Optional::stream)
                        .toList(),
                List.of(),
                EvaluationSpec.LOSS);
    }

    /// The evaluation of a run that is resumed: RMSE, MAE and R², which runs of earlier versions did not measure by
    /// default, only if the run measured them from the start.
    ///
    /// @param measured names of the run's measures
    public static EvaluationSpec ofResumed(EvaluationSpec evaluation, Set<String> measured) {
        Predicate<String> stays = name -> !OF_NUMBERS.contains(name) || measured.contains(name);
        return new EvaluationSpec(
                evaluation.measures().stream()
                        .filter(measure -> stays.test(measure.name()))
                        .toList(),
                evaluation.evaluators().stream()
                        .filter(evaluator -> stays.test(evaluator.name()))
                        .toList(),
                evaluation.monitored());
    }

    private static Optional<Measure> find(String name, Measures known) {
        return switch (name) {
            case RMSE -> Optional.of(new TargetError(RMSE, new RootMeanSquaredError(), 1));
            case MAE -> Optional.of(new TargetError(MAE, new MeanAbsoluteError(), 1));
            default -> known.find(name);
        };
    }

    private void requireMeasured(String monitored, List<Evaluator> evaluators, Measures known) {
        List<String> figures = Stream.of(
                        Stream.of(EvaluationSpec.LOSS),
                        names.stream(),
                        evaluators.stream().map(Evaluator::name))
                .flatMap(each -> each)
                .toList();
        if (!figures.contains(monitored)) {
            String remedy = known.find(monitored).isPresent()
                    ? "; add it to the measures"
                    : NearMiss.question(monitored, figures).orElse("");
            throw new IllegalArgumentException("monitor must be a figure that is measured, one of %s; got '%s'%s"
                    .formatted(String.join(", ", figures), monitored, remedy));
        }
    }

    private static String unknown(String name, Measures known, Targets.Kind kind) {
        List<String> names = new ArrayList<>(known.names());
        if (kind == Targets.Kind.VALUES) {
            names.addAll(OF_NUMBERS);
        }
        return "measures: unknown measure '%s'%s"
                .formatted(name, NearMiss.question(name, names).orElse("; there are " + String.join(", ", names)));
    }

    private static Targets.Kind kind(Task task) {
        return switch (task) {
            case CLASSIFICATION -> Targets.Kind.CLASSES;
            case REGRESSION -> Targets.Kind.VALUES;
        };
    }

    private static Targets.Kind other(Targets.Kind kind) {
        return kind == Targets.Kind.CLASSES ? Targets.Kind.VALUES : Targets.Kind.CLASSES;
    }

    private static String words(Targets.Kind kind) {
        return switch (kind) {
            case CLASSES -> "classes";
            case VALUES -> "values";
        };
    }

    @Override
    public String toString() {
        return names.isEmpty() ? NONE : String.join(",", names);
    }
}
