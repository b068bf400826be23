"""What a pointer sets by a click can be set without one; and nothing of ours moves that nobody has set in motion."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parent.parent.parent
CLICKED = {f"pages/{name}.py" for name in ("1_gradient_descent", "3_neuron", "5_optimizers", "6_losses")}
"""Pages with a picture that hears clicks."""


@pytest.mark.on_pages(1, 3)
def test_what_a_click_sets_can_be_typed_or_slid(
    script: str, opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    clicked: list[str] = []
    monkeypatch.setattr("ui.controls.click.listen", lambda place, extent, keys, *rest: clicked.extend(keys))
    at = opened(script, predict="0")
    controls = [*at.slider, *at.select_slider, *at.number_input, *at.text_input]
    by_hand = {str(one.key).rpartition(".")[2] for one in controls if not one.disabled}
    # a line of text holds the coordinates of all points
    by_hand |= {"x", "y"} if "pts" in by_hand else set()
    assert set(clicked) <= by_hand
    assert bool(clicked) == (script in CLICKED), "as it opens; points are drawn on page 7 once one asks for it"


def test_points_are_drawn_by_keyboard_as_well(opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    clicks: list[Any] = []
    monkeypatch.setattr("ui.controls.click.listen", lambda *how: clicks.append(how))
    at = opened("pages/7_training.py", predict="0", set="drawn_points")
    assert clicks
    assert [one for one in at.text_input if str(one.key).endswith(".pts") and not one.disabled]


MOVES = re.compile(r"\btransition\b|\banimation\b|@keyframes|scroll-behavior|st\.(balloons|snow)\(|behavior: .smooth")


def test_what_moves_asks_first() -> None:
    """The player alone moves anything, and asks (test_player.py); what is said of motion here is said to stop it."""
    for path in [*(ROOT / "ui").rglob("*.*"), *(ROOT / "lessons").rglob("*.*")]:
        if path.suffix in (".css", ".js", ".py", ".html"):
            text = path.read_text(encoding="utf-8")
            moving = re.sub(r"@media \(prefers-reduced-motion: reduce\) \{.*?\n\}\n", "", text, flags=re.DOTALL)
            assert not MOVES.search(moving), path
