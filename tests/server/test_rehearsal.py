"""What the defaults need is there before anybody has come, and the app is the same without that."""

import asyncio
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.serving import answers, free_port
from benchmarks.student import Student
from server import rehearsal
from server.rehearsal import Attention, lifespan
from tests.awaited import awaited
from tests.server.visits import ROOT, Server, visiting
from ui.page import navigation, stage


def cached(server: Server) -> dict[str, int]:
    """The bytes in what all sessions share, a cache each."""
    lines = [line for line in server.measured("cache_memory_bytes").splitlines() if line.startswith("cache_memory")]
    rows = [line.rpartition(" ") for line in lines if "st_cache_data" in line]
    return {name: int(float(number)) for name, _, number in rows}


def test_every_question_is_rehearsed_before_its_guess_and_after_in_both_languages() -> None:
    visits = set(rehearsal._visits())
    for page in navigation.topics():
        for beat in stage.beats_of(page.script):
            for language in ("ko", "en"):
                assert (page.name, f"lang={language}&beat={beat}") in visits
                assert (page.name, f"lang={language}&beat={beat}&predict=0") in visits


def test_a_visitor_after_the_rehearsal_computes_nothing_anew(tmp_path: Path) -> None:
    with Server(ROOT, tmp_path / "log.txt", rehearses=True) as server:
        before, came, end = {}, False, time.monotonic() + 240
        # in the rehearsal's session there is somebody, and then there is nobody any more
        while not (came and server.sessions() == 0 and cached(server) == before):
            assert time.monotonic() < end, server.log_text()
            came = came or server.sessions() > 0
            before = cached(server)
            time.sleep(0.5)
        assert sum(before.values()) > 0
        assert "ended early" not in server.log_text()

        async def come() -> None:
            for page, query in (("model_evaluation", "lang=ko&beat=tame"), ("optimizers", "lang=en&predict=0")):
                async with visiting(server, page, query):
                    pass

        awaited(come())
        assert cached(server) == before
        assert "rehearsal" not in server.log_text() and not server.own_faults()
        assert server.end() < 10


def test_what_goes_wrong_with_it_is_in_the_log(caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> None:
    async def refuses(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 1008})

    async def begin() -> None:
        async with lifespan(refuses):
            # as long as a busy machine needs to refuse, and no longer
            for _ in range(waits):
                await asyncio.sleep(0.05)
                if caplog.text:
                    break

    waits = 200
    monkeypatch.setattr(rehearsal, "_visits", lambda: iter([("neuron", "lang=ko")]))
    monkeypatch.setenv(rehearsal.SWITCH, "1")
    with caplog.at_level(logging.ERROR):
        awaited(begin())
    assert "The rehearsal of the pages ended early" in caplog.text and "closed the connection" in caplog.text
    caplog.clear()
    # switched off, nobody comes who could be refused
    monkeypatch.setenv(rehearsal.SWITCH, "0")
    waits = 4
    awaited(begin())
    assert caplog.text == ""


def test_it_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    async def never_answers(scope: Any, receive: Any, send: Any) -> None:
        while not heard or heard[-1] != "websocket.disconnect":
            heard.append((await receive())["type"])

    async def begin() -> None:
        async with lifespan(never_answers):
            await asyncio.sleep(0.2)

    monkeypatch.setattr(rehearsal, "_visits", lambda: iter([("neuron", "lang=ko")]))
    monkeypatch.setenv(rehearsal.SWITCH, "1")
    begun = time.monotonic()
    awaited(begin())
    assert time.monotonic() - begun < 5
    assert heard == ["websocket.connect", "websocket.receive", "websocket.disconnect"]


def test_it_waits_while_somebody_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})

    async def come(**more: Any) -> float:
        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            pass

        await Attention(app)({"type": "websocket", **more}, receive, send)
        begun = time.monotonic()
        await rehearsal._nobody_else()
        return time.monotonic() - begun

    monkeypatch.setattr(Attention, "last", float("-inf"))
    # for itself it does not
    assert awaited(come(**{rehearsal._OURS: True})) < 0.1
    assert awaited(come()) > 0.9 * rehearsal.QUIET


def test_a_host_that_looks_for_no_app_shows_the_start_page() -> None:
    port = free_port()
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": True}
    program = f"""
from streamlit.web import bootstrap
bootstrap.load_config_options({options})
bootstrap.run("streamlit_app.py", False, [], {options})
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}"):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.1)

        async def come() -> str:
            student = Student(f"http://127.0.0.1:{port}", query="lang=en")
            await student.open()
            await student.leave()
            return "\n".join(student.texts.values())

        assert "4 questions" in awaited(come())
    finally:
        process.terminate()
        process.wait(30)
