"""What stands before the processes: who sits where, what is packed, kept, refused and not written down."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
from streamlit.web.server.starlette import starlette_server_config

from tests.asked import ask, shake_hands, token, upload
from tests.awaited import awaited
from tests.deploy.conftest import DEPLOY, OWN, Front, until

PROGRAM = r'src="\./(static/js/[^"]+\.js)"'


def test_a_visitor_stays_and_visitors_spread(front: Front) -> None:
    seats = [front.seat() for _ in range(120)]
    first = [front.serving(seat).port for seat in seats]
    # the other way round, or taking turns would look the same
    assert [front.serving(seat).port for seat in reversed(seats)] == first[::-1]
    assert min(Counter(first).get(port, 0) for port in front.ports) >= 15, Counter(first)


def test_the_conversation_and_the_requests_beside_it_reach_the_same_process(front: Front) -> None:
    async def visits() -> None:
        for seat, process in front.seats(each=2).items():
            reader = front.reader("glossary", seat)
            try:
                await reader.open()
                assert [one.port for one in front.processes if one.holds(reader.session)] == [process.port]
                assert upload(front.port, reader.session, seat=seat) == 204
            finally:
                await reader.leave()

    awaited(visits())


def test_a_made_up_seat_is_replaced(front: Front) -> None:
    known = front.seat()
    assert "seat=" not in ask(front.port, "/", Cookie=f"seat={known}").headers.get("set-cookie", "")
    for made_up in ("1", known + "0", "g" * 32, "127.0.0.1:8501"):
        given = ask(front.port, "/", Cookie=f"seat={made_up}").headers["set-cookie"]
        assert re.fullmatch("seat=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax", given)
        assert given[5:37] not in (known, made_up)
    assert ask(front.port, "/", X_Forwarded_Proto="https").headers["set-cookie"].endswith("; Secure")


def test_a_file_to_download_is_found_wherever_it_lies(front: Front) -> None:
    async def visits() -> None:
        seats = front.seats(each=1)
        # files are named by their content: the program for a number of epochs that nobody else here trains
        reader = front.reader("training", next(iter(seats)), "lang=en&all=print&epochs=173")
        try:
            await reader.open()
            file = reader.files[0]
            assert [ask(one.port, file).status for one in front.processes].count(200) == 1
            assert [ask(front.port, file, Cookie=f"seat={seat}").status for seat in seats] == [200] * 3
            assert ask(front.port, "/media/nothing.csv").status == 404
        finally:
            await reader.leave()

    awaited(visits())


def test_programs_are_packed_once_and_kept(front: Front) -> None:
    program = re.findall(PROGRAM, ask(front.port, "/").body.decode())[0]
    plain = ask(front.processes[0].port, f"/{program}")
    # also when the first who comes cannot unpack
    assert ask(front.port, f"/{program}").body == plain.body
    [kept] = [one for one in map(Path.read_bytes, front.kept()) if f"KEY: /{program}\n".encode() in one]
    assert len(kept) < 0.5 * len(plain.body)
    packed = [ask(front.port, f"/{program}", Accept_Encoding="gzip") for _ in range(2)]
    assert [one.headers["x-cache-status"] for one in packed][1] == "HIT"
    for one in packed:
        assert one.headers["content-encoding"] == "gzip" and len(one.body) < 0.5 * len(plain.body)
        assert gzip.decompress(one.body) == plain.body
        assert (
            one.headers["cache-control"] == plain.headers["cache-control"]
            and "immutable" in plain.headers["cache-control"]
        )
        assert one.headers["vary"] == "Accept-Encoding"
        assert "set-cookie" not in one.headers, "whoever shares a cache would share a seat"
    unpacked = ask(front.port, f"/{program}")
    assert unpacked.body == plain.body and unpacked.headers["x-cache-status"] == "HIT"
    # Streamlit answers a name that it does not know with its start page, which is nothing to keep
    for _ in range(2):
        assert ask(front.port, "/static/js/unknown.js").headers["x-cache-status"] == "MISS"


def test_only_nginx_itself_packs(front: Front) -> None:
    assert ask(front.port, "/packed/static/x.js", source="127.0.0.2").status == 403


@pytest.mark.parametrize("path", ["/", "/gradient_descent?lang=en", "/_stcore/health", "/static/js/unknown.js"])
def test_every_answer_has_its_headers(front: Front, path: str) -> None:
    answer = ask(front.port, path)
    assert answer.status == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'" and policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    refused = set(answer.headers["permissions-policy"].split(", "))
    assert refused == {"camera=()", "geolocation=()", "payment=()", "usb=()"}
    assert "'unsafe-eval'" not in answer.headers["content-security-policy"]
    assert answer.headers["server"] == "nginx", "no version"


def test_health_passes(front: Front) -> None:
    assert ask(front.port, "/_stcore/health").body == b"ok"


def test_it_answers_to_its_names_and_to_numbers(front: Front) -> None:
    for host in (OWN, f"{OWN}:8443", "localhost", "localhost:8080", "192.0.2.7", "[2001:db8::7]:8080"):
        assert ask(front.port, "/", Host=host).status == 200, host


STRANGERS = ("elsewhere.example", f"{OWN}.elsewhere.example", f"x{OWN}", "127.0.0.1.example", "a::1")


def test_it_answers_to_no_other_name(front: Front) -> None:
    """A page that gives this machine a name of its own, to be taken for the site: DNS rebinding."""
    for path in ("/", "/_stcore/health", "/_stcore/stream", "/static/js/unknown.js"):
        for host in STRANGERS:
            refused = ask(front.port, path, Host=host, Origin=f"https://{host}")
            assert refused.status == 421, (path, host)
            assert b"nginx.conf" in refused.body, "whoever has just set it up reads what to do"
            assert refused.headers["x-content-type-options"] == "nosniff" and "set-cookie" not in refused.headers


def test_what_streamlit_tells_of_itself_is_not_for_visitors(front: Front) -> None:
    for path in ("metrics", "metrics?families=active_sessions", "agent/openapi.json", "script-health-check"):
        assert ask(front.port, f"/_stcore/{path}").status == 404, path
    assert ask(front.processes[0].port, "/_stcore/metrics").status == 200, "there is something to close"


def test_a_file_needs_the_token_of_the_page_here_too(front: Front) -> None:
    async def visits() -> None:
        reader = front.reader("glossary", front.seat())
        try:
            await reader.open()
            own, other, seat = token(front.port), token(front.port), reader.headers["Cookie"].removeprefix("seat=")
            assert upload(front.port, reader.session, seat=seat, cookie=own, said=own) == 204
            for cookie, said in ((own, other), (own, ""), ("", own), ("", "")):
                assert upload(front.port, reader.session, seat=seat, cookie=cookie, said=said) == 403
        finally:
            await reader.leave()

    awaited(visits())


def test_a_file_that_is_too_large_is_refused_before_it_is_read(front: Front) -> None:
    assert upload(front.port, "nobody", data=b"1" * 7_000_000) == 413
    assert ask(front.port, "/", "PUT", Content_Length="9000").status == 413


def test_a_file_that_a_process_refuses_does_not_count_against_the_process(front: Front) -> None:
    """Streamlit refuses it at its first bytes and hangs up on the rest."""
    seats = front.seats(each=1)
    for _ in range(3):
        refused = [upload(front.port, "nobody", data=b"1" * 5_000_000, seat=seat) for seat in seats]
        assert set(refused) <= {400, 502}
        assert [front.serving(seat) for seat in seats] == list(seats.values())


@pytest.mark.parametrize(
    ("host", "origin", "welcome"),
    [
        (OWN, "https://lessons.example", True),
        ("lessons.example:8080", "http://lessons.example:8080", True),
        (OWN, "https://elsewhere.example", False),
        (OWN, "https://lessons.example.elsewhere.example", False),
        # Streamlit itself lets its own machine in
        (OWN, "http://127.0.0.1:8080", False),
    ],
)
def test_a_websocket_is_for_pages_of_the_same_origin(front: Front, host: str, origin: str, welcome: bool) -> None:
    assert shake_hands(front.port, host, origin) == (101 if welcome else 403)


def test_a_silent_conversation_is_not_cut(front: Front) -> None:
    """The longest silence is the time between two of the server's pings."""
    minutes = re.findall(r"proxy_read_timeout (\d+)m;", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert min(map(int, minutes)) * 60 >= 3 * starlette_server_config.DEFAULT_WEBSOCKET_PING_INTERVAL


def test_the_log_names_nobody(front: Front) -> None:
    before = len(front.lines())
    ask(front.port, "/losses?r=123456789", source="127.0.0.2", Referer="http://127.0.0.3/", User_Agent="Somebody")
    upload(front.port, "somebodys-session", data=b"1" * 7_000_000)
    ask(front.port, "/gradient_descent?w=1", "PUT", Content_Length="9000")
    for asked in (" GET /losses 200 ", " PUT /_stcore/upload_file 413 ", " PUT /gradient_descent "):
        # nginx writes of a request when it is done with it, which may be after the answer has arrived
        until(lambda asked=asked: asked in "\n".join(front.lines()[before:]), f"{asked} is in the log")
    written = "\n".join(front.lines()[before:]) + (front.log.parent / "error.log").read_text()
    for told in ("123456789", "127.0.0.2", "127.0.0.3", "Somebody", "somebodys-session", "w=1"):
        assert told not in written, told
