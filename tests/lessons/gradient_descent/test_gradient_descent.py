"""What is said of a run rests on numbers: recomputed here from the data, without the code that says it."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charts.picture import Picture
from dlcore.datasets import Penguins
from dlcore.surfaces import Surface
from lessons.gradient_descent import where_it_ends
from lessons.gradient_descent.compared_runs import OTHERS
from ui.beat import Beat
from ui.text import texts

Open = Callable[..., AppTest]
Steps = Callable[[AppTest], dict[str, list[str]]]

LESSON = "pages/1_gradient_descent.py"
FACT = re.compile(
    r"λ = (?P<curvature>[\d.,e+-]*\d).*?2/λ = (?P<limit>[\d.e+-]*\d).*?(?P<share>[\d,.]*\d)(?P<unit>%|배| times)",
    re.DOTALL,
)
VERDICTS = {"works": "converged", "creeps": "slow", "swings": "oscillating", "blows_up": "diverged"}


def number(text: str) -> float:
    return float(text.replace(",", ""))


def report(at: AppTest, beat: str) -> str:
    """What is said of the chosen rate."""
    said = [text.value for text in at.container(key=f"beat-{beat}").markdown if "2/λ" in text.value]
    assert len(said) == 1
    chosen = said[0].splitlines()
    return chosen[0]


def largest_curvature_of_a_line(x: np.ndarray) -> float:
    """Of the mean of (a x + b - y)^2: the larger eigenvalue of its Hessian, which does not depend on y."""
    hessian = 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1.0]])
    return float(np.linalg.eigvalsh(hessian)[-1])


def preset(at: AppTest, beat: str, name: str) -> AppTest:
    at.button(key=f"gradient_descent.{beat}-preset-{name}").click().run()
    assert not at.exception
    return at


@pytest.mark.parametrize("name", VERDICTS)
def test_the_limit_of_the_first_beat(name: str, language: str, opened: Open) -> None:
    at = preset(opened(LESSON, lang=language, predict="0"), "one_weight", name)
    said = report(at, "one_weight")
    rate: Any = at.select_slider(key="gradient_descent.lr").value
    # the inputs are standardised, so E(w) = w^2 - 2 r w + 1 and its second derivative is 2
    facts = FACT.search(said)
    assert facts, said
    # at 0.3 % of the limit it was said to be at 0 %
    assert (facts["curvature"], facts["limit"], facts["unit"]) == ("2", "1", "%")
    assert facts["share"] == f"{100 * rate:.3g}"
    assert f"η = {rate:.4g}" in said
    bold = re.search(r"\*\*[^*]+\*\*", texts.words()[f"verdict_{VERDICTS[name]}"][language])
    assert bold and bold[0] in said, said


@pytest.mark.parametrize("name", ["works", "blows_up", "raw_same_rate", "raw_largest_rate"])
def test_the_limit_of_the_second_beat(name: str, language: str, opened: Open) -> None:
    at = preset(opened(LESSON, lang=language, predict="0"), "two_weights", name)
    x = Penguins().load()[0][:, 0]
    if name in ("works", "blows_up"):
        x = (x - x.mean()) / x.std()
    curvature = largest_curvature_of_a_line(x)
    rate: Any = at.select_slider(key="gradient_descent.lr2").value
    facts = FACT.search(report(at, "two_weights"))
    assert facts
    assert number(facts["curvature"]) == pytest.approx(curvature, rel=1e-3)
    assert number(facts["limit"]) == pytest.approx(2 / curvature, rel=1e-3)
    share = rate * curvature / 2
    assert (facts["unit"] == "%") == (share < 10), "405651 % is no number to be read"
    times = 100 if facts["unit"] == "%" else 1
    assert number(facts["share"]) == pytest.approx(times * share, rel=1e-3, abs=0.51)


@pytest.mark.parametrize("name", [name for name in Surface.members if Surface.get(name).minima])
def test_the_limit_at_the_minimum_of_every_landscape(name: str, opened: Open) -> None:
    """A ball that starts in the deepest minimum is there already, and is told how curved it is there."""
    surface = Surface.get(name)
    place = surface.minima[0]
    at = opened(LESSON, dict(zip("pq", map(repr, map(float, place)), strict=False)), f=name, predict="0", lang="en")
    assert not at.exception
    said = report(at, "any_landscape")
    facts = FACT.search(said)
    if name == "ackley":  # no curvature at its sharp point
        return
    assert facts, said
    h = np.array([1e-4 * (high - low) for low, high in surface.extent])
    base, axes = np.array(place), np.diag(h)
    second = [
        [
            sum(s * t * float(surface(*(base + s * u + t * v))) for s in (1, -1) for t in (1, -1)) / (4 * h[i] * h[j])
            for j, v in enumerate(axes)
        ]
        for i, u in enumerate(axes)
    ]
    curvature = float(np.linalg.eigvalsh(np.array(second))[-1])
    assert number(facts["curvature"]) == pytest.approx(curvature, rel=2e-3)
    assert number(facts["limit"]) == pytest.approx(2 / number(facts["curvature"]), rel=2e-3)


@pytest.mark.parametrize(("rate", "settles"), [("0.99", True), ("1.01", False)])
def test_just_under_the_limit_it_comes_down_and_just_over_it_climbs(rate: str, settles: bool, opened: Open) -> None:
    at = opened(LESSON, lr=rate, n="300", lang="en", predict="0")
    assert ("Diverged" in report(at, "one_weight")) is not settles


def test_the_lines_under_the_player_are_the_run(opened: Open, steps: Steps) -> None:
    """Redone here with the textbook's rule on the data themselves."""
    x, y = Penguins().load()
    x, y = ((v - v.mean()) / v.std() for v in (x[:, 0], y))
    w, rate = -1.5, 0.1
    for line in steps(opened(LESSON, lang="en", predict="0"))["beat-one_weight"][:-1]:
        slope = 2 * np.mean((w * x - y) * x)
        now, then = w, w - rate * slope
        shown = [float(part.replace("−", "-")) for part in re.findall(r"−?\d+\.?\d*", line.replace(" − ", " "))]
        assert shown == pytest.approx([now, rate, slope, then], abs=1e-4), line
        w = then


def test_a_comparison_has_a_line_for_every_rate(language: str, opened: Open) -> None:
    at: Any = opened(LESSON, lang=language, predict="0")
    pills = at.pills(key="gradient_descent.x")
    pills.set_value(list(OTHERS)).run()
    assert not at.exception
    said = next(text.value for text in at.container(key="beat-one_weight").markdown if "2/λ" in text.value)
    assert [line[:2] for line in said.splitlines()] == ["- "] * 3
    assert [re.search(r"η = ([\d.]+)", line)[1] for line in said.splitlines()] == ["0.1", "0.05", "0.2"]  # type: ignore[index]


def test_a_rate_far_over_the_limit_is_told_in_a_number_that_can_be_read(language: str, opened: Open) -> None:
    at = opened(LESSON, {"f": "own_formula", "f_text": "exp(x**4)", "predict": "0"}, lang=language)
    said = " ".join(each.value for each in at.container(key="beat-any_landscape").markdown)
    assert "2/λ" in said and max(map(len, said.split())) < 40


# ---- sentences beneath pictures --------------------------------------------------------------------------------------


def captions(at: AppTest, beat: str) -> str:
    return " ".join(each.value for each in at.container(key=f"beat-{beat}").caption)


@pytest.mark.parametrize("beat", ["one_weight", "two_weights", "any_landscape"])
def test_a_sentence_says_when_it_speaks_of_the_end(beat: str, opened: Open) -> None:
    """While the player stood at step 1, "so far, 40 steps" was said to be where the run is."""
    after = captions(opened(LESSON, beat=beat, lang="en", predict="0"), beat)
    assert len(re.findall(r"at the end, after 40 steps", after)) == 2
    before = captions(opened(LESSON, beat=beat, lang="en"), beat)
    assert "after 0 steps" not in before and "at the end" not in before and "start" in before.lower()


# ---- basins ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def basin_map(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """The maps of the basins that have been drawn."""
    seen: list[Picture] = []
    draw = Beat._picture

    def picture(self: Beat, one: Any) -> None:
        if one.name == "basins":
            seen.append(one)
        draw(self, one)

    monkeypatch.setattr(Beat, "_picture", picture)
    return seen


@pytest.mark.parametrize("start", [(5.0, 5.0), (-3.0, 4.5), (0.5, -5.5)])
def test_a_start_on_the_map_of_basins_shows_its_path(
    start: tuple[float, float], opened: Open, basin_map: list[Picture]
) -> None:
    x, y = map(str, start)
    at = opened(LESSON, {"beat": "where_it_ends", "sx": x, "sy": y}, lang="en", predict="0")
    assert not at.exception
    path = basin_map[-1].data["path"]
    w = np.array(start)
    for k in range(200):
        assert (path["x"][k], path["y"][k]) == pytest.approx(tuple(w))
        p, q = w[0] ** 2 + w[1] - 11, w[0] + w[1] ** 2 - 7
        w = w - 0.01 * np.array([4 * w[0] * p + 2 * q, 2 * p + 4 * w[1] * q])
    minima = basin_map[-1].data["minima"]
    nearest = np.argmin(np.hypot(minima["x"] - w[0], minima["y"] - w[1]))
    assert f"to minimum {minima['label'][nearest]} " in captions(at, "where_it_ends")


def test_a_path_is_a_view_and_gives_nothing_away(opened: Open, basin_map: list[Picture]) -> None:
    """Whoever looks at another path has not changed the experiment; before the guess only its start is there."""
    opened(LESSON, {"beat": "where_it_ends", "sx": "5", "sy": "5"}, lang="en")
    assert len(basin_map[-1].data["path"]["x"]) == 0 and list(basin_map[-1].data["starts"]["x"]) == [5.0]
    assert "start" not in {field.name for field in dataclasses.fields(where_it_ends.Setup)}


def test_a_start_without_a_slope_has_no_path(opened: Open, basin_map: list[Picture]) -> None:
    where = {"beat": "where_it_ends", "g": "own_formula", "g_text": "log(x)+y**2", "sx": "-2", "sy": "1"}
    assert not opened(LESSON, where, lang="en", predict="0").exception
    assert len(basin_map[-1].data["path"]["x"]) == 0
