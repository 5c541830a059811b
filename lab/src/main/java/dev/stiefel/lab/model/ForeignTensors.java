package dev.stiefel.lab.model;

import dev.stiefel.lab.text.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Tensors of a state dict that are of no network which can be read: known by their names, so that none is taken for
/// a linear layer.
final class ForeignTensors {
    private static final String ALONE = "; save the state dict of the model alone";

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "(^|\\.)lora_|\\.lora\\.(up|down)\\.|hada_w[12]|lokr_w[12]|(^|\\.)ia3_|(^|\\.)oft_[rR]|vera_lambda|"
                            + "prompt_embeddings",
                    "adapters (LoRA) are no network; merge them into their model first, with peft's"
                            + " merge_and_unload(), and save its state dict"),
            new Kind(
                    "qweight$|qzeros$|\\.SCB$|absmax|quant_state|weight_scale|_packed_params|zero_point$",
                    "weights are quantized; save the state dict of the model before it was quantized"),
            new Kind(
                    "weight_(ih|hh)_l[0-9]",
                    "recurrent layers cannot be read; linear layers and networks for images can"),
            new Kind(
                    "weight_[gv]$|(^|\\.)parametrizations\\.|weight_orig$|weight_mask$",
                    "weights are in parts (weight or spectral normalization, or pruning); remove that first, as with"
                            + " torch.nn.utils.parametrize.remove_parametrizations"),
            new Kind(
                    "(^|\\.)(exp_avg|exp_avg_sq|momentum_buffer)(\\.|$)|^optimizer\\.",
                    "it holds an optimizer's state" + ALONE),
            new Kind(
                    "(^|[._])(ema|shadow|teacher)([._]|$)",
                    "it holds a second copy of the weights, an average" + ALONE));

    private static final String LIMITS =
            "it must be of linear layers or a network for images, or a file of this program; got ";

    /// Found in names of tensors of transformers, which no state dict can become: nothing in it says how many heads
    /// there are, nor what its tokens are.
    private static final Pattern ATTENTION = Pattern.compile("(?i)attn|attention|\\.(query|key)\\.");

    private static final Pattern EMBEDDING =
            Pattern.compile("(?i)(^|[._])(embed|embeddings?|emb|wte|wpe)(\\.weight|$)");

    private ForeignTensors() {}

    private record Kind(Pattern name, String problem) {
        Kind(String name, String problem) {
            this(Pattern.compile(name), problem);
        }
    }

    /// Refuses names of networks that cannot be read.
    ///
    /// @param names of all tensors
    static void requireNone(Path file, List<String> names) throws InvalidRunException {
        for (Kind kind : KINDS) {
            require(file, names, kind.name.asPredicate(), kind.problem + "; got");
        }
        require(file, names, ATTENTION.asPredicate(), LIMITS + "a transformer, which has");
        Set<String> all = Set.copyOf(names);
        require(
                file,
                names,
                name -> EMBEDDING.matcher(name).find() && !all.contains(name.replaceFirst("weight$", "bias")),
                LIMITS + "an embedding,");
    }

    private static void require(Path file, List<String> names, Predicate<String> isFound, String problem)
            throws InvalidRunException {
        Optional<String> found = names.stream().filter(isFound).findFirst();
        if (found.isPresent()) {
            throw new InvalidRunException(
                    "cannot read %s: %s '%s'".formatted(file, problem, Json.oneLine(found.get())));
        }
    }
}
