"""The room on the projector: in presenter mode a class votes with its phones on the question that is shown.

The rooms themselves are those of ``classroom``; what a phone asks is answered by ``server/room``. Here is the strip
above the question, one component that listens to the room's events, so that nothing on the page runs while votes come
in. The room's secret is kept by the browser's tab, and stands in no address that a class could see.
"""

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import streamlit as st
from streamlit.components.v2 import component

from classroom import store
from classroom.questions import Ballot
from classroom.rooms import EXPLAIN_BELOW, GO_ON_ABOVE
from ui.controls.page_state import PageState
from ui.controls.widgets import Say, widget_key
from ui.page import class_link
from ui.page.room import projector
from ui.page.room.projector import Projector
from ui.page.stage import ON, REVEAL
from ui.quiz import prediction

_HERE = Path(__file__).parent


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_strip = component(
    "lesson_room",
    html=_text("strip.html"),
    css=_text("strip.css", "votes.css"),
    js=_text("votes.js", "connection.js", "strip.js"),
)
_page = component("lesson_room_page", html="<span hidden></span>", css=":host { display: none }", js=_text("page.js"))

STRIP, PAGE = "room-strip-live", "room-page-says"

PHASES = ("none", "lobby", "open", "again", "closed", "discuss", "revealed")
ACTS = ("open", "close", "discuss", "again", "reveal", "put")
HINTS = ("explain", "discuss", "go_on")
ROUND = ("round", "voted", "right", "share")
WORDS = (
    *("room_strip", "room_waits", "room_other_setting", "room_offline", "room_reopen", "room_dismiss"),
    *("room_enlarge", "room_votes", "room_votes_title", "room_show_votes", "room_hide_votes", "room_no_votes"),
    *("room_first", "room_second", "room_answer", "room_truth", "check_note", "room_flow"),
    *("room_right_right", "room_wrong_right", "room_right_wrong", "room_wrong_wrong"),
)
"""What the strip says as it stands."""


def bar_button(language: str, say: Say) -> None:
    """The presenter's button for a room: it opens one, and then has what is rarely needed of it."""
    room = projector.of_session()
    if not store.available():
        with st.popover(say("room_open"), icon=":material/groups:", key="presenter-room"):
            st.markdown(say("room_unavailable"))
    elif room is None:
        st.button(say("room_open"), on_click=projector.open_room, icon=":material/groups:", key="presenter-room")
    else:
        with st.popover(say("room_of_code", code=room.code), icon=":material/groups:", key="presenter-room"):
            _rare(room, language, say)


def _rare(room: Projector, language: str, say: Say) -> None:
    if st.button(say("room_remote"), icon=":material/settings_remote:", key="room-remote"):
        _remote(room, say)
    st.download_button(
        say("room_csv"),
        # made when it is asked for; with a mark by which spreadsheets know how it is encoded
        lambda: "\ufeff" + store.store().table(room.code, room.secret, language),
        file_name=f"room-{room.code}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="room-csv",
    )
    st.button(say("room_close"), on_click=projector.close, icon=":material/delete:", key="room-close")
    st.caption(say("room_close_said"))


def _remote(room: Projector, say: Say) -> None:
    @st.dialog(say("room_remote"), width="large", icon=":material/settings_remote:")
    def show() -> None:
        st.warning(say("room_remote_warning"), icon=":material/visibility_off:")
        if st.button(say("room_remote_show"), key="room-remote-show"):
            class_link.draw_large(f"{room_address(room.code)}/remote#{room.secret}", say)

    show()


def app_address() -> str:
    """The address of the app without the page, as the reader's browser tells it; "" if that is none."""
    page = class_link.own_address()
    path = urlsplit(page).path
    return page[: len(page) - len(path)] + path.rstrip("/").rpartition("/")[0] if page else ""


def room_address(code: str) -> str:
    """Where phones find a room."""
    return f"{app_address()}/room/{code}"


def strip(language: str, say: Say) -> None:
    """The room's strip above a question; without a room it only asks the browser whether its tab has kept one."""
    if not store.available():
        return
    room, trouble = projector.of_session(), st.session_state.get(projector.TROUBLE)
    address = room_address(room.code) if room else ""
    data = {
        "room": room and {"code": room.code, "secret": room.secret},
        "trouble": say(trouble) if trouble else "",
        "visit": st.session_state.setdefault("room_visit", token_hex(8)),
        "forget": trouble in (projector.GONE, projector.FULL),
        "closed": st.session_state.get(projector.CLOSED, ""),
        "address": address.partition("://")[2],
        "picture": class_link.qr_data(address) if room else "",
        "words": _words(say),
        "keys": {"reveal": REVEAL, "on": ON},
        "language": language,
    }
    with st.container(key="room-strip" if room or trouble else "room-waits"):
        if room or trouble:
            # a constant of ours, never a visitor's text
            st.html(_HERE / "room.css")
        asked = _strip(
            key=STRIP,
            data=data,
            on_kept_change=_on_kept,
            on_lost_change=_on_lost,
            on_reopen_change=projector.open_room,
            on_dismiss_change=projector.dismiss,
            on_enlarge_change=lambda: None,
        )
    if asked.enlarge and room:
        class_link.enlarge(address, say)


def _on_kept() -> None:
    projector.take_up(st.session_state[STRIP].kept)


def _on_lost() -> None:
    projector.lose(projector.GONE)


def _words(say: Say) -> dict[str, str]:
    """The strip's words; what it fills in itself stands in single braces."""
    words = {word: say(word) for word in WORDS}
    words |= {f"room_phase_{phase}": say(f"room_phase_{phase}") for phase in PHASES}
    words |= {f"room_do_{act}": say(f"room_do_{act}") for act in ACTS}
    rule = {"below": EXPLAIN_BELOW, "above": GO_ON_ABOVE}
    words |= {f"room_hint_{hint}": say(f"room_hint_{hint}", **rule) for hint in HINTS}
    words["room_counts"] = say("room_counts", voted="{voted}", all="{all}")
    words["room_here"] = say("room_here", here="{here}")
    words["room_explain"] = say("room_explain", count="{count}")
    words["room_other_question"] = say("room_other_question", title="{title}")
    words["room_round_said"] = say(
        "room_round_said", round="{round}", voted="{voted}", right="{right}", share="{share}"
    )
    return words


def follow(page: str, beat: str, exercise: str, asks: bool, state: PageState, ballot: Callable[[], Ballot]) -> None:
    """Give the session's room what it is to have of a question, and tell the strip what is on the page.

    asks: whether the question waits for a guess. ballot: makes the question for a room.
    """
    room = projector.of_session()
    if room is None:
        return
    projector.follow(room, exercise, asks, ballot)
    _tell(page, beat, {"exercise": exercise, "asks": asks}, state)


def no_question(page: str, beat: str, why: str, state: PageState) -> None:
    """Tell the strip that there is nothing to vote on here; ``why``: in the reader's words."""
    if projector.of_session() is not None:
        _tell(page, beat, {"exercise": "", "asks": False, "why": why}, state)


def _tell(page: str, beat: str, what: dict[str, object], state: PageState) -> None:
    def put() -> None:
        if room := projector.of_session():
            room.wanted = True
            if not what["asks"]:
                # the class is asked anew
                prediction.ask_again(state, beat)

    with st.container(key="room-page"):
        _page(key=PAGE, data=what | {"beat": beat, "check": widget_key(page, beat, "check")}, on_put_change=put)
