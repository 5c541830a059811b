package dev.stiefel.linalg;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

final class HouseholderFloat32Test extends OrthonormalBasisContract {
    @Override
    DType type() {
        return DType.FLOAT32;
    }

    @Override
    Tensor basis(Scope scope, Tensor a) {
        return OrthonormalBasis.householder(scope, a);
    }
}
