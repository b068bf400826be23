"""Every answer says what its page may load, run and ask for: the same that deploy/nginx.conf says before the app.

``FRAMED_BY`` in the environment names the sites that may show the app in a frame, as a Content-Security-Policy does:
``'self' https://course.example.org``. Where it is not set, any may: a course site shows lessons so, and Streamlit
Community Cloud every app. ``SECURITY_HEADERS=0`` leaves all of them out, for a host that adds something to pages.
"""

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SWITCH, FRAMED_BY = "SECURITY_HEADERS", "FRAMED_BY"

POLICY = (
    "default-src 'self'",
    # Streamlit needs blob: for components, inline scripts for its start page, WebAssembly to read large numbers fast;
    # Vega's charts are interpreted: no 'unsafe-eval'
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    # its elements are drawn with inline styles, and a recorded screen is shown from blob:
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)


def headers() -> dict[str, str]:
    """What every answer says, by the names of headers."""
    if os.environ.get(SWITCH) == "0":
        return {}
    framed_by = os.environ.get(FRAMED_BY, "").strip()
    return {
        "Content-Security-Policy": "; ".join([*POLICY, *([f"frame-ancestors {framed_by}"] if framed_by else [])]),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        # not: screen and microphone, which "Record screen" in Streamlit's menu asks for
        "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
    }


class SecurityHeaders:
    """The app, whose answers have these headers; one that an answer has already is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                told = MutableHeaders(scope=message)
                # Streamlit puts secrets into the environment when the server has begun
                for name, value in headers().items():
                    told.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)
