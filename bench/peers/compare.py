#!/usr/bin/env python3
"""Times Stiefel's training steps and PyTorch's in turn, and prints ratios.

Each repeat times one method after the other, so that a change in the machine's speed meets all of them. PyTorch runs
in its own process (torch_steps.py --serve), each of our methods in a JVM of its own; whoever is not being timed waits
without using a core. Needs `bench/peers/setup.sh` and `mvn -DskipTests install` first.

    bench/peers/compare.py --width 500 --rank 20 --repeats 7
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=500)
    parser.add_argument("--depth", type=int, default=4, help="hidden layers")
    parser.add_argument("--rank", type=int, default=20)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--optimizer", default="adam", choices=["adam", "sgd", "momentum"])
    parser.add_argument("--methods", nargs="+", default=["riemannian:momentum", "bug", "factors", "dense"],
                        help="METHOD or METHOD:OPTIMIZER")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--java", default=os.environ.get("JAVA", "java"), help="a Java 25")
    return parser.parse_args()


def start(command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
    first = process.stdout.readline()
    if '"ready"' not in first:
        sys.exit(f"{command[0]} did not start; got {first!r}")
    return process


def ask(process, lines):
    process.stdin.write("run\n")
    process.stdin.flush()
    return [json.loads(process.stdout.readline()) for _ in range(lines)]


def class_path():
    written = ROOT / "bench" / "target" / "classpath.txt"
    subprocess.run(
        ["mvn", "-q", "-pl", "bench", "dependency:build-classpath", f"-Dmdep.outputFile={written}"],
        check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return f"{ROOT / 'bench' / 'target' / 'classes'}{os.pathsep}{written.read_text()}"


def main():
    options = parse()
    network = "-".join(["784"] + [str(options.width)] * options.depth + ["10"])
    torch = start([
        str(HERE / ".venv" / "bin" / "python"), "torch_steps.py", "--network", network, "--batch", str(options.batch),
        "--threads", str(options.threads), "--optimizer", options.optimizer, "--kind", "dense", "two-linear",
        "--rank", str(options.rank), "--seconds", str(options.seconds), "--serve"])
    path = class_path()
    ours = {}
    for word in options.methods:
        method, _, optimizer = word.partition(":")
        ours[word] = start([
            options.java, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp", path,
            "dev.stiefel.bench.StepServer", method, str(options.width), str(options.depth), str(options.rank),
            str(options.batch), str(options.threads), optimizer or options.optimizer, str(options.seconds)])
    times = {}
    for repeat in range(options.repeats):
        for line in ask(torch, 2):
            times.setdefault("pytorch " + line["kind"], []).append(line["ms"])
        for word, process in ours.items():
            times.setdefault(word, []).append(ask(process, 1)[0]["ms"])
        print(f"repeat {repeat + 1}: " + ", ".join(f"{k} {v[-1]:.2f}" for k, v in times.items()), file=sys.stderr)
    for process in [torch, *ours.values()]:
        process.stdin.close()
        process.wait(timeout=60)
    yardstick = times["pytorch dense"]
    print(f"network {network}, batch {options.batch}, rank {options.rank}, {options.threads} threads, "
          f"{options.optimizer}; ms a step, and the ratio to PyTorch's dense step, repeat by repeat")
    print("| step | ms, median (least … greatest) | ratio, median (least … greatest) |\n|---|---|---|")
    for name, values in times.items():
        ratios = [a / b for a, b in zip(values, yardstick)]
        print(f"| {name} | {statistics.median(values):.2f} ({min(values):.2f} … {max(values):.2f}) "
              f"| {statistics.median(ratios):.2f} ({min(ratios):.2f} … {max(ratios):.2f}) |")


if __name__ == "__main__":
    main()
