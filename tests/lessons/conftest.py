"""The lessons' questions are opened as the frame's pages are."""

from typing import Any

import pytest

from charts.picture import Picture
from tests.ui.conftest import (
    a_language,
    briefly,
    controls_are_called_by_their_keys,
    errors_in_full,
    installed_components_are_looked_for_once,
    opened,
    shown,
    sound,
    steps,
)
from ui.beat import Beat

__all__ = [
    "a_language",
    "briefly",
    "controls_are_called_by_their_keys",
    "drawn_pictures",
    "errors_in_full",
    "installed_components_are_looked_for_once",
    "opened",
    "shown",
    "sound",
    "steps",
]


@pytest.fixture
def drawn_pictures(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """Every picture that a page draws, in its order."""
    seen: list[Picture] = []
    draw = Beat._picture

    def picture(self: Beat, picture: Any) -> None:
        seen.append(picture)
        draw(self, picture)

    monkeypatch.setattr(Beat, "_picture", picture)
    return seen
