"""What .ci/audit.py makes of the answers of pip-audit: found, nothing found, nobody there."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
FAULT = {"id": "PYSEC-0000-1", "fix_versions": ["9.9"], "aliases": [], "description": ""}

# Answers as pip-audit 2.10 writes them: of which packages it knows a fault, and which it does not know at all.
WITNESS = """
import json, sys
path, faulty, unknown = sys.argv[sys.argv.index("--requirement") + 1], {faulty}, {unknown}
ignored = [sys.argv[k + 1] for k, word in enumerate(sys.argv) if word == "--ignore-vuln"]
told = []
for line in open(path):
    name, version = line.strip().split("==")
    if name in unknown:
        told.append(dict(name=name, skip_reason="not found"))
    else:
        fault = line.strip() in faulty or name in faulty
        told.append(dict(name=name, version=version, vulns=[{fault}] if fault and {fault}["id"] not in ignored else []))
print(json.dumps(dict(dependencies=told, fixes=[])))
sys.exit(any(one.get("vulns") for one in told))
"""


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    (tmp_path / "audit-ignored.txt").write_text("# none\n")
    return module


def witness(faulty: list[str], unknown: list[str] | None = None) -> list[str]:
    text = WITNESS.replace("{faulty}", repr(faulty)).replace("{unknown}", repr(unknown or []))
    return [sys.executable, "-c", text.replace("{fault}", json.dumps(FAULT))]


def test_a_known_fault_is_red(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(witness(["jinja2"])) == 1
    assert "PYSEC-0000-1, mended in 9.9" in capsys.readouterr().out


def test_no_known_fault_is_green(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(witness([audit.CANARY], ["numpy"])) == 0
    said = capsys.readouterr().out
    assert "no known faults" in said and "not known to the service: numpy" in said and "SKIPPED" not in said


NOBODY = {
    "that fails": [sys.executable, "-c", "import sys; sys.exit('no route to host')"],
    "that is not there": ["/nowhere/pip-audit"],
    "that knows nothing": witness([], ["jinja2"]),
    "that finds nothing anywhere": witness([]),
    "that hangs": [sys.executable, "-c", "import time; time.sleep(60)"],
}


@pytest.mark.parametrize("service", NOBODY)
def test_without_a_service_it_is_skipped_with_a_word(
    service: str, audit: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PROBE", 1.0 if "hangs" in service else 30.0)
    assert audit.main(NOBODY[service]) == 0
    said = capsys.readouterr().out
    assert "SKIPPED" in said and "no known faults" not in said


def test_a_fault_is_left_alone_for_a_reason(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    (audit.HERE / "audit-ignored.txt").write_text("PYSEC-0000-1  the app does not call it\n")
    assert audit.main(witness(["jinja2"])) == 0
    assert "left alone: PYSEC-0000-1, the app does not call it" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no reason for PYSEC-0000-1"):
        audit.reasons("PYSEC-0000-1\n")


def test_the_audit_is_a_step_of_ci_and_asks_about_what_the_app_needs(audit: ModuleType) -> None:
    assert "\npython .ci/audit.py\n" in (ROOT / ".ci" / "run").read_text()
    asked = set(audit.here())
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        assert line.startswith("#") or line in asked, line
    audit.reasons((ROOT / ".ci" / "audit-ignored.txt").read_text())
