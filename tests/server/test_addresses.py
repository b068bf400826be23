"""Addresses of thousands of parts, and of anything but text: the page is drawn, says what it left out, and soon."""

import time
import urllib.error
import urllib.request

import pytest

from tests.server.visits import Server, visiting

PAGE = "gradient_descent"
SOON = 10.0
"""Seconds for a page on a busy machine, where an ordinary one takes a tenth of that."""

TOLD = {
    "as many as Streamlit reads": ("lang=en&" + "&".join(f"k{k}={k}" for k in range(998)), "992"),
    "a value of 100 kB": ("lang=en&lr=" + "9" * 100_000, "`lr="),
    "a name of 100 kB": ("lang=en&" + "k" * 100_000 + "=1", "k" * 30),
    "a formula of 100 kB": ("lang=en&f=own_formula&f_text=" + "x%2B" * 25_000 + "1", "`f_text="),
    "one key 900 times": ("lang=en&" + "&".join(["lr=0.5"] * 900), "`lr`"),
    "a thing that is no encoding": ("lang=en&lr=%zz%%%&%=%&w=%f", "`lr="),
    "what is not UTF-8": ("lang=en&lr=%ff%fe&w=%ED%A0%80&%C3%28=1", "`lr="),
    "nulls": ("lang=en&lr=%00&%00=%00&w=\x001", "`lr="),
    "Korean": ("lang=en&학습률=0.1&lr=영점일", "`학습률`"),
    "Korean, encoded": ("lang=en&%ED%95%99%EC%8A%B5%EB%A5%A0=0.1", "`학습률`"),
}


@pytest.mark.parametrize("name", TOLD)
async def test_what_stands_in_vain_in_an_address_is_said(name: str, server: Server) -> None:
    query, said = TOLD[name]
    begun = time.monotonic()
    async with visiting(server, PAGE, query) as one:
        assert time.monotonic() - begun < SOON
        assert len(one.texts) >= 5 and len(one.warned) == 1
        assert said in one.warned[0], one.warned[0][:600]
        # many notes are counted and long ones cut
        assert len(one.warned[0]) < 1500
        assert one.written is not None and one.written.startswith("lang=en") and len(one.written) < 100


TOO_MUCH = {
    "5,000 parameters": ("lang=en&" + "&".join(f"k{k}={k}" for k in range(5000)), "exceeds the 1000 parameter limit"),
    "600 kB": ("lang=en&lr=" + "9" * 600_000, "exceeds the 524288 character limit"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_what_streamlit_does_not_read_leaves_the_page_as_it_is_for_everybody(name: str, server: Server) -> None:
    query, said = TOO_MUCH[name]
    before, begun = len(server.log_text()), time.monotonic()
    # a Korean browser, as the students here have: the language of the address is lost with the rest
    async with visiting(server, PAGE, query) as one, visiting(server, PAGE, "") as plain:
        assert time.monotonic() - begun < 2 * SOON
        assert one.texts == plain.texts and not one.warned
        assert one.written == "lang=ko"
    assert said in server.log_text()[before:]


@pytest.mark.parametrize("length", [100_000, 2_000_000])
def test_the_page_itself_is_asked_for_with_a_long_address(length: int, server: Server) -> None:
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(f"{server.address}/{PAGE}?lr={'9' * length}", timeout=SOON) as answer:
            assert answer.status == 200 and b"<html" in answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            assert length > 100_000 and refusal.code in (400, 414, 431)
    except ConnectionError:
        # refused before all of it was sent
        assert length > 100_000
    assert time.monotonic() - begun < SOON
