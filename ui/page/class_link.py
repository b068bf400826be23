"""The teacher's link: an address that is the lesson, with what the class may move, see, and has to predict first.

Locking and hiding are conveniences and no security: whoever edits the address has everything back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from ui.controls.page_state import HIDE_KEY, LANGUAGE_KEY, LOCK_KEY, TAKEN_AWAY_WHOLE, PageState, shortened
from ui.controls.widgets import Say
from ui.page.presenter import BEAT_KEY, PRESENT_KEY
from ui.text.texts import LANGUAGES

LONG_FOR_A_CAMERA = 500
"""Characters from which on the squares of a code are hard to read from the last row."""

QR_WIDTH = 520
"""In pixels: it fits beneath a laptop's address bar; the picture's own button shows it on the whole screen."""

OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Handout:
    """What a link gives a class: keys of controls that are locked and hidden, and how the page opens."""

    language: str
    locked: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    predict: bool = True
    required: bool = False
    present: bool = False
    beat: str = ""

    def query(self, state: PageState) -> dict[str, str]:
        """The query of the address: all that is set on the page, and what is handed out how."""
        set_now = {key: state.kinds[key].write(one) for key, one in state.kept.items() if key in state.kinds}
        mine = (LOCK_KEY, HIDE_KEY, PRESENT_KEY, BEAT_KEY, "predict", LANGUAGE_KEY)
        query = {LANGUAGE_KEY: self.language} | {k: v for k, v in (state.asked | set_now).items() if k not in mine}
        locked = (*self.locked, *(("predict",) if self.required else ()))
        said = {LOCK_KEY: ",".join(locked), HIDE_KEY: ",".join(self.hidden), BEAT_KEY: self.beat}
        query |= {key: text for key, text in said.items() if text}
        if not self.predict:
            query["predict"] = "0"
        return query | ({PRESENT_KEY: "1"} if self.present else {})


def written(base: str, query: Mapping[str, str]) -> str:
    """The address; ``base`` may have a query of its own, which is left out. ValueError if it is no address."""
    parts = urlsplit(base)
    # commas and semicolons are safe in a query, and an address with fewer % fits into a smaller code
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query, safe=",;:"), ""))


def qr_code(text: str) -> str | None:
    """The text as a QR code, an SVG with its white margin; None if it is too long for any."""
    try:
        code = segno.make(text, error="m", micro=False)
    except segno.DataOverflowError:
        try:
            code = segno.make(text, error="l", micro=False)
        except segno.DataOverflowError:
            return None
    return code.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=True)


def dialog(state: PageState, say: Say, language: str, beats: Sequence[str], title: Say) -> None:
    """The dialog in which the link is put together; ``title`` gives a beat's name."""

    @st.dialog(say("link_title"), width="large", icon=":material/qr_code_2:")
    def put_together() -> None:
        st.caption(say("link_no_security"))
        handout = _entered(state, say, language, beats, title)
        base = st.text_input(say("link_base"), urlunsplit((*urlsplit(st.context.url or "")[:3], "", "")))
        try:
            text, host = written(base, handout.query(state)), urlsplit(base).hostname
        except ValueError:
            st.error(say("link_base_wrong", typed=shortened(base)))
            return
        if host in OWN_MACHINE:
            st.info(say("link_own_machine"), icon=":material/info:")
        st.code(text, language=None, wrap_lines=True)
        if (code := qr_code(text)) is None:
            st.warning(say("link_too_long", count=len(text)))
            return
        if len(text) > LONG_FOR_A_CAMERA:
            st.caption(say("link_long", count=len(text)))
        st.image(code, width=QR_WIDTH, alt=say("link_code"))

    put_together()


def _entered(state: PageState, say: Say, language: str, beats: Sequence[str], title: Say) -> Handout:
    places = {name: k for k, name in enumerate(beats, start=1)}
    names = {
        key: f"{places[beat]}. {say(word, letter=letter)}"
        for key, (beat, word, letter) in state.offered.items()
        if beat in places
    } | {key: say(key) for key in TAKEN_AWAY_WHOLE}
    keys = sorted(names, key=lambda key: places.get(state.offered.get(key, ("",))[0], len(beats) + 1))
    taken = state.locked | state.hidden
    open_ones = st.multiselect(
        say("link_open"),
        keys,
        default=[key for key in keys if key not in taken],
        format_func=names.__getitem__,
        placeholder=say("link_none"),
        help=say("link_open_help"),
    )
    rest = [key for key in keys if key not in open_ones]
    lockable = [key for key in rest if key not in TAKEN_AWAY_WHOLE]
    hidden = st.multiselect(
        say("link_hidden"),
        rest,
        default=[key for key in rest if key in state.hidden or key not in lockable],
        format_func=names.__getitem__,
        placeholder=say("link_none"),
        disabled=not rest,
    )
    with st.container(horizontal=True, gap="medium"):
        predict = st.toggle(say("predict_first"), value=state.kept.get("predict", True))
        required = st.toggle(say("link_required"), value="predict" in taken, disabled=not predict)
        present = st.toggle(say("present"), value=False)
    left, right = st.columns(2)
    spoken = left.selectbox(say("language"), list(LANGUAGES), list(LANGUAGES).index(language), LANGUAGES.__getitem__)
    beat = right.selectbox(say("link_beat"), list(beats), format_func=title, disabled=not present)
    locked = tuple(key for key in lockable if key not in hidden)
    return Handout(
        spoken,
        locked,
        tuple(hidden),
        predict,
        required and predict,
        present,
        beat if present and beat != beats[0] else "",
    )
