"""The lessons' questions are opened as the frame's pages are."""

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

__all__ = [
    "a_language",
    "briefly",
    "controls_are_called_by_their_keys",
    "errors_in_full",
    "installed_components_are_looked_for_once",
    "opened",
    "shown",
    "sound",
    "steps",
]
