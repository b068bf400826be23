# pyright: reportMissingImports=false
"""The readers of what visitors type and upload under a coverage-guided fuzzer: atheris, which is libFuzzer for Python.

    python -m venv ../fuzzing
    ../fuzzing/bin/pip install -r requirements.txt -r tools/requirements-fuzz.txt
    ../fuzzing/bin/python tools/fuzz.py formula --seconds 300       one reader (see fuzzed.TARGETS), or several, or all
    ../fuzzing/bin/python tools/fuzz.py formula --again FILE        an input that was kept because it failed
    python tools/fuzz.py table --worst                              time and memory of inputs made to be costly

What has to hold of every input stands in tools/fuzzed.py, which the tests run, too. Here bounds come on top: seconds of
processor time and bytes of memory for one input. Every target prints its row of the table in benchmarks/README.md; an
input that fails is kept in fuzz-found/ and the run ends with an error.
"""

import argparse
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SECONDS = 1.0
"""Processor time of one input, which the fuzzer's counting of edges makes several times as long."""

MEMORY = 50_000_000
"""Bytes that one input may take at its worst."""

WEIGHED = 20
"""Of so many inputs the memory of one is measured, which takes several times as long."""

HEAD = ("target", "inputs", "seconds", "of processor", "edges", "features", "slowest", "most memory", "faults")


# ---- inside the fuzzer -----------------------------------------------------------------------------------------------


class BoundedCheck:
    """A target's check with its bounds; what was seen so far is written to a file, for a fuzzer ends without a word."""

    def __init__(self, check: Any, seen: Path) -> None:
        self.check, self.file = check, seen
        self.seen: dict[str, float] = {"inputs": 0, "processor": 0.0, "slowest": 0.0, "memory": 0}
        self.told = 0.0

    def __call__(self, data: bytes) -> None:
        self.seen["inputs"] += 1
        weighed = self.seen["inputs"] % WEIGHED == 0
        if weighed:
            tracemalloc.start()
        start = time.process_time()
        try:
            self.check(data)
        except BaseException:
            self.file.with_name("failed").write_bytes(data)
            raise
        finally:
            spent = time.process_time() - start
            if weighed:
                self.seen["memory"] = max(self.seen["memory"], tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
            else:
                self.seen["slowest"] = max(self.seen["slowest"], spent)
            if time.monotonic() > self.told + 0.5:
                self.told, self.seen["processor"] = time.monotonic(), time.process_time()
                self.file.write_text(json.dumps(self.seen))
        if (not weighed and spent > SECONDS) or self.seen["memory"] > MEMORY:
            self.file.with_name("failed").write_bytes(data)
            raise AssertionError(f"{spent:.2f} s of processor time, {self.seen['memory']} bytes")


def inside(name: str, seen: Path, arguments: list[str]) -> None:
    """The fuzzer's own process."""
    atheris: Any = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["dlcore", "ui", "lessons", "classroom"]):
        targets = importlib.import_module("tools.fuzzed").TARGETS
    watched = BoundedCheck(targets[name].check, seen)
    # what is computed once for all inputs is nobody's slowness
    for data in targets[name].seeds():
        targets[name].check(data)
    atheris.Setup([sys.argv[0], *arguments], watched)
    atheris.Fuzz()


# ---- around it -------------------------------------------------------------------------------------------------------


def fuzz_target(name: str, seconds: int) -> tuple[str, ...]:
    """A row of the table, after fuzzing a target for so many seconds."""
    from tools.fuzzed import TARGETS

    target, found = TARGETS[name], ROOT / "fuzz-found"
    found.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corpus, words, seen = Path(folder, "corpus"), Path(folder, "words"), Path(folder, "seen")
        corpus.mkdir()
        for k, data in enumerate(target.seeds()):
            (corpus / f"{k:03}").write_bytes(data)
        escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in target.words)
        words.write_text("".join(f'"{word}"\n' for word in escaped))
        arguments = [
            str(corpus),
            f"-dict={words}",
            f"-max_total_time={seconds}",
            f"-max_len={target.most}",
            "-timeout=120",
        ]
        arguments += ["-rss_limit_mb=2048", "-print_final_stats=1", "-seed=1", f"-artifact_prefix={folder}/libfuzzer-"]
        command = [sys.executable, __file__, name, "--inside", str(seen), *arguments]
        ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False, cwd=ROOT)
        numbers = (
            json.loads(seen.read_text())
            if seen.exists()
            else dict.fromkeys(("inputs", "processor", "slowest", "memory"), 0)
        )
        failed = Path(folder, "failed")
        if failed.exists():
            kept = found / f"{name}-{sha256(failed.read_bytes()).hexdigest()[:12]}"
            shutil.copy(failed, kept)
            print(f"kept: {kept.relative_to(ROOT)}", file=sys.stderr)
    edges = re.findall(r"cov: (\d+) ft: (\d+)", ran.stderr) or [("–", "–")]
    tried = re.findall(r"stat::number_of_executed_units:\s*(\d+)", ran.stderr) or [f"{numbers['inputs']:.0f}"]
    if ran.returncode:
        print(ran.stderr[-4000:], file=sys.stderr)
    row = (name, f"{int(tried[0]):,}", str(seconds), f"{numbers['processor']:.0f}", *edges[-1])
    return (
        *row,
        f"{1000 * numbers['slowest']:.0f} ms",
        f"{numbers['memory'] / 1e6:.1f} MB",
        "1" if ran.returncode else "0",
    )


def worst(name: str) -> None:
    """Time and memory of the target's costly inputs, each measured by itself."""
    from tools.fuzzed import TARGETS

    print(f"\n| {name} | bytes | processor time | most memory |\n| --- | --- | --- | --- |")
    TARGETS[name].check(TARGETS[name].seeds()[0])
    for called, data in TARGETS[name].worst().items():
        start = time.process_time()
        TARGETS[name].check(data)
        spent = time.process_time() - start
        tracemalloc.start()
        TARGETS[name].check(data)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"| {called} | {len(data):,} | {spent:.3f} s | {most / 1e6:.1f} MB |", flush=True)


def main() -> None:
    """What the command line asks for."""
    if "--inside" in sys.argv:
        name, _, seen, *arguments = sys.argv[1:]
        return inside(name, Path(seen), arguments)
    from tools.fuzzed import TARGETS

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all, if none is named")
    parser.add_argument("--seconds", type=int, default=300, help="for each of them")
    parser.add_argument("--worst", action="store_true", help="time and memory of costly inputs, without a fuzzer")
    parser.add_argument("--again", type=Path, help="an input that failed")
    given = parser.parse_args()
    names = given.targets or list(TARGETS)
    if given.again:
        return TARGETS[names[0]].check(given.again.read_bytes())
    if given.worst:
        for name in names:
            worst(name)
        return None
    print(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}", flush=True)
    rows = []
    for name in names:
        rows.append(fuzz_target(name, given.seconds))
        print(f"| {' | '.join(rows[-1])} |", flush=True)
    sys.exit(any(row[-1] != "0" for row in rows))


if __name__ == "__main__":
    main()
