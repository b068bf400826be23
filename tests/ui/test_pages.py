"""Every page that there is, in both languages: at its defaults, its presets and the extremes of every control."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.text import texts

pytestmark = pytest.mark.usefixtures("briefly")

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
Look = Callable[[AppTest], dict[str, Any]]


LESSON = "pages/1_gradient_descent.py"
"""For what is about controls that this page alone has."""

Change = tuple[str, str, Any]
"""The kind of a control, its key, a value for it."""


def presets(at: AppTest) -> list[Any]:
    return [button for button in at.button if button.key and "-preset-" in button.key]


def guesses(at: AppTest) -> list[Any]:
    return [pills for pills in at.pills if pills.key and pills.key.startswith("predict-")]


def names(choice: Any) -> list[str]:
    """The stable names of the options of a choice, whose labels are in the reader's language."""
    known = {text: key for key, both in texts.words().items() for text in both.values()}
    return [str(known.get(label, label)) for label in choice.options]


def beats(at: AppTest) -> list[Any]:
    """The containers of the beats, and the sidebar: what is in one does not touch what is in another."""
    return [at.sidebar, *(block for block in at.container if re.fullmatch(r"beat-\w+", block.key or ""))]


def extremes(at: Any) -> list[Change]:
    """Both ends of every control that has ends, and the other state of every switch."""
    found: list[Change] = [("slider", slider.key, end) for slider in at.slider for end in (slider.min, slider.max)]
    found += [("select_slider", slider.key, float(slider.options[k])) for slider in at.select_slider for k in (0, -1)]
    found += [("number_input", box.key, end) for box in at.number_input for end in (box.min, box.max)]
    found += [("toggle", toggle.key, not toggle.value) for toggle in at.toggle if not toggle.key.endswith(".predict")]
    for pills in at.pills:
        if not pills.key.startswith("predict-"):
            found.append(("pills", pills.key, list(pills.options)))
    return found


def reset_of(at: AppTest) -> str:
    return next(button.key for button in at.button if button.key and button.key.endswith("-reset"))


def options(at: Any) -> list[Change]:
    return [("selectbox", menu.key, name) for menu in at.selectbox for name in names(menu)]


def choices(at: Any) -> list[Change]:
    return [("button", button.key, True) for button in presets(at)]


def answers(at: Any) -> list[Change]:
    return [("pills", pills.key, name) for pills in guesses(at) for name in names(pills)]


def all_at_once(at: AppTest, changes: Callable[[Any], list[Change]]) -> Iterator[list[Change]]:
    """The changes that every control offers, one of each control at a time."""
    offered: dict[str, list[Change]] = {}
    for change in changes(at):
        offered.setdefault(change[1], []).append(change)
    for row in zip_longest(*offered.values()):
        yield [change for change in row if change is not None]


def at_once(at: AppTest, changes: Callable[[Any], list[Change]]) -> Iterator[list[Change]]:
    """The changes that every beat offers, one of each beat at a time, since every run of a page takes its time."""
    for row in zip_longest(*[changes(beat) for beat in beats(at)]):
        yield [change for change in row if change is not None]


def put(at: AppTest, changes: Iterable[Change]) -> None:
    """Move the controls; the page is run by whoever calls this."""
    for kind, key, value in changes:
        widget = getattr(at, kind)(key=key)
        whole = kind in ("slider", "number_input") and isinstance(widget.value, int)
        widget.set_value(int(value) if whole else value)


def each(at: AppTest, changes: Callable[[Any], list[Change]]) -> Iterator[list[Change]]:
    """Run the page with every change, each on its own: what was moved goes back in the run that moves the next."""
    rows = list(at_once(at, changes))
    before = {key: (kind, getattr(at, kind)(key=key).value) for row in rows for kind, key, _ in row}
    moved: set[str] = set()
    for row in rows:
        now = {key for _, key, _ in row}
        put(at, [(kind, key, value) for key, (kind, value) in before.items() if key in moved - now])
        put(at, row)
        at.run()
        moved = now
        yield row
    put(at, [(kind, key, value) for key, (kind, value) in before.items() if key in moved])
    at.run()


# ---- defaults --------------------------------------------------------------------------------------------------------


@pytest.mark.quick
def test_opens_at_its_defaults(any_script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(any_script, lang=language)
    sound(at)
    assert not at.warning and not at.error
    assert set(at.query_params) - {"all"} == {"lang"} and at.query_params["lang"] == language
    assert at.segmented_control(key="language_switch").value == language


def test_opens_with_predictions_off_and_tells_every_picture_in_words(
    script: str, language: str, opened: Open, sound: Check
) -> None:
    at = opened(script, lang=language, predict="0")
    sound(at)
    assert not at.warning and not at.error
    assert not guesses(at)
    assert at.query_params == {"lang": language, "all": "print", "predict": "0"}
    assert at.get("vega_lite_chart")
    for beat in beats(at)[1:]:
        pictures = beat.get("vega_lite_chart")
        assert all(picture.proto.alt for picture in pictures)
        told = [caption.value for caption in beat.caption if re.search(r"\d", caption.value)]
        assert len(told) >= len(pictures)


def ticked(at: AppTest) -> set[str]:
    """The presets that are said to be what the controls are set to."""
    return {str(button.key) for button in presets(at) if button.proto.icon}


def test_an_address_ticks_the_presets_that_it_is(script: str, opened: Open) -> None:
    at = opened(script, lang="en", predict="0")
    for row in list(at_once(at, choices)):
        put(at, row)
        at.run()
        address = {key: ",".join(text) if isinstance(text, list) else text for key, text in at.query_params.items()}
        # what one preset clears may be what another one has set; what is ticked is asked, whatever it is
        now, elsewhere = ticked(at), ticked(opened(script, address))
        assert now == elsewhere, row
        assert now & {key for _, key, _ in row}


@pytest.mark.parametrize(
    ("page", "key", "value", "beat"),
    [
        ("pages/1_gradient_descent.py", "n", "50", "gradient_descent.one_weight"),
        ("pages/2_learning_rate.py", "n", "30", "learning_rate.three_rates"),
        ("pages/4_activations.py", "w", "8", "activations.vanishing"),
        ("pages/4_activations.py", "r3", "0.5", "activations.does_it_matter"),
    ],
)
def test_what_stands_one_click_away_unticks_a_preset(page: str, key: str, value: str, beat: str, opened: Open) -> None:
    """The presets were drawn before it was read, and the default one was ticked."""
    marks = {mark.rpartition("-preset-")[0] for mark in ticked(opened(page, {key: value, "predict": "0"}))}
    assert marks and beat not in marks


@pytest.mark.parametrize("predict", ["0", "1"])
def test_a_picture_that_nothing_plays_has_no_slider_of_its_own(
    script: str, predict: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the answer two hidden units stood above a bare "t 1000": a player would have hidden that slider."""
    played: set[str] = set()
    monkeypatch.setattr("ui.pictures.player.bar", lambda container, *_, **__: played.add(container))
    at = opened(script, lang="en", predict=predict)
    for beat in beats(at)[1:]:
        bound = [picture for picture in beat.get("vega_lite_chart") if '"bind"' in picture.proto.spec]
        assert not bound or beat.key in played, beat.key


def test_tables_and_source_open(script: str, a_language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=a_language, predict="0")
    folded = [block.key for block in at.expander if block.key]
    assert folded
    for key in folded:
        at.session_state[key] = True
    at.run()
    sound(at)
    tables, sources = ([key for key in folded if key.endswith(end)] for end in ("-tables", "-source"))
    assert len(at.dataframe) >= len(tables) > 0
    assert all(len(table.value) > 0 for table in at.dataframe)
    as_csv = [button for button in at.download_button if str(button.key).endswith("-csv")]
    # a table that can be edited is a control, and may have no file
    assert 0 <= len(at.dataframe) - len(as_csv) <= len(at.get("data_editor"))
    assert len(at.latex) >= len(sources) > 0
    assert len([code for code in at.code if "def " in code.value]) >= len(sources)


# ---- presets and guesses ---------------------------------------------------------------------------------------------


def test_every_preset_opens_here_and_elsewhere(
    script: str, a_language: str, opened: Open, sound: Check, shown: Look
) -> None:
    at = opened(script, lang=a_language, predict="0")
    assert presets(at)
    for row in list(at_once(at, choices)):
        put(at, row)
        at.run()
        sound(at)
        assert not at.error and not at.warning, row
        same_elsewhere(at, script, opened, shown)


@pytest.mark.on_pages(1, 4, 7)
def test_a_preset_sets_what_it_says_whatever_was_set_before(script: str, opened: Open) -> None:
    """What is then set is recognised as that preset, after the one before it and after the one behind it."""
    at = opened(script, lang="en", predict="0")
    rows, before = list(at_once(at, choices)), []
    for row in [*rows, *rows[-2::-1]]:
        put(at, row)
        at.run()
        for _, key, _ in row:
            said = f"{key} chosen after {before}; address {at.query_params}"
            assert at.button(key=key).proto.icon, said
        before = row


def test_what_a_preset_moved_is_moved_on_and_back_to_where_it_was_before(opened: Open) -> None:
    """The way back was taken for an old value that came late, and was undone."""
    at = opened(LESSON, lang="en", predict="0")
    rate = f"{reset_of(at).removesuffix('-reset')}.lr"
    before = at.select_slider(key=rate).value
    at.button(key=next(button.key for button in presets(at) if button.key.endswith("-blows_up"))).click().run()
    assert at.select_slider(key=rate).value != before
    for value in (2.0, before):
        at.select_slider(key=rate).set_value(value).run()
        assert at.select_slider(key=rate).value == value


def test_a_switch_that_a_preset_moved_can_be_moved_back_at_once(opened: Open) -> None:
    """For ten seconds it was refused again and again, since it then shows what it showed before."""
    at = opened(LESSON, lang="en", predict="0")
    name = reset_of(at).removesuffix("-reset")
    preset = next(button.key for button in presets(at) if button.key.endswith("-raw_same_rate"))
    assert at.toggle(key=f"{name}.scaled").value
    for _ in range(2):
        at.button(key=preset).click().run()
        assert not at.toggle(key=f"{name}.scaled").value
        at.toggle(key=f"{name}.scaled").set_value(True).run()
        assert at.toggle(key=f"{name}.scaled").value and "scaled" not in at.query_params


def test_what_a_browser_sends_before_it_has_heard_of_a_preset(opened: Open) -> None:
    """An old value is no wish; another one is: the reader has moved the control meanwhile."""
    at = opened(LESSON, lang="en", predict="0")
    name = reset_of(at).removesuffix("-reset")
    steps = at.slider(key=f"{name}.n2")
    late, before = steps.id, 40
    assert steps.value == before
    preset = next(button.key for button in presets(at) if button.key.endswith("-raw_largest_rate"))
    at.button(key=preset).click().run()
    assert at.slider(key=f"{name}.n2").value == 300 != before
    for value, expected in ((before, 300), (before + 7, before + 7), (before, before + 7)):
        states = at._tree.get_widget_states()
        state = states.widgets.add()
        state.id, state.double_array_value.data[:] = late, [value]
        at._run(states)
        assert not at.exception
        assert at.slider(key=f"{name}.n2").value == expected


@pytest.mark.on_pages(1)
def test_a_language_that_comes_late_from_a_browser_does_not_undo_the_address(script: str, opened: Open) -> None:
    """The switch was one widget throughout: what the browser showed before it had the answer was taken for a press."""
    at = opened(script, lang="en", predict="0")
    switch = at.segmented_control(key="language_switch").id
    [late] = [state for state in at._tree.get_widget_states().widgets if state.id == switch]
    at.query_params["lang"] = "ko"
    at.run()
    states = at._tree.get_widget_states()
    for state in [state for state in states.widgets if state.id == switch]:
        states.widgets.remove(state)
    states.widgets.append(late)
    at._run(states)
    assert at.segmented_control(key="language_switch").value == "ko" and at.query_params["lang"] == "ko"
    # and a press counts, back to what stood there before as well
    for language in ("en", "ko"):
        at.segmented_control(key="language_switch").select(language).run()
        assert at.segmented_control(key="language_switch").value == language and at.query_params["lang"] == language


def test_pills_pressed_in_any_order_stay_the_widget_that_was_pressed(opened: Open) -> None:
    """A browser says them in the order of the presses; taken for another value, they were drawn anew and lost focus."""
    at = opened(LESSON, lang="en", predict="0")
    pills = f"{reset_of(at).removesuffix('-reset')}.x"
    before = at.pills(key=pills).id
    for pressed, stands in ((["2"], "2"), (["2", "0.5"], "0.5,2"), (["0.5"], "0.5"), (["0.5", "2"], "0.5,2")):
        at.pills(key=pills).set_value(pressed).run()
        assert at.query_params["x"] == stands
        assert at.pills(key=pills).id == before


@pytest.mark.quick
def test_one_guess_opens_one_run(script: str, a_language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=a_language)
    (kind, key, value), *_ = answers(at)
    asked, pictures = [pills.key for pills in guesses(at)], len(at.get("vega_lite_chart"))
    put(at, [(kind, key, value)])
    at.run()
    sound(at)
    assert [pills.key for pills in guesses(at)] == [other for other in asked if other != key]
    assert len(at.success) + len(at.info) == 1
    assert len(at.get("vega_lite_chart")) >= pictures


def test_every_guess_opens_the_run(script: str, a_language: str, opened: Open, sound: Check) -> None:
    rows = list(at_once(opened(script, lang=a_language), answers))
    assert rows
    for row in rows:
        at = opened(script, lang=a_language)
        put(at, row)
        at.run()
        sound(at)
        assert not {key for _, key, _ in row} & {pills.key for pills in guesses(at)}
        assert len(at.success) + len(at.info) == len(row)


# ---- extremes and addresses ------------------------------------------------------------------------------------------


def same_elsewhere(at: AppTest, script: str, opened: Open, shown: Look) -> None:
    """The address, opened by another visitor, shows the same without a complaint."""
    there = opened(script, at.query_params)
    assert not there.exception
    assert not there.warning, (at.query_params, [warning.value for warning in there.warning])
    here, copy = shown(at), shown(there)
    assert copy["values"] == here["values"], at.query_params
    assert copy == here, at.query_params
    assert there.query_params == at.query_params


ADDS_A_PICTURE = {"neuron.learn"}
"""Switches to something else to be seen, which is one picture more."""


def test_extremes_of_every_control(script: str, a_language: str, opened: Open, sound: Check, shown: Look) -> None:
    """And what is then in the address shows the same to another visitor."""
    at = opened(script, lang=a_language, predict="0")
    pictures = len(at.get("vega_lite_chart"))
    for k, row in enumerate(each(at, extremes)):
        sound(at)
        more = sum(bool(toggle.value) for toggle in at.toggle if toggle.key in ADDS_A_PICTURE)
        assert len(at.get("vega_lite_chart")) == pictures + more, row
        assert not at.error and not at.warning, row
        # opening a page anew takes longer than all the rest, so every sixth row has to do
        if k % 6 == 0:
            same_elsewhere(at, script, opened, shown)


@pytest.mark.on_pages(1, 3, 4, 6, 7)
def test_every_option_of_every_menu_here_and_elsewhere(
    script: str, a_language: str, opened: Open, sound: Check, shown: Look
) -> None:
    """Every menu at its k-th option at once; with the extremes of the controls that only these options have."""
    at = opened(script, lang=a_language, predict="0")
    pictures = len(at.get("vega_lite_chart"))
    seen, chosen = {key for _, key, _ in extremes(at)}, set[tuple[str, Any]]()
    for k in range(max(len(menu.options) for menu in at.selectbox)):
        # a menu may show others, and what it does not offer now was offered in another row
        row = [("selectbox", str(menu.key), names(menu)[min(k, len(menu.options) - 1)]) for menu in at.selectbox]
        put(at, row)
        at.run()
        sound(at)
        assert len(at.get("vega_lite_chart")) == pictures, row
        chosen |= {(key, name) for _, key, name in row}
        new = {key for _, key, _ in extremes(at)} - seen
        ends = {key: (kind, key, value) for kind, key, value in extremes(at) if key in new}
        if ends:
            put(at, ends.values())
            at.run()
            sound(at)
            assert not at.error and not at.warning, (row, ends)
        if k % 8 == 0:
            same_elsewhere(at, script, opened, shown)
        seen |= new
    # the menus of the page as it opens were seen whole
    missed = [change for change in options(opened(script, lang=a_language, predict="0")) if change[1:] not in chosen]
    assert not missed


@pytest.mark.on_pages(1, 3, 6)
def test_what_one_control_narrows_is_narrowed_in_the_address(script: str, opened: Open, shown: Look) -> None:
    """All controls at their upper ends, then one after the other at its lower end."""
    at = opened(script, lang="en", predict="0")
    for menu in list(at.selectbox):
        at.selectbox(key=str(menu.key)).select_index(-1)
    at.run()
    ends = [change for change in extremes(at) if change[0] in ("slider", "select_slider", "number_input")]
    put(at, {key: (kind, key, value) for kind, key, value in ends}.values())
    at.run()
    same_elsewhere(at, script, opened, shown)
    for row in list(at_once(at, lambda beat: [end for end in extremes(beat) if end in ends][::10])):
        put(at, row)
        at.run()
        same_elsewhere(at, script, opened, shown)


# ---- language and reset ----------------------------------------------------------------------------------------------


def changed_a_little(at: AppTest) -> None:
    """Move every slider and every number away from its default."""
    for slider in at.slider:
        slider.set_value(slider.max)
    for slider in at.select_slider:
        slider.set_value(float(slider.options[1]))
    for box in at.number_input:
        box.set_value((box.value or 0) + (box.step or 0))
    at.run()


SPOKEN = ("undefined", "accuracy_axis", "applied_once", "applied_twice", "form_mean_tenfold", "form_mean", "form_paper")
SPOKEN += ("constant_answer", "running_mean")
"""The only words in the lines under the players: a fraction that there is not, and what runs and numbers are called."""


def unspoken(steps: dict[str, list[str]]) -> list[str]:
    """The lines under the players without their words."""
    lines = [line for _, each in sorted(steps.items()) for line in each]
    words = "|".join(re.escape(text) for word in SPOKEN for text in texts.words()[word].values())
    return [re.sub(words, "", line) for line in lines]


def test_switching_the_language_keeps_what_was_set(script: str, opened: Open, shown: Look, sound: Check) -> None:
    at = opened(script, lang="ko", predict="0")
    changed_a_little(at)
    before, title = shown(at), at.title[0].value
    at.segmented_control(key="language_switch").select("en").run()
    sound(at)
    after = shown(at)
    assert at.title[0].value != title
    assert at.query_params["lang"] == "en"
    assert after["values"] == before["values"] and unspoken(after["steps"]) == unspoken(before["steps"])
    assert after["said"] != before["said"]
    at.segmented_control(key="language_switch").select("ko").run()
    assert shown(at) == before


@pytest.mark.on_pages(1, 5, 8)
def test_a_guess_survives_the_switch_of_language(script: str, opened: Open) -> None:
    at = opened(script, lang="ko")
    first = guesses(at)[0]
    at.pills(key=first.key).select(names(first)[0]).run()
    assert len(at.success) + len(at.info) == 1
    at.segmented_control(key="language_switch").select("en").run()
    assert len(at.success) + len(at.info) == 1
    assert first.key not in [pills.key for pills in guesses(at)]


def test_reset_returns_to_the_defaults(script: str, a_language: str, opened: Open, shown: Look) -> None:
    at = opened(script, lang=a_language)
    untouched = shown(at)
    changed_a_little(at)
    for menu in list(at.selectbox):
        at.selectbox(key=str(menu.key)).select_index(-1)
    at.run()
    assert len(at.query_params) > 3
    assert shown(at) != untouched
    at.button(key=reset_of(at)).click().run()
    assert at.query_params == {"lang": a_language, "all": "print"}
    assert shown(at) == untouched


@pytest.mark.on_pages(1, 6)
def test_reset_takes_complaints_and_guesses_back(script: str, opened: Open) -> None:
    at = opened(script, lang="en", no_such_thing="1")
    assert at.warning
    first = guesses(at)[0]
    at.pills(key=first.key).select(names(first)[0]).run()
    at.button(key=reset_of(at)).click().run()
    assert not at.warning
    assert first.key in [pills.key for pills in guesses(at)]


# ---- visitors --------------------------------------------------------------------------------------------------------


@pytest.mark.on_pages(1, 7, 8)
def test_visitors_do_not_see_each_others_settings(script: str, opened: Open, shown: Look) -> None:
    one, other = opened(script, lang="ko"), opened(script, lang="en")
    before = shown(other)
    changed_a_little(one)
    first = guesses(one)[0]
    one.pills(key=first.key).select(names(first)[0]).run()
    other.run()
    assert shown(other) == before
    assert other.query_params == {"lang": "en", "all": "print"}
    third = opened(script, lang="en")
    assert shown(third) == before


def test_the_browsers_language_is_the_first_guess(any_script: str, opened: Open) -> None:
    # how a locale is read is the same everywhere
    known = {"ko-KR": "ko", "ko": "ko", "en-GB": "en", "de-DE": "en"}
    for locale in known if any_script == "streamlit_app.py" else ("de-DE",):
        expected, at = known[locale], opened(any_script, locale=locale)
        assert at.query_params["lang"] == expected, locale
    assert opened(any_script).query_params["lang"] == "ko"
