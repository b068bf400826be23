"""The teacher's link: an address that is the lesson, with what the class may move, see, and has to predict first.

Locking and hiding are conveniences and no security: whoever edits the address has everything back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from ui.controls.page_state import HIDE_KEY, HIDEABLE_PARTS, LANGUAGE_KEY, LOCK_KEY, Label, PageState, excerpt
from ui.controls.widgets import Say
from ui.page.stage import ALL_KEY, BEAT_KEY, PRESENT_KEY, Stage
from ui.text.texts import LANGUAGES

LONG_FOR_A_CAMERA = 500
"""Characters from which on the squares of a code are hard to read from the last row."""

QR_WIDTH = 520
"""In pixels: it fits beneath a laptop's address bar; the picture's own button shows it on the whole screen."""

NO_LABEL = Label("", "")
OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class ClassLink:
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
        texts = {key: state.kinds[key].write(now) for key, now in state.settings.items() if key in state.kinds}
        texts = state.unread_texts | texts
        mine = (LOCK_KEY, HIDE_KEY, PRESENT_KEY, BEAT_KEY, ALL_KEY, "predict", LANGUAGE_KEY)
        query = {LANGUAGE_KEY: self.language} | {key: text for key, text in texts.items() if key not in mine}
        locked = (*self.locked, *(("predict",) if self.required else ()))
        said = {LOCK_KEY: ",".join(locked), HIDE_KEY: ",".join(self.hidden), BEAT_KEY: self.beat}
        query |= {key: text for key, text in said.items() if text}
        if not self.predict:
            query["predict"] = "0"
        return query | ({PRESENT_KEY: "1"} if self.present else {})


def address(base: str, query: Mapping[str, str]) -> str:
    """The address; ``base`` may have a query of its own, which is left out. ValueError if it is no address."""
    parts = urlsplit(base)
    # commas and semicolons are safe in a query, and an address with fewer % fits into a smaller code
    text = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query, safe=",;:"), ""))
    # a path that begins with // is a host to whoever reads the address, and perhaps none that there can be
    if urlsplit(text)[:3] != parts[:3]:
        raise ValueError(f"not an address: {base[:40]!r}")
    return text


def own_address() -> str:
    """The address of this page without its query, as the reader's browser tells it; "" if that is no address."""
    try:
        return address(st.context.url or "", {})
    except ValueError:
        return ""


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


@lru_cache(maxsize=64)
def qr_data(text: str) -> str:
    """A short text's code as the source of an image."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=2, dark="#000", light="#fff", omitsize=True)


def corner(now: Stage, state: PageState, language: str, say: Say) -> None:
    """The address of what is presented, as a class opens it, its code in the corner, and a button that enlarges it."""
    base = own_address()
    text = address(base, ClassLink(language, beat=now.beat).query(state))
    st.caption(f"`{excerpt(base.partition('://')[2])}`", width="content")
    if code := qr_code(text):
        with st.container(key="corner-code"):
            st.image(code, width="stretch", alt=say("link_code"))
    if st.button(say("link_code_large"), key="presenter-code", icon=":material/qr_code_2:"):
        enlarge(text, say)


def enlarge(text: str, say: Say) -> None:
    """A dialog with an address and its code, as large as the screen."""
    st.dialog(say("link_code"), width="large")(draw_large)(text, say)


def draw_large(text: str, say: Say) -> None:
    """An address and its code, in a dialog."""
    if urlsplit(text).hostname in OWN_MACHINE:
        st.info(say("link_own_machine"), icon=":material/info:")
    if (code := qr_code(text)) is None:
        st.warning(say("link_too_long", count=len(text)))
        return
    with st.container(key="large-code", horizontal_alignment="center"):
        st.image(code, width=2000, alt=say("link_code"))
    st.code(text, language=None, wrap_lines=True)


def dialog(state: PageState, say: Say, language: str, beats: Sequence[str], here: str, title: Say) -> None:
    """The dialog in which the link is put together; ``here``: the question that is shown; ``title`` names one."""

    @st.dialog(say("link_title"), width="large", icon=":material/qr_code_2:")
    def put_together() -> None:
        st.caption(say("link_no_security"))
        link = _form(state, say, language, beats, here, title)
        base = st.text_input(say("link_base"), own_address())
        try:
            text, host = address(base, link.query(state)), urlsplit(base).hostname
        except ValueError:
            st.error(say("link_base_wrong", typed=excerpt(base)))
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


def _form(state: PageState, say: Say, language: str, beats: Sequence[str], here: str, title: Say) -> ClassLink:
    places = {name: k for k, name in enumerate(beats, start=1)}
    names = {
        key: f"{places[beat]}. {say(word, letter=letter)}"
        for key, (beat, word, letter) in state.labels.items()
        if beat in places
    } | {key: say(key) for key in HIDEABLE_PARTS}
    keys = sorted(names, key=lambda key: places.get(state.labels.get(key, NO_LABEL).beat, len(beats) + 1))
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
    lockable = [key for key in rest if key not in HIDEABLE_PARTS]
    hidden = st.multiselect(
        say("link_hidden"),
        rest,
        default=[key for key in rest if key in state.hidden or key not in lockable],
        format_func=names.__getitem__,
        placeholder=say("link_none"),
        disabled=not rest,
    )
    with st.container(horizontal=True, gap="medium"):
        predict = st.toggle(say("predict_first"), value=state.settings.get("predict", True))
        required = st.toggle(say("link_required"), value="predict" in taken, disabled=not predict)
        present = st.toggle(say("present"), value=False)
    left, right = st.columns(2)
    spoken = left.selectbox(say("language"), list(LANGUAGES), list(LANGUAGES).index(language), LANGUAGES.__getitem__)
    first = list(beats).index(here) if here in beats else 0
    beat = right.selectbox(say("link_beat"), list(beats), first, format_func=title)
    locked = tuple(key for key in lockable if key not in hidden)
    return ClassLink(
        spoken,
        locked,
        tuple(hidden),
        predict,
        required and predict,
        present,
        beat,
    )
