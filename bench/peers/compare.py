#!/usr/bin/env python3
"""Times Stiefel's training steps (or predictions) and PyTorch's in turn, and prints ratios.

Each repeat times one after the other, so that a change in the machine's speed meets all of them. PyTorch runs in its
own process (torch_steps.py --serve), each of our methods in a JVM of its own; whoever is not being timed waits
without using a core. Needs `bench/peers/setup.sh` and `mvn -DskipTests install` first.

    bench/peers/compare.py --width 500 --rank 20 --repeats 7
    bench/peers/compare.py --width 5120 --depth 5 --batch 500 --optimizer sgd --yardstick dense --methods dense \
        bug@5 bug@20 bug@80 riemannian@5 riemannian@20 riemannian@80

Convolutional networks; PyTorch in both memory formats, and ratios to the faster one of its dense steps:

    bench/peers/compare.py --network vgg16 --batch 128 --optimizer momentum --methods dense riemannian@16 riemannian@32

Encoder-decoder transformers, 64 sentences of 40 tokens; factored weights with orthogonalized momentum, all others Adam:

    bench/peers/compare.py --network transformer --batch 64 --methods dense riemannian:muon@20 riemannian:muon@50

Another version beside this one, alternating (both built by `./stiefel --version` and
`mvn -q -Dquick -DskipTests -pl bench -am package`):

    bench/peers/compare.py --against ../before --methods riemannian:momentum bug --rank 20 --repeats 7

A METHOD is NAME, NAME:OPTIMIZER, NAME@RANK, NAME+EVERY (rank adapted every so many steps, to the same rank again), or
several of these in this order: riemannian:momentum@45+196.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
TRANSFORMERS = ["transformer", "transformer-512"]
METHOD = re.compile(r"(?P<method>[a-z-]+)(:(?P<optimizer>[a-z]+))?(@(?P<rank>\d+))?(\+(?P<adapt>\d+))?$")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="mlp", choices=["mlp", "lenet5", "resnet20", "vgg16", *TRANSFORMERS])
    parser.add_argument("--width", type=int, default=500, help="of the hidden layers of an mlp")
    parser.add_argument("--depth", type=int, default=4, help="hidden layers")
    parser.add_argument("--rank", type=int, default=20, help="where METHOD names none, and of PyTorch's two layers")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--optimizer", default="adam", choices=["adam", "sgd", "momentum"])
    parser.add_argument("--methods", nargs="+", default=["riemannian:momentum", "bug", "factors", "dense"],
                        metavar="METHOD")
    parser.add_argument("--predict", action="store_true", help="times predictions instead of training steps")
    parser.add_argument("--memory", action="store_true",
                        help="prints the peak resident memory of each, one process after the other, instead of times")
    parser.add_argument("--yardstick", default="pytorch dense", help="whose time the ratios are to")
    parser.add_argument("--no-pytorch", action="store_true", help="leaves PyTorch out")
    parser.add_argument("--against", type=pathlib.Path, metavar="CHECKOUT",
                        help="another checkout of Stiefel, whose steps are timed beside these; leaves PyTorch out")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one repeat")
    parser.add_argument("--warm", type=float, default=8, help="untimed seconds of each of our processes at its start")
    parser.add_argument("--java", default=os.environ.get("JAVA", "java"), help="a Java 25")
    return parser.parse_args()


def start(command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
    first = process.stdout.readline()
    if '"ready"' not in first:
        sys.exit(f"{command[0]} did not start; got {first!r}")
    return process


def send(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()


def ask(process, lines):
    send(process, "run")
    return [json.loads(process.stdout.readline()) for _ in range(lines)]


def class_path():
    written = ROOT / "bench" / "target" / "classpath.txt"
    subprocess.run(
        ["mvn", "-q", "-pl", "bench", "dependency:build-classpath", f"-Dmdep.outputFile={written}"],
        check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return f"{ROOT / 'bench' / 'target' / 'classes'}{os.pathsep}{written.read_text()}"


def built_class_path(root):
    """The class path of a checkout that its launcher and a quick build have built."""
    launcher = root / "cli" / "target" / "launcher"
    if not (launcher / "current").exists():
        sys.exit(f"{root} is not built; run {root / 'stiefel'} --version")
    app = launcher / (launcher / "current").read_text().strip()
    classes = root / "bench" / "target" / "quick" / "classes"
    if not classes.exists():
        sys.exit(f"{classes} does not exist; run mvn -q -Dquick -DskipTests -pl bench -am package in {root}")
    return f"{classes}{os.pathsep}{(app / 'classpath').read_text().strip()}"


def against(options):
    """Times each method in this checkout and in another one, in turn, and prints ratios."""
    paths = {"before": built_class_path(options.against.resolve()), "after": built_class_path(ROOT)}
    ours = {(word, which): start(own_command(options, path, word)) for word in options.methods for which, path in paths.items()}
    times = {key: [] for key in ours}
    for repeat in range(options.repeats):
        order = list(ours.items())
        for key, process in order if repeat % 2 == 0 else order[::-1]:
            times[key].append(ask(process, 1)[0]["ms"])
        print(f"repeat {repeat + 1}: " + ", ".join(f"{w} {k} {v[-1]:.2f}" for (w, k), v in times.items()), file=sys.stderr)
    for process in ours.values():
        process.stdin.close()
        process.wait(timeout=60)
    print(f"width {options.width}, depth {options.depth}, batch {options.batch}, rank {options.rank}, "
          f"{options.threads} threads; ms, and after / before repeat by repeat")
    print("| | before, median (least … greatest) | after, median (least … greatest) | ratio of medians "
          "| ratio, median (least … greatest) |\n|---|---|---|---|---|")
    for word in options.methods:
        b, a = times[word, "before"], times[word, "after"]
        r = [x / y for x, y in zip(a, b)]
        spread = [f"{statistics.median(v):.3f} ({min(v):.3f} … {max(v):.3f})" for v in (b, a, r)]
        print(f"| {word} | {spread[0]} | {spread[1]} | {statistics.median(a) / statistics.median(b):.3f} | {spread[2]} |")


def server(java, path, **arguments):
    """The command of a StepServer."""
    return [java, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp", path,
            "dev.stiefel.bench.StepServer"] + [f"{name}={value}" for name, value in arguments.items()]


def parsed(word, options):
    match = METHOD.match(word)
    if not match:
        sys.exit(f"a METHOD must be like riemannian:momentum@45+196; got {word!r}")
    return dict(method=match["method"], optimizer=match["optimizer"] or options.optimizer,
                rank=match["rank"] or options.rank, adapt=match["adapt"] or 0)


def torch_command(options, kinds):
    network = options.network
    if network == "mlp":
        network = "-".join(["784"] + [str(options.width)] * options.depth + ["10"])
    samples = 60_000 if options.network == "mlp" else 10 * options.batch
    return [str(HERE / ".venv" / "bin" / "python"), "torch_steps.py", "--network", network,
            "--batch", str(options.batch), "--threads", str(options.threads), "--optimizer", options.optimizer,
            "--kind", *kinds, "--samples", str(samples), "--rank", str(options.rank),
            "--seconds", str(options.seconds), "--serve"] + (["--predict"] if options.predict else [])


def own_command(options, path, word):
    return server(
        options.java, path, network=options.network, width=options.width, depth=options.depth, batch=options.batch,
        threads=options.threads, seconds=options.seconds, warm=options.warm,
        what="predict" if options.predict else "step", **parsed(word, options))


def torch_kinds(options):
    kinds = ["dense", "two-linear"]
    return kinds if options.network in ["mlp", *TRANSFORMERS] else kinds + [kind + "-channels-last" for kind in kinds]


def own_path():
    quick = ROOT / "bench" / "target" / "quick" / "classes"
    return built_class_path(ROOT) if quick.exists() else class_path()


def memory(options):
    """Prints the peak resident memory of a process a kind (Linux: VmHWM), libraries and runtime included."""
    commands = {word: own_command(options, own_path(), word) for word in options.methods}
    if not options.no_pytorch:
        commands = {f"pytorch {kind}": torch_command(options, [kind]) for kind in torch_kinds(options)} | commands
    print(f"{options.network}, batch {options.batch}, {options.threads} threads: peak resident memory of the process")
    print("| | MiB |\n|---|---|")
    for name, command in commands.items():
        process = start(command)
        ask(process, 1)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        kibibytes = int(re.search(r"VmHWM:\s+(\d+)", status)[1])
        print(f"| {name} | {kibibytes // 1024} |", flush=True)
        process.stdin.close()
        process.wait(timeout=60)


def main():
    options = parse()
    if options.memory:
        memory(options)
        return
    if options.against:
        against(options)
        return
    kinds = torch_kinds(options)
    times = {}
    torch = None if options.no_pytorch else start(torch_command(options, kinds))
    path = own_path()
    ours = {word: start(own_command(options, path, word)) for word in options.methods}
    for repeat in range(options.repeats):
        if torch:
            for line in ask(torch, len(kinds)):
                times.setdefault("pytorch " + line["kind"], []).append(line["ms"])
        for word, process in ours.items():
            times.setdefault(word, []).append(ask(process, 1)[0]["ms"])
        print(f"repeat {repeat + 1}: " + ", ".join(f"{k} {v[-1]:.2f}" for k, v in times.items()), file=sys.stderr)
    for process in [torch, *ours.values()]:
        if process:
            process.stdin.close()
            process.wait(timeout=60)
    if options.yardstick == "pytorch dense" and options.network not in ["mlp", *TRANSFORMERS]:
        dense = ("pytorch dense", "pytorch dense-channels-last")
        options.yardstick = min(dense, key=lambda kind: statistics.median(times[kind]))
    yardstick = times[options.yardstick]
    what = "prediction" if options.predict else "step"
    print(f"network {options.network}, batch {options.batch}, rank {options.rank}, {options.threads} threads, "
          f"{options.optimizer}; ms a {what}; its ratio to {options.yardstick}, repeat by repeat, and the inverse")
    print("| | ms, median (least … greatest) | ratio, median (least … greatest) | times faster |\n|---|---|---|---|")
    for name, values in times.items():
        ratios = [a / b for a, b in zip(values, yardstick)]
        print(f"| {name} | {statistics.median(values):.2f} ({min(values):.2f} … {max(values):.2f}) "
              f"| {statistics.median(ratios):.3f} ({min(ratios):.3f} … {max(ratios):.3f}) "
              f"| {1 / statistics.median(ratios):.1f} |")


if __name__ == "__main__":
    main()
