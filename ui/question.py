"""A question: what the module of its name offers, so that every question of every topic is put in the same way.

``lessons/<topic>/<question>.py`` has, in this order:

    Setup                                      what is tried: a frozen dataclass of plain values and family members
    choose(beat) -> Setup                      the controls and the presets
    measure(setup) -> Result                   the numbers; no Streamlit, the same for the same setup
    question(setup, result) -> Question        what a reader is to predict; None if there is nothing to ask
    explain(setup, result, say) -> str         why the truth is the truth, in the reader's words
    draw(beat, setup, result)                  the pictures, the player and the verdict; before ``beat.answered`` only
                                               what gives nothing away

and, where it has any:

    goals(setup, result) -> Sequence[Goal]     what can be reached by setting the controls
    program(setup, experiment)                 the calls that make these numbers, as a program to take home
    loop(setup) -> str                         the same in a few lines of NumPy alone, complete in itself (see
                                               ``script_export.short_program``); "" where it cannot be as short
    details(beat, setup, result)               what stands below, one click away: tables, formulas, source
    run(beat, setup) -> Result | None          in place of ``measure``, for a training that a reader starts and stops
                                               or whose progress is drawn
    LOOKS = (key, ...)                         keys of controls that ``draw`` draws: how pictures are looked at, which
                                               changes nothing of what is tried
    TRAINS = True                              ``measure`` may take a while, which is said meanwhile

The setup is the identity of an experiment: a guess counts for it, caches are looked up by it, programs repeat it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Question:
    """What a reader is to predict: the word of the question, the words to choose from, and what is right.

    truth: one of the choices, or all that are right where several tie. ordered: whether the choices go from less to
    more, as numbers do; the others may be shuffled. ValueError if no choice is right: nobody could answer such a
    question.
    """

    word: str
    choices: Sequence[str]
    truth: str | Collection[str]
    ordered: bool = False

    def __post_init__(self) -> None:
        if not self._right or not self._right <= set(self.choices):
            raise ValueError(f"{sorted(self._right)} is to be right, of the choices {list(self.choices)}")

    @property
    def _right(self) -> set[str]:
        return {self.truth} if isinstance(self.truth, str) else set(self.truth)

    @property
    def truths(self) -> tuple[str, ...]:
        """The choices that are right, in the order of the choices."""
        return tuple(choice for choice in self.choices if choice in self._right)


class QuestionModule(Protocol):
    """The module of a question, as the frame sees it."""

    @property
    def __name__(self) -> str: ...
    @property
    def choose(self) -> Callable[..., Any]: ...
    @property
    def measure(self) -> Callable[[Any], Any]: ...
    @property
    def question(self) -> Callable[[Any, Any], Question | None]: ...
    @property
    def explain(self) -> Callable[[Any, Any, Callable[..., str]], str]: ...
    @property
    def draw(self) -> Callable[[Any, Any, Any], None]: ...


@dataclass(frozen=True, eq=False)
class Part:
    """What one question of a page hands on to those that build on it."""

    setup: Any
    result: Any
    answered: bool
    """Whether the result may be shown."""


def name_of(module: QuestionModule) -> str:
    """The name of a question, by which its prose, its address and its file are found."""
    return module.__name__.rpartition(".")[2]
