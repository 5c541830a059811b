#!/usr/bin/env python3
"""How the cost of a step grows, where its time goes, and what a second core brings.

    bench/peers/scaling.py slopes        step time over a decade of rank, batch and width, and the log-log slopes
    bench/peers/scaling.py threads       two threads against one; two single-threaded runs side by side against one
    bench/peers/scaling.py epochs        one 5K epoch (20 steps of 256, evaluation of 2,000), alone and side by side
    bench/peers/scaling.py budget        a table of stages for each case in docs/benchmarks.md
    bench/peers/scaling.py memory        peak resident memory of training against what must be held

Needs `mvn -DskipTests install` first; JAVA names a Java 25. No PyTorch.
"""

import json
import math
import os
import statistics
import subprocess
import sys

from compare import ask, class_path, send, server, start

JAVA = os.environ.get("JAVA", "java")
REPEATS = 5


def stop(processes):
    for process in processes:
        process.stdin.close()
        process.wait(timeout=60)


def alternating(path, cases, **common):
    """Median milliseconds of each case, their repeats alternating."""
    processes = [start(server(JAVA, path, **(common | case))) for case in cases]
    times = [[] for _ in cases]
    for _ in range(REPEATS):
        for process, kept in zip(processes, times):
            kept.append(ask(process, 1)[0]["ms"])
    stop(processes)
    return times


def together(processes):
    """One repeat of each, at the same time."""
    for process in processes:
        send(process, "run")
    return [json.loads(process.stdout.readline())["ms"] for process in processes]


def slope(xs, ys):
    xs, ys = [math.log(x) for x in xs], [math.log(y) for y in ys]
    x, y = statistics.mean(xs), statistics.mean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def slopes(path):
    decades = {
        "rank": ([16, 32, 64, 160], dict(width=1000, batch=256)),
        "batch": ([128, 256, 512, 1280], dict(width=500, rank=20)),
        "width": ([500, 1000, 2000, 5000], dict(rank=20, batch=256)),
    }
    print("| over | at | ms a step | log-log slope |\n|---|---|---|---|")
    for method in ["riemannian", "bug"]:
        for name, (values, fixed) in decades.items():
            cases = [{name: value} for value in values]
            times = alternating(path, cases, method=method, seconds=0.7, warm=3, **fixed)
            medians = [statistics.median(each) for each in times]
            print(f"| {method}, {name} {', '.join(map(str, values))} | "
                  f"{', '.join(f'{k} {v}' for k, v in fixed.items())} | "
                  f"{', '.join(f'{ms:.2f}' for ms in medians)} | {slope(values, medians):.2f} |", flush=True)


def threads(path):
    print("| width, rank | one thread, ms | two threads, ms | faster | two single-threaded runs side by side, ms each "
          "| slower than alone |\n|---|---|---|---|---|---|")
    for case in [dict(width=500, rank=20), dict(width=50, rank=10), dict(width=5120, depth=5, rank=20, batch=500)]:
        one = start(server(JAVA, path, threads=1, **case))
        other = start(server(JAVA, path, threads=1, **case))
        two = start(server(JAVA, path, threads=2, **case))
        alone, both, pair = [], [], []
        for _ in range(REPEATS):
            alone.append(ask(one, 1)[0]["ms"])
            both.append(ask(two, 1)[0]["ms"])
            pair.append(statistics.mean(together([one, other])))
        stop([one, other, two])
        a, b, p = map(statistics.median, (alone, both, pair))
        print(f"| {case['width']}, {case['rank']} | {a:.2f} | {b:.2f} | × {a / b:.2f} | {p:.2f} "
              f"| × {p / a:.2f} |", flush=True)


def epochs(path):
    common = dict(width=250, rank=10, threads=1, what="epoch", warm=8)
    one = start(server(JAVA, path, **common))
    other = start(server(JAVA, path, **common))
    alone, pair = [], []
    for _ in range(REPEATS):
        alone.append(ask(one, 1)[0]["ms"])
        pair += together([one, other])
    stop([one, other])
    print(f"5K epoch, width 250, rank 10, Riemannian, one thread: alone {statistics.median(alone):.1f} ms "
          f"({min(alone):.1f} … {max(alone):.1f}), two side by side {statistics.median(pair):.1f} ms each "
          f"({min(pair):.1f} … {max(pair):.1f})")


CASES = [
    ("dense, width 500, Adam", dict(method="dense", optimizer="adam")),
    ("Riemannian, width 500, rank 20", dict()),
    ("fixed-rank BUG, width 500, rank 20, Adam", dict(method="bug", optimizer="adam")),
    ("Riemannian, width 500, rank 45, rank adapted every step", dict(rank=45, adapt=1)),
    ("Riemannian, width 50, rank 10", dict(width=50, rank=10)),
    ("fixed-rank BUG, width 50, rank 10, Adam", dict(method="bug", optimizer="adam", width=50, rank=10)),
    ("Riemannian, width 5120, rank 20, SGD", dict(optimizer="sgd", width=5120, depth=5, rank=20, batch=500)),
    ("fixed-rank BUG, width 5120, rank 20, SGD",
     dict(method="bug", optimizer="sgd", width=5120, depth=5, rank=20, batch=500)),
    ("fixed-rank BUG, width 5120, rank 160, SGD",
     dict(method="bug", optimizer="sgd", width=5120, depth=5, rank=160, batch=500)),
]


def cost_model(case):
    """Megaflops of a pass by algorithms' formula: 6 B r (m + n) a factored layer, 6 B m n a dense one."""
    width, depth = case.get("width", 500), case.get("depth", 4)
    batch, rank = case.get("batch", 256), case.get("rank", 20)
    sides = [(784, width)] + [(width, width)] * (depth - 1)
    last = 6 * batch * width * 10
    if case.get("method") == "dense":
        return (sum(6 * batch * m * n for m, n in sides) + last) / 1e6
    return (sum(6 * batch * rank * (m + n) for m, n in sides) + last) / 1e6


def budget(path):
    peaks = subprocess.run(
        [JAVA, "--enable-native-access=ALL-UNNAMED", "-cp", path, "dev.stiefel.bench.Peaks", "2"],
        check=True, capture_output=True, text=True).stdout
    gflops, gigabytes = map(float, peaks.split())
    print(f"Peaks, two threads: {gflops:.0f} GFLOP/s in square products, {gigabytes:.1f} GB/s in sums of long "
          "vectors.\n")
    for name, case in CASES:
        process = start(server(JAVA, path, seconds=2, warm=6, **case))
        send(process, "budget")
        lines = []
        while line := process.stdout.readline().strip():
            lines.append(json.loads(line))
        stop([process])
        whole = sum(line["ms"] for line in lines)
        print(f"**{name}**: {whole:.2f} ms; the cost model's pass is {cost_model(case):.1f} megaflops\n")
        print("| stage | ms | share | native calls | megaflops | of the product peak | megabytes | GB/s |\n"
              "|---|---|---|---|---|---|---|---|")
        for line in lines:
            print(f"| {line['stage']} | {line['ms']:.3f} | {100 * line['ms'] / whole:.0f} % | {line['calls']:.0f} "
                  f"| {line['megaflops']:.2f} | {100 * line['megaflops'] / line['ms'] / gflops:.0f} % "
                  f"| {line['megabytes']:.2f} | {line['megabytes'] / line['ms']:.1f} |")
        print(flush=True)


def memory(path):
    print("| case | held on paper, MiB | peak resident over data and runtime, MiB | ratio |\n|---|---|---|---|")
    for arguments in [["5120", "5", "20", "500"], ["5120", "5", "80", "500"], ["2048", "5", "20", "500"],
                      ["1024", "5", "20", "500"]]:
        out = subprocess.run(
            [JAVA, "-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-cp", path,
             "dev.stiefel.bench.MemoryProbe", *arguments], check=True, capture_output=True, text=True).stdout
        figures = json.loads(out)
        print(f"| width {arguments[0]}, rank {arguments[2]}, batch {arguments[3]} | {figures['paper']:.1f} "
              f"| {figures['peak']:.1f} | {figures['peak'] / figures['paper']:.2f} |", flush=True)


def main():
    commands = {"slopes": slopes, "threads": threads, "epochs": epochs, "budget": budget, "memory": memory}
    if len(sys.argv) < 2 or any(word not in commands for word in sys.argv[1:]):
        sys.exit(__doc__)
    path = class_path()
    for word in sys.argv[1:]:
        commands[word](path)


if __name__ == "__main__":
    main()
