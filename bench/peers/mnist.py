"""MNIST's files, as Stiefel keeps them."""

import gzip
import os
import pathlib
import sys


def folder(given=None):
    """The folder with the four files: the given one, or the one in Stiefel's cache."""
    if given:
        return given
    home = os.environ.get("STIEFEL_HOME") or pathlib.Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "stiefel"
    found = sorted(pathlib.Path(home).expanduser().rglob("train-images-idx3-ubyte*"))
    found = [each for each in found if "fashion" not in str(each)]
    if not found:
        sys.exit("MNIST is not there; fetch it with: ./stiefel data fetch mnist")
    return found[0].parent


def values(at, name):
    """All bytes of one of the files, without its header."""
    import numpy
    path = next(at.glob(name + "*"))
    content = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
    dimensions = content[3]
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * dimensions)


def images(at, name):
    """Images as float32 rows in [0, 1]."""
    import numpy
    return values(at, name).reshape(-1, 784).astype(numpy.float32) / 255
