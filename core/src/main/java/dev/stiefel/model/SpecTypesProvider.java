package dev.stiefel.model;

/// Gives layers and losses of one's own their words in JSON wherever networks are saved and read.
///
/// Installed as a service provider on the class or module path ([java.util.ServiceLoader]). A module also has to
/// export or open the package of the records to `dev.stiefel.core`, which makes them of what a file says.
public interface SpecTypesProvider {
    /// Adds one's own types to these: [SpecTypes#withLayer] and [SpecTypes#withLoss].
    SpecTypes addTo(SpecTypes types);
}
