"""Which language a visitor reads: what the address says, else what they chose before, else what the browser prefers."""

import streamlit as st

from ui.controls.page_state import LANGUAGE_KEY, Note, PageState
from ui.text.texts import LANGUAGES

SWITCH = "language_switch"


def speak(state: PageState) -> str:
    """The language of this run, remembered for the session."""
    asked = st.query_params.get(LANGUAGE_KEY)
    # the switch was moved in this run and the address has not caught up yet
    if st.session_state.pop("language_switched", False):
        return st.session_state["language"]
    if asked in LANGUAGES:
        st.session_state["language"] = asked
    elif asked is not None and asked != st.session_state.get("language_refused"):
        st.session_state["language_refused"] = asked
        state.notes.append(Note("address_corrected", LANGUAGE_KEY, asked, _remembered()))
    return _remembered()


def _remembered() -> str:
    if "language" not in st.session_state:
        preferred = (st.context.locale or "ko")[:2].lower()
        st.session_state["language"] = preferred if preferred in LANGUAGES else "en"
    return st.session_state["language"]


def switch(label: str) -> None:
    """The control with which a reader changes the language; each language is named in itself."""
    now = _remembered()
    if st.session_state.get(SWITCH) != now:
        st.session_state[SWITCH] = now
    st.segmented_control(
        label,
        list(LANGUAGES),
        key=SWITCH,
        format_func=LANGUAGES.__getitem__,
        required=True,
        on_change=_switched,
        label_visibility="collapsed",
    )


def _switched() -> None:
    st.session_state["language"] = st.session_state[SWITCH]
    st.session_state["language_switched"] = True
