"""Answers leave at once.

Streamlit makes its listening socket itself, of a kind for which asyncio does not switch off Nagle's algorithm: of an
answer in two pieces the second waited until the browser had acknowledged the first, which it does after 40 ms if it
has nothing to say meanwhile. What a listening socket has switched off, the connections that it accepts have, too.
"""

import os
import socket

OPEN_FILES = "/dev/fd"
"""Where Linux and macOS list the open files of a process. Elsewhere nothing is changed."""


def answer_promptly() -> int:
    """Switch it off for every socket on which this process listens; how many that are."""
    if not os.path.isdir(OPEN_FILES):
        return 0
    return sum(map(_switch_off, map(int, os.listdir(OPEN_FILES))))


def _switch_off(number: int) -> bool:
    """Whether an open file is a socket that listens on the network."""
    try:
        copy = os.dup(number)
    except OSError:
        # the one by which they were listed
        return False
    try:
        found = socket.socket(fileno=copy)
    except OSError:
        # another kind of file
        os.close(copy)
        return False
    with found:
        if found.family not in (socket.AF_INET, socket.AF_INET6) or found.type != socket.SOCK_STREAM:
            return False
        if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return False
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True
