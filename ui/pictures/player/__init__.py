"""The player: one bar that moves the step of every chart in a container, in the browser alone.

Each chart has a Vega parameter ``t`` bound to a slider of its own. The bar, a small component, sets those sliders; the
server hears nothing of it. Where components do not exist (Streamlit in WebAssembly), Vega's own sliders stay visible.
"""

from collections.abc import Sequence
from pathlib import Path

from streamlit.components.v2 import component

from ui.controls.widgets import Say

_HERE = Path(__file__).parent
_bar = component(
    "lesson_player",
    html=(_HERE / "player.html").read_text(encoding="utf-8"),
    css=(_HERE / "player.css").read_text(encoding="utf-8"),
    js=(_HERE / "player.js").read_text(encoding="utf-8"),
)

_WORDS = ("play", "pause", "step_back", "step_on", "step_shown", "play_speed", "player_name", "by_hand")


def bar(container: str, last: int, lines: Sequence[str], say: Say, autoplay: bool, opens_at: int) -> None:
    """Draw the bar for the charts in the container with key ``container``.

    last: the last step. lines: what is written beneath the bar at each step. autoplay: start from step 0 by itself,
    unless the reader prefers reduced motion. opens_at: the step that is shown at first.
    """
    data = {
        "container": container,
        "last": last,
        "lines": list(lines),
        "words": {word: say(word) for word in _WORDS},
        "autoplay": autoplay,
        "opens_at": opens_at,
    }
    _bar(key=f"player-{container}", data=data)
