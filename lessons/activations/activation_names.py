"""What activations are called in the reader's language."""

from ui.controls.widgets import Say

OTHER_WORDS = {"linear": "identity"}
"""By activation, the word for it where that is not its name."""


def activation_name(name: str, say: Say) -> str:
    """What an activation is called."""
    return say(OTHER_WORDS.get(name, name))
