"""One request, on a connection of its own, and what came back; and a file that is brought as a browser brings it."""

import http.client
import re
from dataclasses import dataclass

PATIENCE = 60
"""For how many seconds an answer is waited for."""


@dataclass
class Answer:
    """What came back over HTTP; header names in lower case, one line for each time that a header came."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, path: str, method: str = "GET", body: bytes = b"", source: str = "", **headers: str) -> Answer:
    """source: the address that the request comes from."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        told: dict[str, str] = {}
        for name, text in answer.getheaders():
            told[name.lower()] = "\n".join(filter(None, (told.get(name.lower()), text)))
        return Answer(answer.status, told, answer.read())
    finally:
        connection.close()


def shake_hands(port: int, host: str, origin: str) -> int:
    """What a page of some origin is answered that asks for a conversation under some name; 101: welcome."""
    return ask(
        port,
        "/_stcore/stream",
        Host=host,
        Origin=origin,
        Upgrade="websocket",
        Connection="Upgrade",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
        Sec_WebSocket_Protocol="streamlit",
    ).status


BROUGHT = "/_stcore/upload_file/{session}/brought"
"""Where a file goes that is brought by a session."""


def token(port: int) -> str:
    """The one that Streamlit gives a browser, which sends it back with a file: in a cookie and beside it."""
    return re.findall("_streamlit_xsrf=([^;]+)", ask(port, "/_stcore/health").headers["set-cookie"])[0]


def upload(
    port: int,
    session: str,
    data: bytes = b"1" * 10,
    name: str = "a.csv",
    seat: str = "",
    cookie: str | None = None,
    said: str | None = None,
) -> int:
    """The status that a browser is told when a file was dropped on an uploader of the page.

    cookie, said: the token in the cookie and the one beside it, if they are not the browser's own.
    """
    own = token(port)
    head = f'--line\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
    answer = ask(
        port,
        BROUGHT.format(session=session),
        "PUT",
        head.encode() + b"Content-Type: text/csv\r\n\r\n" + data + b"\r\n--line--\r\n",
        Content_Type="multipart/form-data; boundary=line",
        Cookie=f"_streamlit_xsrf={own if cookie is None else cookie}; seat={seat}",
        X_Xsrftoken=own if said is None else said,
    )
    return answer.status
