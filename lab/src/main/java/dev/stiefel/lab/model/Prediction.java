package dev.stiefel.lab.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// A network's prediction for one sample, in the words of its data.
public sealed interface Prediction {
    /// A class.
    ///
    /// @param name of the most probable class
    /// @param probabilities of all classes by name, in the order of the network's outputs: its softmax
    record OfClass(String name, SequencedMap<String, Double> probabilities) implements Prediction {
        /// Copies the map.
        public OfClass {
            probabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probabilities));
        }

        static OfClass of(SequencedMap<String, Double> probabilities) {
            String best = probabilities.firstEntry().getKey();
            for (Map.Entry<String, Double> each : probabilities.entrySet()) {
                if (each.getValue() > probabilities.getOrDefault(best, Double.NaN)) {
                    best = each.getKey();
                }
            }
            return new OfClass(best, probabilities);
        }
    }

    /// Numbers.
    ///
    /// @param values by name, in the units of the training data
    record OfValues(SequencedMap<String, Double> values) implements Prediction {
        /// Copies the map.
        public OfValues {
            values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
        }
    }
}
