"""Messages that no browser would send: the server lives, says what it refused, and everybody else goes on."""

import asyncio
import math
import random
import time
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from benchmarks.student import RefusedRequest
from tests.server.visits import Listener, Server, visiting

PAGE = "gradient_descent"
AT = "lang=en&predict=0&all=print"

DESERIALIZING = "Error deserializing back message"
FRAMES: dict[str, tuple[bytes | str, str]] = {
    "random bytes": (random.Random(1).randbytes(300), DESERIALIZING),
    "nothing": (b"", 'No handler for "None"'),
    "text": ("hello", "Exception in ASGI application"),
    "cut short": (
        BackMsg(rerun_script=ClientState(page_name=PAGE, query_string="lr=1")).SerializeToString()[:-3],
        DESERIALIZING,
    ),
    "a shutdown": (BackMsg(debug_shutdown_runtime=True).SerializeToString(), "tried to shut down runtime"),
    "a disconnection": (BackMsg(debug_disconnect_websocket=True).SerializeToString(), "tried to disconnect"),
    "too much": (b"x" * 26_000_000, "exceeds the limit"),
}


@pytest.mark.parametrize("name", FRAMES)
async def test_a_frame_that_is_no_message(name: str, server: Server) -> None:
    frame, said = FRAMES[name]
    before = len(server.log_text())
    sender = Listener(server.address, PAGE, AT)
    await sender.connect()
    try:
        await sender.wire.send(frame)
        until = time.monotonic() + 10
        while said not in server.log_text()[before:] and time.monotonic() < until:
            await asyncio.sleep(0.02)
        try:
            await sender.rerun()
        except (RefusedRequest, ConnectionClosed):
            # who speaks something else is cut off, and may come again
            await sender.leave()
            await sender.open()
        assert sender.texts
    finally:
        await sender.leave()
    assert said in server.log_text()[before:]


FORGED: dict[str, tuple[str, dict[str, Any]]] = {
    "a slider at NaN": ("n", {"double_array_value": [math.nan]}),
    "a slider at infinity": ("w", {"double_array_value": [math.inf]}),
    "a slider far outside": ("n", {"double_array_value": [1e300]}),
    "a slider between its stops": ("n", {"double_array_value": [3.7]}),
    "a slider without a value": ("n", {"double_array_value": []}),
    "a slider with three values": ("n", {"double_array_value": [1.0, 2.0, 3.0]}),
    "a stop that does not exist": ("lr", {"string_array_value": ["77777"]}),
    "a landscape that does not exist": ("f", {"string_value": "nowhere"}),
    "a landscape of a million letters": ("f", {"string_value": "x" * 1_000_000}),
    "a number for a landscape": ("f", {"int_value": 3}),
    "a factor that does not exist": ("x", {"string_array_value": ["nothing", "../../etc"]}),
}
OF_ANOTHER_KIND: dict[str, tuple[str, dict[str, Any]]] = {
    "a text for a slider": ("n", {"string_value": "x"}),
    "a number for a stop": ("lr", {"double_array_value": [1.0]}),
    "a name that is none": ("", {"string_value": "x"}),
}


def in_range(student: Listener) -> bool:
    """Whether every slider of numbers stands within its range."""
    sliders = [one for one in student.controls.values() if one.kind == "slider" and not one.element.options]
    assert sliders
    return all(one.element.min <= value <= one.element.max for one in sliders for value in one.slider_values)


async def test_a_value_that_cannot_be_becomes_one_that_can(server: Server) -> None:
    async with visiting(server, PAGE, AT) as sender:
        before = len(server.log_text())
        for name, (key, value) in FORGED.items():
            await sender.forge(f"{PAGE}.{key}", **value)
            assert in_range(sender) and sender.texts, name
            assert not any("nan" in text.lower().split() for text in sender.texts.values()), name
            sender.values.clear()
        await sender.rerun()
        assert in_range(sender)
        assert server.log_text()[before:] == ""
        # an honest hand moves the same control as ever
        await sender.forge(f"{PAGE}.w", double_array_value=[1.5])
        assert "w=1.5" in sender.query


@pytest.mark.parametrize("name", OF_ANOTHER_KIND)
async def test_what_streamlit_cannot_read_is_the_senders_own_trouble(name: str, server: Server) -> None:
    key, value = OF_ANOTHER_KIND[name]
    async with visiting(server, PAGE, AT) as sender, visiting(server, PAGE, AT) as other:
        asked = sender.forge(f"{PAGE}.{key}", **value) if key else sender.rerun("", WidgetState(id="\x00", **value))
        with pytest.raises(RefusedRequest) as why:
            await asked
        # it stumbles over it, and tells the sender nothing of where
        assert "site-packages" not in str(why.value) and ".py" not in str(why.value)
        await other.rerun()
        assert other.texts
        # whoever loads the page anew has it again
        await sender.leave()
        sender.session = ""
        sender.values.clear()
        await sender.open()
        assert in_range(sender) and sender.texts == other.texts


async def test_a_control_that_does_not_exist(server: Server) -> None:
    async with visiting(server, PAGE, AT) as sender:
        before = dict(sender.texts)
        for key in ("$$ID-0-nowhere", f"$$ID-0-{'x' * 100_000}", "$$ID-"):
            await sender.rerun("", WidgetState(id=key, string_value="x"))
        assert sender.texts == before


TYPED = ("x" * 1_000_000, "\x00", "\u202e \ud7ff 파이" * 300, "__import__('os')")


async def test_whatever_is_typed(server: Server) -> None:
    async with visiting(server, PAGE, f"{AT}&f=own_formula") as sender:
        for typed in TYPED:
            await sender.forge(f"{PAGE}.f_text", string_value=typed)
            assert sender.warned and sender.texts, typed[:20]
            assert all(len(told) < 500 for told in sender.warned), typed[:20]
        await sender.forge(f"{PAGE}.f_text", string_value="x**2 + y**4")
        assert not sender.warned


async def test_a_fragment_that_does_not_exist_is_not_drawn(server: Server) -> None:
    async with visiting(server, PAGE, AT) as sender:
        for fragment in ("nowhere", "../../etc/passwd", "\x00"):
            await sender.ask(fragment)
        await sender.rerun()
        assert sender.texts


PAGES = ("nowhere", "../../etc/passwd", "pages/7_training.py", "\x00")


async def test_a_page_that_does_not_exist_is_the_start_page(server: Server) -> None:
    async with visiting(server, "", "lang=en") as start:
        for page in PAGES:
            async with visiting(server, page, "lang=en") as lost:
                assert list(lost.texts.values()) == list(start.texts.values()), page
                assert not lost.saw(b"root:", b"lesson = ui.begin"), page


async def test_what_one_asks_about_saved_files_is_for_that_one(server: Server) -> None:
    async with visiting(server, PAGE, AT) as one, visiting(server, PAGE, AT) as other:
        heard = len(other.heard)
        await one.say(BackMsg(set_run_on_save=False))
        await one.rerun()
        await other.rerun()
        told = [ForwardMsg.FromString(message) for message in other.heard[heard:]]
        new = [message.new_session for message in told if message.WhichOneof("type") == "new_session"]
        assert new and all(message.initialize.session_status.run_on_save for message in new)


async def test_a_visitor_installs_nothing(server: Server) -> None:
    # Streamlit would, for whoever comes from the same machine, as all do behind a proxy, if it were not headless
    async with visiting(server, PAGE, AT) as one:
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = one.session
        message.backend_operation_request.install_skills.SetInParent()
        await one.say(message)
        # an answer that waits is dropped when the page is drawn
        await asyncio.sleep(0.3)
        await one.rerun()
        assert one.saw(b"refused:headless")


async def test_a_visitor_clears_no_cache(server: Server) -> None:
    # Streamlit would forget what it remembers for all, whoever asks
    async with visiting(server, "losses", AT):
        pass
    async with visiting(server, PAGE, AT) as one, visiting(server, PAGE, AT) as other:
        before = dict(other.texts)
        for _ in range(5):
            await one.say(BackMsg(clear_cache=True))
        for each in (other, one):
            await each.rerun()
            assert each.texts == before
        # also what nobody has drawn anew; asked for once, since Streamlit repeats for a while what it has said
        assert "ui.cache.lessons.losses." in server.measured("cache_memory_bytes")
