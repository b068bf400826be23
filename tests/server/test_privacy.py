"""What one student brings or types reaches nobody else; and many at once each get what is theirs."""

import asyncio
import struct

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.server.marked import MARK, NUMBER, TABLE, packed
from tests.server.visits import Listener, Server, visiting

AT = "lang=en&predict=0&all=print"

MARKS = (MARK.encode(), b"91.735", *packed(str(NUMBER)))


async def owner_brings_a_table(server: Server, owner: Listener) -> None:
    await owner.upload("training.file", f"{MARK}.csv", TABLE.encode())
    assert owner.saw(MARK.encode())
    await owner.press("training.go")
    await owner.rerun()


async def test_an_own_table_is_seen_by_its_owner_alone(server: Server) -> None:
    pages = ("training", "training", "model_evaluation")
    queries = (AT, f"{AT}&set=own_table", f"{AT}&present=1")
    async with (
        visiting(server, "training", f"{AT}&set=own_table&epochs=2&net=4") as owner,
        visiting(server, pages[0], queries[0]) as one,
        visiting(server, pages[1], queries[1]) as two,
        visiting(server, pages[2], queries[2]) as three,
    ):
        others = (one, two, three)
        # before, while, and after it is there
        await asyncio.gather(owner_brings_a_table(server, owner), *(other.rerun() for other in others))
        for other in others:
            await other.rerun()
        async with visiting(server, "training", f"{AT}&set=own_table&epochs=2&net=4") as late:
            assert not late.saw(*MARKS)
        for other in others:
            assert not other.saw(*MARKS)
        assert owner.saw(MARK.encode()) and owner.saw(struct.pack("<d", NUMBER))
    # nor does it stand where nobody asked for it
    for family in ("cache_memory_bytes", "cache_lookups", "session_events"):
        assert MARK not in server.measured(family)
    assert MARK not in server.log_text()


async def test_another_ones_file_cannot_be_brought(server: Server) -> None:
    async with (
        visiting(server, "training", f"{AT}&set=own_table&epochs=2&net=4") as owner,
        visiting(server, "training", f"{AT}&set=own_table&epochs=2&net=4") as thief,
    ):
        await owner.upload("training.file", f"{MARK}.csv", TABLE.encode())
        await thief.claim("training.file", f"{MARK}.csv", owner)
        await thief.rerun()
        assert not thief.saw(b"zebra_secret_a", struct.pack("<d", NUMBER))


TYPED = {
    "a formula": ("gradient_descent", "f=own_formula", "f_text", "x**2 + 1.73501917*y**2", b"1.73501917"),
    "points": ("training", "set=drawn_points", "pts", "0.173, 0.917, 0; 0.5, 0.5, 1; 1, 1, 1", b"0.917"),
    "a search": ("glossary", "", "q", "zebra_secret", b"zebra_secret"),
}


async def test_what_is_typed_is_seen_by_its_owner_alone(server: Server) -> None:
    for page, query, key, typed, mark in TYPED.values():
        async with visiting(server, page, f"{AT}&{query}") as owner, visiting(server, page, f"{AT}&{query}") as other:
            typing = owner.forge(f"{page}.{key}", string_value=typed)
            await asyncio.gather(typing, other.rerun())
            await other.rerun()
            assert owner.saw(mark), key
            async with visiting(server, page, f"{AT}&{query}") as late:
                assert not late.saw(mark), key
            assert not other.saw(mark), key


STUDENTS = 20


def told(student: Listener) -> list[str]:
    return sorted(student.texts.values())


async def test_twenty_at_once_each_get_what_is_theirs(server: Server) -> None:
    queries = [f"{AT}&lr={0.011 * (k + 1):g}&w={-1.95 + 0.2 * k:.2f}&n={k + 15}" for k in range(STUDENTS)]
    class_ = [Listener(server.address, "gradient_descent", query) for query in queries]
    try:
        await asyncio.gather(*(one.open() for one in class_))
        await asyncio.gather(*(one.rerun() for one in class_))
        assert len({str(told(one)) for one in class_}) == STUDENTS
        assert [one.query for one in class_] == queries
    finally:
        for one in class_:
            await one.leave()
    for k in range(0, STUDENTS, 8):
        async with visiting(server, "gradient_descent", queries[k]) as alone:
            assert told(alone) == told(class_[k]), queries[k]
            assert pictured(alone) == pictured(class_[k]), queries[k]


def pictured(student: Listener) -> set[bytes]:
    """The data of every chart that a student was sent."""
    found = set()
    for data in student.heard:
        message = ForwardMsg.FromString(data)
        if message.delta.new_element.WhichOneof("type") == "vega_lite_chart":
            found.add(message.delta.new_element.vega_lite_chart.SerializeToString(deterministic=True))
    return found
