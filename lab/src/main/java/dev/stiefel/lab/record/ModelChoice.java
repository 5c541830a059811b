package dev.stiefel.lab.record;

/// Which of a run's two models is meant.
public enum ModelChoice {
    /// As training left it.
    LATEST("model.safetensors"),
    /// As it was at the end of the best epoch.
    BEST("best.safetensors");

    private final String file;

    ModelChoice(String file) {
        this.file = file;
    }

    public String file() {
        return file;
    }
}
