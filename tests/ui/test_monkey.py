"""The monkey (tests/monkey) on every page, with AppTest: whatever is done, in whatever order, the page stays well.

A failed test prints its fault, the shortest list of acts that leads there, and the command that does them again.
"""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.monkey.acts import Act
from tests.monkey.monkey import Found, Monkey, Steps, shortest
from tests.ui.conftest import LANGUAGES, ROOT

ACTS, ACTS_THOROUGH = 10, 400


pytestmark = pytest.mark.usefixtures("briefly")


def open_page(script: str, address: Mapping[str, Any], unfolded: Iterable[str] = ()) -> AppTest:
    """A page as a new visitor finds it at that address, with these boxes open."""
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
    if script.startswith("pages/"):
        at.switch_page(script)
    at.query_params.update(address)
    for key in unfolded:
        at.session_state[key] = True
    return at.run()


def told(steps: Steps, test: str) -> str:
    """What was done, and how it is done again."""
    listed = "\n".join(f"  {k}. " + " and ".join(map(str, turn)) for k, turn in enumerate(steps, start=1))
    written = json.dumps([[[act.what, act.key, act.value] for act in turn] for turn in steps])
    command = f"pytest -n 0 {shlex.quote(test)} --monkey-again {shlex.quote(written)}"
    return f"The shortest way there that was found:\n{listed}\nAgain: {command}"


def test_whatever_is_done_the_page_stays_well(any_script: str, request: pytest.FixtureRequest) -> None:
    """In the language whose turn it is, for a few acts; in both, for many, with ``--thorough``."""
    test, asked = request.node.nodeid, request.config.option
    seed = asked.monkey_seed
    acts = asked.monkey_acts or (ACTS_THOROUGH if asked.thorough else ACTS)
    if again := asked.monkey_again:
        walks = [lambda one: one.again([[Act(*act) for act in turn] for turn in json.loads(again)])]
    else:
        in_turn = LANGUAGES[(seed + sum(map(ord, any_script))) % 2]
        spoken = LANGUAGES if asked.thorough else (in_turn,)
        walks = [lambda one, spoken=each: one.wander(acts, seed, spoken) for each in spoken]
    for walk in walks:
        if found := gone(walk, Monkey(open_page, any_script)):
            found = found if again else shortest(lambda: Monkey(open_page, any_script), found)
            pytest.fail(f"{found.wrong}\n\n{told(found.steps, test)}", pytrace=False)


def gone(walk: Callable[[Monkey], Any], one: Monkey) -> Found | None:
    """What the monkey found on its walk."""
    try:
        walk(one)
    except Found as found:
        return found
    return None
