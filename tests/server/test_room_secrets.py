"""What of a room must be nowhere but in memory and with its teacher: not on a disk, in a log, or in a document."""

from pathlib import Path

import pytest

from tests.asked import ask
from tests.classroom.ballots import choice, phone, says
from tests.room_client import opened
from tests.server.test_room import room_server as room_server
from tests.server.visits import Server


def test_nothing_of_a_room_is_written_anywhere(room_server: Server) -> None:
    before, begun = {*room_server.log.parent.rglob("*")}, len(room_server.log_text())
    room = opened(room_server.port, choice())
    for k in range(5):
        assert room.vote(phone(k), says(choice(), k % 3)).status == 200
    room.act("close", "reveal")
    assert room.ask("votes.csv").status == 200
    open_files = [path.resolve() for path in Path(f"/proc/{room_server.process.pid}/fd").iterdir()]
    written = [path for path in open_files if path.is_file() and path != room_server.log.resolve()]
    assert not [path for path in written if room.code.encode() in path.read_bytes()[-1_000_000:]]
    assert {*room_server.log.parent.rglob("*")} == before
    said = room_server.log_text()[begun:]
    assert not [text for text in (room.code, room.secret, phone(1), "zebra_reason") if text in said]
    room.ask("close", b"")
    assert room.ask("teacher").status == 404


@pytest.mark.parametrize("page", ["", "/remote"])
def test_the_secret_is_in_no_document_and_in_no_log(room_server: Server, page: str) -> None:
    """The documents are the same for every room: whatever is about one is fetched with the secret in a header."""
    one, two = opened(room_server.port, choice()), opened(room_server.port)
    documents = [ask(room_server.port, f"/room/{room.code}{page}?lang=en").body for room in (one, two)]
    assert documents[0] == documents[1]
    assert ask(room_server.port, f"/room/{one.code}/teacher?secret={one.secret}").status == 403
    assert one.secret not in room_server.log_text()
