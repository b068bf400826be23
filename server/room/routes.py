"""The addresses of a room; what they answer is in ``classroom``. Whatever is refused is refused with a word."""

from collections.abc import Awaitable, Callable, Mapping

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from classroom import rooms, store
from classroom.questions import LANGUAGES
from server.room import ballot, events
from server.room.asking import ask

NO_STORE = {"cache-control": "no-store"}
REFUSED: Mapping[type[Exception], tuple[int, str]] = {
    LookupError: (404, "unknown"),
    PermissionError: (403, "secret"),
    store.StoreAwayError: (503, "away"),
    events.ListenersFullError: (503, "full"),
}
"""By what a store raises, the status and the word."""
UNFIT = ("unreadable", "out_of_range")
"""Words of what would never have been taken, and not only not now."""


class TooLargeError(Exception):
    """A body that is longer than anything that is sent here."""


Handler = Callable[[Request], Awaitable[Response]]


def routes() -> list[BaseRoute]:
    """The addresses, in the folder that the app is served in."""
    folder = str(st.get_option("server.baseUrlPath") or "").strip("/")
    room = "/".join(["", *filter(None, [folder]), "room"])
    return [
        Route(room, _giving(ballot.document), methods=["GET"]),
        Route(f"{room}/{{code}}", _giving(ballot.document), methods=["GET"]),
        Route(f"{room}/{{code}}/remote", _giving(ballot.remote), methods=["GET"]),
        Route(f"{room}/{{code}}/state", _answering(_state), methods=["GET"]),
        Route(f"{room}/{{code}}/events", _answering(_events), methods=["GET"]),
        Route(f"{room}/{{code}}/vote", _answering(_vote), methods=["POST"]),
        Route(f"{room}/{{code}}/explain", _answering(_explain), methods=["POST"]),
        Route(f"{room}/{{code}}/act", _answering(_act), methods=["POST"]),
        Route(f"{room}/{{code}}/close", _answering(_close), methods=["POST"]),
        Route(f"{room}/{{code}}/teacher", _answering(_teacher), methods=["GET"]),
        Route(f"{room}/{{code}}/votes.csv", _answering(_table), methods=["GET"]),
        Route(f"{room}/{{rest:path}}", _elsewhere, methods=["GET"]),
    ]


# ---- documents -------------------------------------------------------------------------------------------------------


def _giving(document: Callable[[], bytes]) -> Handler:
    async def answer(request: Request) -> Response:
        # what the room is, or that there is none, the document asks for itself
        body = document()
        headers = {"cache-control": "no-cache", "etag": ballot.etag(body)}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)

    return answer


async def _elsewhere(request: Request) -> Response:
    asked: str = request.path_params["rest"]
    rest = asked.rstrip("/")
    if "/" not in rest and (rest != asked or not asked):
        # the same address with a slash behind it; relative, since a proxy may serve the app in a folder unknown here
        return RedirectResponse(f"../{rest}" if rest else "../room")
    return _refusal(404, "unknown")


# ---- what everybody may ask ------------------------------------------------------------------------------------------


async def _state(request: Request) -> Response:
    code, id = _code(request), request.query_params.get("id")
    if id is not None:
        if not rooms.is_id(id):
            raise rooms.VoteError("unreadable")
        await ask(store.store().meet, code, [id])
    told = await ask(store.store().public, code)
    if id is not None:
        told["mine"] = await ask(store.store().mine, code, id)
    return JSONResponse(told, headers=NO_STORE)


async def _vote(request: Request) -> Response:
    body = rooms.read_body(await _read(request))
    await ask(store.store().vote, _code(request), body.get("id"), body)
    return _ok()


async def _explain(request: Request) -> Response:
    body = rooms.read_body(await _read(request))
    await ask(store.store().explain, _code(request), body.get("id"), body.get("question"))
    return _ok()


async def _events(request: Request) -> Response:
    code, id = _code(request), request.query_params.get("id", "")
    if id and not rooms.is_id(id):
        raise rooms.VoteError("unreadable")
    await ask(store.store().meet, code, [id] if id else [])
    if not events.has_place(code):
        raise events.ListenersFullError
    return EventStream(code, id)


class EventStream(Response):
    """The state at first, and then whatever changes, until the connection ends or the room does."""

    def __init__(self, code: str, id: str) -> None:
        super().__init__()
        self.code, self.id = code, id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": 200, "headers": events.HEADERS})
            await send({"type": "http.response.body", "body": b""})
        else:
            await events.stream(self.code, self.id, receive, send)


# ---- what the teacher may ask ----------------------------------------------------------------------------------------


async def _act(request: Request) -> Response:
    body = rooms.read_body(await _read(request))
    code, secret = _code(request), _secret(request)
    await ask(store.store().act, code, secret, body.get("action"))
    return JSONResponse(await ask(store.store().teacher, code, secret), headers=NO_STORE)


async def _close(request: Request) -> Response:
    await ask(store.store().close, _code(request), _secret(request))
    return _ok()


async def _teacher(request: Request) -> Response:
    return JSONResponse(await ask(store.store().teacher, _code(request), _secret(request)), headers=NO_STORE)


async def _table(request: Request) -> Response:
    asked = request.query_params.get("lang")
    language = asked if asked in LANGUAGES else LANGUAGES[0]
    code = _code(request)
    text = await ask(store.store().table, code, _secret(request), language)
    headers = NO_STORE | {"content-disposition": f'attachment; filename="room-{code}.csv"'}
    # with a mark by which spreadsheets know how it is encoded
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)


# ---- how they are asked ----------------------------------------------------------------------------------------------


def _answering(handler: Handler) -> Handler:
    """The handler, whose refusals are answers."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except (rooms.VoteError, rooms.ActError) as error:
            return _refusal(400 if error.code in UNFIT else 409, error.code)
        except TooLargeError:
            return _refusal(413, "too_large")
        except tuple(REFUSED) as error:
            return _refusal(*next(said for kind, said in REFUSED.items() if isinstance(error, kind)))

    return answer


def _refusal(status: int, word: str) -> Response:
    return JSONResponse({"error": word}, status_code=status, headers=NO_STORE)


def _ok() -> Response:
    return JSONResponse({"ok": True}, headers=NO_STORE)


def _code(request: Request) -> str:
    return store.read_code(request.path_params["code"])


def _secret(request: Request) -> str:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise PermissionError("no secret")
    return secret


async def _read(request: Request) -> bytes:
    """What was sent, if it is as short as it has to be."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > rooms.BODY:
        raise TooLargeError
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > rooms.BODY:
            raise TooLargeError
    return body
