"""How the server's event loop asks a store."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from classroom import store

P = ParamSpec("P")
T = TypeVar("T")


async def ask(method: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What a method of the store returns, or raises; one that waits for a network waits in a thread."""
    if store.store().blocking:
        return await run_in_threadpool(method, *args, **named)
    return method(*args, **named)
