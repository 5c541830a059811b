package dev.stiefel.lab.model;

import dev.stiefel.lab.text.Json;
import dev.stiefel.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A tensor of a file from elsewhere, and what it became here.
///
/// @param name in the file, or of the file
/// @param shape there
/// @param becomes name in our files: `layers.0.weight`
public record ImportedTensor(String name, List<Integer> shape, String becomes) {
    private static final String NAME = "tensor";
    private static final String SHAPE = "shape";
    private static final String BECOMES = "becomes";

    /// Copies the shape.
    public ImportedTensor {
        shape = List.copyOf(shape);
    }

    /// A tensor of this shape.
    public static ImportedTensor of(String name, Shape shape, String becomes) {
        List<Integer> extents = new ArrayList<>();
        for (int axis = 0; axis < shape.order(); axis++) {
            extents.add(shape.extent(axis));
        }
        return new ImportedTensor(name, extents, becomes);
    }

    /// The entry of `run.json`.
    public ObjectNode toJson() {
        ObjectNode json = Json.object().put(NAME, name);
        ArrayNode extents = json.putArray(SHAPE);
        shape.forEach(extents::add);
        return json.put(BECOMES, becomes);
    }

    /// Reads what [#toJson] wrote.
    public static ImportedTensor read(ObjectNode json) throws IOException {
        List<Integer> shape = new ArrayList<>();
        for (JsonNode extent : Json.field(json, SHAPE)) {
            if (!extent.isInt()) {
                throw new IOException("'%s' must be a list of whole numbers".formatted(SHAPE));
            }
            shape.add(extent.intValue());
        }
        return new ImportedTensor(Json.textField(json, NAME), shape, Json.textField(json, BECOMES));
    }
}
