#!/usr/bin/env python3
"""Compares the defaults for tables with scikit-learn's MLPs: five folds, paired by fold and seed.

    bench/peers/tables.py SET… [--seeds N] [--folds N] [--work DIR]

Sets: iris wine cancer diabetes digits (of scikit-learn), oj wage bike (of package ISLP), diamonds (of plotnine). Needs
what setup.sh installs, and for the last two `pip install --no-deps ISLP plotnine`.

For each fold, `stiefel train --data TRAIN.csv --target target --seed S --threads 1` sees the training rows only, of
which it holds out a fifth as its test set and a tenth of the rest for validation. scikit-learn's MLPClassifier or
MLPRegressor, with its defaults but max_iter 2000, trains on all of them, standardized and one-hot encoded. Both
predict the fold's test rows. The score is accuracy, or R² for numbers.
"""

import argparse
import csv
import importlib.util
import json
import pathlib
import subprocess
import tempfile
import warnings

import numpy as np
from sklearn import datasets
from sklearn.compose import make_column_transformer
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

STIEFEL = pathlib.Path(__file__).resolve().parents[2] / "stiefel"
INCLUDED = {
    "iris": (datasets.load_iris, True),
    "wine": (datasets.load_wine, True),
    "cancer": (datasets.load_breast_cancer, True),
    "diabetes": (datasets.load_diabetes, False),
    "digits": (datasets.load_digits, True),
}
PACKAGED = {  # package, file, target, whether it is a class, columns that would tell the target
    "oj": ("ISLP", "data/OJ.csv", "Purchase", True, []),
    "wage": ("ISLP", "data/Wage.csv", "wage", False, ["logwage", "region"]),
    "bike": ("ISLP", "data/Bikeshare.csv", "bikers", False, ["casual", "registered"]),
    "diamonds": ("plotnine", "data/diamonds.csv", "price", False, []),
}


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def table(name):
    """Column names, rows, targets, and whether targets are classes."""
    if name in INCLUDED:
        load, classes = INCLUDED[name]
        data = load()
        names = [str(n).replace(" ", "_") for n in getattr(data, "feature_names", range(data.data.shape[1]))]
        targets = [f"class {t}" for t in data.target] if classes else data.target.tolist()
        return names, data.data.tolist(), targets, classes
    package, file, target, classes, dropped = PACKAGED[name]
    folder = pathlib.Path(importlib.util.find_spec(package).origin).parent
    with open(folder / file, newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = [n for n in rows[0] if n and n != target and n not in dropped]
    targets = [row[target] if classes else float(row[target]) for row in rows]
    return names, [[number(row[n]) for n in names] for row in rows], targets, classes


def write(path, names, rows, targets):
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*names, "target"])
        writer.writerows([*map(str, row), target] for row, target in zip(rows, targets))


def ours(folder, seed):
    run = folder / f"run-{seed}"
    train = [STIEFEL, "train", "--data", folder / "train.csv", "--target", "target", "--quiet"]
    subprocess.run([*train, "--seed", str(seed), "--threads", "1", "--out", run], check=True, capture_output=True)
    told = subprocess.run([STIEFEL, "predict", run, folder / "test.csv", "--json"], check=True, capture_output=True)
    predictions = json.loads(told.stdout)["predictions"]
    return [p["class"] if "class" in p else next(iter(p["values"].values())) for p in predictions]


def theirs(rows, targets, test, classes, seed):
    kinds = [all(isinstance(row[j], float) for row in rows + test) for j in range(len(rows[0]))]
    numbers = [j for j, is_number in enumerate(kinds) if is_number]
    categories = [j for j, is_number in enumerate(kinds) if not is_number]
    model = make_pipeline(
        make_column_transformer(
            (StandardScaler(), numbers),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
        ),
        (MLPClassifier if classes else MLPRegressor)(max_iter=2000, random_state=seed),
    )
    model.fit(np.array(rows, dtype=object), np.array(targets))
    return model.predict(np.array(test, dtype=object)).tolist()


def compare(name, seeds, count, work):
    names, rows, targets, classes = table(name)
    folds = (StratifiedKFold if classes else KFold)(5, shuffle=True, random_state=0)
    score = accuracy_score if classes else r2_score
    scores = []
    for i, (train, test) in list(enumerate(folds.split(rows, targets if classes else None)))[:count]:
        folder = work / name / str(i)
        folder.mkdir(parents=True)
        seen, hidden = [rows[j] for j in train], [rows[j] for j in test]
        known, asked = [targets[j] for j in train], [targets[j] for j in test]
        write(folder / "train.csv", names, seen, known)
        write(folder / "test.csv", names, hidden, asked)
        for seed in range(seeds):
            scores.append((score(asked, ours(folder, seed)), score(asked, theirs(seen, known, hidden, classes, seed))))
    own, peer = np.array(scores).T
    error = (own - peer).std(ddof=1) / len(own) ** 0.5 if len(own) > 1 else float("nan")
    print(
        f"{name:9} {len(rows):6} rows  ours {own.mean():.4f}  scikit-learn {peer.mean():.4f}"
        f"  difference {(own - peer).mean():+.4f} (standard error {error:.4f}, n = {len(own)})",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("sets", nargs="+", choices=[*INCLUDED, *PACKAGED])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--work", type=pathlib.Path, help="where tables and runs are kept")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")  # iterations without convergence
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.sets:
            compare(name, options.seeds, options.folds, options.work or pathlib.Path(scratch))


if __name__ == "__main__":
    main()
