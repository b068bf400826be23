"""What the app does as a server besides showing pages: whom it answers and how much it takes, what its pages may do, it
says when an address leads nowhere, and what a lesson will need, rehearses, and has rooms for classes.

Loaded by ``streamlit_app.py`` before Streamlit's runtime is there. Components and caches of ``ui`` belong to that
runtime, so nothing of ``ui`` is loaded here before the server has begun.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.types import ASGIApp

from server import rehearsal
from server.early_scripts import EarlyScripts
from server.limits import BodyLimit, RoomLimits
from server.open_files import allow_open_files
from server.origins import OwnPages
from server.prompt_answers import answer_promptly
from server.rehearsal import Attention
from server.room.lifespan import lifespan as room_lifespan
from server.room.routes import routes
from server.security_headers import SecurityHeaders
from server.shared_cache import SharedCache
from server.unknown_address import UnknownAddress

__all__ = ["MIDDLEWARE", "lifespan", "routes"]

MIDDLEWARE = (
    # a refusal has the headers, too
    *(Middleware(SecurityHeaders), Middleware(OwnPages), Middleware(BodyLimit), Middleware(RoomLimits)),
    *(Middleware(SharedCache), Middleware(UnknownAddress), Middleware(EarlyScripts), Middleware(Attention)),
)


@asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """What runs beside the server, from its start to its end."""
    answer_promptly()
    allow_open_files()
    async with room_lifespan(app), rehearsal.lifespan(app):
        yield
