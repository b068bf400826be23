"""A monkey on one page: it does what comes to its mind, and after every act looks whether all is still well.

``Monkey(open_page, script).wander(acts, seed, language)`` raises Found with what was wrong and the acts up to there;
``shortest`` leaves out of them all that the fault does not need; ``again`` does them once more.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from lessons.training.results import PINNED
from tests.monkey import said
from tests.monkey.acts import Act, chosen, do, is_open
from tests.monkey.seen import Seen, seen
from ui.controls.page_state import PLACE_KEYS, PageState

ROOT = Path(__file__).resolve().parent.parent.parent
Open = Callable[..., AppTest]
Turn = list[Act]
"""One act, or a few at once, before the page has answered."""

Steps = list[Turn]

COMPARED_EVERY = 8
"""After so many turns somebody else opens the address."""


def scripts() -> list[str]:
    """The pages that there are, as AppTest wants them."""
    return ["streamlit_app.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]


class Found(AssertionError):
    """Something wrong on a page; ``steps`` lead there."""

    def __init__(self, wrong: str, steps: Steps) -> None:
        super().__init__(wrong)
        self.wrong, self.steps = wrong, steps


class Ear(logging.Handler):
    """Hears what the app and Streamlit complain of in the server's log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


class Monkey:
    """The monkey, with a page before it."""

    def __init__(self, open_page: Open, script: str) -> None:
        self.open, self.script = open_page, script
        self.steps: Steps = []
        self.page = Seen()
        self.compared = 0

    def wander(self, acts: int, seed: int, language: str) -> int:
        """Do so many acts; how many of them there were to do. Raises Found."""
        chance = random.Random(f"{seed}/{self.script}/{language}")
        others = [script for script in scripts() if script != self.script]
        begin = {"lang": language, "all": "print"} | ({"predict": "0"} if chance.random() < 0.7 else {})
        done = self.take([Act("begin", "", begin)], compare=False)
        while done < acts:
            last = done >= acts - 1
            done += self.take(chosen(self.page, chance, others), last or len(self.steps) % COMPARED_EVERY == 0)
        return done

    def again(self, steps: Steps) -> None:
        """Do what was done before, and look at the end whether the address shows the same. Raises Found."""
        for turn in steps:
            self.take(turn, compare=turn is steps[-1])

    def take(self, turn: Turn, compare: bool) -> int:
        """Do what is in a turn, and see what has come of it; how many acts that were."""
        self.steps.append(turn)
        before, ear = self.page, Ear()
        logging.getLogger().addHandler(ear)
        try:
            if turn[0].what == "begin":
                self.at = self.open(self.script, turn[0].value)
            elif not do(self.at, before, turn, self.script):
                return len(turn)
        finally:
            logging.getLogger().removeHandler(ear)
        for wrong in self._broken(ear):
            raise Found(wrong, [*self.steps])
        self.page = seen(self.at)
        compare = compare or any(map(self._is_unwritten, turn))
        for wrong in (*self._unsaid(), *self._changed(before, turn), *(self._elsewhere() if compare else ())):
            raise Found(wrong, [*self.steps])
        return len(turn)

    # ---- what has to hold after every act ----------------------------------------------------------------------------

    @property
    def language(self) -> str:
        return str(self.at.session_state["language"])

    def _broken(self, ear: Ear) -> Iterator[str]:
        for box in self.at.exception:
            yield f"an exception: {box.message}\n" + "\n".join(box.stack_trace)
        for line in ear.heard:
            yield f"in the server's log: {line}"
        if not self.at.title:
            yield "the page has no title: it did not run to its end"

    def _unsaid(self) -> Iterator[str]:
        """Numbers that are none, of which nothing is said."""
        for place, texts in self.page.said.items():
            yield from said.faults(texts, self.language, self.page.around(place))
        for place, texts in self.page.lines.items():
            yield from said.faults(texts, self.language, self.page.around(place) + "\n".join(texts))
        for place, tables in self.page.tables.items():
            for table in tables:
                yield from said.table_faults(place, table, self.language, self.page.around(place))
        for place, texts in self.page.sent.items():
            for text in filter(None, texts):
                try:
                    said.strict(text)
                except ValueError as why:
                    yield f"in {place}: {why}"

    def _changed(self, before: Seen, turn: list[Act]) -> Iterator[str]:
        """Whether what was done is what has come of it."""
        after, act = self.page, turn[0]
        if act.what in ("speak", "fold", "leave"):
            if lost := before.values.keys() - after.values.keys():
                yield f"gone after {act}: {sorted(lost)}"
            if after.values != before.values:
                yield f"other values after {act}: {differences(before.values, after.values)}"
        reset = act.what == "press" and act.key.endswith("-reset") and len(turn) == 1 and not self._handed_out
        if reset and set(self.at.query_params) - set(PLACE_KEYS) != {"lang"}:
            yield f"after a reset the address still says {dict(self.at.query_params)}"
        if len(turn) == 1 and act.what in ("slide", "number", "toggle", "type") and act.key in before.controls:
            if act.key not in after.controls:
                yield f"a control is gone after it was moved: {act}"
            elif not self._shows(act):
                yield f"a control does not show what was sent: {act}, but {after.controls[act.key].value!r}"
            elif self._said_wrong(act):
                yield f"the address does not say what was set: {act}, but {dict(self.at.query_params)}"

    @property
    def _handed_out(self) -> bool:
        """Whether a teacher's link has taken something away: to that one a page returns."""
        return bool({"lock", "hide"} & set(self.at.query_params))

    def _shows(self, act: Act) -> bool:
        one = self.page.controls[act.key]
        if act.what == "slide":
            return float(act.value[0].replace(",", "")) == float(one.value)
        if act.what == "type":
            return act.value[: one.proto.max_chars or None] == one.value
        return act.value == one.value

    def _said_wrong(self, act: Act) -> bool:
        """Whether the address says something else than the control."""
        key, value = act.key.split(".")[-1], self.page.controls[act.key].value
        asked = self.at.query_params.get(key)
        if "." not in act.key or asked is None:
            return False
        asked = asked[-1] if isinstance(asked, list) else asked
        return (asked if act.what == "type" else float(asked)) != (value if act.what == "type" else float(value))

    def _is_unwritten(self, act: Act) -> bool:
        """Whether a control is not at its default, as far as that is known, and the address does not name it."""
        key = act.key.split(".")[-1]
        if act.key not in self.page.values or key in self.at.query_params:
            return False
        kind = self._state.kinds.get(key)
        return kind is None or self._state.settings.get(key, kind.default) != kind.default

    def _elsewhere(self) -> Iterator[str]:
        """Whether the address shows somebody else the same numbers."""
        if self._is_mine_alone():
            return
        self.compared += 1
        address = dict(self.at.query_params)
        there = self.open(
            self.script, self.at.query_params, unfolded=[key for key in self.page.folded if is_open(self.at, key)]
        )
        if there.exception:
            yield f"the address {address} shows somebody else an exception: {there.exception[0].message}"
            return
        copy = seen(there)
        # what waits for a guess is not there for somebody who has not guessed
        here = {key: one for key, one in self.page.values.items() if key in copy.values or not self._guessed()}
        if copy.values != here:
            yield f"the address {address} shows other values: {differences(here, copy.values)}"
        elif dict(there.query_params) != address:
            yield f"the address {address} becomes {dict(there.query_params)}"
        elif not self._guessed() and copy.told() != self.page.told():
            yield f"the address {address} shows other numbers: {differences(self.page.told(), copy.told())}"

    def _is_mine_alone(self) -> bool:
        """Whether more is shown than what is set: what cannot be read, files, trainings that were begun by hand."""
        mine = ("training.go", "training.on", "training.rewind", "training.unpin")
        own = self.page.values.get("training.set") == "own_table"
        # a test set is opened once by everybody, and stays open: model_evaluation/only_once.py
        opened = bool(self._state.kept_numbers)
        # what was put aside is told also where, before a guess, the button is not there with which it is dropped
        opened = opened or PINNED in self.at.session_state
        return bool(self.at.error) or own or opened or any(key in self.page.controls for key in mine)

    def _guessed(self) -> bool:
        return bool(self._state.guesses)

    @property
    def _state(self) -> PageState:
        return self.at.session_state["pages"][self.at.session_state["page"]]


def differences(here: Mapping[Any, Any], there: Mapping[Any, Any]) -> str:
    """What differs, in short."""
    keys = [key for key in {**here, **there} if here.get(key) != there.get(key)]
    return "; ".join(f"{key}: {_first(here.get(key), there.get(key))}" for key in keys[:4])


def _first(here: Any, there: Any) -> str:
    if isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        here, there = next((pair for pair in zip(here, there) if pair[0] != pair[1]), (here, there))
    return f"{str(here)[:300]!r} here, {str(there)[:300]!r} there"


def shortest(begin: Callable[[], Monkey], found: Found, seconds: float = 60.0) -> Found:
    """The same kind of fault after as few steps as can be found by trying without some, in so much processor time."""
    until = time.process_time() + seconds

    def still_wrong(tried: Steps) -> Found | None:
        try:
            begin().again(tried)
        except Found as other:
            return other if other.wrong[:20] == found.wrong[:20] else None
        return None

    size = max(1, len(found.steps) // 2)
    while time.process_time() < until:
        # the page has to be opened
        place, shorter = 1, False
        while place < len(found.steps) and time.process_time() < until:
            if (other := still_wrong(found.steps[:place] + found.steps[place + size :])) is not None:
                found, shorter = other, True
            else:
                place += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    return found
