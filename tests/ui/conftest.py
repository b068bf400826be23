"""Pages opened without a browser, and what can be read off them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.state import common
from streamlit.testing.v1 import AppTest, element_tree

from dlcore.experiments.capacity import AdamTraining
from tests.conftest import lessons

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("ko", "en")

Shown = dict[str, Any]


@pytest.fixture(autouse=True, scope="session")
def errors_in_full() -> None:
    """A visitor is spared the details of an error; a test report is not."""
    config.set_option("client.showErrorDetails", "full")


@pytest.fixture(autouse=True, scope="session")
def installed_components_are_looked_for_once() -> Iterator[None]:
    """AppTest reads what every installed package says of itself whenever it opens a page: half the time of opening."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True, scope="session")
def controls_are_called_by_their_keys() -> Iterator[None]:
    """A control that the script has set is drawn by another widget, with a number behind its name."""
    with pytest.MonkeyPatch.context() as patch:
        called = common.user_key_from_element_id
        patch.setattr(element_tree, "user_key_from_element_id", lambda name: without_number(called(name)))
        yield


def without_number(key: str | None) -> str | None:
    return key and re.sub(r"--\d+$", "", key)


@pytest.fixture
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest computations take a tenth of their time: for tests that move every control again and again.

    How many epochs there were is part of what a result is remembered by, so that nobody else is given a short one.
    """
    monkeypatch.setattr("lessons.model_evaluation.tame.EPOCHS", 20)
    monkeypatch.setattr(
        "lessons.model_evaluation.grow.AdamTraining", lambda epochs, *more: AdamTraining(min(epochs, 20), *more)
    )


@pytest.fixture
def a_language(script: str) -> str:
    """One of the languages, by turns from page to page: for tests that take long and are not about words."""
    return LANGUAGES[int(re.findall(r"\d+", script)[0]) % 2]


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """``opened(script, lr="0.1")``: a page as a new visitor finds it at that address, with a browser of that locale.

    All questions of a topic on one page, unless the address names one or presents it, or ``one`` is true.
    """

    def open_page(
        script: str, address: Mapping[str, Any] | None = None, locale: str = "", one: bool = False, **more: Any
    ) -> AppTest:
        at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        if script.startswith("pages/"):
            at.switch_page(script)
        asked = {**(address or {}), **more}
        whole = {} if one or script not in lessons() or {"beat", "present"} & set(asked) else {"all": "print"}
        at.query_params.update(whole | asked)
        if locale:
            at.context = {"locale": locale}
        return at.run()

    return open_page


@pytest.fixture
def shown() -> Callable[[AppTest], Shown]:
    """What a reader sees that depends on settings: values of controls, sentences, the steps written out."""

    def look(at: AppTest) -> Shown:
        kinds = (at.slider, at.select_slider, at.number_input, at.selectbox, at.toggle, at.text_input, at.pills)
        values = {w.key: w.value for kind in kinds for w in kind if w.key}
        said = [element.value for element in (*at.caption, *at.markdown)]
        return {"values": values, "said": said, "steps": steps_written_out(at)}

    return look


@pytest.fixture
def steps() -> Callable[[AppTest], dict[str, list[str]]]:
    """By beat, the lines under the player."""
    return steps_written_out


def steps_written_out(at: AppTest) -> dict[str, list[str]]:
    bars = [
        json.loads(bar.proto.json) for bar in at.get("bidi_component") if bar.proto.component_name == "lesson_player"
    ]
    return {bar["container"]: bar["lines"] for bar in bars}


@pytest.fixture
def sound() -> Callable[[AppTest], None]:
    """Fails unless the page ran to its end, without an error or a number that is none."""

    def check(at: AppTest) -> None:
        assert not at.exception, at.exception[0].message
        assert at.title
        for element in (*at.caption, *at.markdown, *at.success, *at.info):
            assert "nan" not in element.value.lower().split(), element.value

    return check
