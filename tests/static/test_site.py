"""The site without a server, in a real Chromium for which no other host exists."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from benchmarks.chromium import FLAGS
from benchmarks.serving import FileHost
from tests.browser import test_links, test_player, test_presenter, test_takehome, test_training
from tests.static.conftest import BLOCKED, ROOT, Student
from tests.visitor import PATIENCE

Arrive = Callable[..., Student]

# What is computed to be compared, each with another part of dlcore: a walk, a training, and gradients through layers.
EXPERIMENTS = {
    "a walk on a landscape": """
from dlcore.experiments.descent import descend
from dlcore.optimizers import Adam
from dlcore.surfaces import Himmelblau

path = descend(Himmelblau(), (1.0, 2.0), Adam(learning_rate=0.1), 60)
found = [path.w, path.height, path.gradient]
""",
    "a network on data": """
from dlcore.datasets import Penguins
from dlcore.experiments.rate_trials import Trial

found = [Trial(Penguins(), epochs=5).train(0.05).loss]
""",
    "the vanishing gradient": """
from dlcore.experiments.gradient_flow import DeepNetwork

found = [DeepNetwork().gradient_flow().left]
""",
}
WRITTEN = (
    "\nimport json\nimport numpy as np\nresult = json.dumps([np.asarray(one, float).ravel().tolist() for one in found])"
)


LIVE = """[...document.querySelectorAll(".st-key-live-network *")].map(one => one.shadowRoot).find(Boolean)"""
"""Where the network is that plays."""

DRAWN = f"""lesson => {{
  const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')]
  // the border has a size once it is drawn
  const live = {LIVE}?.querySelector(".border[style]")
  return document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    && (charts.length > 0 || Boolean(live)) === lesson
    && charts.every(one => one.querySelector('svg .role-axis, svg .role-mark, canvas'))
}}"""


HEADED = """old => {
  const head = document.querySelector('[data-testid="stMain"] h1')?.innerText
  return head && head !== old
}"""


def all_pages(student: Student) -> list[str]:
    """Every page once, by the menu; what the headings say."""
    heads: list[str] = []
    links = student.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a')
    for place in [*range(1, links.count()), 0]:
        links.nth(place).click()
        # while a page comes it has no heading for a moment
        student.until(HEADED, heads[-1] if heads else "")
        # two pages have no picture of Vega's: the start page and the glossary
        lesson = bool(re.match(r"\d\.", links.nth(place).inner_text()))
        student.until(DRAWN, lesson)
        assert student.page.locator('[data-testid="stException"]').count() == 0
        heads.append(student.page.locator('[data-testid="stMain"] h1').inner_text())
    return heads


def test_every_page_is_drawn_and_no_other_host_is_asked(student: Arrive) -> None:
    one = student()
    # what is said meanwhile, and that there is something to read
    one.page.add_init_script("""window.said = []; addEventListener("DOMContentLoaded", () => {
      const state = document.getElementById("state")
      new MutationObserver(() => window.said.push(state.innerText)).observe(state, { childList: true, subtree: true })
      window.text = document.querySelector("#start").innerText })""")
    one.go("/?lang=en")
    said = str(one.page.evaluate("window.said"))
    assert re.search(r"\d\.\d of 1\d\.\d MB", said) and "Starting Python" in said and "Opening the lesson" in said
    assert "With topic 1, then in order." in one.page.evaluate("window.text")
    came = one.python("import sys; 'pandas.core' in sys.modules")
    assert came is False, "half of the packages came before their time"
    stack = one.worker.evaluate("lessons.stack()")
    heads = all_pages(one)
    assert one.ready().worker.evaluate("lessons.stack()") == stack, "a tab would die after a while"
    assert len(heads) == len(set(heads)) == 10 and one.address == {"lang": "en"}
    assert one.complaints == []


def test_the_live_network_plays_at_whatever_rate(student: Arrive) -> None:
    one = student().go("/training?lang=en&beat=live")
    one.until(DRAWN, True)
    one.page.evaluate(f"() => {LIVE}.querySelector('.play').click()")
    # more than lies there before it is pressed
    one.until(f"() => Number({LIVE}.querySelector('.live').dataset.epoch) > 30")
    assert one.complaints == []


@pytest.mark.thorough
def test_fifty_switches_cost_no_stack(student: Arrive) -> None:
    one = student().go("/glossary?lang=en")
    links = one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a')
    # whatever is set up once has been
    links.nth(0).click()
    one.page.locator("h1:has-text('Deep learning')").wait_for()
    before = one.ready().worker.evaluate("lessons.stack()")
    for k in range(50):
        links.nth(0 if k % 2 else -1).click()
        one.page.locator(f"h1:has-text('{'Deep learning' if k % 2 else 'Glossary'}')").wait_for()
    assert one.ready().worker.evaluate("lessons.stack()") == before, "a tab would die after a while"


def test_numbers_are_those_of_a_server(student: Arrive) -> None:
    one = student().go("/glossary?lang=en")
    for name, program in EXPERIMENTS.items():
        here = json.loads(one.python(f"{program}{WRITTEN}\nresult"))
        command = [sys.executable, "-c", f"{program}{WRITTEN}\nprint(result)"]
        there = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        expected = json.loads(there.stdout)
        assert [len(each) for each in here] == [len(each) for each in expected]
        for mine, theirs in zip(here, expected, strict=True):
            assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-9), name


def test_a_lesson(student: Arrive) -> None:
    """A link with settings, a guess, the run played, numbers as a file, Back, a link for a class, a file brought."""
    one = student().go("/gradient_descent?lang=en&lr=0.12")
    beat, page = one.beat("one_weight"), one.page
    assert one.slid_to("lr") == "0.12" and beat.locator(".player").is_hidden()
    test_player.guess(one, "one_weight", "Left (w gets smaller)")
    page.wait_for_selector("text=You said")
    one.until_step("one_weight", "t > 2 && t < last")
    beat.get_by_text("The numbers · CSV").click()
    with page.expect_download() as download:
        beat.locator('[data-testid="stDownloadButton"] button').first.click()
    rows = Path(download.value.path()).read_text().splitlines()
    assert rows[0] == "learning_rate,step,w,E,dE/dw" and len(rows) == one.last_step("one_weight") + 2
    one.press("lr", "ArrowRight")
    one.until_address(lr="0.15")
    page.go_back()
    one.until_address(lr="0.12")
    one.until_slid("lr", "0.12")
    page.get_by_role("button", name="Link for a class").click()
    page.locator('[role="dialog"] img').wait_for()
    assert page.locator('[role="dialog"] code').inner_text().startswith(f"{one.base}/gradient_descent?lang=en&lr=0.12")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Presenter mode").click()
    page.locator(".st-key-presenter-bar").wait_for()
    one.ready()
    test_presenter.click_on(one, "two_weights", rest=4000)
    one.go("/training?lang=ko&predict=0&set=own_table&epochs=3&net=4")
    test_training.bring(one, "file", "mine.csv", test_training.SEMICOLONS.encode())
    page.get_by_text("쉼표를 소수점으로 읽었습니다").wait_for()
    test_training.push(one, "go")
    page.get_by_text("3에포크 뒤 학습").first.wait_for()
    assert one.complaints == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    "test",
    [
        test_training.test_a_table_is_brought_and_what_is_none_is_told_about,
        test_training.test_points_are_placed_by_clicking_and_layers_by_a_row,
        test_links.test_the_language_stays,
        test_links.test_back_within_a_page_takes_a_change_back,
        test_links.test_back_to_a_page_finds_it_as_it_was,
        test_player.test_a_guess_reveals_the_run_and_plays_it,
        test_player.test_every_beat_steps_back_and_on_and_follows_in_numbers,
    ],
)
def test_what_a_server_can(student: Arrive, test: Callable[[Arrive], None]) -> None:
    test(student)


@pytest.mark.thorough
def test_pictures_are_taken_home(student: Arrive, tmp_path: Path) -> None:
    test_takehome.test_pictures_by_their_names_as_svg_and_png_at_the_step_of_the_player(student, tmp_path)


@pytest.mark.thorough
def test_a_long_training_is_stopped_and_taken_home(student: Arrive, tmp_path: Path) -> None:
    test_training.test_a_long_training_is_stopped_continued_compared_and_taken_home(student, tmp_path)


def test_the_second_visit_needs_no_network(browser: Browser, chromium: str, built: Path, tmp_path: Path) -> None:
    def visit(host: FileHost, then: Callable[[Student], Any]) -> None:
        profile = browser.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium, args=[*FLAGS, BLOCKED], locale="ko-KR"
        )
        profile.set_default_timeout(PATIENCE)
        one = Student(profile, profile.pages[0], f"{host.address}/{built.name}")
        one.listen()
        then(one)
        assert one.complaints == [] and one.elsewhere == []
        profile.close()

    def first(one: Student) -> None:
        one.go("/?lang=ko")
        one.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        host.__exit__()
        one.page.reload()
        one.ready()

    def again(one: Student) -> None:
        one.go("/neuron?lang=en")
        assert one.page.locator('[data-testid="stMain"] h1').inner_text() == "The neuron"

    with FileHost(built.parent) as host:
        visit(host, first)
        visit(host, again)


def test_what_cannot_be_fetched_is_said(student: Arrive) -> None:
    one = student()
    one.page.route("**/packages.tar.gz", lambda route: route.abort())
    one.page.goto(one.base + "/?lang=ko")
    alert = one.page.locator('#state[role="alert"]')
    alert.wait_for()
    assert "강의를 열지 못했습니다" in alert.inner_text()
    one.page.unroute("**/packages.tar.gz")
    alert.get_by_role("button", name="다시 시도").click()
    one.page.locator("#state progress").wait_for()


def test_an_address_that_leads_nowhere_is_told_so_in_our_words(student: Arrive, built: Path) -> None:
    one = student()
    # a file host answers with 404.html, and Python's own file server has no such thing
    one.page.route("**/nosuchpage?*", lambda route: route.fulfill(path=built / "404.html"))
    one.go("/nosuchpage?lang=en")
    assert one.page.locator('[data-testid="stMain"] h1').inner_text() == "There is no such page"
    assert one.page.get_by_role("dialog").count() == 0
    assert one.page.locator('[data-testid="stMain"]').get_by_text("nosuchpage").count() == 1


def test_every_page_of_the_app_has_a_place_and_every_file_is_kept_for_later(built: Path) -> None:
    (version,) = (folder.name for folder in built.iterdir() if re.fullmatch("[0-9a-f]{12}", folder.name))
    pages = {path.stem.lstrip("0123456789_") for path in (ROOT / "pages").glob("*.py")}
    assert {folder.name for folder in built.iterdir() if folder.is_dir()} == {version, *pages}
    for html in [built / "index.html", built / "404.html", *(built / page / "index.html" for page in pages)]:
        for path in re.findall(r'(?:src|href)="([^"]+)"', html.read_text(encoding="utf-8")):
            assert (html.parent / path).is_file(), f"{html.relative_to(built)} asks for {path}"
    worker = (built / "sw.js").read_text(encoding="utf-8")
    kept = json.loads(re.search(r"const FILES = (\[.*\])", worker)[1])  # type: ignore[index]
    assert set(kept) == {str(path.relative_to(built)) for path in (built / version).rglob("*") if path.is_file()}
    # Hangul is nowhere broken on the way, and both languages are there before any program runs
    text = (built / "index.html").read_text(encoding="utf-8")
    assert "딥러닝, 손으로 해 보기" in text and "Deep learning, hands on" in text
