"""Who is answered: under a name of this site, from a page of this site; and what is for this machine alone.

Streamlit itself looks at websockets alone, and before it refuses one of another site's page it asks a server on the
Internet for this machine's own address. Here they are refused before it: nothing is looked up. Its options count:
``server.allowedHosts``, ``server.corsAllowedOrigins``, ``server.enableCORS``, ``browser.serverAddress``.
"""

import ipaddress
import re
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from server.unknown_address import asked_page

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1"})
FOR_THIS_MACHINE = re.compile(r"_stcore/(metrics|agent/|script-health-check)")
"""What Streamlit tells of itself and what the app does not use."""
PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded")
"""What a proxy says of whom it asks for."""
ONLY_READ = ("GET", "HEAD", "OPTIONS")


def host_name(host: str | None) -> str:
    """The name in a Host header or in an origin's host, without its port; empty if it is none."""
    try:
        return (urlsplit(f"//{host or ''}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_number(name: str) -> bool:
    """Whether a name is an address in numbers, which nobody can have lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_own_name(host: str | None) -> bool:
    """Whether the site goes by this name; where none are set it goes by any.

    A page can give this machine a name of the stranger's own, to be taken for the site (DNS rebinding); numbers and
    "localhost", by which its health is asked for, cannot be made to lead here.
    """
    names = [name.strip().lower().rstrip(".") for name in st.get_option("server.allowedHosts") or []]
    name = host_name(host)
    if not names or name == "localhost" or is_number(name):
        return True
    return any(name == own or own == "*" or (own.startswith("*.") and name.endswith(own[1:])) for own in names if name)


def is_listed(origin: str) -> bool:
    """Whether the site has been told to talk to the pages of another one."""
    if not st.get_option("server.enableCORS") or st.get_option("global.developmentMode"):
        return True
    return origin in (one.strip() for one in st.get_option("server.corsAllowedOrigins") or [])


def is_own_page(origin: str, host: str | None) -> bool:
    """Whether a page of this origin is one of the site that was asked for as ``host``."""
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    name = host_name(place)
    if name in THIS_MACHINE:
        # a proxy on this machine may say 127.0.0.1 where a browser said localhost
        return place == host or host_name(host) in THIS_MACHINE
    return bool(name) and (place == host or name == str(st.get_option("browser.serverAddress") or "").lower())


def is_from_this_machine(scope: Scope) -> bool:
    """Whether somebody on this machine asks, and not a proxy on it for somebody else."""
    told = Headers(scope=scope)
    client = (scope.get("client") or ("",))[0]
    return (
        is_number(client) and ipaddress.ip_address(client).is_loopback and not any(name in told for name in PASSED_ON)
    )


class OwnPages:
    """The app, for pages of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._converse(scope, receive, send)
        elif scope["type"] != "http" or (refusal := _refusal(scope)) is None:
            await self.app(scope, receive, send)
        else:
            await refusal(scope, receive, send)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope)
        origin, host = told.get("origin"), told.get("host")
        if not is_own_name(host):
            await WebSocketClose(1008)(scope, receive, send)
        elif origin is None or is_own_page(origin, host):
            await self.app(scope, receive, send)
        elif is_listed(origin):
            # Streamlit would look up its own address before it looks into the list
            headers = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            await self.app({**scope, "headers": headers}, receive, send)
        else:
            await WebSocketClose(1008)(scope, receive, send)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    told = Headers(scope=scope)
    origin, host = told.get("origin"), told.get("host")
    if not is_own_name(host):
        return PlainTextResponse("This site does not go by that name. Its names are server.allowedHosts.\n", 421)
    if FOR_THIS_MACHINE.match(asked_page(scope)) and not is_from_this_machine(scope):
        return PlainTextResponse("Not for visitors.\n", 404)
    if scope["method"] in ONLY_READ or origin is None or is_own_page(origin, host) or is_listed(origin):
        return None
    return PlainTextResponse("This is for pages of this site alone.\n", 403)
