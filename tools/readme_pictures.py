"""Take the pictures with which README.md and README.ko.md begin: what one sees.

    python tools/readme_pictures.py http://127.0.0.1:8501

writes ``tools/pictures/<name>-<language>.webp``: a question whose run is played, moving; the same page on a phone; and
the start page. Each is made smaller until it is small enough to be loaded by whoever only passes by.
"""

import argparse
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.chromium import FLAGS, found_chromium
from tools.photograph import PATIENCE, READY

FOLDER = Path(__file__).resolve().parent / "pictures"
LANGUAGES = ("ko", "en")
MOST_BYTES = 200_000
QUALITIES = (85, 70, 55, 40, 25, 10)
"""How finely a picture is kept, the finest that is small enough."""

BEAT = "two_weights"
PLAYED = f"gradient_descent?beat={BEAT}&predict=0"
FRAMES, SECONDS_A_FRAME, SECONDS_AT_THE_END = 16, 0.25, 1.5

SCRUB = """([beat, share]) => {
  const find = (root) => root.querySelector("input.scrub, .scrub") ?? [...root.querySelectorAll("*")]
    .map((one) => one.shadowRoot && find(one.shadowRoot)).find(Boolean)
  const scrub = find(document.querySelector(`.st-key-beat-${beat}`))
  scrub.value = Math.round(share * Number(scrub.max))
  scrub.dispatchEvent(new Event("input", { bubbles: true }))
}"""
"""Puts the player of a question where a share of its steps has been shown."""


class TooLarge(Exception):
    """A picture is too large however coarse it is; ``str`` says which."""


def open_page(browser: Browser, address: str, width: int, height: int) -> Page:
    """A page, once everything on it is drawn."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_function(READY, polling=200)
    page.wait_for_timeout(1000)
    return page


def screenshot(page: Page, width: int) -> Image.Image:
    """What the window shows, ``width`` pixels wide."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return shot.resize((width, round(shot.height * width / shot.width)), Image.Resampling.LANCZOS)


def play(page: Page, width: int) -> list[Image.Image]:
    """The frames of a question's run, from its first step to its last."""
    frames = []
    for k in range(FRAMES):
        # the first steps are the long ones
        page.evaluate(SCRUB, [BEAT, (k / (FRAMES - 1)) ** 2])
        page.wait_for_timeout(250)
        frames.append(screenshot(page, width))
    return frames


def save(frames: list[Image.Image], name: str) -> bytes:
    """One picture, moving if there are several frames, as fine as MOST_BYTES allow."""
    first, *others = frames
    pauses = [int(SECONDS_A_FRAME * 1000)] * len(others) + [int(SECONDS_AT_THE_END * 1000)]
    moving = {"save_all": True, "append_images": others, "duration": pauses, "loop": 0} if others else {}
    for quality in QUALITIES:
        out = io.BytesIO()
        first.save(out, "WEBP", quality=quality, method=6, **moving)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise TooLarge(f"{name} does not fit into {MOST_BYTES} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("address", help="where the app runs, such as http://127.0.0.1:8501")
    root = parser.parse_args().address.rstrip("/")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=FLAGS)
        for language in LANGUAGES:
            pictures = {
                "question": play(open_page(browser, f"{root}/{PLAYED}&lang={language}", 1280, 800), 960),
                "phone": [screenshot(open_page(browser, f"{root}/{PLAYED}&lang={language}", 390, 844), 390)],
                "start": [screenshot(open_page(browser, f"{root}/?lang={language}", 1280, 800), 960)],
            }
            for name, frames in pictures.items():
                file = FOLDER / f"{name}-{language}.webp"
                file.write_bytes(save(frames, file.name))
                print(file.name, len(file.read_bytes()))
        browser.close()


if __name__ == "__main__":
    main()
