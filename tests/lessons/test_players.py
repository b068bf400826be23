"""What a player counts is what its charts count, and a click means the place that it is seen to be at."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from charts.picture import Picture
from lessons.optimizers import all_or_a_sample
from tests.test_architecture import LESSONS, questions
from ui.beat import Beat
from ui.text import texts

COUNTED = [
    ("pages/5_optimizers.py", "all_or_a_sample", "epoch_shown", 1 / all_or_a_sample.TICKS),
    ("pages/5_optimizers.py", "one_step", "step_shown", 1),
    ("pages/5_optimizers.py", "fair_race", "step_shown", 1),
    ("pages/5_optimizers.py", "on_a_network", "epoch_shown", 1),
    ("pages/5_optimizers.py", "one_name", "step_shown", 1),
    ("pages/5_optimizers.py", "class_race", "step_shown", 1),
    ("pages/6_losses.py", "outlying_points", "step_shown", 1),
    ("pages/6_losses.py", "not_squares_for_classes", "epoch_shown", 1),
    ("pages/6_losses.py", "softmax_once", "step_shown", 1),
]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("page_file", "beat", "word", "each"), COUNTED, ids=[each[1] for each in COUNTED])
def test_a_player_says_what_it_counts(
    page_file: str, beat: str, word: str, each: float, language: str, opened: Callable[..., AppTest]
) -> None:
    """ "Step 61 / 100" stood under a chart of 100 epochs of 46 steps, and "step 13" where a run had not made any."""
    at = opened(page_file, lang=language, beat=beat, predict="0", ep5="2", e3="2", ep="2")
    (bar,) = (
        json.loads(one.proto.json) for one in at.get("bidi_component") if one.proto.component_name == "lesson_player"
    )
    assert bar["words"]["counts"] == texts.words()[word][language]
    assert bar["each"] == each and bar["decimals"] == (2 if each < 1 else 0)
    if word == "epoch_shown":
        assert bar["last"] * each == pytest.approx(2)


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize(
    ("page_file", "beat"), [(f"pages/{page.name}", name) for page in LESSONS for name in questions(page)]
)
def test_a_click_is_read_on_the_scales_of_its_picture(
    page_file: str, beat: str, opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arrows of a step lay on a map as wide as its frame, and a click on it was read as on equal scales."""
    read: list[bool] = []
    drawn: list[Picture] = []
    clicks, beside = Beat.clicks, Beat.side_by_side

    def listened(self: Beat, *args: object, equal: bool = False) -> None:
        read.append(equal)
        clicks(self, *args, equal=equal)  # type: ignore[arg-type]

    def put(self: Beat, *pictures: tuple[Picture, str], clickable: bool = False, **how: Any) -> None:
        drawn.extend(pictures[0][:1] if clickable else ())
        beside(self, *pictures, clickable=clickable, **how)

    monkeypatch.setattr(Beat, "clicks", listened)
    monkeypatch.setattr(Beat, "side_by_side", put)
    assert not opened(page_file, lang="en", beat=beat, predict="0").exception
    if read and drawn:
        assert read == [has_equal_scales(picture) for picture in drawn]


def has_equal_scales(picture: Picture) -> bool:
    """Whether a picture is drawn with axes that are as long across as up; see ``axes.equal_axes``."""
    params = picture.draw(**picture.look).to_dict(validate=False).get("params", [])
    return "x_low" in {each["name"] for each in params}
