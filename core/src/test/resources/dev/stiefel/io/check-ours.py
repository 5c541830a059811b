"""Reads ours.safetensors, which Stiefel wrote, with the format's own library, and compares.

    pip install safetensors numpy
    python check-ours.py

SafetensorsTest holds Stiefel to writing these very bytes.
"""

from pathlib import Path

import numpy as np
from safetensors import safe_open

with safe_open(Path(__file__).with_name("ours.safetensors"), "np") as file:
    assert file.metadata() == {"note": "日本"}, file.metadata()
    assert set(file.keys()) == {"matrix", "vector", "none"}, file.keys()
    expected = {
        "matrix": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "vector": np.array([1 / 3, -0.0, np.inf, 5e-324], dtype=np.float64),
        "none": np.zeros((3, 0), dtype=np.float32),
    }
    for name, array in expected.items():
        read = file.get_tensor(name)
        assert read.dtype == array.dtype and read.shape == array.shape, (name, read.dtype, read.shape)
        assert read.tobytes() == array.tobytes(), (name, read)
print("ours.safetensors is what it should be")
