"""What a reader takes home, made in a real browser: pictures, the handout, a program."""

import json
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ui.text.texts import words

Arrive = Callable[..., Any]

SVG = "{http://www.w3.org/2000/svg}"
LESSON = "/gradient_descent"
BEATS = ("one_weight", "two_weights", "any_landscape", "where_it_ends")
HREF = "{http://www.w3.org/1999/xlink}href"


def opened_section(one: Any) -> Any:
    section = one.page.locator('[class*="st-key-takehome-"]')
    section.locator("summary").click()
    # what is drawn is looked for once the section has opened
    section.locator(".pictures > *").first.wait_for()
    return section


def saved(one: Any, button: Any, folder: Path) -> Path:
    with one.page.expect_download() as waiting:
        button.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def buttons(section: Any, kind: str) -> Any:
    return section.locator(".picture button", has_text=kind)


# ---- pictures --------------------------------------------------------------------------------------------------------


def test_pictures_by_their_names_as_svg_and_png_at_the_step_of_the_player(visitor: Arrive, tmp_path: Path) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    one.until_step("one_weight", "t === last")
    section = opened_section(one)
    alts = one.page.locator('[data-testid="stVegaLiteChart"]').evaluate_all(
        "charts => charts.map(chart => chart.getAttribute('aria-label'))"
    )
    assert section.locator(".picture .name").all_inner_texts() == alts
    assert len(alts) == 7
    assert section.locator("h5").count() == len(BEATS)

    at_end = saved(one, buttons(section, "SVG").first, tmp_path)
    assert at_end.name == "gradient_descent-one_weight-curve.svg"
    whole = at_end.read_text(encoding="utf-8")
    one.beat("one_weight").locator(".scrub").fill("0")
    first = saved(one, buttons(section, "SVG").first, tmp_path).read_text(encoding="utf-8")
    assert first != whole
    root = ET.fromstring(whole)
    assert root.tag == f"{SVG}svg"
    assert [float(root.attrib[key]) > 100 for key in ("width", "height")] == [True, True]
    assert root.findtext(f"{SVG}title")
    assert len(root.findall(f".//{SVG}path")) > 10
    texts = root.findall(f".//{SVG}text")
    assert {"error E", "weight w"} <= {text.text for text in texts}
    assert all("sans-serif" in text.attrib["font-family"] for text in texts)
    # a map keeps its image, and no picture needs a host
    root = ET.fromstring(saved(one, buttons(section, "SVG").nth(2), tmp_path).read_text(encoding="utf-8"))
    images = root.findall(f".//{SVG}image")
    assert images
    for image in images:
        assert (image.get("href") or image.get(HREF, "")).startswith("data:image/png")
    # a program and a notebook of what ran
    beat = one.beat("one_weight")
    beat.locator('[data-testid="stExpander"] summary').nth(1).click()
    program = saved(one, beat.get_by_role("button", name=re.compile(r"one_weight\.py$")), tmp_path)
    assert "SGD(learning_rate=0.1)" in program.read_text(encoding="utf-8")
    notebook = saved(one, beat.get_by_role("button", name=re.compile(r"one_weight\.ipynb$")), tmp_path)
    assert json.loads(notebook.read_text(encoding="utf-8"))["nbformat"] == 4
    packed = saved(one, beat.get_by_role("button", name=re.compile(r"one_weight\.zip$")), tmp_path)
    with zipfile.ZipFile(packed) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".txt", ".py", ".ipynb", ".whl"}
    # all of it by keyboard alone
    section.locator("summary").focus()
    one.page.keyboard.press("Tab")
    with one.page.expect_download() as waiting:
        one.page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "gradient_descent-en.html"
    assert one.complaints == [] and one.elsewhere == []


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.thorough), "dark"])
def test_pictures_and_handout_of_a_light_and_of_a_dark_page(visitor: Arrive, tmp_path: Path, scheme: str) -> None:
    one = visitor(color_scheme=scheme).go(f"{LESSON}?lang=ko&predict=0")
    section = opened_section(one)
    # a curve, and a map with an image within the drawing: twice its size, on its own ground
    for k in (0, 2):
        svg = ET.fromstring(saved(one, buttons(section, "SVG").nth(k), tmp_path).read_text(encoding="utf-8"))
        png = saved(one, buttons(section, "PNG").nth(k), tmp_path).read_bytes()
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        size = struct.unpack(">II", png[16:24])
        assert size == tuple(round(2 * float(svg.attrib[key])) for key in ("width", "height"))
        ground = svg.find(f"{SVG}rect")
        assert ground is not None
        assert (ground.attrib["fill"] == "rgb(255, 255, 255)") == (scheme == "light")
    assert section.locator(".status").inner_text().endswith(".png")
    # the handout is black on white either way, with tables that are open
    tables = one.page.locator('[class*="st-key-beat-"] [class*="st-key-"][class*="-tables"] summary')
    for each in tables.all():
        each.click()
    one.page.wait_for_selector('.st-key-beat-where_it_ends [data-testid="stDataFrame"]')
    one.ready()
    file = saved(one, section.locator(".handout"), tmp_path)
    sheet = one.context.new_page()
    # as wide as A4 is between its margins
    sheet.set_viewport_size({"width": 680, "height": 1000})
    sheet.emulate_media(media="print")
    sheet.goto(file.as_uri())
    assert sheet.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert sheet.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 680
    assert sheet.locator("table").count() >= 2
    pale = """texts => texts.filter(text => {
      const [r, g, b] = getComputedStyle(text).fill.match(/[\\d.]+/g).map(Number)
      return 0.299 * r + 0.587 * g + 0.114 * b > 160
    }).map(text => text.textContent)"""
    assert sheet.locator("svg text").evaluate_all(pale) == []
    assert sheet.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
    sheet.close()
    assert not one.complaints


@pytest.mark.thorough
def test_the_list_follows_the_page(visitor: Arrive) -> None:
    one = visitor().go("/learning_rate?lang=en")
    section = opened_section(one)
    before = section.locator(".picture").count()
    one.beat("three_rates").locator('[class*="st-key-predict-"] button').first.click()
    section.locator(".picture").nth(before).wait_for()
    assert section.locator(".picture").count() == before + 1


# ---- the handout -----------------------------------------------------------------------------------------------------


def handout(one: Any, folder: Path) -> Path:
    return saved(one, opened_section(one).locator(".handout"), folder)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_handout_has_the_page_and_asks_nobody(visitor: Arrive, tmp_path: Path, language: str) -> None:
    one = visitor().go(f"{LESSON}?lang={language}&predict=0&lr=0.2")
    one.until_step("one_weight", "t === last")
    title = one.page.locator("h1").first.inner_text()
    line = one.line("one_weight")
    captions = one.beat("one_weight").locator('[data-testid="stVegaLiteChart"]').count()
    file = handout(one, tmp_path)
    assert file.name == f"gradient_descent-{language}.html"
    text = file.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search(r'\b(src|href)="(?!data:|#)', text)

    sheet = one.context.new_page()
    asked: list[str] = []
    sheet.on("request", lambda request: asked.append(request.url))
    sheet.goto(file.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert sheet.locator("html").get_attribute("lang") == language
    assert sheet.locator("h1").inner_text() == title
    about = sheet.locator(".about").inner_text()
    assert f"lang={language}" in about and words()["take_run"][language] in about
    assert [sheet.locator("section").nth(k).get_attribute("id") for k in range(4)] == list(BEATS)
    first = sheet.locator("#one_weight")
    assert first.locator("h2").inner_text() == one.beat("one_weight").locator("h2").inner_text()
    assert "0.2" in first.locator(".settings dd").all_inner_texts()
    assert first.locator("figure svg").count() == captions == 2
    assert line.split()[-1] in first.locator(".step pre").inner_text()
    assert first.locator("math").count() > 2
    assert first.locator(".caption").count() >= 2
    # what has to be opened to be set is told as well
    assert first.locator(".settings dt").count() > one.beat("one_weight").locator('[data-testid="stSlider"]').count()
    sheet.close()


def test_the_handout_shows_no_answer_before_the_question_is_answered(visitor: Arrive, tmp_path: Path) -> None:
    one = visitor().go(f"{LESSON}?lang=en")
    text = handout(one, tmp_path).read_text(encoding="utf-8")
    assert text.count('class="question"') == 4
    assert "☐" in text
    assert "Converged" not in text
    one.beat("one_weight").locator('[class*="st-key-predict-"] button').first.click()
    one.page.wait_for_selector(".st-key-beat-one_weight [data-testid=stAlert]")
    one.ready()
    after = saved(one, one.page.locator(".takehome .handout"), tmp_path).read_text(encoding="utf-8")
    assert after.count('class="question"') == 3
    assert after.count('class="verdict"') == 1
    assert "check_circle" not in after
    assert "lightbulb" not in after


WITHOUT_PRINTER = """() => {
  const open = window.open.bind(window)
  window.open = (...how) => {
    const sheet = open(...how)
    sheet.print = () => { sheet.printed = true }
    return sheet
  }
}"""


def test_print_opens_the_handout_and_prints_it(visitor: Arrive) -> None:
    one = visitor().go(f"{LESSON}?lang=en&predict=0")
    section = opened_section(one)
    with one.page.expect_popup() as waiting:
        # the window that opens is another one: its print is replaced before it is called
        one.page.evaluate(WITHOUT_PRINTER)
        section.locator(".print").click()
    sheet = waiting.value
    sheet.wait_for_function("() => window.printed === true")
    assert sheet.locator("section").count() == 4
    sheet.close()
    # where the browser allows no new window, that is said
    one.page.evaluate("window.open = () => null")
    section.locator(".print").click()
    section.locator(".status", has_text="pop-ups").wait_for()
