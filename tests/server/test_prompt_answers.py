"""Answers leave at once: connections are accepted with Nagle's algorithm off, and nothing else is touched."""

import os
import socket
from collections.abc import Iterator

import pytest

import server
from server import prompt_answers
from tests.awaited import awaited


def waits(connection: socket.socket) -> bool:
    """Whether a small piece waits until the one before it is acknowledged."""
    return not connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket as Streamlit makes it."""
    with socket.socket(socket.AF_INET) as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        yield made


def accepted_waits(listening: socket.socket) -> bool:
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        return waits(accepted)


def test_what_is_accepted_from_then_on_waits_no_longer(listening: socket.socket) -> None:
    assert accepted_waits(listening)
    before = set(os.listdir(prompt_answers.OPEN_FILES))
    assert prompt_answers.answer_promptly() >= 1
    assert not accepted_waits(listening)
    assert set(os.listdir(prompt_answers.OPEN_FILES)) == before


def test_what_is_no_listening_socket_is_left_as_it_is() -> None:
    pair = socket.socketpair()
    plain, datagrams = socket.socket(socket.AF_INET), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        before = prompt_answers.answer_promptly()
        assert waits(plain) and prompt_answers.answer_promptly() == before
        with open(__file__) as file:
            assert prompt_answers.answer_promptly() == before and file.readable()
    finally:
        for each in (*pair, plain, datagrams):
            each.close()


def test_the_server_begins_with_it(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL", "0")

    async def begins() -> bool:
        async with server.lifespan(lambda *_: None):  # type: ignore[arg-type]
            return accepted_waits(listening)

    assert not awaited(begins())


def test_where_no_files_are_listed_nothing_happens(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_answers, "OPEN_FILES", "/nowhere")
    assert prompt_answers.answer_promptly() == 0 and accepted_waits(listening)
