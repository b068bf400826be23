"""What a student does besides the experiment itself, in a real browser: holds a note against it, reaches a goal."""

import re
from collections.abc import Callable
from typing import Any

Arrive = Callable[..., Any]

CODE = r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"


def test_a_note_is_checked_and_a_goal_is_reached_and_counted(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&predict=0")
    beat = one.beat("one_weight")
    box = beat.locator('[class*="-check"] [data-testid="stExpander"]').or_(
        beat.locator('[data-testid="stExpander"]').filter(has_text="The gradient is the direction")
    )
    box.first.locator("summary").first.focus()
    one.page.keyboard.press("Enter")
    beat.get_by_text("It is the opposite.").wait_for()
    beat.locator(".st-key-gradient_descent-one_weight-check-0 button").click()
    one.until_address(w="2.5", predict="0")
    one.until_step("one_weight", "t === last")
    # a goal is reached by the run itself; its code then stands beside it, and the start page counts it
    for rate in ("0.12", "0.15", "0.2", "0.25", "0.3", "0.4", "0.5"):
        one.press("lr", "ArrowRight")
        one.until_address(lr=rate)
    goals = beat.locator('[class*="-goals"]')
    goals.locator("summary").first.click()
    reached = beat.get_by_text(re.compile(CODE)).first
    reached.wait_for()
    code = re.search(CODE, reached.inner_text())
    assert code
    one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a').first.click()
    progress = one.page.locator(".st-key-progress")
    progress.get_by_text(re.compile(r"\b1 of \d+")).first.wait_for()
    with one.page.expect_download() as download:
        one.page.locator(".st-key-progress-csv button").click()
    assert download.value.suggested_filename == "progress.csv"
    assert code[0] in download.value.path().read_text(encoding="utf-8-sig")
    assert one.complaints == [] and one.elsewhere == []


def test_a_guess_is_collected_by_its_code(visitor: Arrive) -> None:
    student = visitor().go("/gradient_descent?lang=en")
    student.beat("one_weight").locator('[class*="st-key-predict-"] button').first.click()
    told = student.beat("one_weight").get_by_text(re.compile(CODE)).first
    told.wait_for()
    code = re.search(CODE, told.inner_text())
    assert code
    teacher = visitor().go("/gradient_descent?lang=ko&present=1")
    place = teacher.page.locator(".st-key-collect-gradient_descent-one_weight")
    place.locator("summary").click()
    box = place.locator("textarea")
    box.fill(f"{code[0].lower()}, {code[0][:-1]}")
    box.press("Control+Enter")
    # the one that was cut short is named, the whole one counted
    place.get_by_text("1명을 세었습니다").wait_for()
    place.get_by_text("코드가 아닌 것 1개").wait_for()
    place.locator('[data-testid="stDataFrame"]').wait_for()
    assert box.input_value().startswith(code[0].lower())
    assert student.complaints == [] and teacher.complaints == []
