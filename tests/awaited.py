"""Coroutines in tests that are none: Playwright's own loop may be running in the thread that calls them."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(story: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, run in a loop and a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
