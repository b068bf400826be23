"""Before the guess: every picture shows what is known on its final axes, and nothing says what is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charts.picture import Picture
from tests.charts.spec import layers, whole
from tests.test_architecture import LESSONS, questions
from ui.beat import Beat
from ui.text import texts

Open = Callable[..., AppTest]

QUESTIONS = [(f"pages/{page.name}", name) for page in LESSONS for name in questions(page)]

OTHER_AXES = {
    ("all_or_a_sample", "lines"): "a range that a lost run needs would say that one is lost",
    ("one_step", "lines"): "the gradient at the start is known, the part that is looked at follows from the step",
    ("fair_race", "lines"): "a range in which somebody arrives would say that somebody does",
    ("does_it_matter", "lines"): "how far down the axis reaches would say whether anybody learns",
    ("vanishing", "gradients"): "how far down the axis reaches is what is asked",
    ("what_it_punishes", "slope"): "how far the axis reaches would say whether there are steeper places",
    ("beat_common_sense", "contenders"): "an axis around the scores would say how high the one is that is asked for",
    ("residuals", "residual_histogram"): "how high the bars get would say how close to 0 the residuals are",
    ("fit", "epoch_curves"): "how far down the axis reaches would say how low the loss gets",
    ("watch", "epoch_curves"): "the same training as in fit",
}
"""Questions and pictures that have other axes before the guess, and why: these would give the answer away."""

AFTER_THE_GUESS = {
    ("fair_race", "values_by_rate"): "a picture of its own section, which begins with what the race has shown",
    ("fair_race", "map_for_each"): "a closer look at what the map above it has shown",
    ("class_race", "entries_plane"): "what became of each entry",
    ("watch", "confusion"): "how a training went: before it, the network with its first weights stands there",
}
"""Pictures that there are only after the guess, and why."""

PLACES = {"x", "y", "x0", "value", "drawn", "height", "loss", "beside", "low", "url", "called", "class", "row"}
"""Columns that say where something is drawn."""


class Drawn(list[tuple[str, Picture]]):
    """Every picture that a page has drawn since it was cleared, with the question that it belongs to."""

    def of(self, name: str) -> dict[str, Picture]:
        """A question's pictures; a second one of a name has a number behind it."""
        pictures: dict[str, Picture] = {}
        for beat, picture in self:
            if beat == name:
                same = sum(key.partition("#")[0] == picture.name for key in pictures)
                pictures[f"{picture.name}#{same}" if same else picture.name] = picture
        return pictures


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    seen, draw = Drawn(), Beat._picture

    def picture(self: Beat, picture: Any) -> None:
        seen.append((self.name, picture))
        draw(self, picture)

    monkeypatch.setattr(Beat, "_picture", picture)
    return seen


@pytest.fixture
def opened_twice(opened: Open, drawn: Drawn) -> Callable[..., tuple[dict[str, Picture], dict[str, Picture]]]:
    """A question's pictures before the guess, and after it."""

    def look(script: str, name: str, **address: str) -> tuple[dict[str, Picture], dict[str, Picture]]:
        both = []
        for guessing in ({}, {"predict": "0"}):
            drawn.clear()
            at = opened(script, {"beat": name, "lang": "en", **address, **guessing})
            assert not at.exception
            both.append(drawn.of(name))
        return both[0], both[1]

    return look


def seen_in(picture: Picture) -> Iterator[str]:
    """The data sets of a picture that have something to be seen, but for an image beneath and what marks the axes."""
    for name, table in picture.data.items():
        for key, column in table.items():
            is_seen = np.asarray(column).dtype.kind != "f" or np.isfinite(np.asarray(column)).any()
            if key in PLACES and len(column) and is_seen:
                yield name
                break


def ends(picture: Picture) -> dict[str, tuple[float, float]]:
    return {key: part for key, part in picture.look.items() if key.endswith("_domain")}


def axes_that_follow(picture: Picture) -> dict[str, set[str]]:
    """The axes whose ends a browser chooses by what is drawn, each with the data sets that it looks at."""
    found: dict[str, set[str]] = {}
    for axis in "xy":
        channels = [(layer["data"]["name"], layer["encoding"].get(axis, {})) for layer in layers(whole(picture))]
        measured = {name for name, channel in channels if channel.get("type") == "quantitative"}
        if measured and not any("domain" in (channel.get("scale") or {}) for _, channel in channels):
            found[axis] = measured
    return found


def same_axes(before: Picture, after: Picture) -> bool:
    """Whether both have the same ends on all axes, also on those that a browser chooses."""
    if ends(before) != ends(after):
        return False
    data = [whole(picture)["datasets"] for picture in (before, after)]
    return all(data[0][name] == data[1][name] for names in axes_that_follow(before).values() for name in names)


def names(picture: Picture) -> tuple[str, ...]:
    """What the legend, or an axis of names, lists."""
    return tuple(name for key in ("names", "order", "titles", "keys") for name in picture.look.get(key, ()))


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize(("page_file", "name"), QUESTIONS, ids=[name for _, name in QUESTIONS])
def test_before_the_guess_a_picture_shows_what_is_known(page_file: str, name: str, opened_twice: Any) -> None:
    """Empty frames with axes from 0 to 1 stood there, or a dot in the middle of nothing, or nothing at all."""
    before, after = opened_twice(page_file, name)
    later = {picture for question, picture in AFTER_THE_GUESS if question == name}
    assert set(after) - set(before) == later, "a picture that is there after the guess is there before it"
    for key, picture in before.items():
        assert list(seen_in(picture)), f"{key} shows nothing"
        if key not in after:
            continue
        is_exception = (name, key.partition("#")[0]) in OTHER_AXES
        assert same_axes(picture, after[key]) or is_exception, (key, ends(picture), ends(after[key]))
        # "✓" is not to say which one that is; an order may be the ranking that is asked for
        shown, finally_ = (sorted(each.partition(" · ")[0] for each in names(one)) for one in (picture, after[key]))
        assert shown == finally_, f"the legend of {key} lists everybody"


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize(("page_file", "name"), QUESTIONS, ids=[name for _, name in QUESTIONS])
def test_no_two_pictures_of_a_question_have_one_name(page_file: str, name: str, opened_twice: Any) -> None:
    """Training and validation losses were both "lines": one alternative text, and one file, for two pictures."""
    for pictures in opened_twice(page_file, name):
        assert not [key for key in pictures if "#" in key]


@pytest.mark.usefixtures("briefly")
def test_every_exception_is_one(opened_twice: Any) -> None:
    for name, picture in OTHER_AXES:
        (page_file,) = (where for where, question in QUESTIONS if question == name)
        before, after = opened_twice(page_file, name)
        assert not same_axes(before[picture], after[picture]), f"{name}, {picture} is no exception any more"


ANSWERS = [
    # page, question, picture, settings that have different answers, and so might have different axes
    ("pages/5_optimizers.py", "fair_race", "lines", [{"fair": "0"}, {"g": "bowl"}, {"g": "plateau"}]),
    ("pages/5_optimizers.py", "all_or_a_sample", "lines", [{}, {"lr": "3"}]),
    ("pages/4_activations.py", "vanishing", "gradients", [{}, {"a": "relu", "i": "large_normal"}]),
    ("pages/8_model_evaluation.py", "beat_common_sense", "contenders", [{}, {"rare1": "50"}]),
    ("pages/6_losses.py", "what_it_punishes", "slope", [{"r": "1"}, {"l": "mean_squared_error", "r": "-1"}]),
]


@pytest.mark.parametrize(("page_file", "name", "picture", "settings"), ANSWERS, ids=[each[1] for each in ANSWERS])
def test_axes_that_would_say_the_answer_do_not_follow_it(
    page_file: str, name: str, picture: str, settings: list[dict[str, str]], opened: Open, drawn: Drawn
) -> None:
    """One shape of axes, decades or shares, whatever becomes of the run: only where the start is counts."""
    looks = []
    for address in settings:
        drawn.clear()
        assert not opened(page_file, {"beat": name, **address}).exception
        found = ends(drawn.of(name)[picture])
        low, high = found.get("y_domain") or found["x_domain"]
        looks.append(round(high / low, 6) if low > 0 else (low, high))
    assert len(set(looks)) == 1, looks


# ---- names of presets ------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """By question, the words of its presets and of the answers to be chosen from."""
    found: dict[str, list[str]] = {}
    presets = Beat.presets

    def spied(self: Beat, owns: Any, **offers: Any) -> None:
        found[self.name] = list(offers)
        presets(self, owns, **offers)

    monkeypatch.setattr(Beat, "presets", spied)
    return found


TELLING = {
    "ko": ("잘 됨", "너무", "발산", "진동", "갇힘", "폭발", "소실", "과적합", "안 됨", "모자람",
           "구하기", "막음"),
    "en": ("Works", "too ", "Too ", "Blows", "Swings", "Creeps", "Stuck", "Explode", "Vanish", "Overfit", "no way",
           "rescue", "Saved", "loses", "Dead", "alike", "differ"),
}  # fmt: skip
"""What says how a run ends."""


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_the_name_of_a_preset_says_what_it_sets_and_not_what_comes_of_it(
    page: Path, opened: Open, offered: dict[str, list[str]]
) -> None:
    """It stood there, ticked, that a run blows up, beside "will it arrive?"."""
    assert not opened(f"pages/{page.name}").exception
    words = texts.words()
    assert offered
    for question, presets in offered.items():
        for language, telling in TELLING.items():
            for preset in presets:
                named = words[preset][language]
                assert not [each for each in telling if each in named], (question, preset, named)
