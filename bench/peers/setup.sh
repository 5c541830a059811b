#!/usr/bin/env bash
# Makes bench/peers/.venv with what the peer benchmarks need. PYTHON chooses the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

"${PYTHON:-python3}" -m venv .venv
.venv/bin/python -m pip install --quiet -r requirements.txt
.venv/bin/python torch_steps.py --network 12-8-8-4 --batch 16 --samples 64 --kind dense two-linear --rank 2 \
    --repeats 1 --seconds 0.05 > /dev/null
echo "bench/peers/.venv is ready"
