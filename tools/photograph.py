"""Photograph every page in both languages, both themes and three widths, for looking at side by side.

python tools/photograph.py http://127.0.0.1:8501 [page ...]      writes shots/<page>-<lang>-<theme>-<width>.png
"""

import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"wide": (1920, 1080), "laptop": (1280, 800), "phone": (390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


def photograph(page: Page, address: str, file: Path) -> None:
    """Open an address, wait until its charts are drawn, and photograph its whole length."""
    page.goto(address)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_timeout(1500)
    # the app scrolls inside the window, so the window is made as tall as what it shows
    tall = page.evaluate('document.querySelector("[data-testid=stMain]").scrollHeight')
    width = page.viewport_size["width"] if page.viewport_size else 1280
    page.set_viewport_size({"width": width, "height": tall})
    page.wait_for_timeout(800)
    page.screenshot(path=file)


def main(base: str, pages: list[str]) -> None:
    shots = ROOT / "shots"
    shots.mkdir(exist_ok=True)
    pages = pages or ["", *sorted(path.stem.lstrip("0123456789_") for path in (ROOT / "pages").glob("*.py"))]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, lang, theme, size in product(pages, ("ko", "en"), ("light", "dark"), SIZES):
            width, height = SIZES[size]
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            path, _, query = name.partition("?")
            file = shots / f"{(path + '-' + query).strip('-').replace('&', '-') or 'start'}-{lang}-{theme}-{size}.png"
            photograph(page, f"{base}/{path}?lang={lang}&{query}".rstrip("&"), file)
            page.close()
            print(file.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2:])
