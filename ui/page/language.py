"""Which language a visitor reads: what the address says, else what they chose before, else what the browser prefers."""

from typing import Any

import streamlit as st

from ui.controls.page_state import LANGUAGE_KEY, Note, PageState
from ui.controls.widgets import came_late, widget_showing
from ui.text.texts import LANGUAGES

SWITCH = "language_switch"


def reader_language(state: PageState) -> str:
    """The language of this run, kept for the session; a language that there is not leaves a note in the state."""
    address = st.query_params.get(LANGUAGE_KEY)
    # the switch was moved in this run and the address has not caught up yet
    if st.session_state.pop("language_switched", False):
        return st.session_state["language"]
    if address in LANGUAGES:
        st.session_state["language"] = address
    elif address is not None and address != st.session_state.get("language_refused"):
        st.session_state["language_refused"] = address
        state.notes.append(Note("address_corrected", LANGUAGE_KEY, address, _session_language()))
    return _session_language()


def _session_language() -> str:
    if "language" not in st.session_state:
        preferred = (st.context.locale or "ko")[:2].lower()
        st.session_state["language"] = preferred if preferred in LANGUAGES else "en"
    return st.session_state["language"]


def switch(label: str) -> None:
    """The control with which a reader changes the language; each language is named in itself."""
    now, shown = _session_language(), _widget_values()
    widget = widget_showing(SWITCH, now, shown)
    st.segmented_control(
        label,
        list(LANGUAGES),
        default=now,
        key=widget,
        format_func=LANGUAGES.__getitem__,
        required=True,
        on_change=_switch,
        args=(widget, max(shown)),
        label_visibility="collapsed",
    )


def _widget_values() -> dict[int, Any]:
    """By number, the languages that the widgets of the switch showed one after the other, in this session."""
    return st.session_state.setdefault("language_widgets", {})


def _switch(widget: str, number: int) -> None:
    new = st.session_state[widget]
    if not came_late(new, number, _widget_values()):
        st.session_state["language"] = new
        st.session_state["language_switched"] = True
