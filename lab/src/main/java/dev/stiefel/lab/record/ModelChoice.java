package dev.stiefel.lab.record;

/// One of the two models that a run keeps.
public enum ModelChoice {
    /// The model at the end of training.
    LATEST("model.safetensors"),
    /// The model at the end of the best epoch.
    BEST("best.safetensors");

    private final String file;

    ModelChoice(String file) {
        this.file = file;
    }

    /// The name of the model's file in a checkpoint.
    public String file() {
        return file;
    }
}
