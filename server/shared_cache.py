"""What the app remembers for all is not for a visitor to clear.

Streamlit's menu lets whoever develops an app clear its caches. The menu is not shown here, but the message with which
it asks would be obeyed whoever sends it, and no setting forbids it.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg


def clears(frame: bytes | None) -> bool:
    """Whether a message of a browser's asks to clear the caches; what is no message is for Streamlit to refuse."""
    try:
        return frame is not None and BackMsg.FromString(frame).WhichOneof("type") == "clear_cache"
    except DecodeError:
        return False


class SharedCache:
    """The app, which does not hear such a message."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hear() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or not clears(message.get("bytes")):
                    return message

        await self.app(scope, hear if scope["type"] == "websocket" else receive, send)
