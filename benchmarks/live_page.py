"""What the network that is played costs: how soon it moves, how many epochs a second are drawn, and what travels.

    python benchmarks/live_page.py [--rounds 3] [--seconds 10] [--rates 40 60] [--playground CHECKOUT]

The page is opened in a new tab of a browser that has been there before, play is pressed at each of ``--rates`` epochs a
second, and every epoch that Chromium draws is counted: milliseconds from the address until the network is drawn, from
the press to the first epoch that moves, frames and epochs a second, kilobytes a second that the websocket brings (not
compressed), processor time of the server, and what comes while the past is gone through, which should be nothing.

``--playground`` measures TensorFlow Playground's own page in the same rounds: CHECKOUT is a clone of
github.com/tensorflow/playground in which ``npm install --ignore-scripts && npm run build`` has made ``dist``. Network,
rows to train on and batch are alike. No other host than this machine can be reached, so its font is not waited for.
What else the machine does counts too: the load stands in the first line.
"""

import argparse
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chromium import FLAGS, found_chromium
from latency import IN_SIGHT
from playwright.sync_api import Page, sync_playwright
from serving import LOCAL, FileHost, Server, milliseconds_of

ROOT = Path(__file__).resolve().parent.parent
PATH = "/training?lang=en&beat=live"
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
LIVE = """[...document.querySelectorAll('[class*="st-key-live-network"] *')]
  .map(one => one.shadowRoot?.querySelector(".live")).find(Boolean)"""
ALIKE = "activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&networkShape=8,8&percTrainData=40"
"""As ours begins: 8-8, tanh, batches of 10, and of Playground's 500 rows 200 to train on."""


@dataclass
class Player:
    """A page with a network that is played.

    drawn, counter, play: JavaScript for whether all is drawn, the element that says the epoch, the button. epoch: for
    the epoch that ``counter`` says. rate: what is chosen first, if anything can be chosen.
    """

    name: str
    address: str
    drawn: str
    counter: str
    epoch: str
    play: str
    rate: int | None = None
    server: Server | None = None
    visits: list[dict[str, float]] = field(default_factory=list)


def our_player(server: Server, rate: int) -> Player:
    """The live question at so many epochs a second."""
    return Player(
        f"ours at {rate}",
        server.address + PATH,
        f"{LIVE}?.dataset.epoch === '0' && {LIVE}.getRootNode().host.hasAttribute('data-drawn')",
        LIVE,
        f"Number({LIVE}.dataset.epoch)",
        f"{LIVE}.querySelector('.play')",
        rate,
        server,
    )


def playground(address: str) -> Player:
    """Playground's own page."""
    counter = "document.querySelector('#iter-number')"
    return Player(
        "Playground",
        f"{address}/#{ALIKE}",
        # a picture in each of 16 neurons and 2 inputs at least, and the border
        f"{counter}?.textContent && document.querySelectorAll('#network canvas').length >= 18"
        " && document.querySelector('#heatmap canvas')",
        counter,
        f"Number({counter}.textContent.replaceAll(',', ''))",
        "document.querySelector('#play-pause-button')",
    )


READY = """
(() => {
  const seen = (window.__seen = { ready: null, pressed: null, first: null, paused: null, drawn: 0 })
  const look = () => {
    if (%s) seen.ready = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()
"""
COUNTED = """() => {
  const seen = window.__seen
  let last = (seen.begin = %(epoch)s)
  const press = () => {
    if (seen.pressed === null) seen.pressed = performance.now()
    else [seen.paused, seen.end] = [performance.now(), %(epoch)s]
  }
  %(play)s.addEventListener("click", press, true)
  new MutationObserver(() => {
    const epoch = %(epoch)s
    if (seen.pressed === null || seen.paused !== null || epoch === last) return
    last = epoch
    seen.first ??= performance.now()
    seen.drawn++
  }).observe(%(counter)s, { attributeFilter: ["data-epoch"], childList: true })
}"""


DRAWN = f"""() => {{
  const live = {LIVE}
  const scrub = live.querySelector(".scrub")
  const began = performance.now()
  for (let epoch = 0; epoch < 20; epoch++) {{
    scrub.value = epoch
    scrub.dispatchEvent(new Event("input"))
  }}
  return (performance.now() - began) / 20
}}"""
"""Milliseconds of script for a frame that is drawn, all in one turn of the browser."""


def visit(context: Any, player: Player, seconds: float) -> dict[str, float]:
    """One visit that plays for so many seconds."""
    page, brought = context.new_page(), [0]

    def came(payload: str | bytes) -> None:
        brought[0] += len(payload)

    page.on("websocket", lambda socket: socket.on("framereceived", came))
    page.add_init_script(READY % player.drawn)
    page.goto(player.address)
    page.wait_for_function("() => window.__seen.ready !== null", timeout=120_000)
    page.wait_for_timeout(1500)
    if player.rate:
        page.locator(".live .speed").select_option(str(player.rate))
    page.evaluate(COUNTED % vars(player))
    server = player.server.process.pid if player.server else None
    bytes_before, cpu = brought[0], milliseconds_of(server) if server else 0
    press = f"() => {player.play}.click()"
    page.evaluate(press)
    page.wait_for_timeout(1000 * seconds)
    page.evaluate(press)
    seen = page.evaluate("() => window.__seen")
    played = (seen["paused"] - seen["pressed"]) / 1000
    facts = {"ms until it is drawn": seen["ready"], "ms from press to move": seen["first"] - seen["pressed"]}
    facts |= {"frames a second": seen["drawn"] / played, "epochs a second": (seen["end"] - seen["begin"]) / played}
    if server:
        facts["% of a core, server"] = (milliseconds_of(server) - cpu) / played / 10
        facts["kB a second"] = (brought[0] - bytes_before) / played / 1000
        facts |= past(page, brought)
    page.close()
    return facts


def past(page: Page, brought: list[int]) -> dict[str, float]:
    """What it costs to go through the past of ours."""
    # what was asked for last arrives
    page.wait_for_timeout(1500)
    before = brought[0]
    for epoch in range(0, 20, 2):
        page.locator(".live .scrub").fill(str(epoch))
        assert page.locator(".live").get_attribute("data-epoch") == str(epoch)
    page.wait_for_timeout(500)
    return {"kB in the past": (brought[0] - before) / 1000, "ms of script a frame": page.evaluate(DRAWN)}


def print_table(players: list[Player]) -> None:
    """Medians, and of what Playground has the ratio to it, taken within each round."""
    heads = [player.name for player in players]
    theirs = next((player for player in players if player.server is None), None)
    ours = [player for player in players if player.server]
    heads += [f"{player.name} / {theirs.name}" for player in ours if theirs]
    print(f"| | {' | '.join(heads)} |\n|{' --- |' * (len(heads) + 1)}")
    for name in ours[0].visits[0]:
        cells = [spread([one[name] for one in player.visits]) if name in player.visits[0] else "" for player in players]
        for player in ours if theirs else ():
            pairs = zip(player.visits, theirs.visits, strict=True) if theirs and name in theirs.visits[0] else ()
            ratios = [one[name] / other[name] for one, other in pairs]
            cells.append(f"**{statistics.median(ratios):.2f}**" if ratios else "")
        print(f"| {name} | {' | '.join(cells)} |")


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rates", type=int, nargs="+", default=[40, 60])
    parser.add_argument("--playground", type=Path, help="a checkout of TensorFlow Playground with its dist")
    args = parser.parse_args()
    if args.playground and not (args.playground / "dist" / "bundle.js").exists():
        sys.exit("there is no dist/bundle.js: run npm install --ignore-scripts && npm run build in the checkout")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        playwright = stack.enter_context(sync_playwright())
        server = stack.enter_context(Server(ROOT, Path(folder) / "log.txt", options=LOCAL))
        players = [our_player(server, rate) for rate in args.rates]
        if args.playground:
            players.append(playground(stack.enter_context(FileHost(args.playground / "dist")).address))
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=[*FLAGS, *IN_SIGHT, ONLY_HERE])
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        print(f"Chromium {browser.version}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        for player in players:
            visit(context, player, 1)
        for _ in range(args.rounds):
            for player in players:
                player.visits.append(visit(context, player, args.seconds))
        print_table(players)
        print(f"load {os.getloadavg()[0]:.1f} in the end")
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
