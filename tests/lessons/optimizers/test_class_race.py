"""The race of a class: what its texts and presets promise is what is measured, whatever is typed."""

import dataclasses
import json
import zlib

import numpy as np
import pytest

from charts.class_race import MOST_ROWS
from dlcore.surfaces import Bowl, Himmelblau, NarrowValley, OwnFormula, Rosenbrock, Surface
from lessons.optimizers import class_race, fair_race
from lessons.optimizers.class_race import DEFAULT, Course, Entry, Outcome, Setup
from lessons.optimizers.entrants import Entrants
from lessons.shared.typed_numbers import Unreadable
from ui.pictures import arrow_tables
from ui.script_export import Experiment


def course(surface: Surface | None = None, steps: int = 60, nesterov: bool = False) -> Course:
    surface = surface or NarrowValley()
    return Course(surface, surface.start, steps, nesterov)


def outcome(text: str = DEFAULT, **how) -> Outcome:
    return class_race.measure(Setup(course(**how), class_race.read(text)))


def says(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


# ---- what is measured ------------------------------------------------------------------------------------------------


def test_at_first_a_little_momentum_is_first_and_much_of_it_behind_none() -> None:
    found = outcome()
    assert found.kinds_first == ("beta_some",) and found.entries[6][1:] == (0.07, 0.4)
    assert found.place[6] == 1 and found.arrival[6] == 13
    plain, heavy = (next(k for k, e in enumerate(found.entries) if e[1:] == pair) for pair in ((0.075, 0), (0.04, 0.9)))
    assert found.place[plain] < found.place[heavy]
    assert set(found.fates) == set(class_race.FATES), "the default shows each fate"


@pytest.mark.parametrize(
    ("text", "surface", "steps", "first"),
    [
        (class_race.ONE_RATE, NarrowValley(), 60, ("beta_much",)),
        (class_race.SMALL_RATES, Rosenbrock(), 200, ("beta_much",)),
        (class_race.LARGE_RATES, NarrowValley(), 60, ("nobody",)),
    ],
)
def test_each_preset_has_its_answer(text: str, surface: Surface, steps: int, first: tuple[str, ...]) -> None:
    found = outcome(text, surface=surface, steps=steps)
    assert class_race.question(Setup(course(surface, steps), found.entries), found).truths == first
    if first == ("nobody",):
        assert (found.race.lost >= 0).all() and not found.is_first.any()
        assert "class_nobody_arrives" in found.report(says)


def test_who_arrives_is_decided_as_in_the_fair_race() -> None:
    rates = (0.02, 0.02)
    fair = fair_race.measure(
        fair_race.Setup(NarrowValley(), NarrowValley().start, Entrants(("sgd", "momentum"), rates), 120)
    )
    found = outcome("0.02, 0; 0.02, 0.9", steps=120)
    assert found.arrival.tolist() == [fair.arrival("sgd"), fair.arrival("momentum")] and (found.arrival > 0).all()


def test_entries_that_arrive_at_the_same_step_share_a_place() -> None:
    found = outcome("0.07, 0.4; 0.01, 0; 0.07, 0.4; 0.02, 0.8; 0.5, 0; 2, 0.1")
    assert found.place.tolist() == [1, 4, 1, 3, 5, 5]
    assert found.is_first.tolist() == [True, False, True, False, False, False]
    assert "class_first_with" in found.report(says) and "'others': 1" in found.report(says)
    table = class_race.place_table(found)
    assert table["place"].fillna(0).tolist() == [1, 1, 3, 4, 0, 0], "who is lost has no place"


def test_ties_of_several_kinds_are_all_right() -> None:
    # on a landscape without a slope nobody moves: all have arrived at once, where there is nothing to lose
    flat = Outcome(
        (Entry(1, 0.1, 0.0), Entry(2, 0.1, 0.9)), outcome("0.1, 0; 0.1, 0.9", steps=3).race, np.zeros(1), 0.0
    )
    flat.race.height[:] = 0.0
    assert flat.kinds_first == ("beta_none", "beta_much") and flat.place.tolist() == [1, 1]


def test_errors_that_are_written_alike_are_one_place() -> None:
    found = outcome("0.001, 0; 0.001, 0.0000001; 0.0012, 0")
    assert found.error[-1, 0] != found.error[-1, 1] and (found.arrival < 0).all()
    assert found.place.tolist() == [2, 2, 1]


@pytest.mark.parametrize(
    ("momentum", "kind"), [(0, 0), (0.001, 1), (0.69, 1), (0.7, 2), (0.94, 2), (0.95, 3), (0.999, 3)]
)
def test_kinds_of_momentum_are_as_their_words_say(momentum: float, kind: int) -> None:
    assert class_race.kind_of(momentum) == class_race.KINDS[kind]


def test_the_goal_is_reached_by_the_best_neighbours_and_not_by_the_page() -> None:
    def reached(text: str, **how) -> bool:
        setup = Setup(course(**how), class_race.read(text))
        return class_race.goals(setup, class_race.measure(setup))[0].reached

    assert not reached(DEFAULT) and reached(f"{DEFAULT}; 0.1, 0.5")
    assert not reached("0.4, 0", surface=Bowl()) and not reached(class_race.LARGE_RATES)


@pytest.mark.parametrize("text", ["log(x) + y**2", "1/x + y", "0*x + 0*y", "exp(x*y)**9 * 1e6"])
def test_landscapes_with_holes_are_no_crash(text: str) -> None:
    surface = OwnFormula(text)
    found = class_race.measure(Setup(Course(surface, (-1.0, 0.5), 40, False), class_race.read(DEFAULT)))
    assert found.report(says) and len(found.player_lines()) == 41 and len(class_race.place_table(found)) == 12
    assert class_race.question(Setup(course(), found.entries), found).truths
    for waits in (True, False):
        class_race.errors_of_all(found, says, waits).to_dict()


def test_a_line_of_the_player_says_who_is_in_front_and_how_many_are_done() -> None:
    found = outcome()
    lines = found.player_lines()
    assert len(lines) == 61 and lines[0] == "#1 (+11): 24.1 · ✓ 0 · ✗ 0", "at the start all are alike"
    assert lines[-1] == f"#7: 0.000000474 · ✓ {(found.arrival >= 0).sum()} · ✗ 2"
    assert outcome(class_race.LARGE_RATES).player_lines()[-1] == "✓ 0 · ✗ 10"


# ---- what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "entry_empty"),
        (" ; ", "entry_empty"),
        ("0.1", "entry_width"),
        ("0.1, 0.5, 3", "entry_width"),
        ("0.1, ; 0.1, 0", "entry_gap"),
        ("fast, 0.9", "entry_text"),
        ("<b>, 0.9", "entry_text"),
        ("nan, 0", "entry_not_finite"),
        ("1e999, 0", "entry_not_finite"),
        ("0, 0", "entry_rate"),
        ("11, 0", "entry_rate"),
        ("-0.1, 0", "entry_rate"),
        ("0.1, 1", "entry_momentum"),
        ("0.1, -0.1", "entry_momentum"),
        ("0.1, 0; " * 301, "entry_long"),
    ],
)
def test_what_cannot_race_is_said(text: str, word: str) -> None:
    with pytest.raises(Unreadable) as refused:
        class_race.read(text)
    assert refused.value.word == word


def test_three_hundred_can_be_typed_and_read_back_from_an_address() -> None:
    rng = np.random.default_rng(0)
    pairs = [
        [float(r), float(m)] for r, m in zip(10 ** rng.uniform(-4, 1, 300), rng.uniform(0, 0.999, 300), strict=True)
    ]
    text = class_race.as_text(pairs)
    assert class_race.ENTRIES.read(text) == (text, True)
    assert len(class_race.read(text)) == 300
    assert class_race.as_text([[0.1, float("nan")]]) == "0.1, "


# ---- what is drawn ---------------------------------------------------------------------------------------------------


def test_three_hundred_paths_of_three_hundred_steps_are_few_bytes() -> None:
    """At most 300 kB for both pictures, compressed as a proxy would."""
    rng = np.random.default_rng(1)
    entries = tuple(
        Entry(k, float(r), float(m))
        for k, (r, m) in enumerate(zip(10 ** rng.uniform(-3, 0, 300), rng.uniform(0, 0.99, 300), strict=True), 1)
    )
    for surface in (NarrowValley(), Himmelblau()):
        setup = Setup(course(surface, 300), entries)
        found = class_race.measure(setup)
        pictures = class_race.map_of_all(setup.course, found, False), class_race.errors_of_all(found, says, False)
        rows = pictures[0].data["path"], pictures[1].data["lines"]
        tables = [arrow_tables.table(each) for each in rows]
        assert sum(len(zlib.compress(each, 6)) for each in tables if isinstance(each, bytes)) < 300_000
        assert all(isinstance(each, bytes) for each in tables)
        assert all(len(each["run"]) <= MOST_ROWS + 2 * 300 for each in rows)


def test_before_the_answer_only_the_start_is_sent() -> None:
    setup = Setup(course(), class_race.read(DEFAULT))
    found = class_race.measure(setup)
    path = class_race.map_of_all(setup.course, found, True).data["path"]
    x, y = NarrowValley().start
    np.testing.assert_allclose([path["x"], path["y"]], [[x] * 12, [y] * 12], rtol=1e-6)
    assert not path["first"].any() and len(set(path["opacity"].tolist())) == 1
    lines = class_race.errors_of_all(found, says, True).data["lines"]
    assert len(set(lines["value"].tolist())) == 1 and not lines["first"].any()


def test_the_limit_is_drawn_where_it_holds() -> None:
    found = outcome()
    picture, sentence = class_race.plane_of_entries(course(), found, says)
    assert len(picture.data["limit"]["rate"]) and "'curvature': '25'" in sentence
    picture, sentence = class_race.plane_of_entries(course(nesterov=True), found, says)
    assert not len(picture.data["limit"]["rate"]) and "class_limit_said" not in sentence


# ---- tables, program -------------------------------------------------------------------------------------------------


def test_the_table_of_steps_ends_where_a_run_is_lost() -> None:
    setup = Setup(course(), class_race.read(DEFAULT))
    found = class_race.measure(setup)
    table = class_race.table(setup, found)
    for k, entry in enumerate(setup.entries):
        lost = found.race.lost[k]
        mine = table[table["entry"] == entry.tag]
        assert mine["step"].tolist() == list(range(lost if lost >= 0 else 61))
        np.testing.assert_array_equal(mine["y"], found.race.w[: len(mine), 1, k])
    json.dumps(table.to_dict("records"), allow_nan=False)


def test_the_program_repeats_a_race_of_three_hundred() -> None:
    entries = tuple(Entry(k, 0.001 * k, 0.5) for k in range(1, 301))
    experiment = Experiment("race")
    class_race.program(Setup(course(), entries), experiment)
    assert "class_race(" in experiment.program("needs")
    assert class_race.loop(Setup(course(), entries)) == ""


@pytest.mark.parametrize("nesterov", [False, True])
def test_the_short_program_prints_the_heights_of_the_race(nesterov: bool, capsys: pytest.CaptureFixture[str]) -> None:
    setup = Setup(course(steps=7, nesterov=nesterov), class_race.read("0.01, 0; 0.04, 0.9; 0.07, 0.4"))
    exec(class_race.loop(setup), {})
    last = capsys.readouterr().out.strip().rpartition("\n")[2]
    heights = [float(part) for part in last.partition("[")[2].rstrip("]").split()]
    np.testing.assert_allclose(heights, class_race.measure(setup).race.height[-1], rtol=1e-6)


def test_a_setup_says_all_about_itself() -> None:
    setup = Setup(course(), class_race.read("0.1, 0.5"))
    assert repr(setup) != repr(dataclasses.replace(setup, course=course(nesterov=True)))
    assert hash(setup)
