#!/usr/bin/env python3
"""Times PyTorch training steps, or prediction, of a fully connected or a convolutional network on the CPU.

Prints one JSON object per line. With --serve, every line `run` on standard input times one more repeat,
so that another process can alternate with this one.
"""

import argparse
import json
import math
import os
import platform
import re
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

CHANNELS_LAST = "-channels-last"
KINDS = ["dense", "two-linear", "dense" + CHANNELS_LAST, "two-linear" + CHANNELS_LAST]
TRANSFORMERS = {"transformer": (128, 512), "transformer-512": (512, 2048)}  # width and inner width
LAYERS, HEADS, TOKENS, VOCABULARIES, DROPOUT = 4, 8, 40, (7765, 7010), 0.1
IMAGES = {"lenet5": (1, 28, 28), "resnet20": (3, 32, 32), "vgg16": (3, 32, 32)}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--network", type=parse_network, default="784-500-500-500-500-10",
                        help="layer widths, or lenet5, resnet20, vgg16, transformer or transformer-512")
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=["dense"],
                        help="with several kinds their repeats alternate; two-linear is two layers a weight")
    parser.add_argument("--rank", type=int, default=20, help="inner width of a two-linear weight")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--samples", type=int, default=60_000, help="size of the random data set held in memory")
    parser.add_argument("--optimizer", choices=["adam", "sgd", "momentum"], default="adam")
    parser.add_argument("--implementation", choices=["best", "for-loop", "foreach", "fused"], default="best",
                        help="of the optimizer; best tries all three during warm-up and keeps the fastest")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--predict", action="store_true", help="time prediction instead of training steps")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one repeat")
    parser.add_argument("--warmup", type=float, default=1.0, help="untimed seconds before the first repeat")
    parser.add_argument("--settle", type=float, default=0.1, help="untimed seconds before each repeat")
    parser.add_argument("--min-steps", type=int, default=3, help="timed steps in a repeat, at the least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", action="store_true", help="wait for `run` lines on standard input")
    arguments = parser.parse_args()
    if isinstance(arguments.network, list) and len(arguments.network) < 3:
        parser.error("--network needs at least one hidden layer")
    if isinstance(arguments.network, list) and any(kind.endswith(CHANNELS_LAST) for kind in arguments.kind):
        parser.error("channels last is for convolutional networks")
    if arguments.samples < arguments.batch:
        parser.error("--samples must not be smaller than --batch")
    return arguments


def parse_network(text):
    return text if text in IMAGES or text in TRANSFORMERS else [int(width) for width in text.split("-")]


def hidden_layer(kind, inputs, outputs, rank):
    if kind == "dense":
        return [nn.Linear(inputs, outputs)]
    rank = min(rank, inputs, outputs)
    return [nn.Linear(inputs, rank, bias=False), nn.Linear(rank, outputs)]


class Block(nn.Module):
    """A residual block whose shortcut has no parameters: pixels are left out, channels of zeros added."""

    def __init__(self, conv, inputs, outputs, stride):
        super().__init__()
        self.residual = nn.Sequential(conv(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.ReLU(),
                                      conv(outputs, outputs, 1), nn.BatchNorm2d(outputs))
        self.stride = stride
        self.padding = (outputs - inputs) // 2

    def forward(self, x):
        shortcut = x
        if self.stride > 1:
            shortcut = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return functional.relu(self.residual(x) + shortcut)


def convolutional(name, kind, rank):
    """One of the networks that Stiefel has under the same name; all but the first and last weight may be two."""
    two = kind.startswith("two-linear")

    def conv(inputs, outputs, size, stride=1, padding=0, bias=False):
        if not two:
            return nn.Conv2d(inputs, outputs, size, stride, padding, bias=bias)
        inner = min(rank, outputs, inputs * size * size)
        return nn.Sequential(nn.Conv2d(inputs, inner, size, stride, padding, bias=False),
                             nn.Conv2d(inner, outputs, 1, bias=bias))

    def linear(inputs, outputs):
        return nn.Sequential(*hidden_layer("two-linear" if two else "dense", inputs, outputs, rank))

    if name == "lenet5":
        return nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), conv(20, 50, 5, bias=True), nn.ReLU(),
                             nn.MaxPool2d(2), nn.Flatten(), linear(800, 500), nn.ReLU(), nn.Linear(500, 10))
    if name == "resnet20":
        layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        inputs = 16
        for outputs in (16, 32, 64):
            for block in range(3):
                stride = 2 if outputs > 16 and block == 0 else 1
                layers.append(Block(lambda i, o, s: conv(i, o, 3, s, 1), inputs, outputs, stride))
                inputs = outputs
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    layers, inputs = [], 3
    for block in ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3):
        for outputs in block:
            first = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            layers += [first if inputs == 3 else conv(inputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


class Attention(nn.Module):
    """Multi-head attention whose four projections are made by `linear`."""

    def __init__(self, linear, width):
        super().__init__()
        self.query, self.key, self.value, self.output = (linear(width, width) for _ in range(4))

    def forward(self, x, memory, causal):
        q, k, v = (layer(y).unflatten(-1, (HEADS, -1)).transpose(1, 2)
                   for layer, y in ((self.query, x), (self.key, memory), (self.value, memory)))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(-2))


class TransformerBlock(nn.Module):
    """A block of an encoder or a decoder, normalized behind each part."""

    def __init__(self, linear, width, inner, decodes):
        super().__init__()
        self.own = Attention(linear, width)
        self.cross = Attention(linear, width) if decodes else None
        self.feed = nn.Sequential(linear(width, inner), nn.ReLU(), linear(inner, width))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3 if decodes else 2))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x, memory=None):
        x = self.norms[0](x + self.dropout(self.own(x, x, self.cross is not None)))
        if self.cross is not None:
            x = self.norms[1](x + self.dropout(self.cross(x, memory, False)))
        return self.norms[-1](x + self.dropout(self.feed(x)))


class Transformer(nn.Module):
    """The encoder-decoder of "Attention is all you need", on sentences without padding."""

    def __init__(self, kind, width, inner, rank):
        super().__init__()

        def linear(inputs, outputs):
            return nn.Sequential(*hidden_layer(kind, inputs, outputs, rank))

        self.embeddings = nn.ModuleList(nn.Embedding(tokens, width) for tokens in VOCABULARIES)
        self.encoder = nn.ModuleList(TransformerBlock(linear, width, inner, False) for _ in range(LAYERS))
        self.decoder = nn.ModuleList(TransformerBlock(linear, width, inner, True) for _ in range(LAYERS))
        self.output = nn.Linear(width, VOCABULARIES[1])
        self.dropout = nn.Dropout(DROPOUT)
        angles = torch.arange(TOKENS)[:, None] / 10_000 ** (torch.arange(0, width, 2) / width)
        self.register_buffer("positions", torch.stack([angles.sin(), angles.cos()], -1).flatten(-2))

    def embedded(self, side, tokens):
        x = self.embeddings[side](tokens)
        return self.dropout(x * x.shape[-1] ** 0.5 + self.positions[:x.shape[1]])

    def forward(self, sentences):
        memory, x = self.embedded(0, sentences[0]), self.embedded(1, sentences[1])
        for block in self.encoder:
            memory = block(memory)
        for block in self.decoder:
            x = block(x, memory)
        return self.output(x).flatten(0, 1)


class SentenceBatches:
    """Endless batches of random sentences: sources, targets so far, and the tokens that follow."""

    def __init__(self, batch):
        self.batch = batch

    def next(self):
        source = torch.randint(VOCABULARIES[0], (self.batch, TOKENS))
        target = torch.randint(VOCABULARIES[1], (self.batch, TOKENS))
        return (source, target[:, :-1]), target[:, 1:].flatten()


def build_model(kind, widths, rank):
    if isinstance(widths, str) and widths in TRANSFORMERS:
        return Transformer(kind, *TRANSFORMERS[widths], rank)
    if isinstance(widths, str):
        model = convolutional(widths, kind, rank)
        return model.to(memory_format=torch.channels_last) if kind.endswith(CHANNELS_LAST) else model
    layers = []
    for inputs, outputs in zip(widths[:-2], widths[1:-1]):
        layers += [*hidden_layer(kind, inputs, outputs, rank), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-2], widths[-1]))


def build_optimizer(name, implementation, parameters, learning_rate):
    how = {"for-loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}[implementation]
    if name == "adam":
        return torch.optim.Adam(parameters, lr=learning_rate, **how)
    momentum = 0.9 if name == "momentum" else 0.0
    return torch.optim.SGD(parameters, lr=learning_rate, momentum=momentum, **how)


class Batches:
    """Endless batches of a random data set, drawn through an index shuffled once an epoch."""

    def __init__(self, samples, shape, classes, batch):
        self.data = torch.randn(samples, *shape)
        self.labels = torch.randint(classes, (samples,))
        self.batch = batch
        self.position = samples

    def next(self):
        if self.position + self.batch > len(self.labels):
            self.order = torch.randperm(len(self.labels))
            self.position = 0
        chosen = self.order[self.position:self.position + self.batch]
        self.position += self.batch
        return self.data[chosen], self.labels[chosen]


def in_format(inputs, channels_last):
    return inputs.to(memory_format=torch.channels_last) if channels_last else inputs


class Training:
    """One training step a call; returns the loss."""

    def __init__(self, model, batches, optimizer, channels_last):
        self.channels_last = channels_last
        self.model = model.train()
        self.batches = batches
        self.optimizer = optimizer

    def __call__(self):
        inputs, labels = self.batches.next()
        inputs = in_format(inputs, self.channels_last)
        self.optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(self.model(inputs), labels)
        loss.backward()
        self.optimizer.step()
        return loss.detach()


class Prediction:
    """The classes of one batch a call; returns a sum of them."""

    def __init__(self, model, batches, channels_last):
        self.channels_last = channels_last
        self.model = model.eval()
        self.batches = batches

    @torch.inference_mode()
    def __call__(self):
        inputs, _ = self.batches.next()
        return self.model(in_format(inputs, self.channels_last)).argmax(dim=1).sum()


def time_steps(step, seconds, min_steps):
    """Mean milliseconds a step, and the number of steps, over at least the given time and steps."""
    steps = 0
    start = time.perf_counter()
    while True:
        result = step()
        steps += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds and steps >= min_steps:
            break
    if not math.isfinite(result.item()):
        raise ArithmeticError("the loss is no longer finite; lower --learning-rate")
    return 1000 * elapsed / steps, steps


def fastest_implementation(arguments, make_training):
    """Alternates short trials of the three optimizer implementations and names the fastest."""
    trials = {name: (make_training(name), []) for name in ("for-loop", "foreach", "fused")}
    for _ in range(3):
        for step, times in trials.values():
            time_steps(step, arguments.settle / 2, 1)
            times.append(time_steps(step, arguments.warmup / 4, 1)[0])
    return min(trials, key=lambda name: min(trials[name][1]))


class Measurement:
    """A model of one kind and its repeats."""

    def __init__(self, kind, arguments, batches):
        self.kind = kind
        self.arguments = arguments
        self.batches = batches
        self.times = []
        self.implementation = None
        self.step = self.prediction() if arguments.predict else self.training()
        time_steps(self.step, arguments.warmup, 2)

    def model(self):
        torch.manual_seed(self.arguments.seed)
        return build_model(self.kind, self.arguments.network, self.arguments.rank)

    def prediction(self):
        return Prediction(self.model(), self.batches, self.kind.endswith(CHANNELS_LAST))

    def training(self):
        self.implementation = self.arguments.implementation
        if self.implementation == "best":
            self.implementation = fastest_implementation(self.arguments, self.training_with)
        return self.training_with(self.implementation)

    def training_with(self, implementation):
        model = self.model()
        optimizer = build_optimizer(self.arguments.optimizer, implementation, model.parameters(),
                                    self.arguments.learning_rate)
        return Training(model, self.batches, optimizer, self.kind.endswith(CHANNELS_LAST))

    def repeat(self):
        time_steps(self.step, self.arguments.settle, 1)
        milliseconds, steps = time_steps(self.step, self.arguments.seconds, self.arguments.min_steps)
        self.times.append(milliseconds)
        return {**self.description(), "ms": round(milliseconds, 4), "steps": steps}

    def summary(self):
        if not self.times:
            return {**self.description(), "repeats": 0}
        return {**self.description(), "median_ms": round(statistics.median(self.times), 4),
                "min_ms": round(min(self.times), 4), "max_ms": round(max(self.times), 4),
                "repeats": len(self.times)}

    def description(self):
        description = {"peer": "pytorch", "phase": "predict" if self.arguments.predict else "train",
                       "kind": self.kind, "network": self.arguments.network if isinstance(self.arguments.network, str)
                       else "-".join(map(str, self.arguments.network)),
                       "batch": self.arguments.batch, "threads": torch.get_num_threads()}
        if self.kind.startswith("two-linear"):
            description["rank"] = self.arguments.rank
        if not self.arguments.predict:
            description |= {"optimizer": self.arguments.optimizer, "implementation": self.implementation}
        return description


def environment():
    build = torch.__config__.show()
    blas = re.search(r"BLAS_INFO=(\w+)", build)
    libraries = [line.strip(" -") for line in build.splitlines()
                 if re.match(r" *- .*(Math Kernel Library|MKL-DNN|OpenMP|OpenBLAS)", line) and "BLAS_INFO" not in line]
    return {"torch": torch.__version__, "python": platform.python_version(), "cpu": cpu_model(),
            "cpus": usable_cpus(), "instructions": torch.backends.cpu.get_cpu_capability(),
            "blas": blas.group(1) if blas else None, "libraries": libraries,
            "load_average": round(os.getloadavg()[0], 2)}


def usable_cpus():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def write(record):
    print(json.dumps(record), flush=True)


def run_all(measurements, repeats, machine):
    for _ in range(repeats):
        for measurement in measurements:
            measurement.repeat()
    for measurement in measurements:
        write({**measurement.summary(), **machine})


def serve(measurements, machine):
    write({"event": "ready", **machine})
    for line in sys.stdin:
        command = line.strip()
        if command == "run":
            for measurement in measurements:
                write(measurement.repeat())
        elif command == "summary":
            for measurement in measurements:
                write({**measurement.summary(), **machine})
        elif command == "quit":
            return
        elif command:
            write({"event": "error", "message": f"unknown command: {command}"})


def main():
    arguments = parse_arguments()
    machine = environment()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    if isinstance(arguments.network, str) and arguments.network in TRANSFORMERS:
        batches = SentenceBatches(arguments.batch)
    elif isinstance(arguments.network, str):
        batches = Batches(arguments.samples, IMAGES[arguments.network], 10, arguments.batch)
    else:
        batches = Batches(arguments.samples, (arguments.network[0],), arguments.network[-1], arguments.batch)
    measurements = [Measurement(kind, arguments, batches) for kind in arguments.kind]
    if arguments.serve:
        serve(measurements, machine)
    else:
        run_all(measurements, arguments.repeats, machine)


if __name__ == "__main__":
    main()
