"""What holds under the fuzzer holds here, too: for its first inputs, and for some made of them (tools/fuzzed.py)."""

import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from classroom import questions, rooms
from dlcore import formulas
from tools.fuzz_targets.formula import check_formula
from tools.fuzz_targets.table import check_table
from tools.fuzzed import TARGETS, mutations
from ui import script_export
from ui.controls import page_state
from ui.quiz import result_codes

ROOT = Path(__file__).resolve().parent.parent
MADE = {name: 40 if name == "program" else 300 for name in TARGETS}
"""So many inputs are made of each target's own; a program is written and parsed eight times for each."""


@pytest.mark.parametrize("name", TARGETS)
def test_what_holds_under_the_fuzzer_holds_here(name: str) -> None:
    for data in (*TARGETS[name].seeds(), *mutations(name, MADE[name])):
        try:
            TARGETS[name].check(data)
        except BaseException as error:
            error.add_note(f"the input was {data!r}")
            raise


@pytest.mark.parametrize("name", TARGETS)
def test_costly_inputs_cost_bounded_time_and_memory(name: str) -> None:
    for called, data in TARGETS[name].worst().items():
        start = time.process_time()
        TARGETS[name].check(data)
        # the check itself reads a table several times
        assert time.process_time() - start < 40, called
        tracemalloc.start()
        TARGETS[name].check(data)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # what a network may unpack to is known before it is unpacked
        assert most < (40_000_000 if name == "model" else 400_000_000), called


def test_every_input_to_begin_with_is_one_that_a_fuzzer_can_make() -> None:
    for name, target in TARGETS.items():
        assert target.seeds(), name
        assert max(map(len, target.seeds())) <= max(target.most, 8192), name
        assert len(set(mutations(name, 50))) > 40, name
        assert list(mutations(name, 5)) == list(mutations(name, 5)), name


# ---- each of them can fail -------------------------------------------------------------------------------------------


def fails(name: str) -> bool:
    try:
        for data in (*TARGETS[name].seeds(), *mutations(name, 100)):
            TARGETS[name].check(data)
    except Exception:  # noqa: BLE001  whatever it says: the planted fault is noticed
        return True
    return False


def test_a_wrong_slope_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = formulas.RULES["tan"]
    monkeypatch.setitem(formulas.RULES, "tan", rule._replace(slopes=(lambda f, u: 1 + f,)))
    with pytest.raises(AssertionError, match="tan"):
        check_formula(b"tan(x*y)")


def test_a_slope_beside_nan_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "copyto", lambda *args, **how: None)
    with pytest.raises(AssertionError):
        check_formula(b"log(x)")


def test_a_reader_that_raises_something_else_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formulas, "_check", lambda code: None)
    assert fails("formula")


def test_a_table_with_a_number_out_of_range_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlcore import table_cells

    monkeypatch.setattr(table_cells, "LARGEST", 1e3)
    check_table(b"\x01a,b\n1,2\n2,3\n")
    monkeypatch.setattr(table_cells, "number", lambda cell, comma: float(cell) if cell.isdigit() else None)
    with pytest.raises(AssertionError):
        check_table(b"\x01a,b\n1,2000000\n2000,3\n7,7\n")


@pytest.mark.parametrize(
    ("name", "module", "attribute", "fault"),
    [
        ("codes", result_codes, "_check", lambda exercise, answer, who: 0),
        ("address", page_state, "excerpt", lambda text: text),
        ("program", script_export, "repr", lambda value: f"'{value}'"),
        ("vote", rooms, "_read_choice", lambda choice, count: choice),
        ("vote", rooms, "_read_number", lambda value, asked: float(value)),
        ("vote", rooms, "_cell", lambda text: text),
        ("ballot", questions, "PUBLIC", (*questions.PUBLIC, "reason")),
    ],
)
def test_a_planted_fault_is_noticed(name: str, module, attribute: str, fault, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "codes":
        # a check that is another one when it is read than when it was written
        fault = iter(range(10**6)).__next__
        monkeypatch.setattr(module, attribute, lambda *given: fault())
    else:
        monkeypatch.setattr(module, attribute, fault, raising=False)
    assert fails(name)


@pytest.mark.thorough
def test_the_command_says_what_an_input_costs() -> None:
    command = [sys.executable, "tools/fuzz.py", "codes", "--worst"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "| half a code, again and again | 210,000 |" in ran.stdout
