"""A reader's own table on the page on training: whatever the file, a clear sentence or a correct result."""

import builtins
import io
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.table_errors import TableError
from dlcore.tables import Table, read_csv
from lessons.training import keep, own_table
from lessons.training.rows import RowSelection, load
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
            at.query_params.update(
                {"lang": language, "predict": "0", "all": "print", "set": "own_table", "epochs": "2", "net": "4"}
            )
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
    "spaces": (b"\n".join(b" %d.5   %d  %d" % (k, k * k % 7, k % 2) for k in range(24)), "column_1"),
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
        ("`-`를 빠진 값이 아니라 이름으로", "`-` was read as a name"),
    ),
}


NUMBERS = "".join(f"{k},{k * k % 7},{k / 2}\n" for k in range(1, 25))
DECIDED |= {
    "what Excel says": (
        ("sep=;\n" + ("a,b,y\n" + NUMBERS).replace(",", ";")).encode(),
        ("첫 줄 `sep=;`은 열을 나누는 글자를", "The first line, `sep=;`, says what separates"),
    ),
    "tabs": (
        ("a,b,y\n" + NUMBERS).replace(",", "\t").encode(),
        ("열을 나누는 글자는 `탭`", "separated by `a tab`"),
    ),
    "spaces": (
        ("a,b,y\n" + NUMBERS).replace(",", "  ").encode(),
        ("열을 나누는 글자는 `빈칸(스페이스)`", "separated by `spaces`"),
    ),
    "comments": (
        ("# a title\na,b,y\n" + NUMBERS).encode(),
        ("1행: `#`으로 시작하는 1줄을", "row 1: Lines that begin with `#` (1)"),
    ),
    "names in a comment": (("# a,b,y\n" + NUMBERS).encode(), ("첫 이름은 `a`", "the first is `a`")),
    "a title": (("현황,,\na,b,y\n" + NUMBERS).encode(), ("제목 1줄을 뺐습니다. 예: `현황`", "such as `현황`")),
    "notes": (
        ("a,b,y\n" + NUMBERS + "자료: 통계청\n").encode(),
        ("26행: 표 아래의 1줄을", "row 26: What stands below the table (lines: 1)"),
    ),
    "a sum": (
        ("a,b,y\n" + NUMBERS + "합계,99,999\n").encode(),
        ("26행: 다른 행을 합치거나", "row 26: This row, `합계`"),
    ),
    "empty columns": (
        ("a,b,y,,\n" + NUMBERS.replace("\n", ",,\n")).encode(),
        ("이름도 값도 없는 열 2개를", "Columns without a name and without a value (2)"),
    ),
    "an index": (
        ("Unnamed: 0,b,y\n" + NUMBERS).encode(),
        ("열 `Unnamed: 0`: 행 번호일 뿐이어서", "column `Unnamed: 0`: Only counts the rows"),
    ),
    "won": (
        ("a,b,y\n" + "".join(f'"₩{k},000",{k * k % 7},{k / 2}\n' for k in range(1, 25))).encode(),
        ("`₩1,000`에서 %나 통화 기호를 떼고", "as in `₩1,000` (24 such cells)"),
    ),
    "brackets": (
        ("a,b,y\n" + NUMBERS + "(3),1,4\n").encode(),
        ("`(3)`처럼 괄호 안의 수를 음수로", "as in `(3)`, was read as negative"),
    ),
    "true and false": (
        ("a,b,y\n" + "".join(f"{k},{k % 3 == 0},{k / 2}\n" for k in range(1, 25))).encode(),
        ("열 `b`: True는 1, False는 0", "column `b`: True was read as 1"),
    ),
    "one-hot": (
        (
            "a,p,q,r\n" + "".join(f"{k},{int(k % 3 == 0)},{int(k % 3 == 1)},{int(k % 3 == 2)}\n" for k in range(24))
        ).encode(),
        ("하나만 1인 3개 열(`p, q, r`)을 원-핫", "3 columns (`p, q, r`) have exactly one 1"),
    ),
    "long numbers": (
        ("a,b,y\n" + "".join(f"{10**19 + k},{k * k % 7},{k / 2}\n" for k in range(24))).encode(),
        ("`10000000000000000000`처럼 긴 수라서", "such as `10000000000000000000`, are so long"),
    ),
    "a column of text": (
        ("a,city,y\n" + "".join(f"{k},c{k},{k / 2}\n" for k in range(24))).encode(),
        ("열 `city`: 글자로 된 열이어서", "that are no numbers (24), such as `c0`"),
    ),
    "many classes": (
        ("a,y\n" + "".join(f"{k},a class with a long name {k % 3}\n" for k in range(24))).encode(),
        ("`a class with a long name 0, …`", "`a class with a long name 0, …`"),
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
    data = load(RowSelection(None, table.features, own="a"), table)
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


def kept(at: AppTest) -> list[Table]:
    """The parsed tables that a visit holds."""
    return [found for found in at.session_state["own_tables"].values() if isinstance(found, Table)]


def test_a_visit_keeps_few_bytes_of_parsed_tables(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(seed: int) -> bytes:
        numbers = np.random.default_rng(seed).normal(size=(50, 6)).round(3)
        return b"a,b,c,d,e,f\n" + b"\n".join(",".join(map(str, row)).encode() for row in numbers)

    one = 50 * 6 * 8
    monkeypatch.setattr(own_table, "MOST_KEPT", 2 * one, raising=False)
    monkeypatch.setattr(own_table, "read_csv", reading := Mock(wraps=read_csv))
    at = bring(rows(1))
    for target in "abcd":
        at.selectbox(key="training.target").set_value(target).run()
        assert sum(table.x.nbytes + table.y.nbytes for table in kept(at)) <= 2 * one
    # a rerun, and going back by one, read nothing again
    read = reading.call_count
    at.run()
    at.selectbox(key="training.target").set_value("c").run()
    assert reading.call_count == read
    # a table that is larger than that is kept as long as it is looked at, and alone
    monkeypatch.setattr(own_table, "MOST_KEPT", 1, raising=False)
    at.selectbox(key="training.target").set_value("e").run()
    read = reading.call_count
    assert [table.target for table in kept(at.run())] == ["e"] and reading.call_count == read
    # and nothing is kept of a file that another one has replaced
    monkeypatch.setattr(own_table, "MOST_KEPT", 2 * one, raising=False)
    before = {digest for digest, *_ in at.session_state["own_tables"]}
    bring(rows(2))
    assert not before & {digest for digest, *_ in at.session_state["own_tables"]}


def test_what_was_refused_is_not_kept_alive_by_the_error(bring: Bring) -> None:
    at = bring(REFUSED["wrong encoding"][0])
    for _ in range(3):
        at.run()
        (error,) = (each for each in at.session_state["own_tables"].values() if isinstance(each, TableError))
        # the frames of a traceback hold all that was read, and a file that is no text hangs on the error of its letters
        assert error.__traceback__ is None and error.__context__ is None and error.__cause__ is None


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
    at.pills(key="predict-training.model").select("below_100").run()
    assert not [pills for pills in at.pills if pills.key == "predict-training.model"]
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


PEOPLE = "번호,이름,도시,나이,키,y\n" + "".join(
    f"{k},n{k},c{k % 5},{k * k % 60},{k * k % 90},{k / 2}\n" for k in range(1, 31)
)


def test_only_columns_that_can_be_inputs_are_offered_and_what_counts_the_rows_waits_to_be_chosen(bring: Bring) -> None:
    """Columns of text stood there as chosen though they were left out; from a column of row numbers was learned."""
    at = bring(PEOPLE.encode())
    pills = at.pills(key="training.in_own")
    assert pills.options == ["`번호`", "`나이`", "`키`"] and pills.value == ["4", "5"]
    said = told(at)
    assert (
        "column `이름`: A column of text" in said and "column `도시`" in said and "column `번호`: Only counts" in said
    )
    pills.set_value(["1", "4", "5"]).run()
    assert asked(at, "in_own") == "1,4,5" and at.pills(key="training.in_own").value == ["1", "4", "5"]
    assert "Only counts" not in told(at) and "column `이름`: A column of text" in told(at)
    at.pills(key="training.in_own").set_value(["4", "5"]).run()
    assert "in_own" not in at.query_params
    at.selectbox(key="training.target").set_value("도시").run()
    assert at.pills(key="training.in_own").options == ["`번호`", "`나이`", "`키`", "`y`"]


def test_of_a_one_hot_target_no_part_is_offered_as_input_unless_one_column_is_the_target(bring: Bring) -> None:
    at = bring(DECIDED["one-hot"][0])
    assert at.pills(key="training.in_own").options == ["`a`"] and not at.error
    at.selectbox(key="training.task").set_value("as_classes_read").run()
    assert at.pills(key="training.in_own").options == ["`a`", "`p`", "`q`"]
    at.selectbox(key="training.task").set_value("told_by_values").run()


def test_a_preset_for_the_data_forgets_columns_that_wait_for_a_file(opened: Callable[..., AppTest]) -> None:
    at = opened(SCRIPT, OWN, predict="0", in_own="2,12")
    at.button(key="training.data-preset-works").click().run()
    assert not at.exception and "in_own" not in at.query_params


def test_a_key_has_one_kind() -> None:
    state = page_state.PageState()
    page_state.value(state, "k", Several(("1",), ("1", "2")))
    with pytest.raises(TypeError, match="k"):
        page_state.value(state, "k", Text(""))
