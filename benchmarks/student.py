"""One student without a browser: speaks Streamlit's protocol over a websocket, reads what comes, touches controls.

The messages are Streamlit's own protobufs. A student keeps the session's name, the values of the widgets, the address
as the server last wrote it, and the messages that may be asked for again by their hash: those for ever, where a browser
throws them away after some runs, so that a student who returns to earlier values is sent a little less. A control that
a fragment no longer draws is forgotten when the whole page is drawn, not before.
"""

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE = 60.0
"""For how many seconds a student waits for the page to be redrawn."""


class RefusedRequest(Exception):
    """The server did not do what a student asked; ``str`` says what it said or did."""


@dataclass(frozen=True)
class Touchable:
    """A control as the server described it, and the fragment that it redraws ("": the whole page)."""

    kind: str
    element: Any
    fragment: str

    @property
    def id(self) -> str:
        return self.element.id

    @property
    def key(self) -> str:
        """What the page calls it, ``page.name``; a control that the script has set has a number behind its name."""
        return re.sub(r"--\d+$", "", self.id.split("-", maxsplit=2)[-1])

    @property
    def slider_values(self) -> list[Any]:
        """What a slider stands at, before anybody touches it."""
        return list(self.element.value if self.element.set_value else self.element.default)

    def random_state(self, chance: random.Random) -> WidgetState:
        """A value that a student might choose, drawn by ``chance``."""
        element, state = self.element, WidgetState(id=self.id)
        if self.kind == "slider" and element.type == Slider.SELECT_SLIDER:
            state.string_array_value.data.append(chance.choice(element.options))
        elif self.kind == "slider":
            steps = round((element.max - element.min) / element.step)
            state.double_array_value.data.append(element.min + element.step * chance.randint(0, steps))
        elif self.kind == "selectbox":
            state.string_value = chance.choice(element.options)
        elif self.kind == "checkbox":
            state.bool_value = chance.random() < 0.5
        elif self.kind == "button_group":
            state.string_array_value.data.append(chance.choice(element.options).content)
        else:
            state.trigger_value = True
        return state


@dataclass
class Redraw:
    """What came of one request; seconds since it was sent."""

    seconds: float
    bytes: int = 0
    on_the_wire: int = 0
    """The bytes as they came, compressed where the server does that."""
    messages: int = 0
    elements: list[str] = field(default_factory=list)
    """The kinds of the elements that were drawn."""


class Wire(ClientConnection):
    """A websocket that counts what comes."""

    arrived = 0
    """Bytes so far."""

    def data_received(self, data: bytes) -> None:
        self.arrived += len(data)
        super().data_received(data)


@dataclass
class Student:
    """A visitor of one page of the app at ``address``, such as ``http://127.0.0.1:8501``.

    headers: what a browser would send besides, cookies for example.
    """

    address: str
    page: str = ""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""
    controls: dict[str, Touchable] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    texts: dict[tuple[int, ...], str] = field(default_factory=dict)
    """The Markdown on the page, by its place."""
    _page_hash: str = ""
    """What the server calls the page. Asked for by its name alone, it would be another page, and begin anew."""
    _kept: dict[str, bytes] = field(default_factory=dict)
    _wire: Wire | None = None

    @property
    def wire(self) -> Wire:
        if self._wire is None:
            raise RefusedRequest("not connected")
        return self._wire

    async def connect(self) -> None:
        """Open the websocket, with the session's name if there was one."""
        where = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        known = [Subprotocol(one) for one in ("streamlit", "PLACEHOLDER_AUTH_TOKEN", self.session) if one]
        wire = await connect(
            where, subprotocols=known, additional_headers=self.headers, max_size=None, create_connection=Wire
        )
        assert isinstance(wire, Wire)
        self._wire = wire

    async def leave(self) -> None:
        """Close the websocket."""
        if self._wire is not None:
            await self._wire.close()
            self._wire = None

    async def open(self) -> Redraw:
        """Connect and have the page drawn for the first time."""
        await self.connect()
        return await self.rerun()

    async def rerun(self, fragment: str = "", now: WidgetState | None = None) -> Redraw:
        """Have the page, or one fragment of it, drawn; ``now``: the control that was touched."""
        await self.ask(fragment, now)
        return await self.redrawn(bool(fragment))

    async def touch(self, chance: random.Random) -> Redraw:
        """Touch any control that is on the page."""
        control = self.controls[chance.choice(sorted(self.controls))]
        return await self.rerun(control.fragment, control.random_state(chance))

    async def set(self, key: str, **value: Any) -> Redraw:
        """Touch the control of a key, ``page.name``; ``value`` is a field of ``WidgetState``, which says its kind."""
        control = [one for one in self.controls.values() if one.key == key][-1]
        return await self.rerun(control.fragment, WidgetState(id=control.id, **value))

    async def ask(self, fragment: str = "", now: WidgetState | None = None) -> None:
        """Send a request to redraw and do not wait."""
        if now is not None and now.WhichOneof("value") != "trigger_value":
            self.values[now.id] = now
        shown = dict(self.values)
        if now is not None:
            shown[now.id] = now
        client = ClientState(query_string=self.query, page_name=self.page, fragment_id=fragment)
        client.page_script_hash = self._page_hash
        client.widget_states.widgets.extend(shown.values())
        client.cached_message_hashes.extend(self._kept)
        client.context_info.url = f"{self.address}/{self.page}"
        client.context_info.locale = "ko-KR"
        await self.wire.send(BackMsg(rerun_script=client).SerializeToString())

    def take(self, data: bytes, found: Redraw | None = None) -> ForwardMsg:
        """Read a message, and note in ``found`` what came."""
        found = found or Redraw(0.0)
        found.bytes += len(data)
        found.messages += 1
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "ref_hash":
            message = ForwardMsg.FromString(self._kept[message.ref_hash])
        elif message.metadata.cacheable:
            self._kept[message.hash] = data
        self._read(message, found)
        return message

    async def redrawn(self, fragment: bool = False) -> Redraw:
        """Wait until what was asked for is drawn; RefusedRequest if the script failed."""
        begun, found, before = time.perf_counter(), Redraw(0.0), self.wire.arrived
        done = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY if fragment else ForwardMsg.FINISHED_SUCCESSFULLY
        async with asyncio.timeout(PATIENCE):
            async for data in self.wire:
                if not isinstance(data, bytes):
                    raise RefusedRequest(f"a text frame came: {data[:80]}")
                message = self.take(data, found)
                if message.WhichOneof("type") == "script_finished":
                    if message.script_finished == done:
                        found.seconds = time.perf_counter() - begun
                        found.on_the_wire = self.wire.arrived - before
                        return found
                    if message.script_finished not in _GOES_ON:
                        raise RefusedRequest(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
        raise RefusedRequest("the connection was closed")

    def _read(self, message: ForwardMsg, found: Redraw) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
            self._page_hash = message.new_session.page_script_hash
            if not message.metadata.run.fragment_ids:
                self.controls.clear()
                self.texts.clear()
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._take_element(message.delta, tuple(message.metadata.delta_path), found)

    def _take_element(self, delta: Delta, place: tuple[int, ...], found: Redraw) -> None:
        kind = delta.new_element.WhichOneof("type") or ""
        element: Any = getattr(delta.new_element, kind, None)
        found.elements.append(kind)
        if kind == "exception":
            raise RefusedRequest(f"{element.type}: {element.message}")
        if kind == "markdown":
            self.texts[place] = element.body
        if kind in _TOUCHED and not element.disabled and (kind != "button" or "-preset-" in element.id):
            self.controls[element.id] = Touchable(kind, element, delta.fragment_id)
        if kind in _TOUCHED and getattr(element, "set_value", False):
            # a browser takes what the script assigned for its own value
            self.values.pop(element.id, None)


_TOUCHED = ("slider", "selectbox", "checkbox", "button_group", "button")
_GOES_ON = (ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
