package dev.stiefel.lab.spec;

import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Targets;

/// An error of predicted numbers in the unit of the data's targets, where networks are trained on targets of mean 0 and
/// standard deviation 1.
///
/// @param name of its columns and keys: `rmse` or `mae`
/// @param error the same in the unit of the targets that the network is trained on
/// @param unit one of the latter units in the data's unit; 1 before the data is known
public record TargetError(String name, Measure error, double unit) implements Measure {
    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return error.appliesTo(kind);
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        return error.of(outputs, targets, row);
    }

    @Override
    public double figure(double mean) {
        return unit * error.figure(mean);
    }

    @Override
    public Better better() {
        return error.better();
    }
}
