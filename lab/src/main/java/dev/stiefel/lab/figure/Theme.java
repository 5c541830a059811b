package dev.stiefel.lab.figure;

/// The colours of figures on light and on dark paper, as CSS custom properties for a page to
/// set.
public enum Theme {
    /// Dark ink on white paper: what figures have of their own accord.
    LIGHT,
    /// Light ink on dark paper.
    DARK;

    /// Declarations to put into a CSS rule: `--figure-ink:#222;--figure-paper:#fff;…`.
    public String declarations() {
        return Palette.declarations(this);
    }
}
