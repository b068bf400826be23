"""A class without browsers: teacher, phones and projector over HTTP, at an app of ``benchmarks/room_app.py``."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from classroom.questions import Ballot
from tests.asked import PATIENCE, Answer, ask


def content(answer: Answer) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.body)


@dataclass
class Class:
    """A room as somebody outside sees it. folder: where the app is served, with a slash before it."""

    port: int
    code: str
    secret: str
    folder: str = ""

    def ask(self, what: str, body: Any = None, secret: str | None = "", **headers: str) -> Answer:
        """secret: the teacher's own if not said, None for none; body: bytes are sent as they are."""
        path = f"{self.folder}/room/{self.code}/{what}"
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret or self.secret}"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ask(self.port, path, "GET" if body is None else "POST", b"" if body is None else sent, "", **headers)

    def put(self, ballot: Ballot) -> None:
        path = f"/rehearsed-room/{self.code}/put"
        answer = ask(self.port, path, "POST", ballot.to_json().encode(), Authorization=f"Bearer {self.secret}")
        assert answer.status == 200, answer.body

    def act(self, *actions: str) -> Any:
        """What the teacher is answered to the last of them."""
        answers = [self.ask("act", {"action": action}) for action in actions]
        assert {answer.status for answer in answers} == {200}, answers
        return content(answers[-1])

    def vote(self, id: str, body: Any) -> Answer:
        return self.ask("vote", {"id": id, **body}, secret=None)

    def state(self, id: str = "") -> Any:
        return content(self.ask(f"state?id={id}" if id else "state", secret=None))

    @contextmanager
    def events(self, id: str = "") -> Iterator[Iterator[Any]]:
        """What the room tells a listener, one by one; comments are left out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", f"{self.folder}/room/{self.code}/events" + (f"?id={id}" if id else ""))
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            assert answer.getheader("content-type") == "text/event-stream; charset=utf-8"
            # nginx hears it and keeps it to itself
            assert answer.getheader("x-accel-buffering") == "no" or answer.getheader("server") == "nginx"
            lines = iter(answer.readline, b"")
            yield (json.loads(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: "))
        finally:
            connection.close()


def opened(port: int, ballot: Ballot | None = None, folder: str = "") -> Class:
    """A new room; with a ballot it is open to votes on it."""
    made = content(ask(port, "/rehearsed-room/open", "POST"))
    found = Class(port, made["code"], made["secret"], folder)
    if ballot is not None:
        found.put(ballot)
        found.act("open")
    return found
