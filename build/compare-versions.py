#!/usr/bin/env python3
"""Compares what two versions of Stiefel compute, bit for bit, on one machine.

    build/compare-versions.py BEFORE AFTER [OUT] [--only bug dense] [--after-options='--seed 1']

BEFORE and AFTER are checkouts or unpacked releases: folders that hold a launcher, ./stiefel. Both train the same runs;
then some runs are started by BEFORE, interrupted in the middle of an epoch, and copies of them resumed by both. Models,
states, histories (without their times) and singular values must have the same bits. Prints a line for each comparison,
and exits with 1 if any differs. The runs are kept in OUT if it is given; it must not exist. Takes a few minutes.

Bits depend on the processor and on the number of threads: runs of two machines cannot be compared. To see comparisons
fail, give AFTER other options: --after-options='--seed 1'.
"""

import argparse
import csv
import hashlib
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TRAINED = {
    "riemannian": "--epochs 1 --threads 2",
    "riemannian-budget": "--epochs 2 --threads 1 --train-fraction 0.1 --budget 0.1 --adapt-every 20 --optimizer adamw"
    " --learning-rate 0.001",
    "bug": "--method bug --epochs 1 --threads 1 --train-fraction 0.2",
    "bug-steps": "--method bug --epochs 2 --threads 2 --train-fraction 0.05 --adapt-every 1 --initial-rank 20"
    " --optimizer adam --learning-rate 0.001",
    "parallel-bug": "--method parallel-bug --epochs 2 --threads 1 --train-fraction 0.05",
    "s-only": "--method s-only --epochs 2 --threads 2 --train-fraction 0.1 --rank 20",
    "backward-corrected": "--method backward-corrected --epochs 2 --threads 1 --train-fraction 0.05 --rank 20",
    "projector-splitting": "--method projector-splitting --epochs 2 --threads 1 --train-fraction 0.05 --rank 20",
    "factors": "--method factors --epochs 2 --threads 2 --train-fraction 0.2 --rank 20",
    "dense": "--method dense --epochs 1 --threads 1 --train-fraction 0.5",
    "dense-regularized": "--method dense --epochs 2 --threads 2 --train-fraction 0.1 --standardize --label-noise 0.1"
    " --l1 0.00001 --l2 0.0001 --optimizer adamw --learning-rate 0.001",
    "legacy": "--legacy --rank 20 --epochs 2 --threads 1 --train-fraction 0.05",
}
INTERRUPTED = ["riemannian-budget", "bug-steps", "s-only", "factors", "dense-regularized", "legacy"]
EXACT = ["checkpoint/model.safetensors", "checkpoint/best.safetensors", "checkpoint/state.safetensors", "spectrum.csv"]
ATTEMPTS = 10


class Comparison:
    """Trains, interrupts and resumes runs in a folder, and counts which are the same."""

    def __init__(self, arguments, out):
        self.arguments = arguments
        self.out = out
        self.passed = self.failed = 0

    @staticmethod
    def train(version, words, run):
        done = subprocess.run([version / "stiefel", "train", *words, "--quiet"], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise SystemExit(f"{version}: {run}: exit code {done.returncode}: {done.stderr.strip()}")

    @staticmethod
    def options(name):
        return f"mnist --evaluation-fraction 0.2 {TRAINED[name]}".split()

    def interrupt(self, name, run):
        """Begins a run with BEFORE, and stops it in the middle of an epoch after the first."""
        words = [self.arguments.before / "stiefel", "train", *self.options(name), "--out", str(run), "--quiet"]
        for attempt in range(ATTEMPTS):
            shutil.rmtree(run, ignore_errors=True)
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            first = run / "checkpoint/state.json"
            while process.poll() is None and not first.exists():
                time.sleep(0.002)
            time.sleep(0.1 * (1 + attempt))
            process.send_signal(signal.SIGINT)
            process.wait()
            progress = json.loads(first.read_text())["progress"] if first.exists() else {"batch": 0}
            if json.loads((run / "run.json").read_text())["status"] == "interrupted" and progress["batch"] > 0:
                return f"epoch {progress['epoch'] + 1}, batch {progress['batch']}"
        raise SystemExit(f"{name}: could not be stopped in the middle of an epoch in {ATTEMPTS} attempts")

    def compare(self, what, one, other):
        for file in [*EXACT, "history.csv"]:
            same = content(one / file) == content(other / file)
            self.passed += same
            self.failed += not same
            print(f"{'same     ' if same else 'DIFFERENT'}  {what}: {pathlib.Path(file).name}", flush=True)

    def run(self):
        names = self.arguments.only or list(TRAINED)
        before, after = self.arguments.before, self.arguments.after
        for name in names:
            self.train(before, [*self.options(name), "--out", str(self.out / f"{name}-before")], name)
            extra = self.arguments.after_options.split()
            self.train(after, [*self.options(name), *extra, "--out", str(self.out / f"{name}-after")], name)
            self.compare(f"{name}, trained", self.out / f"{name}-before", self.out / f"{name}-after")
        for name in [each for each in INTERRUPTED if each in names]:
            run = self.out / f"{name}-interrupted"
            where = self.interrupt(name, run)
            for launcher, label in [(before, "before"), (after, "after")]:
                resumed = self.out / f"{name}-resumed-{label}"
                shutil.copytree(run, resumed)
                self.train(launcher, ["--resume", str(resumed)], resumed)
            self.compare(f"{name}, resumed from {where}", self.out / f"{name}-resumed-before",
                         self.out / f"{name}-resumed-after")
            self.compare(f"{name}, resumed and uninterrupted", self.out / f"{name}-before",
                         self.out / f"{name}-resumed-after")


def content(file):
    """A hash of a file; of a history, of all but its times."""
    if not file.exists():
        return f"{file.name} is missing in {file.parent}"  # so that two that are missing differ
    data = file.read_bytes()
    if file.name == "history.csv":
        rows = list(csv.reader(data.decode().splitlines()))
        seconds = rows[0].index("seconds")
        data = json.dumps([row[:seconds] + row[seconds + 1:] for row in rows]).encode()
    return hashlib.sha256(data).hexdigest()


def version(argument):
    folder = pathlib.Path(argument).resolve()
    if not (folder / "stiefel").is_file():
        raise argparse.ArgumentTypeError(f"'{argument}' holds no launcher, 'stiefel'")
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=version)
    parser.add_argument("after", type=version)
    parser.add_argument("out", type=pathlib.Path, nargs="?", help="folder for the runs (default: a temporary one)")
    parser.add_argument("--only", nargs="+", choices=TRAINED, metavar="RUN", help="of " + ", ".join(TRAINED))
    parser.add_argument("--after-options", default="", help="further options for the runs that AFTER trains")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs, and their children, ignore it
    out = arguments.out.resolve() if arguments.out else pathlib.Path(tempfile.mkdtemp(prefix="compare-versions-"))
    if arguments.out:
        out.mkdir(parents=True)
    comparison = Comparison(arguments, out)
    try:
        comparison.run()
    finally:
        if not arguments.out:
            shutil.rmtree(out)
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed else 0


if __name__ == "__main__":
    sys.exit(main())
