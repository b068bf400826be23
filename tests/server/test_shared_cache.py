"""What the app remembers for all is not for a visitor to clear, however they ask."""

from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from server.shared_cache import SharedCache, clears
from tests.awaited import awaited

CLEAR = BackMsg(clear_cache=True).SerializeToString()
RERUN = BackMsg(rerun_script=ClientState(query_string="lr=1")).SerializeToString()


def through(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What an app hears of what came over a websocket, up to its end."""
    coming, heard = [*messages, {"type": "websocket.disconnect"}], []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not heard or heard[-1]["type"] != "websocket.disconnect":
            heard.append(await receive())

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError(f"nobody is told anything: {message}")

    awaited(SharedCache(app)({"type": "websocket"}, receive, send))
    return heard[:-1]


@pytest.mark.parametrize(
    "frame",
    [
        CLEAR,
        BackMsg(clear_cache=False).SerializeToString(),
        # of two kinds the last one counts, wherever the other stands
        RERUN + CLEAR,
        # a field that nobody knows, before it, and its number in more bytes than it needs
        b"\xfa\x3f\x64" + b"x" * 100 + CLEAR,
        bytes([CLEAR[0] | 0x80, 0, 1]),
    ],
)
def test_a_message_that_would_clear_it_is_not_heard(frame: bytes) -> None:
    assert BackMsg.FromString(frame).WhichOneof("type") == "clear_cache", "Streamlit would understand it so"
    before, after = ({"type": "websocket.receive", "bytes": RERUN} for _ in range(2))
    assert through(before, {"type": "websocket.receive", "bytes": frame}, after) == [before, after]


@pytest.mark.parametrize("frame", [RERUN, CLEAR + RERUN, b"", b"\xff\xff", b"clear_cache", RERUN[:-3]])
def test_every_other_message_is(frame: bytes) -> None:
    assert not clears(frame)
    message = {"type": "websocket.receive", "bytes": frame}
    assert through(message) == [message]


def test_what_is_no_frame_of_bytes_passes() -> None:
    messages = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "x", "bytes": None}]
    assert through(*messages, {"type": "websocket.receive", "text": "x"}) == [
        *messages,
        {"type": "websocket.receive", "text": "x"},
    ]
