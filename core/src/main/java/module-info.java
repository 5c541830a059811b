/// Low-rank neural network training: tensors, factored weights, integrators, optimizers, networks.
///
/// Only `dev.stiefel.tensor` knows the native engine, and no exported signature shows it.
@SuppressWarnings("requires-automatic") // protobuf and what its compiler made of ONNX have no descriptors yet
module dev.stiefel.core {
    requires com.google.protobuf;
    requires org.bytedeco.javacpp;
    requires org.bytedeco.openblas;
    requires org.tribuo.util.onnx;
    requires static transitive org.jspecify;
    requires transitive tools.jackson.databind;

    exports dev.stiefel.integrator;
    exports dev.stiefel.io;
    exports dev.stiefel.linalg;
    exports dev.stiefel.lowrank;
    exports dev.stiefel.model;
    exports dev.stiefel.nn;
    exports dev.stiefel.optim;
    exports dev.stiefel.published;
    exports dev.stiefel.tensor;
    exports dev.stiefel.train;

    uses dev.stiefel.model.SpecTypesProvider;
    uses dev.stiefel.nn.Measure;
}
