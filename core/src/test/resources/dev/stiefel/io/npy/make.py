"""Writes the files beside it with NumPy, whose format they are in: python3 make.py

Each holds 0, 1, 2, ... in row-major order, of the shape and the type in its name.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.lib import format

HERE = Path(__file__).parent


def numbers(shape, type):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(type)


for type in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
    np.save(HERE / f"2x3-{type}.npy", numbers((2, 3), type))
    if type[1] != "1":
        np.save(HERE / f"2x3-{type}-big-endian.npy", numbers((2, 3), ">" + type))
np.save(HERE / "2x3-f4-columns.npy", np.asfortranarray(numbers((2, 3), "f4")))
np.save(HERE / "2x3-f8-columns-big-endian.npy", np.asfortranarray(numbers((2, 3), ">f8")))
np.save(HERE / "2x3x4-i2-columns.npy", np.asfortranarray(numbers((2, 3, 4), "i2")))
np.save(HERE / "5-f4.npy", numbers((5,), "f4"))
np.save(HERE / "scalar-f8.npy", numbers((), "f8"))
np.save(HERE / "0x3-f4.npy", numbers((0, 3), "f4"))
for version in [(2, 0), (3, 0)]:
    with open(HERE / f"2x3-f4-version-{version[0]}.npy", "wb") as file:
        format.write_array(file, numbers((2, 3), "f4"), version)
print("NumPy", np.__version__, "Python", sys.version.split()[0])
