"""Writes reference.safetensors and half.safetensors beside this file, with the format's own library.

    pip install safetensors numpy torch
    python make-reference.py
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch_file

save_file(
    {
        "matrix": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "vector": np.array([1 / 3, -0.0, np.inf, 5e-324], dtype=np.float64),
        "cube": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
        "scalar": np.array(2.5, dtype=np.float32),
        "empty": np.zeros((3, 0), dtype=np.float32),
        "größe.β": np.array([7], dtype=np.float32),
    },
    Path(__file__).with_name("reference.safetensors"),
    metadata={"format": "np", "note": 'a "quoted" line\nand another, 日本'},
)

# Every value is one of its format, so that a reader has the very same one.
numbers = [0.0, -0.0, 1.0, -2.5, 1 / 1024, 240.0, float("inf"), 2.0**-14]
save_torch_file(
    {
        "bfloat16": torch.tensor(numbers + [2.0**100], dtype=torch.bfloat16),
        "float16": torch.tensor(numbers + [65504.0], dtype=torch.float16).reshape(3, 3),
        "smallest.bfloat16": torch.tensor([2.0**-133], dtype=torch.bfloat16),
        "smallest.float16": torch.tensor([2.0**-24], dtype=torch.float16),
    },
    Path(__file__).with_name("half.safetensors"),
)
