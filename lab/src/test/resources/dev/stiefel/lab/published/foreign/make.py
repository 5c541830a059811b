"""Writes the models of other programs beside it, and what each makes of inputs.npy: python3 make.py

    pip install numpy torch safetensors

The state dicts are PyTorch's own; the folders are saved as the layers of the code published with arXiv 2205.13571 save
themselves, where x stands on the left: x U S Vt + b.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
torch.manual_seed(1)
random = np.random.default_rng(1)
inputs = random.random((7, 64), dtype=np.float32)
np.save(HERE / "inputs.npy", inputs)


def relu(x):
    return np.maximum(x, 0)


def mlp(bias=True):
    return torch.nn.Sequential(
        torch.nn.Linear(64, 20, bias=bias),
        torch.nn.ReLU(),
        torch.nn.Linear(20, 15, bias=bias),
        torch.nn.ReLU(),
        torch.nn.Linear(15, 10, bias=bias),
    )


def save_state(name, model, tensors):
    """Outputs are computed in double precision, from the numbers as they were saved."""
    save_file({key: value.contiguous() for key, value in tensors.items()}, HERE / f"{name}.safetensors")
    with torch.no_grad():
        np.save(HERE / f"{name}.npy", model.double()(torch.tensor(inputs).double()).float().numpy())


model = mlp()
save_state("mlp", model, dict(model.state_dict()))

model = mlp(bias=False).double()
save_state("no-bias-double", model, {f"net.layers.{key}": value for key, value in model.state_dict().items()})

# Ten layers, so that fc10 must come after fc2.
model = torch.nn.Sequential(*[torch.nn.Linear(64, 64) for _ in range(9)], torch.nn.Linear(64, 10))
for half in [torch.float16, torch.bfloat16]:
    model = model.to(half)
    renamed = {}
    for key, value in model.state_dict().items():
        number, kind = key.split(".")
        renamed[f"fc{int(number) + 1}.{kind}"] = value.clone()
    with_relu = torch.nn.Sequential(*[part for layer in model for part in (layer, torch.nn.ReLU())][:-1])
    save_state(str(half).removeprefix("torch."), with_relu, renamed)

save_file(
    {"conv.weight": torch.zeros(4, 1, 3, 3), "conv.bias": torch.zeros(4), "fc.weight": torch.zeros(10, 4)},
    HERE / "convolution.safetensors",
)
save_file(
    {"0.weight": torch.zeros(8, 64), "1.weight": torch.zeros(8), "1.running_mean": torch.zeros(8)},
    HERE / "batch-norm.safetensors",
)


def normal(*shape):
    return (random.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)


def basis(rows, columns):
    return np.linalg.qr(random.standard_normal((rows, columns)))[0].astype(np.float32)


def save(folder, **arrays):
    (HERE / folder).mkdir(exist_ok=True)
    for name, array in arrays.items():
        np.save(HERE / folder / f"{name}.npy", array)


def product(x, *factors):
    for factor in factors:
        x = x.astype(np.float64) @ factor.astype(np.float64)
    return x


# Fixed ranks, bases orthonormal in the first layer and not yet so in the second, as after a few steps and before any.
U0, S0, Vt0, b0 = basis(64, 5), normal(5, 5), basis(12, 5).T, normal(12)
U1, S1, Vt1, b1 = normal(12, 3), normal(3, 3), normal(3, 9), normal(9)
w, b = normal(9, 10), normal(10)
save("fixed", k0=U0 @ S0, l_t0=S0 @ Vt0, s0=S0, b0=b0, aux_U0=U0, aux_Unp10=U0, aux_Vt0=np.asfortranarray(Vt0))
save("fixed", aux_Vtnp10=Vt0, aux_N0=np.eye(5), aux_M0=np.eye(5), k1=U1, l_t1=Vt1, s1=S1, b1=b1, aux_U1=U1, aux_Vt1=Vt1)
save("fixed", w_out=w, b_out=b)
hidden = relu(product(inputs, U0, S0, Vt0) + b0)
hidden = relu(product(hidden, U1, S1, Vt1) + b1)
np.save(HERE / "fixed.npy", (product(hidden, w) + b).astype(np.float32))

# Adapted ranks: s is twice as large as what counts of it; the last layer is w_1.
S = normal(10, 10)
S[:5, :5] = np.diag([5, 4, 3, 2, 1])
w, b = normal(12, 10), normal(10)
save("adaptive", k0=U0, l_t0=Vt0[:, :5], s0=S, b0=b0, aux_U0=U0, aux_Vt0=Vt0, w_1=w, b_1=b)
np.save(HERE / "adaptive.npy", (product(relu(product(inputs, U0, S[:5, :5], Vt0) + b0), w) + b).astype(np.float32))

# The same as early versions saved it: aux_Vt cut along the wrong axis.
save("cut", s0=S, b0=b0, aux_U0=U0, aux_Vt0=np.vstack([Vt0, Vt0])[:, :5], w_1=w, b_1=b)

# Dense layers with ReLU, then a factored one.
w, b = normal(64, 12), normal(12)
U1, S1, Vt1, b1 = basis(12, 4), normal(4, 4), basis(10, 4).T, normal(10)
save("dense-first", w0=w, b0=b, s1=S1, b1=b1, aux_U1=U1, aux_Vt1=Vt1)
np.save(HERE / "dense-first.npy", (product(relu(product(inputs, w) + b), U1, S1, Vt1) + b1).astype(np.float32))
