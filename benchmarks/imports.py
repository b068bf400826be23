"""What importing dlcore costs beside importing NumPy alone.

    python benchmarks/imports.py [--rounds 30]

Fresh interpreters in turn, processor time of the child, the first of each as warm-up (it writes the bytecode, into a
temporary folder, whatever the environment says about bytecode); a ratio is taken within its round. Once with the start
of Python in it, as one feels it, and once without: what is added.
``import dlcore`` by itself loads no module; the last line is everything there is.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def statements() -> dict[str, str]:
    """What is imported, by its name in the table."""
    files = sorted((ROOT / "dlcore").rglob("[!_]*.py"))
    modules = ", ".join(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    return {
        "Python alone": "pass",
        "`import numpy`": "import numpy",
        "`import dlcore`": "import dlcore",
        "`from dlcore.models import Sequential`": "from dlcore.models import Sequential",
        "all modules of dlcore": f"import {modules}",
    }


def child_seconds(statement: str, environment: dict[str, str]) -> float:
    """Processor time, user and system, of a fresh interpreter that runs ``statement`` and ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], cwd=ROOT, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=30)
    args = parser.parse_args()
    load = os.getloadavg()[0]
    times: dict[str, list[float]] = {name: [] for name in statements()}
    with tempfile.TemporaryDirectory() as folder:
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        # one thread: starting more of them is not what is measured
        environment = kept | {"PYTHONPYCACHEPREFIX": folder, "OPENBLAS_NUM_THREADS": "1"}
        for number in range(args.rounds + 1):
            for name, statement in statements().items():
                spent = child_seconds(statement, environment)
                if number:
                    times[name].append(spent)
    bare, numpy = times["Python alone"], times["`import numpy`"]
    print("| | processor time | ratio to `import numpy` | the same without Python's own start |")
    print("| --- | --- | --- | --- |")
    for name, ours in times.items():
        whole = statistics.median(a / b for a, b in zip(ours, numpy, strict=True))
        # of medians: within a round a difference of two short times is mostly noise
        floor = statistics.median(bare)
        added = (statistics.median(ours) - floor) / (statistics.median(numpy) - floor)
        print(f"| {name} | {statistics.median(ours) * 1000:.0f} ms | **{whole:.2f}** | {added:.2f} |")
    print(f"\nMedians of {args.rounds} rounds, load {load:.1f} at the start.")


if __name__ == "__main__":
    main()
