"""Connections that break, and readers that do not read: what they held is given back, and others are served."""

import asyncio
import time

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.server.visits import Listener, Server, visiting

PAGE = "gradient_descent"
AT = "lang=en&predict=0&all=print"

DROPS = 30
ASKS = 200
MOST_MEGABYTES = 60
"""How much the server may grow by either: a session that is kept for its return takes about one."""


async def until_alone(server: Server) -> None:
    """Wait until nobody is connected any more."""
    until = time.monotonic() + 15
    while server.sessions() and time.monotonic() < until:
        await asyncio.sleep(0.1)
    assert server.sessions() == 0


async def test_connections_that_break_in_the_middle_of_a_run(server: Server) -> None:
    async with visiting(server, PAGE, AT):
        pass
    await until_alone(server)
    before = server.megabytes()
    for k in range(DROPS):
        one = Listener(server.address, PAGE, AT)
        await one.connect()
        await one.ask()
        # some before the run has begun, and some in its middle
        await asyncio.sleep(0.03 * (k % 3))
        # no goodbye, as when a phone leaves the room
        one.wire.transport.abort()
    async with visiting(server, PAGE, AT) as other:
        assert other.texts
    await until_alone(server)
    assert server.megabytes() - before < MOST_MEGABYTES


async def test_one_who_comes_back_finds_what_was_set(server: Server) -> None:
    one = Listener(server.address, PAGE, AT)
    await one.open()
    await one.forge(f"{PAGE}.w", double_array_value=[1.5])
    one.wire.transport.abort()
    await one.connect()
    await one.rerun()
    assert "w=1.5" in one.query
    # and nobody else does, not even one whose address says nothing
    async with visiting(server, PAGE, "lang=en") as other:
        assert other.session != one.session and "w=1.5" not in other.query
    await one.leave()


async def test_one_who_asks_and_never_reads(server: Server) -> None:
    deaf = Listener(server.address, PAGE, AT)
    where = server.address.replace("http", "ws", 1) + "/_stcore/stream"
    deaf._wire = await connect(where, subprotocols=["streamlit"], max_queue=1, max_size=None, compression=None)  # type: ignore
    try:
        async with visiting(server, PAGE, AT) as other:
            before, waited = server.megabytes(), []
            for k in range(ASKS):
                try:
                    async with asyncio.timeout(0.2):
                        await deaf.ask()
                except (TimeoutError, ConnectionClosed):
                    break
                if k % 40 == 20:
                    waited.append((await other.rerun()).seconds)
                await asyncio.sleep(0.01)
            waited.append((await other.rerun()).seconds)
            assert max(waited) < 5
            assert server.megabytes() - before < MOST_MEGABYTES
    finally:
        deaf.wire.transport.abort()
    await until_alone(server)
