"""What the app itself refuses and keeps to itself, with nothing before it: a process as a newcomer starts it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.asked import ask, shake_hands, token, upload
from tests.server.visits import ROOT, Server, visiting
from tests.watched import called, watching

AT = "lang=en&predict=0&all=print"
OWN = "lessons.example"
"""What the app is called, where the name of its site was set."""
LISTED = "https://portal.example"
"""A site whose pages may talk to it, where it was said so."""
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the newcomer's process notes whom it calls."""
    return tmp_path_factory.mktemp("newcomer")


@pytest.fixture(scope="module")
def newcomer(calls: Path) -> Iterator[Server]:
    """A process as README.md starts it, but for its port and for the names that it answers to."""
    # what it asked others for would not leave this machine, and fail at once
    nobody = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    named = ("--server.allowedHosts", OWN, "--server.allowedHosts", "127.0.0.1", "--server.corsAllowedOrigins", LISTED)
    surroundings = {"HOME": str(calls), **nobody, **watching(calls)}
    with Server(ROOT, calls / "log.txt", options=named, environment=surroundings) as running:
        yield running


# ---- whom it calls ---------------------------------------------------------------------------------------------------


def test_a_call_is_seen(tmp_path: Path) -> None:
    """The watch itself: a name that is looked up, and a connection that is opened."""
    program = "import socket\ntry: socket.create_connection(('localhost', 9), 1)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", program], env=watching(tmp_path), check=True)
    assert [line.split()[0] for line in called(tmp_path)][:2] == ["socket.getaddrinfo", "socket.connect"]


async def test_the_process_calls_nobody(newcomer: Server, calls: Path) -> None:
    """Not when it starts, where Streamlit would ask a stranger for its own address; tests/browser has every page."""
    async with visiting(newcomer, "", "lang=en") as one:
        assert one.texts
    assert called(calls) == []
    assert f"URL: http://localhost:{newcomer.port}" in newcomer.log_text(), "the address to open"


async def test_no_statistics_are_gathered(server: Server) -> None:
    async with visiting(server, "gradient_descent", AT) as one:
        messages = [ForwardMsg.FromString(message) for message in one.heard]
    configs = [message.new_session.config for message in messages if message.HasField("new_session")]
    assert configs and not any(config.gather_usage_stats for config in configs)
    # nor does it come with the end of a run what the script called
    assert not any(message.HasField("page_profile") for message in messages)


# ---- who may talk to it ----------------------------------------------------------------------------------------------


def test_a_name_that_is_not_its_own_is_refused(newcomer: Server) -> None:
    """A page of the stranger's own name, which leads to this machine: DNS rebinding."""
    assert shake_hands(newcomer.port, OWN, f"https://{OWN}") == 101
    assert shake_hands(newcomer.port, "elsewhere.example", "https://elsewhere.example") == 403
    assert shake_hands(newcomer.port, f"{OWN}.elsewhere.example", f"https://{OWN}.elsewhere.example") == 403
    assert ask(newcomer.port, "/gradient_descent", Host=OWN).status == 200
    assert ask(newcomer.port, "/gradient_descent", Host="elsewhere.example").status == 421


def test_a_page_of_another_site_is_refused(newcomer: Server, calls: Path) -> None:
    """Streamlit itself would look up its own address first, elsewhere."""
    before = len(called(calls))
    assert shake_hands(newcomer.port, OWN, "https://elsewhere.example") == 403
    assert ask(newcomer.port, "/", "POST", Host=OWN, Origin="https://elsewhere.example").status == 403
    # nor is it looked up for one that is listed, or is its own
    assert shake_hands(newcomer.port, OWN, LISTED) == shake_hands(newcomer.port, OWN, f"https://{OWN}") == 101
    assert called(calls)[before:] == []


# ---- files -----------------------------------------------------------------------------------------------------------


async def test_a_file_needs_the_token_of_the_page(server: Server) -> None:
    async with visiting(server, "training", f"{AT}&set=own_table") as one:
        here = server.port
        own, other = token(here), token(here)
        sent = {
            "right": upload(here, one.session, cookie=own, said=own),
            "another one's": upload(here, one.session, cookie=own, said=other),
            "none": upload(here, one.session, cookie=own, said=""),
            "no cookie": upload(here, one.session, cookie="", said=own),
            "neither": upload(here, one.session, cookie="", said=""),
            "made up": upload(here, one.session, cookie="x", said="x"),
        }
    assert sent == {name: 204 if name == "right" else 403 for name in sent}


async def test_a_file_is_taken_up_to_the_limit(server: Server) -> None:
    async with visiting(server, "training", f"{AT}&set=own_table") as one:
        here = server.port
        own = token(here)
        assert upload(here, one.session, b"1" * (5 * MEGABYTE - 1000)) == 204
        # refused by what it says of itself, before it is sent
        claim = {"Cookie": f"_streamlit_xsrf={own}", "X_Xsrftoken": own, "Content_Length": str(5 * MEGABYTE + 1)}
        assert ask(here, f"/_stcore/upload_file/{one.session}/{'0' * 32}", "PUT", b"", **claim).status == 413
        # the reader is told the limit before a file is sent
        assert one.control("training.file").element.max_upload_size_mb == 5
