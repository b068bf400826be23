"""A teacher's link and presenter mode: what the class gets is exactly what the link says, and nothing is lost by it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from charts import axes
from ui.controls.kinds import Names, Number
from ui.controls.page_state import PageState
from ui.page import class_link
from ui.page.navigation import page_of
from ui.page.presenter import larger
from ui.page.stage import beats_of
from ui.quiz import result_codes
from ui.text import texts
from ui.text.texts import ROOT

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
Look = Callable[[AppTest], dict[str, Any]]
LESSON = "pages/1_gradient_descent.py"


def shown_beats(at: AppTest) -> list[str]:
    """The beats on the page; one that only runs for the others' sake is emptied at the end."""
    keys = [str(block.key) for block in at.container if block.key and block.key.startswith("beat-")]
    return [key.removeprefix("beat-") for key in keys if not key.endswith("-place")]


# ---- locked and hidden -----------------------------------------------------------------------------------------------


def test_a_locked_control_shows_its_value_and_cannot_be_moved(opened: Open, sound: Check) -> None:
    at = opened(LESSON, lang="en", lr="0.2", lock="lr,predict", predict="1")
    sound(at)
    assert not at.warning
    locked = at.select_slider(key="gradient_descent.lr")
    assert locked.disabled and locked.value == 0.2
    assert at.toggle(key="gradient_descent.predict").disabled
    assert not at.slider(key="gradient_descent.n").disabled


def test_a_hidden_control_keeps_its_value(opened: Open, sound: Check, steps: Callable[[AppTest], Any]) -> None:
    plain = opened(LESSON, lang="en", lr="0.2", predict="0")
    at = opened(LESSON, lang="en", lr="0.2", predict="0", hide="lr,presets")
    sound(at)
    assert "gradient_descent.lr" not in [slider.key for slider in at.select_slider]
    assert not [button for button in at.button if button.key and "-preset-" in button.key]
    assert steps(at) == steps(plain)
    at.slider(key="gradient_descent.n").set_value(5).run()
    assert at.query_params["lr"] == "0.2" and at.query_params["hide"] == "lr,presets"


def test_a_preset_does_not_move_what_is_locked(opened: Open) -> None:
    at = opened(LESSON, lang="en", lr="0.2", lock="lr", predict="0")
    preset = next(b for b in at.button if b.key and "one_weight-preset-blows_up" in b.key)
    preset.click().run()
    assert at.select_slider(key="gradient_descent.lr").value == 0.2


def test_a_reset_returns_to_the_link_and_not_beyond(opened: Open, shown: Look) -> None:
    at = opened(LESSON, lang="en", lr="0.2", lock="n", hide="w")
    before, address = shown(at), at.query_params
    at.select_slider(key="gradient_descent.lr").set_value(0.5).run()
    assert shown(at) != before
    at.button(key="gradient_descent-reset").click().run()
    assert shown(at) == before and at.query_params == address


def test_a_link_that_was_cut_off_says_so(opened: Open, sound: Check, language: str) -> None:
    at = opened(LESSON, lang=language, lock="lr,ste", hide="%$!,w", lr="0.2")
    sound(at)
    assert "`ste`" in at.warning[0].value and "`hide=%$!,w`" in at.warning[0].value
    assert at.select_slider(key="gradient_descent.lr").disabled
    assert at.select_slider(key="gradient_descent.lr").value == 0.2


def test_names_are_read_as_far_as_they_are_names() -> None:
    assert Names().read("lr,steps,lr") == (("lr", "steps"), False)
    assert Names().read("") == ((), False)
    assert Names().read("<b>,a b,lr") == (("lr",), False)
    assert len(Names().read(",".join(f"k{i}" for i in range(5000)))[0]) == Names().most


# ---- the link that is put together -----------------------------------------------------------------------------------


def test_the_link_says_what_is_set_and_what_is_taken_away() -> None:
    state = PageState(settings={"lr": 0.2, "predict": False}, kinds={"lr": Number(0.1, 0.001, 1.0)})
    handout = class_link.ClassLink(
        "en", locked=("lr",), hidden=("w", "presets"), required=True, present=True, beat="one"
    )
    assert handout.query(state) == {
        "lang": "en",
        "lr": "0.2",
        "lock": "lr,predict",
        "hide": "w,presets",
        "beat": "one",
        "present": "1",
    }
    plain = class_link.ClassLink("ko", predict=False)
    assert class_link.address("https://example.org/p?x=1#a", plain.query(state)) == (
        "https://example.org/p?lang=ko&lr=0.2&predict=0"
    )


def test_a_code_for_every_address_that_fits() -> None:
    assert (class_link.qr_code("https://example.org/?lr=0.1") or "").startswith("<svg")
    assert class_link.qr_code("x" * 2900) is not None
    assert class_link.qr_code("x" * 3000) is None


def test_the_dialog_offers_every_control_and_changes_nothing(opened: Open, language: str, sound: Check) -> None:
    at = opened(LESSON, lang=language, lr="0.2", predict="0")
    at.button(key="gradient_descent-link").click().run()
    sound(at)
    assert at.query_params == {"lang": language, "all": "print", "lr": "0.2", "predict": "0"}
    open_ones, hidden = at.multiselect
    assert len(open_ones.options) >= 20 and open_ones.value and not hidden.options
    assert any("lr=0.2" in code.value for code in at.code)


# ---- presenter mode --------------------------------------------------------------------------------------------------


def test_one_beat_at_a_time_and_back_to_the_page(script: str, a_language: str, opened: Open, sound: Check) -> None:
    plain = opened(script, lang=a_language)
    beats = shown_beats(plain)
    assert beats == list(beats_of(page_of(ROOT / script).script))
    at = opened(script, lang=a_language, present="1")
    for beat in beats:
        sound(at)
        assert shown_beats(at) == [beat] and not at.warning
        if beat != beats[-1]:
            at.button(key="stage-on").click().run()
    # from the last question it goes to the next page, by a link
    assert "stage-on" not in [button.key for button in at.button]
    at.button(key="stage-back").click().run()
    assert shown_beats(at) == [beats[-2]]
    at.button(key="presenter-leave").click().run()
    assert shown_beats(at) == [beats[-2]] and "present" not in at.query_params
    at.button(key="stage-all").click().run()
    assert shown_beats(at) == beats


def test_what_is_set_stays_while_and_after_presenting(opened: Open, shown: Look) -> None:
    address = {"lang": "en", "lr": "0.2", "lr3": "0.05", "f": "himmelblau", "predict": "0"}
    before = shown(opened(LESSON, address))
    at = opened(LESSON, address, present="1")
    assert at.query_params == {**address, "present": "1"}
    at.select_slider(key="gradient_descent.lr").set_value(0.3).run()
    at.button(key="stage-on").click().run()
    at.select_slider(key="gradient_descent.lr2").set_value(0.3).run()
    at.button(key="presenter-leave").click().run()
    assert at.query_params == {**address, "lr": "0.3", "lr2": "0.3", "beat": "two_weights"}
    at.button(key="gradient_descent-reset").click().run()
    assert not at.warning and at.query_params == {"lang": "en", "beat": "two_weights"}
    assert shown(opened(LESSON, address)) == before


def test_a_beat_that_is_not_there_is_corrected(opened: Open, language: str) -> None:
    at = opened(LESSON, lang=language, present="1", beat="no_such_beat")
    assert shown_beats(at) == ["one_weight"] and "`beat=no_such_beat`" in at.warning[0].value


def test_pictures_are_larger_and_otherwise_the_same() -> None:
    layer = {"mark": {"type": "text", "fontSize": 10, "size": 30, "clip": True}, "data": [1, 2]}
    spec = {"height": 100, "width": "container", "layer": [layer]}
    large = larger(spec)
    assert {key: part for key, part in large.items() if key not in ("height", "layer", "config", "params")} == {
        "width": "container"
    }
    assert large["height"] > 100
    mark = large["layer"][0]["mark"]
    assert large["layer"][0]["data"] == [1, 2] and mark["type"] == "text" and mark["clip"] is True
    # they grow with the screen, which is known to the browser alone
    assert mark["fontSize"]["expr"].startswith("10 *") and "windowSize()[0]" in mark["fontSize"]["expr"]
    assert mark["size"]["expr"].startswith("30 *")
    assert large["config"]["axis"]["labelFontSize"]["expr"].startswith("12 *")
    # or the names beside an axis were cut off, which Streamlit gives a hundred pixels
    assert large["config"]["axis"]["labelLimit"]["expr"].startswith("100 *")


def test_dashes_and_the_symbols_of_a_legend_grow_with_their_lines() -> None:
    """A dash of six pixels in a line of nine is no dash, and names are told apart by it."""
    columns = {"expr": f"{axes.ROOM} >= 200 ? 2 : 1"}
    legend = {"symbolSize": 260, "symbolStrokeWidth": 2.5, "columns": columns}
    channel = {"field": "name", "legend": legend, "scale": {"domain": ["a", "b"], "range": [[1, 0], [6, 3]]}}
    large = larger({"mark": {"type": "line", "strokeDash": [4, 2]}, "encoding": {"strokeDash": channel}})
    grown = large["encoding"]["strokeDash"]
    for dashes, (line, gap) in zip(
        [large["mark"]["strokeDash"], *grown["scale"]["range"]], [(4, 2), (1, 0), (6, 3)], strict=True
    ):
        assert dashes["expr"].startswith(f"[{line} * max(1, ") and f", {gap} * max(1, " in dashes["expr"]
    assert grown["field"] == "name" and grown["scale"]["domain"] == ["a", "b"]
    assert grown["legend"]["symbolSize"]["expr"].startswith("260 *")
    assert grown["legend"]["symbolStrokeWidth"]["expr"].startswith("2.5 *")
    assert large["config"]["legend"]["symbolSize"]["expr"].startswith("100 *")
    # larger names have less room beside each other
    assert grown["legend"]["columns"]["expr"].startswith(f"{axes.ROOM} / max(1, ")
    assert larger({"legend": {"columns": 2}})["legend"]["columns"] == 2


# ---- codes of a class ------------------------------------------------------------------------------------------------


def code_of(at: AppTest) -> str:
    return next(found for caption in at.caption for found in result_codes._CODE.findall(caption.value))


@pytest.mark.parametrize("lr", ["0.1", "0.2"])
def test_a_class_is_collected_by_its_codes(opened: Open, language: str, lr: str) -> None:
    """Students answer on their own pages, in whatever language; the teacher, with the same settings, pastes."""
    said = []
    for k, other in ((0, "ko"), (1, "en"), (1, "ko")):
        student = opened(LESSON, lang=other, lr=lr)
        pills = student.pills(key="predict-gradient_descent.one_weight")
        pills.select({text: key for key, both in texts.words().items() for text in both.values()}[pills.options[k]])
        student.run()
        said.append(code_of(student))
    elsewhere = opened(LESSON, lang="en", lr="0.5")
    elsewhere.pills(key="predict-gradient_descent.one_weight").select("go_right").run()
    said.append(code_of(elsewhere))
    at = opened(LESSON, lang=language, lr=lr, present="1")
    at.session_state["collect-gradient_descent.one_weight"] = True
    at.run()
    pasted = " / ".join(said).lower() + " " + said[0][:-2] + "5 names"
    at.text_area(key="collect-gradient_descent.one_weight-codes").set_value(pasted).run()
    counts = at.dataframe[0].value
    assert counts["n"].tolist() == [1, 2, 0]
    assert not any("✓" in label for label in counts.iloc[:, 0])
    told = at.markdown
    assert any("**3" in each.value for each in told)
    assert any("1" in each.value and said[0][:-2].lower() in each.value.lower() for each in told)
    # the truth is marked only once the teacher has answered, too
    at.pills(key="predict-gradient_descent.one_weight").select("go_right").run()
    assert any("✓" in label for label in at.dataframe[0].value.iloc[:, 0])


def test_a_tally_for_oneself(opened: Open) -> None:
    at = opened(LESSON, lang="en")
    at.pills(key="predict-gradient_descent.one_weight").select("go_left").run()
    assert any("right 0 · corrected later 0 · wrong 1" in caption.value for caption in at.caption)
    preset = next(b for b in at.button if b.key and "one_weight-preset-works" in b.key)
    preset.click().run()
    at.pills(key="predict-gradient_descent.one_weight").select("go_right").run()
    assert any("right 0 · corrected later 1 · wrong 0" in caption.value for caption in at.caption)


@pytest.mark.parametrize("told", ["http://[/", "ht:////[", None, "https://example.org//x?a=1#b"])
def test_whatever_a_browser_calls_this_page_its_address_can_be_read(
    told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_link.st, "context", SimpleNamespace(url=told))
    assert class_link.own_address() == ("https://example.org//x" if told and "example" in told else "")
    assert urlsplit(class_link.address(class_link.own_address(), {"lr": "1"})).query == "lr=1"


@pytest.mark.parametrize("typed", ["http://[", "http://[::1&w=]:1/", "ht:////[", "//℀/", "http:////x"])
def test_what_is_typed_as_the_students_address_and_is_none_is_said(
    typed: str, opened: Open, sound: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, plain, label = opened(LESSON, lang="en"), class_link.st.text_input, texts.words()["link_base"]["en"]
    # a dialog's own reruns are the browser's: here it is as if the text stood there from the beginning
    monkeypatch.setattr(
        class_link.st, "text_input", lambda said, *a, **k: typed if said == label else plain(said, *a, **k)
    )
    at.button(key="gradient_descent-link").click().run()
    sound(at)
    assert [error.value for error in at.error] == [
        f"`{typed}` is no address; write one that begins with http:// or https://."
    ]
