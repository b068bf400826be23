"""Fuzz target: numbers, points, layers, targets and predictions that somebody types."""

import warnings

import numpy as np

from lessons.losses import by_hand_and_by_machine
from lessons.shared import typed_numbers
from lessons.shared.typed_numbers import Unreadable
from lessons.training import drawn_points, layer_notation
from tools.fuzz_targets.target import as_text
from ui.text import texts


def check_entered(data: bytes) -> None:
    """Numbers, points, layers, targets and predictions: finite and as many as allowed, or a word that says why not."""
    which, text = data[0] % 5 if data else 0, as_text(data[1:])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            (_check_rows, _check_points, _check_layers, _check_column, _check_calculator)[which](text)
        except Unreadable as error:
            told = texts.words()[error.word]
            for language in texts.LANGUAGES:
                assert {name for name, _ in texts.PLACEHOLDER.findall(told[language])} <= error.facts.keys(), error.word
                assert texts.fill(told[language], error.facts)
            for fact in error.facts.values():
                assert len(str(fact)) <= 41 or isinstance(fact, int)
                assert "`" not in str(fact)


def _check_rows(text: str) -> None:
    shown = typed_numbers.cells(text, 3)
    assert len(shown) <= typed_numbers.MOST_ROWS
    assert all(len(row) == 3 for row in shown)
    found = typed_numbers.rows(text)
    assert 1 <= len(found) <= typed_numbers.MOST_ROWS
    assert len({len(row) for row in found}) == 1
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1e9
    again = typed_numbers.rows(typed_numbers.as_text(found))
    np.testing.assert_allclose(again, found, rtol=1e-5)


def _check_points(text: str) -> None:
    rows = drawn_points.read(text)
    assert len(rows) <= drawn_points.MOST_POINTS
    x, y = drawn_points.arrays(rows)
    assert x.shape == (len(rows), 2)
    assert np.unique(y).tolist() == list(range(len(np.unique(y))))
    again = drawn_points.read(drawn_points.rows_as_text(rows))
    assert drawn_points.rows_as_text(again) == drawn_points.rows_as_text(rows)


def _check_layers(text: str) -> None:
    plans = layer_notation.read(text, "relu")
    assert len(plans) <= layer_notation.MOST_LAYERS
    for plan in plans:
        assert 1 <= plan.units <= layer_notation.MOST_UNITS
        assert 0 <= plan.dropout < 1
        assert 0 <= plan.l1 <= 1
        assert 0 <= plan.l2 <= 1
    again = layer_notation.read(layer_notation.notation_of(plans, "relu"), "relu")
    assert layer_notation.notation_of(again, "relu") == layer_notation.notation_of(plans, "relu")


def _check_column(text: str) -> None:
    found = typed_numbers.column(text)
    assert 1 <= len(found) <= typed_numbers.MOST_ROWS


def _check_calculator(text: str) -> None:
    task, true, pred = [*text.split("\n", 2), "", ""][:3]
    setup = by_hand_and_by_machine.read(by_hand_and_by_machine.TASKS[len(task) % 3], true, pred)
    calculation = by_hand_and_by_machine.measure(setup)
    assert calculation.losses
    values = calculation.loss_values
    assert np.isfinite([*values.values()]).all(), values
    assert all(by_hand_and_by_machine.sums(setup, calculation).values())
    truths = by_hand_and_by_machine.question(setup, calculation).truths
    assert truths
    assert set(truths) <= set(by_hand_and_by_machine.HALF)
    assert len(by_hand_and_by_machine.loss_table(calculation)) == len(calculation.losses)
    for share in calculation.shares.values():
        assert ((share >= 0) & (share <= 1)).all()


ENTERED = (
    *("01, 2; 3, 4", "0-0.5, 1e3, 2.; 1, 2, 3;", "0;;,", "01, x", "01e400", "0nan, 1", "0−1, 2"),
    *("1" + drawn_points.DEFAULT, "10.5, 0.5, 1; -1, 1, 0", "1;", "12, 0, 1", "10, 0, 7"),
    *("28-8", "28:tanh:d0.5:b:he_normal:l2=0.01-4", "20", "2600", "28:x", "28:d1-4", "2–8−3"),
    *("31, 2, 3", "3"),
    *("4\n3, 5, 2, 8\n2.5, 5.5, 4, 7", "4a\n1, 0, 1, 0\n0.9, 0.2, 0.4, 0.6", "4a\n1, 1\n1, 0"),
    "4aa\n0, 2, 1\n0.7, 0.2, 0.1; 0.1, 0.3, 0.6; 0.3, 0.4, 0.3",
    "4\n1e-300, 0\n1e9, -1e9",
)


def entered_worst() -> dict[str, bytes]:
    found = {
        "a million numbers": "0" + "1," * 1_000_000,
        "a million rows": "0" + "1;" * 1_000_000,
        "long digits": "0" + "9" * 1_000_000,
    }
    found |= {"points": "1" + "0,0,1;" * 200_000, "layers": "2" + "8-" * 200_000, "one layer": "28" + ":d0.5" * 200_000}
    found |= {"dropout of many digits": "28:d" + "1" * 20_000 + "x", "units of many digits": "2" + "9" * 1_000_000}
    found |= {
        "24 large numbers": "4\n" + ",".join(["1e9"] * 24) + "\n" + ",".join(["-1e9"] * 24),
        "dashes": "2" + "−" * 300_000,
    }
    return {name: text.encode() for name, text in found.items()}
