"""The app with two more addresses, by which a program opens a room and puts a question to it: for benchmarks and tests.

    PYTHONPATH=. streamlit run benchmarks/room_app.py

In the app itself a room is opened and asked by the page on the projector alone.
"""

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import server
from classroom.questions import Ballot
from classroom.store import store


async def open_room(_: Request) -> Response:
    """A new room's code and secret."""
    code, secret = store().open()
    return JSONResponse({"code": code, "secret": secret})


async def put(request: Request) -> Response:
    """Put the ballot that is sent, with the secret beside it, to a room."""
    secret = request.headers["authorization"].removeprefix("Bearer ")
    store().put(request.path_params["code"], secret, Ballot.from_json(await request.body()))
    return JSONResponse({"ok": True})


app = st.App(
    "../streamlit_app.py",
    lifespan=server.lifespan,
    middleware=server.MIDDLEWARE,
    routes=[
        Route("/rehearsed-room/open", open_room, methods=["POST"]),
        Route("/rehearsed-room/{code}/put", put, methods=["POST"]),
        *server.routes(),
    ],
)
