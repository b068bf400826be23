"""Whether any installed package has a fault that is publicly known; asked with pip-audit, where there is a network.

Ends with 1 if there is one. Where the service cannot be asked it says so and ends with 0. Arguments are the command to
ask with, in place of the pip-audit of requirements-dev.txt.
"""

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROBE, REST = 20.0, 60.0
"""Seconds for the first question, after which a service that does not answer is given up, and for the others."""
CANARY = "jinja2==2.11.2"
"""What is known to have faults: a service that knows of none says nothing about the rest either."""
FOUND = 1
"""How pip-audit ends when it has found something, and also when it has failed."""


class Unasked(Exception):
    """Why nothing can be said."""


def reasons(text: str) -> dict[str, str]:
    """The faults that are left alone, each with its reason."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {name: why.strip() for name, _, why in (line.partition("  ") for line in lines)}
    if bare := [name for name, why in found.items() if not why]:
        raise SystemExit(f"audit-ignored.txt gives no reason for {', '.join(bare)}")
    return found


def run(command: list[str], patience: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        raise Unasked(f"no answer within {patience:g} s") from None
    except OSError as why:
        raise Unasked(str(why)) from None


def audited(ask: list[str], pinned: list[str], ignored: list[str], patience: float) -> list[dict]:
    """What pip-audit says of each package."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.txt"
        asked.write_text("\n".join(pinned) + "\n")
        how = ["--requirement", str(asked), "--no-deps", "--disable-pip", "--format", "json", "--timeout", "5"]
        how += ["--progress-spinner", "off", "--cache-dir", str(Path(folder) / "cache")]
        answer = run([*ask, *how, *(part for name in ignored for part in ("--ignore-vuln", name))], patience)
    if answer.returncode not in (0, FOUND) or not answer.stdout.strip():
        last = answer.stderr.strip().splitlines() or ["nothing was said"]
        raise Unasked(f"the service could not be asked: {last[-1][:200]}")
    return json.loads(answer.stdout)["dependencies"]


def here() -> list[str]:
    """Every package that this Python has, with its version."""
    found = {one.metadata["Name"].lower(): one.version for one in importlib.metadata.distributions()}
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def told(packages: list[dict]) -> tuple[list[str], list[str]]:
    """The faults in words, and the packages of which nothing is known."""
    faults = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for one in packages
        for fault in one.get("vulns", [])
    ]
    return faults, [one["name"] for one in packages if "skip_reason" in one]


def main(command: list[str]) -> int:
    ignored = reasons((HERE / "audit-ignored.txt").read_text())
    ask = command or [sys.executable, "-m", "pip_audit"]
    try:
        if not told(audited(ask, [CANARY], [], PROBE))[0]:
            raise Unasked(f"the service knows of no fault in {CANARY}, which has some")
        faults, unknown = told(audited(ask, here(), list(ignored), REST))
    except Unasked as why:
        print(f"audit: SKIPPED, dependencies were not audited: {why}")
        return 0
    for fault in faults:
        print(f"audit: {fault}")
    if unknown:
        print(f"audit: not known to the service: {', '.join(unknown)}")
    for name, why in ignored.items():
        print(f"audit: left alone: {name}, {why}")
    print(f"audit: {len(faults)} known faults" if faults else "audit: no known faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
