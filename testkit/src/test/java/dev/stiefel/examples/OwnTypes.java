package dev.stiefel.examples;

import dev.stiefel.model.SpecTypes;
import dev.stiefel.model.SpecTypesProvider;

/// The words of this page's layer and loss.
public final class OwnTypes implements SpecTypesProvider {
    @Override
    public SpecTypes addTo(SpecTypes types) {
        return types.withLayer("scale", ScaleSpec.class).withLoss("huber", Huber.class);
    }
}
