"""A reader's own table on the page on training: whatever the file, a clear sentence or a correct result."""

import builtins
import io
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui import address
from ui.kinds import Several, Text

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
    return list(at.pills(key="training.in_own").value)


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
    state = address.PageState()
    address.value(state, "k", Several(("1",), ("1", "2")))
    with pytest.raises(TypeError, match="k"):
        address.value(state, "k", Text(""))
