"""What stands on a page that AppTest has run: its controls as a browser knows them, and all that is said, by place."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Slider_pb2 import Slider
from streamlit.runtime.state.common import user_key_from_element_id
from streamlit.testing.v1 import AppTest

from tests.monkey.said import strict

SAYING = ("caption", "markdown", "success", "info", "warning", "error", "latex", "heading", "subheader", "title")
NOTES, CHECK = "notes", "-check"
APART = re.compile(rf"collect-|\w+-\w+-goals|goal_.*-popover|{NOTES}$")
"""Where it stands what a visitor has done, which is in no address."""


@dataclass(frozen=True)
class Control:
    """A control: its key, what kind it is, and how Streamlit has described it to the browser."""

    key: str
    kind: str
    proto: Any
    value: Any = None


@dataclass
class Seen:
    """The page.

    controls: by key. said, shown, sent: by place (the innermost container that has a key), the texts, the tables, and
    what charts and components were sent.
    """

    controls: dict[str, Control] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tables: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    folded: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """By key, the values of the controls that an address restores."""
        kept = ("slider", "number_input", "selectbox", "button_group", "toggle", "text_input")
        return {key: one.value for key, one in self.controls.items() if one.kind in kept and re.match(r"\w+\.", key)}

    def around(self, place: str) -> str:
        """All that is said of a beat's numbers: without its prose and its notes, which are there whatever they are."""
        beat = place.split("/")[0]
        mine = [texts for where, texts in self.said.items() if where.split("/")[0] == beat and CHECK not in where]
        return "\n".join(text for texts in mine for text in texts if not text.startswith("#"))

    def told(self) -> dict[tuple[str, str], list[str]]:
        """All numbers that a reader is told and that hang on what is set alone."""
        parts = {"said": self.said, "lines": self.lines, "tables": self.tables}
        return {
            (name, place): [one.to_csv() if isinstance(one, pd.DataFrame) else one for one in texts]
            for name, places in parts.items()
            for place, texts in places.items()
            if not any(APART.match(part) for part in place.split("/"))
        }


def seen(at: AppTest) -> Seen:
    """What stands on the page."""
    page = Seen()
    _walk(at, at.main, "", page)
    _walk(at, at.sidebar, "", page)
    return page


def _walk(at: AppTest, block: Any, place: str, page: Seen) -> None:
    for child in block.children.values():
        if hasattr(child, "children"):
            key = child.key or ""
            if child.type == "expander" and key:
                page.folded.append(key)
            _walk(at, child, f"{place}/{key}".strip("/") if _names_a_place(key) else place, page)
        else:
            _element(at, child, place, page)


def _names_a_place(key: str) -> bool:
    return bool(key) and not key.startswith("taken-")


def _element(at: AppTest, one: Any, place: str, page: Seen) -> None:
    kind, proto = one.type, one.proto
    if kind in SAYING:
        # the notes on an address are for the one who has come by it
        page.said[f"{place}/{NOTES}" if kind == "warning" else place].append(one.value)
    elif kind == "code" and one.language in ("", "plaintext", None):
        page.said[place].append(one.value)
    elif kind == "vega_lite_chart":
        page.sent[place].append(proto.spec)
    elif kind == "bidi_component":
        page.sent[place].append(proto.json)
        if proto.component_name.startswith("lesson_player"):
            page.lines[place] += strict(proto.json)["lines"]
    elif kind == "dataframe":
        page.tables[place].append(one.value)
    for name, found, value in _touchable(at, one, kind, proto):
        page.controls[name] = Control(name, found, proto, value)


def _touchable(at: AppTest, one: Any, kind: str, proto: Any) -> Iterator[tuple[str, str, Any]]:
    key = getattr(one, "key", None) or (user_key_from_element_id(proto.id) if hasattr(proto, "id") and proto.id else "")
    if not key or getattr(proto, "disabled", False):
        return
    if kind in ("slider", "select_slider", "number_input", "selectbox", "toggle", "text_input", "text_area"):
        yield key, "slider" if kind == "select_slider" else kind, one.value
    elif kind == "button_group":
        yield key, kind, one.value
    elif kind in ("button", "file_uploader"):
        yield key, kind, None
    elif kind == "dataframe" and one.editing_mode != "read_only":
        # a table that was edited is another one, with another number in its key
        yield re.sub(r"-\d+$", "", key), "data_editor", None
    elif kind == "bidi_component" and proto.component_name == "lesson_click":
        yield key, "picture", None


def whole(proto: Any) -> bool:
    """Whether a control's numbers are whole ones."""
    if isinstance(proto, Slider):
        return proto.data_type == Slider.INT
    return isinstance(proto, NumberInput) and proto.data_type == NumberInput.INT
