"""The player: one bar that moves the step of every chart in a container, in the browser alone.

Each chart has a Vega parameter ``t`` bound to a slider of its own, which nobody sees (``stage.css``). The bar, a small
component, sets those sliders; the server hears nothing of it.
"""

from collections.abc import Sequence
from pathlib import Path

from streamlit.components.v2 import component

from ui.controls.widgets import Say
from ui.number_format import plain

_HERE = Path(__file__).parent
_bar = component(
    "lesson_player",
    html=(_HERE / "player.html").read_text(encoding="utf-8"),
    css=(_HERE / "player.css").read_text(encoding="utf-8"),
    js=(_HERE / "player.js").read_text(encoding="utf-8"),
)

_WORDS = ("play", "pause", "step_back", "step_on", "play_speed", "player_name", "by_hand")


def bar(
    container: str,
    last: int,
    lines: Sequence[str],
    say: Say,
    autoplay: bool,
    opens_at: int,
    counts: str = "step_shown",
    each: float = 1,
    numbers: Sequence[str] = (),
    invites: bool = True,
) -> None:
    """Draw the bar for the charts in the container with key ``container``.

    last: the last step. lines: what is written beneath the bar at each step. autoplay: start from step 0 by itself,
    unless the reader prefers reduced motion. opens_at: the step that is shown at first. counts: the word for what is
    counted: steps, epochs, batches. each: how much of that a step of the bar is, such as a hundredth of an epoch.
    numbers: what is shown of each step, if not its count. invites: a reader to check the numbers by hand.
    """
    data = {
        "container": container,
        "last": last,
        "lines": list(lines),
        "words": {word: say(word) for word in _WORDS} | {"counts": say(counts)} | ({} if invites else {"by_hand": ""}),
        "each": each,
        "decimals": len(plain(each).partition(".")[2]),
        "numbers": list(numbers),
        "autoplay": autoplay,
        "opens_at": opens_at,
    }
    _bar(key=f"player-{container}", data=data)
