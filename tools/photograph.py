"""Photograph every page in both languages, both themes and three widths, and lay what belongs together side by side.

    python tools/photograph.py http://127.0.0.1:8501 [page ...] [--only ko-phone en-laptop ...]

writes ``shots/<page>/<lang>-<theme>-<width>.png``, each page in its whole length, and for looking at it as a designer
does ``shots/<page>/<part>.png``: one part of the page (its first screen, a question, the foot) in all twelve ways. A
page may have settings, such as ``losses?predict=0``: there every run is shown without a guess.
"""

import argparse
import sys
from collections import defaultdict
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.chromium import FLAGS, found_chromium

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"wide": (1920, 1080), "laptop": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
READY = """() => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"] h1')
  && !document.querySelector('[data-testid="stSkeleton"]')
  && [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].every(one => one.querySelector("svg, canvas"))
  && [...document.querySelectorAll('[class*="st-key-player-"]')].every(bar =>
    [...bar.querySelectorAll("*")].some(one => one.shadowRoot?.querySelector(".player[aria-label]")))"""
PATIENCE = 120_000
"""How long a page may take to be drawn, in milliseconds."""
SCALE = 0.5
"""How large a photograph lies on its sheet."""

PARTS = """() => [...document.querySelectorAll('[class*="st-key-beat-"]')]
  .filter(beat => !beat.matches('[class*="-place"]')).map(beat => {
  const {x, y, width, height} = beat.getBoundingClientRect()
  const name = [...beat.classList].find(one => one.startsWith("st-key-beat-")).slice("st-key-beat-".length)
  return {name, clip: {x: x - 8, y, width: width + 16, height}}
}).filter(part => part.clip.height > 0)"""


def fit_window(page: Page) -> None:
    """Make the window as tall as what it shows: the app scrolls inside it."""
    page.set_viewport_size({"width": width_of(page), "height": 600})
    page.wait_for_timeout(300)
    tall = page.evaluate('document.querySelector("[data-testid=stMain]").scrollHeight')
    page.set_viewport_size({"width": width_of(page), "height": tall})
    page.wait_for_timeout(1000)


def width_of(page: Page) -> int:
    return page.viewport_size["width"] if page.viewport_size else 1280


def photograph(page: Page, address: str, way: str, folder: Path) -> dict[str, list[Path]]:
    """Open an address and photograph it in both themes; the files, by the part of the page that they show."""
    page.goto(address)
    page.wait_for_function(READY, polling=200, timeout=PATIENCE)
    page.wait_for_timeout(1000)
    found: dict[str, list[Path]] = defaultdict(list)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(700)
        page.screenshot(path=(first := folder / "parts" / f"first-{way}-{theme}.png"))
        found["first"].append(first)
    usual = page.viewport_size
    fit_window(page)
    for theme in reversed(THEMES):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(700)
        page.screenshot(path=folder / f"{way}-{theme}.png")
        for part in page.evaluate(PARTS):
            file = folder / "parts" / f"{part['name']}-{way}-{theme}.png"
            page.screenshot(path=file, clip=part["clip"])
            found[part["name"]].append(file)
    if usual:
        page.set_viewport_size(usual)
    return found


def lay_out(browser: Browser, files: list[Path], sheet: Path) -> None:
    """Photographs side by side on one sheet."""
    pictures = "".join(
        f'<figure><img src="{file.as_uri()}"><figcaption>{file.stem}</figcaption></figure>' for file in files
    )
    style = f"""body {{ display: flex; flex-wrap: wrap; align-items: flex-start; gap: 12px; background: #888;
      margin: 12px; font: 12px sans-serif }} figure {{ margin: 0; zoom: {SCALE} }} figcaption {{ font-size: 22px }}"""
    written = sheet.with_suffix(".html")
    written.write_text(f"<meta charset=utf-8><style>{style}</style>{pictures}", encoding="utf-8")
    page = browser.new_page(viewport={"width": 2000, "height": 800})
    page.goto(written.as_uri())
    page.screenshot(path=sheet, full_page=True)
    page.close()
    written.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("address", help="where the app runs, such as http://127.0.0.1:8501")
    parser.add_argument("pages", nargs="*", help="all of them, if none is named")
    ways = [f"{lang}-{size}" for size, lang in product(SIZES, ("ko", "en"))]
    parser.add_argument("--only", nargs="+", choices=ways, default=ways)
    args = parser.parse_args()
    every = ["", *sorted(path.stem.lstrip("0123456789_") for path in (ROOT / "pages").glob("*.py"))]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=FLAGS)
        for name in args.pages or every:
            path, _, query = name.partition("?")
            folder = ROOT / "shots" / "-".join(filter(None, (path or "start", query.replace("&", "-"))))
            (folder / "parts").mkdir(parents=True, exist_ok=True)
            parts: dict[str, list[Path]] = defaultdict(list)
            for way in args.only:
                lang, size = way.split("-")
                width, height = SIZES[size]
                page = browser.new_page(viewport={"width": width, "height": height})
                page.set_default_timeout(PATIENCE)
                address = f"{args.address.rstrip('/')}/{path}?lang={lang}&{query}".rstrip("&")
                for part, files in photograph(page, address, way, folder).items():
                    parts[part] += files
                page.close()
            for number, (part, files) in enumerate(parts.items()):
                lay_out(browser, files, folder / f"{number}-{part}.png")
            print(folder.relative_to(ROOT), *parts, flush=True)


if __name__ == "__main__":
    main()
