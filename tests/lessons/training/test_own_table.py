"""A reader's own table on the page on training: whatever the file, a clear sentence or a correct result."""

import builtins
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.tables import read_csv
from lessons.training import keep
from lessons.training import rows as given
from ui.controls import page_state
from ui.controls.kinds import Several, Text

SCRIPT = "pages/7_training.py"
Bring = Callable[..., AppTest]


@pytest.fixture(scope="module")
def bring() -> Bring:
    """``bring(data, language)``: the page after that file was brought; of each language one page for all files."""
    pages: dict[str, AppTest] = {}

    def brought(data: bytes, language: str = "en", name: str = "mine.csv") -> AppTest:
        from tests.ui.conftest import ROOT

        if language not in pages:
            at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
            at.switch_page(SCRIPT)
            at.query_params.update({"lang": language, "predict": "0", "set": "own_table", "epochs": "2", "net": "4"})
            pages[language] = at.run()
        at = pages[language]
        at.file_uploader(key="training.file").set_value((name, data, "text/csv"))
        at.run()
        assert not at.exception, at.exception[0].message
        return at

    return brought


def told(at: AppTest) -> str:
    """All that the page says."""
    return "\n".join(each.value for kind in (at.caption, at.markdown, at.error, at.info) for each in kind)


ROWS = [f"{k},{k * k % 7},{'yes' if k % 3 else 'no'}" for k in range(12)]
KOREAN = "나이,키,합격\n" + "\n".join(f"{k},{k * k % 7},{'예' if k % 3 else '아니오'}" for k in range(12))
READ = {
    "Korean Excel": (KOREAN.encode("cp949"), "cp949"),
    "UTF-16": (KOREAN.encode("utf-16"), "utf-16"),
    "with a mark": (b"\xef\xbb\xbf" + "\n".join(["a,b,y", *ROWS]).encode(), "yes"),
    "no header": ("\n".join(ROWS).encode(), "column_1"),
    "text columns": (b"a,name,y\n" + b"\n".join(b"%d,n%d,%d" % (k, k, k % 2) for k in range(9)), "`n0`"),
    "missing values": (b"a,b,y\n1,,0\n2,3,1\n3,NA,0\n" + b"4,5,1\n5,7,0\n6,2,1\n", "`NA`" if False else "2"),
    "many rows": (b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (k, k * k % 7, k % 2) for k in range(50_000)), "50,000"),
}


@pytest.mark.parametrize("spoken", ["ko", "en"])
@pytest.mark.parametrize("name", READ)
def test_a_table_is_read_and_what_was_done_is_said(name: str, spoken: str, bring: Bring) -> None:
    data, said = READ[name]
    at = bring(data, spoken)
    assert not at.error
    assert said in told(at) or said.replace(",", "") in told(at)


KOSIS = "지역,2019,2020,2021\n서울,9.73,9.67,9.51\n부산,3.41,3.39,3.35\n대구,2.44,2.42,2.39\n광주,1.46,1.45,1.44\n"
STRAY = "x1,x2,y\n" + "".join(f"{k},{k * k % 7},{'측정불가' if k == 16 else k / 2}\n" for k in range(100))
SIGNS = "price;ratio;y\n" + "".join(f"{k},5;0.1{k};{k * k % 11}\n" for k in range(10, 40))
DECIDED = {
    "years": (KOSIS.encode("cp949"), ("첫 줄에 `2019` 같은 수가 있지만", "although it holds numbers such as `2019`")),
    "a stray word": (
        STRAY.encode(),
        (
            "18행, 열 `y`: 나머지는 수인데 `측정불가`",
            "row 18, column `y`: `측정불가` is not a number as the rest",
        ),
    ),
    "two signs": (SIGNS.encode(), ("열 `ratio`: 이 열에서는 점을", "column `ratio`: A point was read")),
    "plus and minus": (
        b"x,y,class\n" + b"".join(b"%d,%d,%s\n" % (k, k * k % 7, b"+-"[k % 2 :][:1]) for k in range(12)),
        ("`-`을(를) 빠진 값이 아니라 이름으로", "`-` was read as a name"),
    ),
}


@pytest.mark.parametrize("place", [0, 1], ids=["ko", "en"])
@pytest.mark.parametrize("name", DECIDED)
def test_what_was_decided_about_a_file_is_said_in_the_readers_language(name: str, place: int, bring: Bring) -> None:
    data, said = DECIDED[name]
    at = bring(data, ("ko", "en")[place])
    assert not at.error and said[place] in told(at)


def test_what_was_decided_about_a_file_can_be_decided_otherwise(bring: Bring) -> None:
    at = bring(DECIDED["years"][0])
    assert at.selectbox(key="training.target").options == ["지역", "2019", "2020", "2021"]
    at.selectbox(key="training.head_own").set_value("first_row_data").run()
    assert at.selectbox(key="training.target").options == [f"column_{k}" for k in range(1, 5)]
    assert "which holds `2019`, was read as data" in told(at) and at.query_params["head_own"] == "first_row_data"
    at.selectbox(key="training.head_own").set_value("told_by_rows").run()
    assert "head_own" not in at.query_params and "although it holds numbers" in told(at)

    at = bring(b"a;b\n" + b"".join(b"1,%d;%d\n" % (k, k * k % 11) for k in range(200, 240)))
    assert "A comma was read as the decimal sign, as in `1,200`" in told(at)
    at.selectbox(key="training.dec_own").set_value("decimal_point_read").run()
    assert "A group of three digits was read as thousands, as in `1,200`" in told(at)
    # a file that cannot be used in the way that is asked for can still be read in another
    at = bring(b"a;b\n" + b"".join(b"0,%d;%d\n" % (k, k * k % 11) for k in range(10, 40)))
    assert len(at.error) == 1
    at.selectbox(key="training.dec_own").set_value("told_by_columns").run()
    assert not at.error

    at = bring(STRAY.encode())
    assert not at.error
    at.selectbox(key="training.task").set_value("as_classes_read").run()
    assert "row 18" in at.error[0].value and "`측정불가`" in at.error[0].value, "what makes too many classes"
    at.selectbox(key="training.task").set_value("told_by_values").run()
    assert not at.error


@pytest.mark.parametrize("name", DECIDED)
def test_what_is_taken_home_are_the_rows_of_the_page(name: str) -> None:
    table = read_csv(DECIDED[name][0])
    place = given.Chosen(None, table.features, own="a")
    facts = (table.features, table.target, table.classes, table)
    data = given.Given(place, given.OWN_TABLE, table.x, table.y, *facts)
    home = np.loadtxt(io.BytesIO(keep.data_file(data)), delimiter=",", skiprows=1)
    order = data.parts.order
    assert np.array_equal(home, np.column_stack([table.x, table.y])[order]) and len(order) == len(table.y)


def test_the_same_file_read_otherwise_is_another_one(bring: Bring) -> None:
    at = bring(KOSIS.encode())
    seen = {digest for digest, *_ in at.session_state["own_tables"]}
    for key, value in (("head_own", "first_row_data"), ("dec_own", "decimal_comma_read")):
        at.selectbox(key=f"training.{key}").set_value(value).run()
        last = [digest for digest, *_ in at.session_state["own_tables"]][-1]
        assert last not in seen, "what is remembered, and what is trained on, is told apart by it"
        seen.add(last)
        at.selectbox(key=f"training.{key}").set_value(at.selectbox(key=f"training.{key}").options[0]).run()


REFUSED = {
    "wrong encoding": (b"a,b\n\xff\xfe\x00\x81,2\n\x80\x81\xff,4\n", ("글자", "text")),
    "one class": (b"a,b,y\n1,2,x\n2,3,x\n3,4,x\n", ("클래스", "class")),
    "one row": (b"a,b,y\n1,2,3\n", ("하나뿐", "one row")),
    "100,000 rows": (b"a,y\n" + b"1,2\n" * 100_000, ("50,000", "50,000")),
    "2,000 columns": (
        ",".join(f"c{k}" for k in range(2000)).encode() + b"\n" + b"1," * 1999 + b"1\n",
        ("2000", "2000"),
    ),
    "a zip renamed": (b"PK\x03\x04" + bytes(range(256)) * 4, ("압축", "archive")),
    "too large": (b"a,y\n" + b"1,2\n" * 1_250_001, ("5,000,000", "5,000,000")),
}


@pytest.mark.parametrize("place", [0, 1], ids=["ko", "en"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_the_readers_language(name: str, place: int, bring: Bring) -> None:
    data, said = REFUSED[name]
    at = bring(data, ("ko", "en")[place])
    assert len(at.error) == 1 and said[place] in at.error[0].value, at.error
    # the page goes on with the lesson's data
    assert "569" in told(at)


MARKUP = ("=1+1", "<script>alert(1)</script>", "[x](http://example.com)", "$x$", "**b**", ":red[r]", "stopped_at")


def test_cells_that_are_markup_or_formulas_are_shown_as_they_are(bring: Bring) -> None:
    header = ",".join(f'"{name}"' for name in MARKUP)
    rows = [",".join([*(str((k * j) % 11) for j in range(1, len(MARKUP))), MARKUP[k % 4]]) for k in range(24)]
    at = bring("\n".join([header, *rows]).encode())
    assert not at.error
    said = told(at)
    for name in MARKUP[:4]:
        assert f"`{name}`" in said, "a class"
        outside = "".join(part for k, part in enumerate(said.split("`")) if k % 2 == 0)
        assert name not in outside, f"{name} would act as markup"
    assert at.pills(key="training.in_own").options == [f"`{name}`" for name in MARKUP[:-1]]
    at.button(key="training.go").click().run()
    assert not at.exception, at.exception[0].message
    assert "after epoch 2" in told(at)


def test_nothing_of_a_table_is_written_to_a_disk(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    written, plain = [], builtins.open

    def watched(file: Any, mode: str = "r", *args: Any, **how: Any) -> Any:
        if set(mode) & set("wax+"):
            written.append(file)
        return plain(file, mode, *args, **how)

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(io, "open", watched)
    at = bring("\n".join(["a,b,y", *ROWS]).encode())
    at.button(key="training.go").click().run()
    assert "after epoch 2" in told(at)
    assert written == []


# ---- which columns ---------------------------------------------------------------------------------------------------

TWELVE = ",".join(f"c{k}" for k in range(1, 14)) + "\n"
TWELVE += "".join(",".join(str((k * j + j) % 11) for j in range(1, 13)) + f",{'ab'[k % 2]}\n" for k in range(20))
OWN = {"lang": "en", "set": "own_table", "epochs": "2", "net": "4"}


def asked(at: AppTest, key: str) -> str:
    """What the address says; a list once the page has written it."""
    text = at.query_params.get(key, "")
    return text if isinstance(text, str) else ",".join(text)


def chosen_inputs(at: AppTest) -> list[str]:
    return [str(place) for place in at.pills(key="training.in_own").value or ()]


def test_columns_that_an_address_names_are_chosen_once_the_file_is_there(opened: Callable[..., AppTest]) -> None:
    """The address was kept as a text, in which 1 is found as well as 2 and 12."""
    at = opened(SCRIPT, OWN, predict="0", in_own="2,12", target="c13")
    assert asked(at, "in_own") == "2,12" and not at.warning
    at.file_uploader(key="training.file").set_value(("mine.csv", TWELVE.encode(), "text/csv"))
    at.run()
    assert not at.exception
    assert chosen_inputs(at) == ["2", "12"] and asked(at, "in_own") == "2,12"


def test_looking_at_other_data_keeps_the_columns_and_the_guesses(opened: Callable[..., AppTest]) -> None:
    """The columns were written as text, which looked like another address: guesses and settings were forgotten."""
    at = opened(SCRIPT, OWN)
    at.file_uploader(key="training.file").set_value(("mine.csv", TWELVE.encode(), "text/csv"))
    at.run()
    at.pills(key="training.in_own").set_value([str(k) for k in range(1, 12)]).run()
    at.pills(key="predict-model").select("below_100").run()
    assert not [pills for pills in at.pills if pills.key == "predict-model"]
    for _ in range(2):
        at.selectbox(key="training.set").select("moons").run()
        assert asked(at, "in_own") == ",".join(map(str, range(1, 12)))
        at.selectbox(key="training.set").select("own_table").run()
        # a browser tells its address with everything that it sends
        at.run()
        assert not at.exception
        assert chosen_inputs(at) == [str(k) for k in range(1, 12)]
        state = at.session_state["pages"]["training"]
        assert "model" in state.guesses


def test_a_preset_for_the_data_forgets_columns_that_wait_for_a_file(opened: Callable[..., AppTest]) -> None:
    at = opened(SCRIPT, OWN, predict="0", in_own="2,12")
    at.button(key="training.data-preset-works").click().run()
    assert not at.exception and "in_own" not in at.query_params


def test_a_key_has_one_kind() -> None:
    state = page_state.PageState()
    page_state.value(state, "k", Several(("1",), ("1", "2")))
    with pytest.raises(TypeError, match="k"):
        page_state.value(state, "k", Text(""))
