#!/usr/bin/env python3
"""Takes an MLP from PyTorch through Stiefel to ONNX Runtime, and measures each step.

PyTorch trains 784-w-w-w-w-10 on MNIST with Adam and saves its state dict as safetensors. `stiefel compress` factors it
by a tolerance and retrains it for a few epochs; `stiefel export` writes it, and the dense one, as ONNX. ONNX Runtime's
predictions of all 10,000 test images are compared with `stiefel predict`'s, their accuracy with `stiefel evaluate`'s,
and the time of both models in ONNX Runtime is measured in turn, for one image and for 256.

Needs `bench/peers/setup.sh`, and MNIST where Stiefel keeps it (`./stiefel data fetch mnist`).

    bench/peers/round_trip.py --width 500 --tolerance 0.3
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import mnist

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=8, help="of PyTorch's training")
    parser.add_argument("--tolerance", default="0.3")
    parser.add_argument("--retrain", default="3", help="epochs of Stiefel's retraining")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15, help="of timing")
    parser.add_argument("--data", type=pathlib.Path, help="the folder with MNIST's four files")
    return parser.parse_args()


def train(arguments, data, out):
    """Trains in PyTorch, saves the state dict, and gives the test accuracy."""
    import torch
    from safetensors.torch import save_file
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    x = torch.from_numpy(mnist.images(data, "train-images"))
    y = torch.from_numpy(mnist.values(data, "train-labels").copy()).long()
    test_x = torch.from_numpy(mnist.images(data, "t10k-images"))
    test_y = torch.from_numpy(mnist.values(data, "t10k-labels").copy()).long()
    widths = [784] + 4 * [arguments.width] + [10]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = arguments.epochs * len(y[:50_000]) // 128
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps + 1)
    for _ in range(arguments.epochs):
        order = torch.randperm(50_000)
        for at in range(0, 50_000 - 127, 128):
            chosen = order[at:at + 128]
            optimizer.zero_grad(set_to_none=True)
            functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
            optimizer.step()
            schedule.step()
    with torch.inference_mode():
        accuracy = (model(test_x).argmax(1) == test_y).float().mean().item()
    save_file(model.state_dict(), out)
    return accuracy


def stiefel(*arguments):
    done = subprocess.run([ROOT / "stiefel", *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"stiefel {arguments[0]} failed")
    return done.stdout


def onnx_predictions(file, images):
    import onnxruntime
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def times(files, images, rows, threads, rounds):
    """Milliseconds a call of each model, medians of rounds in turn."""
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    sessions = [onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"]) for file in files]
    batch = {"input": images[:rows]}
    calls = 20_000 // (rows + 40)
    measured = [[] for _ in files]
    for turn in range(-2, rounds):
        for which, session in enumerate(sessions):
            begun = time.perf_counter()
            for _ in range(calls):
                session.run(None, batch)
            if turn >= 0:
                measured[which].append(1e3 * (time.perf_counter() - begun) / calls)
    return [statistics.median(each) for each in measured]


def main():
    arguments = parse()
    data = mnist.folder(arguments.data)
    images = mnist.images(data, "t10k-images")
    labels = mnist.values(data, "t10k-labels")
    with tempfile.TemporaryDirectory() as temporary:
        at = pathlib.Path(temporary)
        accuracy = train(arguments, data, at / "mlp.safetensors")
        print(f"PyTorch, dense: {accuracy:.2%}", flush=True)
        result = json.loads(stiefel(
            "compress", at / "mlp.safetensors", "--data", "mnist", "--tolerance", arguments.tolerance,
            "--epochs", arguments.retrain, "--threads", arguments.threads, "--out", at / "small", "--quiet",
            "--json"))
        summary = result["summary"]
        kept = 1 - summary["compression"]["evaluation"]
        print(f"cut: {result['after']['test']['accuracy']:.2%}; retrained {arguments.retrain} epochs: "
              f"{summary['test']['accuracy']:.2%}, ranks {summary['ranks']}, {kept:.1%} of the parameters", flush=True)
        stiefel("export", at / "small", at / "small.onnx", "--quiet")
        stiefel("export", at / "mlp.safetensors", at / "dense.onnx", "--quiet")
        theirs = onnx_predictions(at / "small.onnx", images).argmax(1)
        with open(at / "images.csv", "w") as file:
            for row in images:
                file.write(",".join(map(repr, map(float, row))) + "\n")
        told = json.loads(stiefel("predict", at / "small", at / "images.csv", "--json"))["predictions"]
        ours = [int(each["class"]) for each in told]
        evaluated = json.loads(stiefel("evaluate", at / "small", "--json"))["accuracy"]
        print(f"ONNX Runtime: {sum(theirs == labels) / len(labels):.2%}, stiefel evaluate {evaluated:.2%}; "
              f"{sum(a == b for a, b in zip(ours, theirs))} of {len(ours)} predictions are the same")
        for rows in (1, 256):
            small, dense = times([at / "small.onnx", at / "dense.onnx"], images, rows, arguments.threads,
                                 arguments.rounds)
            print(f"ONNX Runtime, {rows} rows: factored {small:.4f} ms, dense {dense:.4f} ms, ratio {small / dense:.3f}",
                  flush=True)


if __name__ == "__main__":
    main()
