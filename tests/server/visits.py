"""Who comes to the server of these tests: a student that remembers all it was sent, and the process that serves it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks import serving
from benchmarks.student import Redraw, Student, Touchable
from tests.asked import BROUGHT, ask, upload

ROOT = Path(__file__).resolve().parent.parent.parent

_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*", re.MULTILINE)
_FRAME = re.compile(r'^  File "([^"]+)", line \d+', re.MULTILINE)


@dataclass
class Server(serving.Server):
    """A running app, and how it bears what is done to it."""

    def own_faults(self, since: int = 0) -> list[str]:
        """The tracebacks whose innermost line is one of the app's; others come from what Streamlit refuses."""
        return own_faults(self.log_text()[since:])

    def megabytes(self) -> float:
        """The memory that the process has in its hands."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1000

    def measured(self, family: str) -> str:
        """What Streamlit tells anybody about itself."""
        return ask(self.port, f"/_stcore/metrics?families={family}").body.decode()

    def sessions(self) -> int:
        """How many visitors are connected."""
        return int(re.findall(r"^active_sessions (\d+)", self.measured("active_sessions"), re.MULTILINE)[0])


def own_faults(log: str) -> list[str]:
    """The tracebacks of a log whose innermost line stands in this tree, and not in a library that it uses."""
    return [found for found in _TRACEBACK.findall(log + "\n") if _is_ours(_FRAME.findall(found))]


def _is_ours(files: list[str]) -> bool:
    last = Path(files[-1]) if files else ROOT.parent
    return last.is_relative_to(ROOT) and "site-packages" not in last.parts


@dataclass
class Listener(Student):
    """A student who keeps every message, and finds all that can be entered on a page."""

    heard: list[bytes] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    """What the page says in boxes."""
    written: str | None = None
    """The address as the page last wrote it; None while it has left it alone."""

    def _read(self, message: ForwardMsg, found: Redraw) -> None:
        self.heard.append(message.SerializeToString())
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self.warned.clear()
        if kind == "page_info_changed":
            self.written = message.page_info_changed.query_string
        super()._read(message, found)

    def _take_element(self, delta: Delta, place: tuple[int, ...], found: Redraw) -> None:
        kind = delta.new_element.WhichOneof("type") or ""
        element = getattr(delta.new_element, kind, None)
        if kind == "alert":
            self.warned.append(element.body)  # type: ignore[union-attr]
        super()._take_element(delta, place, found)
        if kind in ("text_input", "number_input", "file_uploader", "button"):
            self.controls[element.id] = Touchable(kind, element, delta.fragment_id)  # type: ignore[union-attr]

    def control(self, key: str) -> Touchable:
        """The control of a key, ``page.name``."""
        # the last one: the page may have replaced it by another widget
        return [one for one in self.controls.values() if one.key == key][-1]

    async def press(self, key: str) -> Redraw:
        return await self.set(key, trigger_value=True)

    async def say(self, message: BackMsg) -> None:
        await self.wire.send(message.SerializeToString())

    async def forge(self, key: str, **value: Any) -> Redraw:
        """Touch a control with something that no browser would send; a list goes into its field's ``data``."""
        state = WidgetState(id=self.control(key).id)
        for name, part in value.items():
            if isinstance(part, list):
                getattr(state, name).data.extend(part)
                getattr(state, name).SetInParent()
            else:
                setattr(state, name, part)
        return await self.rerun("", state)

    async def upload(self, key: str, name: str, data: bytes) -> Redraw:
        """Bring a file, as a browser does: its bytes by HTTP, its name over the wire."""
        assert self.send(name, data) == 204
        return await self.claim(key, name, self)

    def send(self, name: str, data: bytes) -> int:
        """The status of a file that is sent, and of which the page is told nothing."""
        return upload(int(self.address.rsplit(":", 1)[1]), self.session, data, name)

    async def claim(self, key: str, name: str, owner: Student) -> Redraw:
        """Say that a file was brought, by oneself or by somebody else."""
        uploader, where = self.control(key), BROUGHT.format(session=owner.session)
        file = UploadedFileInfo(file_id="brought", name=name, size=1000)
        file.file_urls.file_id = file.file_id
        file.file_urls.upload_url = file.file_urls.delete_url = where
        brought = FileUploaderState(uploaded_file_info=[file])
        return await self.rerun(uploader.fragment, WidgetState(id=uploader.id, file_uploader_state_value=brought))

    def saw(self, *marks: bytes) -> bool:
        """Whether any of the marks was in anything that came."""
        return any(mark in message for message in self.heard for mark in marks)


@asynccontextmanager
async def visiting(server: Server, page: str, query: str) -> AsyncIterator[Listener]:
    """A student with the page before them, who leaves whatever happens."""
    one = Listener(server.address, page, query)
    try:
        await one.open()
        yield one
    finally:
        await one.leave()
