#!/usr/bin/env python3
"""Times how long Stiefel and PyTorch train on MNIST until a validation accuracy is reached, in turn.

Both train 784-500-500-500-500-10 with momentum SGD, the same learning rate, warm-up, cosine schedule, clipping, batch
size and number of epochs, on the same 50,000 images; the network that Stiefel trains is rank-adaptive, PyTorch's is
dense. After each epoch both measure the 10,000 validation and the 10,000 test images. The time counts from the first
step to the end of the first epoch that reaches the accuracy, evaluations and the JVM's compiling included, start of the
process and loading of the data not. Prints a line a run and the ratio of each pair.

Needs `bench/peers/setup.sh`, and MNIST where Stiefel keeps it (`./stiefel data fetch mnist`).

    bench/peers/time_to_accuracy.py --seeds 0 1 2
"""

import argparse
import csv
import json
import math
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import mnist

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accuracy", type=float, default=0.98, help="of the validation images")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--learning-rate", type=float, default=0.2)
    parser.add_argument("--weight-decay", type=float, default=1e-3, help="PyTorch's; Stiefel's is its default")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=pathlib.Path, help="the folder with MNIST's four files")
    parser.add_argument("--options", default="", help="more options for `stiefel train`, in one argument")
    parser.add_argument("--torch", type=int, metavar="SEED", help=argparse.SUPPRESS)
    return parser.parse_args()


def stiefel(arguments, seed):
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        subprocess.run(
            [ROOT / "stiefel", "train", "mnist", "--epochs", str(arguments.epochs), "--seed", str(seed),
             "--learning-rate", str(arguments.learning_rate), "--threads", str(arguments.threads), "--quiet",
             "--out", folder / "run", *arguments.options.split()],
            check=True, stdout=subprocess.DEVNULL)
        compression = json.loads((folder / "run/run.json").read_text())["summary"]["compression"]["evaluation"]
        with open(folder / "run/history.csv") as history:
            rows = [(float(row["seconds"]), float(row["validation_accuracy"]), float(row["test_accuracy"]))
                    for row in csv.DictReader(history)]
        return rows, compression
    finally:
        shutil.rmtree(folder)


def pytorch(arguments, seed):
    done = subprocess.run([sys.executable, __file__, "--torch", str(seed), "--epochs", str(arguments.epochs),
                           "--learning-rate", str(arguments.learning_rate), "--threads", str(arguments.threads),
                           "--weight-decay", str(arguments.weight_decay), "--data", mnist.folder(arguments.data)],
                          check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def train_in_pytorch(arguments):
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.torch)
    x = torch.from_numpy(mnist.values(arguments.data, "train-images").reshape(-1, 784).copy()).float() / 255
    y = torch.from_numpy(mnist.values(arguments.data, "train-labels").copy()).long()
    test_x = torch.from_numpy(mnist.values(arguments.data, "t10k-images").reshape(-1, 784).copy()).float() / 255
    test_y = torch.from_numpy(mnist.values(arguments.data, "t10k-labels").copy()).long()
    train, validation = (x[:50_000], y[:50_000]), (x[50_000:], y[50_000:])
    widths = [784, 500, 500, 500, 500, 10]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layer = nn.Linear(inputs, outputs)
        nn.init.normal_(layer.weight, std=math.sqrt(2 / inputs))
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    weights = [each for each in model.parameters() if each.ndim == 2]
    biases = [each for each in model.parameters() if each.ndim == 1]
    optimizer = torch.optim.SGD([{"params": weights, "weight_decay": 0.0}, {"params": biases}], momentum=0.9,
                                lr=arguments.learning_rate)
    batch = 128
    steps_per_epoch = math.ceil(len(train[1]) / batch)
    steps = arguments.epochs * steps_per_epoch
    warm_up = min(200, steps // 5)
    rows = []
    step = 0
    for _ in range(arguments.epochs):
        begun = time.perf_counter()
        model.train()
        order = torch.randperm(len(train[1]))
        for at in range(0, len(order), batch):
            chosen = order[at:at + batch]
            rate = arguments.learning_rate * 0.5 * (1 + math.cos(math.pi * step / steps))
            rate *= min(1.0, (step + 1) / warm_up)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.zero_grad(set_to_none=True)
            functional.cross_entropy(model(train[0][chosen]), train[1][chosen]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            if arguments.weight_decay:
                with torch.no_grad():
                    torch._foreach_mul_(weights, 1 - rate * arguments.weight_decay)
            optimizer.step()
            step += 1
        model.eval()
        with torch.inference_mode():
            accuracies = [(torch.cat([model(part) for part in inputs.split(500)]).argmax(1) == labels)
                          .float().mean().item() for inputs, labels in (validation, (test_x, test_y))]
        rows.append([time.perf_counter() - begun, *accuracies])
    print(json.dumps(rows))


def first_reach(rows, accuracy):
    total = 0.0
    for epoch, (seconds, validation, _) in enumerate(rows, 1):
        total += seconds
        if validation >= accuracy:
            return epoch, total
    return None, math.nan


def main():
    arguments = parse()
    if arguments.torch is not None:
        train_in_pytorch(arguments)
        return
    mnist.folder(arguments.data)
    subprocess.run([ROOT / "stiefel", "--version"], check=True, stdout=subprocess.DEVNULL)  # builds, if need be
    ratios = []
    for seed in arguments.seeds:
        ours, compression = stiefel(arguments, seed)
        theirs = pytorch(arguments, seed)
        reached = {}
        for name, rows in (("stiefel", ours), ("pytorch dense", theirs)):
            epoch, seconds = first_reach(rows, arguments.accuracy)
            reached[name] = seconds
            print(f"seed {seed}  {name:13}  {arguments.accuracy:.1%} of validation after epoch {epoch}, "
                  f"{seconds:.1f} s; all {len(rows)} epochs {sum(row[0] for row in rows):.1f} s, "
                  f"test {rows[-1][2]:.2%}" + (f", compression {compression:.1%}" if name == "stiefel" else ""))
        ratios.append(reached["stiefel"] / reached["pytorch dense"])
        print(f"seed {seed}  ratio {ratios[-1]:.2f}", flush=True)
    print(f"ratio: median {statistics.median(ratios):.2f}, least {min(ratios):.2f}, greatest {max(ratios):.2f}")


main()
