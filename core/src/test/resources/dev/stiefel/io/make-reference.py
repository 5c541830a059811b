"""Writes reference.safetensors beside this file, with the format's own library.

    pip install safetensors numpy
    python make-reference.py
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

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
