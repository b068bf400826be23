"""Gates: what single units can be, what none can be, and what two hidden units add."""

from itertools import product

import numpy as np
import pytest

from dlcore.experiments.logic_gates import CORNERS, TABLES, UNITS, TwoHidden, right, search, ways_to
from dlcore.experiments.single_unit import Unit


def test_the_tables_are_those_of_logic() -> None:
    logic = {
        "AND": lambda p, q: p and q,
        "OR": lambda p, q: p or q,
        "NAND": lambda p, q: not (p and q),
        "NOR": lambda p, q: not (p or q),
        "ONLY_X1": lambda p, q: p and not q,
        "ONLY_X2": lambda p, q: q and not p,
        "XOR": lambda p, q: p != q,
        "XNOR": lambda p, q: p == q,
    }
    assert set(logic) == set(TABLES)
    for name, table in TABLES.items():
        assert [bool(a) for a in table] == [bool(logic[name](bool(p), bool(q))) for p, q in CORNERS]


@pytest.mark.parametrize("gate", UNITS)
def test_a_unit_for_every_gate_that_a_unit_can_be(gate: str) -> None:
    assert right(UNITS[gate], gate).all()
    assert UNITS[gate](CORNERS).tolist() == list(TABLES[gate])


@pytest.mark.parametrize("count", [3, 8, 17])
def test_the_search_counts_what_trying_one_by_one_counts(count: int) -> None:
    found = search(2.0, count)
    hits = {gate: [] for gate in TABLES}
    for w1, w2, b in product(found.values, repeat=3):
        for gate in TABLES:
            hits[gate].append(int(right(Unit((w1, w2), b), gate).sum())) if count < 17 else None
    for gate, each in hits.items():
        if each:
            assert found.share[gate] == pytest.approx(np.mean(np.array(each) == 4))
            assert found.best[gate] == max(each)
    assert found.grid_size == count**3


def test_no_unit_makes_xor_or_xnor_and_three_corners_are_the_best() -> None:
    found = search(2.0, 17)
    for gate in TABLES:
        possible = gate in UNITS
        assert (found.share[gate] > 0) == possible
        assert found.best[gate] == (4 if possible else 3)
    assert found.tables == 14, "all but XOR and XNOR of the sixteen"


def test_every_way_to_xor_joins_two_corners_and_leaves_three_places() -> None:
    ways = ways_to("XOR")
    assert ("OR", "NAND", "AND") in ways and len(ways) == 10
    for first, second, output in ways:
        network = TwoHidden(UNITS[first], UNITS[second], UNITS[output])
        assert network.right("XOR").all()
        assert len(np.unique(network.hidden(CORNERS), axis=0)) == 3
