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
from tests.browser import test_links, test_player, test_takehome, test_training
from tests.static.conftest import BLOCKED, ROOT, Student
from tests.visitor import PATIENCE

Arrive = Callable[..., Student]

# What is computed to be compared, each with another part of dlcore: a walk, a training, and gradients through layers.
EXPERIMENTS = {
    "a walk on a landscape": """
from dlcore.descent import descend
from dlcore.optimizers import Adam
from dlcore.surfaces import Himmelblau

path = descend(Himmelblau(), (1.0, 2.0), Adam(learning_rate=0.1), 60)
found = [path.w, path.height, path.gradient]
""",
    "a network on data": """
from dlcore.datasets import Penguins
from dlcore.trials import Trial

found = [Trial(Penguins(), epochs=5).train(0.05).loss]
""",
    "the vanishing gradient": """
from dlcore.deep import Deep

found = [Deep().passage().left]
""",
}
WRITTEN = (
    "\nimport json\nimport numpy as np\nresult = json.dumps([np.asarray(one, float).ravel().tolist() for one in found])"
)

SWITCHES = 50


def written_pages(student: Student, language: str) -> list[str]:
    """Every page once, by the menu; what the headings say."""
    heads = []
    links = student.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a')
    for place in [*range(1, links.count()), 0]:
        links.nth(place).click()
        student.until("old => document.querySelector('[data-testid=\"stMain\"] h1')?.innerText !== old", heads[-1:])
        student.until(
            "() => document.querySelector('[data-testid=\"stApp\"]').dataset.testScriptState === 'notRunning'"
        )
        charts = student.page.locator('[data-testid="stVegaLiteChart"]')
        # two pages have no picture of Vega's: the start page and the glossary
        lesson = re.match(r"\d\.", links.nth(place).inner_text())
        assert not lesson or charts.count() > 0
        student.until("""() => [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].every(
          chart => chart.querySelector('svg .role-axis, svg .role-mark, canvas'))""")
        assert student.page.locator('[data-testid="stException"]').count() == 0
        heads.append(student.page.locator('[data-testid="stMain"] h1').inner_text())
    assert student.address["lang"] == language
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
    assert one.python("import sys; 'pandas.core' in sys.modules") is False, (
        "half of the packages came before their time"
    )
    before = one.worker.evaluate("lessons.stack()")
    heads = written_pages(one, "en")
    assert len(heads) == len(set(heads)) == 10
    # the rest of the switches go to and fro between two short pages
    links = one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a')
    for k in range(SWITCHES - len(heads)):
        links.nth(-1 if k % 2 == 0 else 0).click()
        one.page.locator(f"h1:has-text('{'Glossary' if k % 2 == 0 else heads[-1]}')").wait_for()
    one.ready()
    assert one.worker.evaluate("lessons.stack()") == before, "Python's stack has shrunk: a tab would die"
    one.speak("ko")
    assert one.complaints == []


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


def test_a_deep_link_and_the_way_back(student: Arrive) -> None:
    test_links.test_back_within_a_page_takes_a_change_back(student)


def test_a_guess_is_asked_for_and_the_run_is_played(student: Arrive) -> None:
    test_player.test_a_guess_reveals_the_run_and_plays_it(student)


def test_a_table_is_brought(student: Arrive) -> None:
    test_training.test_a_table_is_brought_and_what_is_none_is_told_about(student)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "test",
    [
        test_training.test_points_are_placed_by_clicking_and_layers_by_a_row,
        test_takehome.test_pictures_by_their_names_as_svg_and_png_at_the_step_of_the_player,
        test_links.test_the_language_stays,
        test_links.test_back_to_a_page_finds_it_as_it_was,
        test_player.test_every_beat_steps_back_and_on_and_follows_in_numbers,
    ],
)
def test_what_a_server_can(student: Arrive, test: Callable[[Arrive], None]) -> None:
    test(student)


@pytest.mark.thorough
def test_a_long_training_is_stopped_and_taken_home(student: Arrive, tmp_path: Path) -> None:
    test_training.test_a_long_training_is_stopped_continued_compared_and_taken_home(student, tmp_path)


def test_a_table_of_numbers_is_taken_home_and_a_class_gets_a_link(student: Arrive, tmp_path: Path) -> None:
    one = student().go("/gradient_descent?lang=en&predict=0")
    beat = one.beat("one_weight")
    beat.get_by_text("The numbers · CSV").click()
    with one.page.expect_download() as download:
        beat.locator('[data-testid="stDownloadButton"] button').first.click()
    rows = Path(download.value.path()).read_text().splitlines()
    assert rows[0] == "learning_rate,step,w,E,dE/dw" and len(rows) == one.last_step("one_weight") + 2
    one.page.get_by_role("button", name="Link for a class").click()
    link = one.page.locator('[role="dialog"] code').inner_text()
    assert link.startswith(one.base + "/gradient_descent?lang=en")
    one.page.locator('[role="dialog"] img').wait_for()
    assert one.complaints == []


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

    def again(one: Student) -> None:
        one.go("/neuron?lang=en")
        one.page.reload()
        one.ready()
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
