"""Record what Keras, PyTorch and scikit-learn compute, as files against which tests/dlcore/test_golden*.py hold dlcore.

The frameworks are large, so they live in an environment of their own, outside the repository:

    python -m venv ../frameworks
    ../frameworks/bin/pip install -r tools/requirements-golden.txt
    ../frameworks/bin/python tools/record_golden.py

This writes tests/dlcore/golden/*.json, each with the versions that made it. dlcore is not imported: these are other
people's numbers. Everything is computed in float64, by Keras on PyTorch and by Keras on TensorFlow, which differ at
some edges (see the tests), and where the formulas agree by PyTorch's own optimizers and plain loops.
"""

import os
import subprocess
import sys
from pathlib import Path

import golden_witnesses

# a process of Keras has one backend for good
for backend, name in (("torch", "golden_keras"), ("tensorflow", "golden_keras"), ("torch", "golden_signatures")):
    quiet = {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    script = Path(__file__).with_name(f"{name}.py")
    subprocess.run([sys.executable, script], env=os.environ | quiet, check=True)
golden_witnesses.record()
