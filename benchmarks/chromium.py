"""Which Chromium, and how it is started: for the tests, for what is measured in it, and for photographs."""

import shutil
from functools import cache
from pathlib import Path

ON_PATH = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


@cache
def found_chromium() -> str | None:
    """The Chromium on PATH, else the one that Playwright installed for itself."""
    if on_path := next((path for name in ON_PATH if (path := shutil.which(name))), None):
        return on_path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
