"""The page on training in a real browser: files, clicks, a training that is stopped and taken up again, a network that
comes back.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Arrive = Callable[..., Any]

SEMICOLONS = "나이;키;합격\n" + "".join(f"{k};{k * k % 7},5;{k % 2}\n" for k in range(12))


def bring(one: Any, key: str, name: str, data: bytes) -> None:
    """Give a file to an uploader."""
    file = {"name": name, "mimeType": "text/csv", "buffer": data}
    one.page.locator(f".st-key-training-{key} input[type=file]").set_input_files(file)


def push(one: Any, key: str) -> None:
    one.page.locator(f".st-key-training-{key} button").click()


def number_in(one: Any, pattern: str) -> int:
    """The number in a sentence of the page, waited for."""
    place = one.page.get_by_text(re.compile(pattern)).first
    place.wait_for()
    return int(re.search(pattern, place.inner_text())[1])  # type: ignore[index]


def test_a_table_is_brought_and_what_is_none_is_told_about(visitor: Arrive) -> None:
    one = visitor().go("/training?lang=ko&predict=0&set=own_table&epochs=3&net=4")
    bring(one, "file", "mine.csv", SEMICOLONS.encode())
    one.page.get_by_text("쉼표를 소수점으로 읽었습니다").wait_for()
    push(one, "go")
    one.page.get_by_text("3에포크 뒤 학습").first.wait_for()
    bring(one, "file", "picture.csv", b"PK\x03\x04" + bytes(range(256)))
    one.page.get_by_text("엑셀 파일이나 압축 파일입니다").wait_for()
    # the page goes on, and says beside the uploader what the browser says of files that are too large
    one.ready()
    bring(one, "file", "large.csv", b"a,b\n" + b"1,2\n" * 1_500_000)
    words = one.page.locator(".st-key-training-file").get_by_text("File must be 5.0MB or smaller.")
    words.wait_for()
    assert "File must be 5.0MB or smaller." in one.page.get_by_text("MB까지 올릴 수 있습니다").inner_text()
    assert one.complaints == []


def test_points_are_placed_by_clicking_and_layers_by_a_row(visitor: Arrive) -> None:
    one = visitor().go("/training?lang=en&predict=0&set=drawn_points&pts=-1,-1,0&epochs=3&pc=class_1")
    place = one.page.locator(".st-key-beat-data-place svg.marks")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    # by way of the element: it is waited for until it stands still and nothing lies over it
    place.click(position={"x": 0.7 * box["width"], "y": 0.3 * box["height"]})
    one.page.get_by_text("2 points (at most 80)").wait_for()
    one.ready()
    points = [part.split(",") for part in one.address["pts"].split(";")]
    assert points[1][2].strip() == "1" and float(points[1][0]) > 0 < float(points[1][1])
    # two layers beneath the header, and beneath them the row that adds one
    one.editor("model").click(position={"x": 120, "y": 3.5 * 35})
    one.until_address(net="12-8-8")
    assert one.complaints == []


def test_a_long_training_is_stopped_continued_compared_and_taken_home(visitor: Arrive, tmp_path: Path) -> None:
    one = visitor().go("/training?lang=en&predict=0&batch=1&epochs=500")
    push(one, "go")
    one.page.get_by_text(re.compile(r"Epoch \d+ of 500")).wait_for()
    # another control in the meantime: the training goes on where it was
    one.page.locator('[data-testid="stSidebar"]').get_by_role("radio", name="한국어").click()
    seen = number_in(one, r"(\d+) / 500에포크")
    push(one, "stop")
    first = number_in(one, r"500에포크 가운데 (\d+)번째에서 멈추었습니다")
    assert seen <= first < 500
    one.ready()
    push(one, "go")
    one.page.get_by_text(re.compile(r"\d+ / 500에포크")).wait_for()
    push(one, "stop")
    # the sentence of the first stop stands there until the second one is heard
    assert first < number_in(one, rf"500에포크 가운데 (?!{first}번째)(\d+)번째에서 멈추었습니다")
    one.ready()
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="model.npz").click()
    file = tmp_path / "model.npz"
    download.value.save_as(file)
    bring(one, "npz", "model.npz", file.read_bytes())
    one.page.get_by_text("답이 모두 똑같습니다").wait_for()
    push(one, "pin")
    one.page.get_by_text("설정이 모두 같습니다").wait_for()
    one.type_number("batch", "64")
    one.page.get_by_text(re.compile("배치 크기 B: A 1 → B 64")).wait_for()
    one.ready()
    legend = one.beat("fit").locator(".role-legend-label text").all_text_contents()
    assert legend == ["B 학습", "B 검증", "A 학습", "A 검증"]
    assert one.complaints == []
