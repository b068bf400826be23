"""Every page that there is, in both languages: at its defaults, its presets and the extremes of every control."""

from collections.abc import Callable, Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
Look = Callable[[AppTest], dict[str, Any]]


Change = tuple[str, str, Any]
"""The kind of a control, its key, a value for it."""


def presets(at: AppTest) -> list[Any]:
    return [pills for pills in at.pills if pills.key and pills.key.endswith("-preset")]


def guesses(at: AppTest) -> list[Any]:
    return [pills for pills in at.pills if pills.key and pills.key.startswith("predict-")]


def names(choice: Any) -> list[str]:
    """The stable names of the options of a choice, whose labels are in the reader's language."""
    known = {text: key for key, both in texts.words().items() for text in both.values()}
    return [known.get(label, label) for label in choice.options]


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
        if not pills.key.endswith("-preset") and not pills.key.startswith("predict-"):
            found.append(("pills", pills.key, list(pills.options)))
    return found


def options(at: Any) -> list[Change]:
    return [("selectbox", menu.key, name) for menu in at.selectbox for name in names(menu)]


def choices(at: Any) -> list[Change]:
    return [("pills", pills.key, name) for pills in presets(at) for name in names(pills)]


def answers(at: Any) -> list[Change]:
    return [("pills", pills.key, name) for pills in guesses(at) for name in names(pills)]


def at_once(at: AppTest, changes: Callable[[Any], list[Change]]) -> Iterator[list[Change]]:
    """The changes that every beat offers, one of each beat at a time, since every run of a page takes its time."""
    for row in zip_longest(*[changes(beat) for beat in beats(at)]):
        yield [change for change in row if change is not None]


def put(at: AppTest, changes: Iterable[Change]) -> list[Change]:
    """Make the changes and return those that undo them; the page is run by whoever calls this."""
    undo = []
    for kind, key, value in changes:
        widget = getattr(at, kind)(key=key)
        undo.append((kind, key, widget.value))
        whole = kind in ("slider", "number_input") and isinstance(widget.value, int)
        widget.set_value(int(value) if whole else value)
    return undo


def each(at: AppTest, changes: Callable[[Any], list[Change]]) -> Iterator[list[Change]]:
    """Run the page with every change, and undo it before the next."""
    undo: list[Change] = []
    for row in list(at_once(at, changes)):
        here = {key for _, key, _ in row}
        if not set(undo) <= {change for change in undo if change[1] in here}:
            put(at, [change for change in undo if change[1] not in here])
        before = put(at, row)
        at.run()
        undo = [next((old for old in undo if old[1] == new[1]), new) for new in before]
        yield row
    put(at, undo)
    at.run()


# ---- defaults --------------------------------------------------------------------------------------------------------


def test_opens_at_its_defaults(any_script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(any_script, lang=language)
    sound(at)
    assert not at.warning and not at.error
    assert at.query_params == {"lang": language}
    assert at.segmented_control(key="language_switch").value == language


def test_opens_with_predictions_off(script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=language, predict="0")
    sound(at)
    assert not at.warning and not at.error
    assert not guesses(at)
    assert at.query_params == {"lang": language, "predict": "0"}


def test_every_picture_is_told_in_words_beneath_it(script: str, language: str, opened: Open) -> None:
    at = opened(script, lang=language, predict="0")
    captions = {caption.value for caption in at.caption}
    pictures = at.get("vega_lite_chart")
    assert pictures
    assert all(picture.proto.alt in captions for picture in pictures)  # type: ignore[attr-defined]


def test_tables_and_source_open(script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=language, predict="0")
    kept = [block.proto.id for block in at.expander if getattr(block.proto, "id", "")]
    folded = [block.key for block in at.expander if block.key]
    assert folded, kept
    for key in folded:
        at.session_state[key] = True
    at.run()
    sound(at)
    tables, sources = ([key for key in folded if key.endswith(end)] for end in ("-tables", "-source"))
    assert len(at.dataframe) >= len(tables) > 0
    assert all(len(table.value) > 0 for table in at.dataframe)
    assert len(at.download_button) == len(at.dataframe)
    assert len(at.latex) >= len(sources) > 0
    assert len([code for code in at.code if "def " in code.value]) >= len(sources)


# ---- presets and guesses ---------------------------------------------------------------------------------------------


def test_every_preset_opens(script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=language, predict="0")
    assert presets(at)
    for key, name in [(pills.key, name) for pills in presets(at) for name in names(pills, at)]:
        at.pills(key=key).select(name).run()
        sound(at)
        assert not at.error and not at.warning, (key, name)


def test_every_preset_is_chosen_once_it_was_chosen(script: str, opened: Open) -> None:
    """A preset sets what it says: what is then set is recognised as that preset, whatever was set before."""
    fresh = opened(script, lang="en", predict="0")
    for key, options in [(pills.key, names(pills, fresh)) for pills in presets(fresh)]:
        for name in options:
            at = opened(script, lang="en", predict="0")
            at.pills(key=key).select(name).run()
            assert at.pills(key=key).value == name, f"after the defaults: {key} {name}, {at.query_params}"


def test_every_preset_is_chosen_after_any_other(script: str, opened: Open) -> None:
    at = opened(script, lang="en", predict="0")
    for key, options in [(pills.key, names(pills, at)) for pills in presets(at)]:
        for before in options:
            for name in options:
                at.pills(key=key).select(before).run()
                at.pills(key=key).select(name).run()
                assert at.pills(key=key).value == name, f"after {before}: {key} {name}, {at.query_params}"


def test_every_guess_opens_the_run(script: str, language: str, opened: Open, sound: Check) -> None:
    asked = [(pills.key, name) for at in [opened(script, lang=language)] for pills in guesses(at) for name in names(pills, at)]
    assert asked
    for key, name in asked:
        at = opened(script, lang=language)
        at.pills(key=key).select(name).run()
        sound(at)
        assert key not in [pills.key for pills in guesses(at)]
        assert len(at.success) + len(at.info) == 1


# ---- extremes --------------------------------------------------------------------------------------------------------


def test_extremes_of_every_control(script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=language, predict="0")
    places = len(at.get("vega_lite_chart"))
    for kind, key, value in list(extremes(at)):
        before = getattr(at, kind)(key).value
        set_to(at, kind, key, value)
        sound(at)
        assert len(at.get("vega_lite_chart")) == places, (key, value)
        assert not at.error and not at.warning, (key, value)
        set_to(at, kind, key, before)


def test_every_option_of_every_menu_and_its_extremes(script: str, language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=language, predict="0")
    places = len(at.get("vega_lite_chart"))
    usual = {key for _, key, _ in extremes(at)}
    for key, options in [(menu.key or "", names(menu, at)) for menu in at.selectbox]:
        first = at.selectbox(key=key).value
        for option in options:
            at.selectbox(key=key).select(option).run()
            sound(at)
            assert len(at.get("vega_lite_chart")) == places, (key, option)
            for kind, own, value in [extreme for extreme in extremes(at) if extreme[1] not in usual]:
                before = getattr(at, kind)(own).value
                set_to(at, kind, own, value)
                sound(at)
                assert not at.error and not at.warning, (option, own, value)
                set_to(at, kind, own, before)
        at.selectbox(key=key).select(first).run()


# ---- the address -----------------------------------------------------------------------------------------------------


def same_elsewhere(at: AppTest, script: str, opened: Open, shown: Look) -> None:
    """The address, opened by another visitor, shows the same without a complaint."""
    there = opened(script, at.query_params)
    assert not there.exception
    assert not there.warning, (at.query_params, [warning.value for warning in there.warning])
    here, copy = shown(at), shown(there)
    assert copy["values"] == here["values"], at.query_params
    assert copy == here, at.query_params
    assert there.query_params == at.query_params


def test_the_address_of_every_preset_shows_it_elsewhere(script: str, opened: Open, shown: Look) -> None:
    at = opened(script, lang="ko", predict="0")
    for key, name in [(pills.key, name) for pills in presets(at) for name in names(pills, at)]:
        at.pills(key=key).select(name).run()
        same_elsewhere(at, script, opened, shown)


def test_the_address_of_every_extreme_shows_it_elsewhere(script: str, opened: Open, shown: Look) -> None:
    at = opened(script, lang="en", predict="0")
    for kind, key, value in list(extremes(at)):
        before = getattr(at, kind)(key).value
        set_to(at, kind, key, value)
        same_elsewhere(at, script, opened, shown)
        set_to(at, kind, key, before)


def test_the_address_of_every_option_shows_it_elsewhere(script: str, opened: Open, shown: Look) -> None:
    at = opened(script, lang="en", predict="0")
    for key, options in [(menu.key or "", names(menu, at)) for menu in at.selectbox]:
        for option in options:
            at.selectbox(key=key).select(option).run()
            same_elsewhere(at, script, opened, shown)


def test_the_address_holds_when_one_control_narrows_another(script: str, opened: Open, shown: Look) -> None:
    """All controls at their upper ends, then each of them at its lower end: what it narrows is narrowed in the address."""
    at = opened(script, lang="en", predict="0")
    for menu in list(at.selectbox):
        at.selectbox(key=menu.key or "").select_index(-1).run()
    ends = {(kind, key): value for kind, key, value in extremes(at) if kind not in ("toggle", "pills")}
    for (kind, key), value in ends.items():
        set_to(at, kind, key, min(value, getattr(getattr(at, kind)(key), "max", value) or value))
    same_elsewhere(at, script, opened, shown)
    for kind, key in ends:
        low = next(value for k, own, value in extremes(at) if (k, own) == (kind, key))
        set_to(at, kind, key, low)
        same_elsewhere(at, script, opened, shown)


# ---- language and reset ----------------------------------------------------------------------------------------------


def changed_a_little(at: AppTest) -> None:
    """Move one control of every sort away from its default."""
    for slider in list(at.slider):
        set_to(at, "slider", slider.key or "", slider.max)
    for slider in list(at.select_slider):
        set_to(at, "select_slider", slider.key or "", float(slider.options[1]))
    for box in list(at.number_input):
        set_to(at, "number_input", box.key or "", (box.value or 0) + (box.step or 0))


def test_switching_the_language_keeps_what_was_set(script: str, opened: Open, shown: Look, sound: Check) -> None:
    at = opened(script, lang="ko", predict="0")
    changed_a_little(at)
    before, title = shown(at), at.title[0].value
    at.segmented_control(key="language_switch").select("en").run()
    sound(at)
    after = shown(at)
    assert at.title[0].value != title
    assert at.query_params["lang"] == "en"
    assert after["values"] == before["values"] and after["steps"] == before["steps"]
    assert after["said"] != before["said"]
    at.segmented_control(key="language_switch").select("ko").run()
    assert shown(at) == before


def test_a_guess_survives_the_switch_of_language(script: str, opened: Open) -> None:
    at = opened(script, lang="ko")
    first = guesses(at)[0]
    at.pills(key=first.key).select(names(first, at)[0]).run()
    assert len(at.success) + len(at.info) == 1
    at.segmented_control(key="language_switch").select("en").run()
    assert len(at.success) + len(at.info) == 1
    assert first.key not in [pills.key for pills in guesses(at)]


def test_reset_returns_to_the_defaults(script: str, language: str, opened: Open, shown: Look) -> None:
    at = opened(script, lang=language)
    untouched = shown(at)
    changed_a_little(at)
    for menu in list(at.selectbox):
        at.selectbox(key=menu.key or "").select_index(-1).run()
    assert len(at.query_params) > 3
    assert shown(at) != untouched
    next(button for button in at.button if button.key and button.key.endswith("-reset")).click().run()
    assert at.query_params == {"lang": language}
    assert shown(at) == untouched


def test_reset_takes_complaints_and_guesses_back(script: str, opened: Open) -> None:
    at = opened(script, lang="en", no_such_thing="1")
    assert at.warning
    first = guesses(at)[0]
    at.pills(key=first.key).select(names(first, at)[0]).run()
    next(button for button in at.button if button.key and button.key.endswith("-reset")).click().run()
    assert not at.warning
    assert first.key in [pills.key for pills in guesses(at)]


# ---- visitors --------------------------------------------------------------------------------------------------------


def test_visitors_do_not_see_each_others_settings(script: str, opened: Open, shown: Look) -> None:
    one, other = opened(script, lang="ko"), opened(script, lang="en")
    before = shown(other)
    changed_a_little(one)
    first = guesses(one)[0]
    one.pills(key=first.key).select(names(first, one)[0]).run()
    other.run()
    assert shown(other) == before
    assert other.query_params == {"lang": "en"}
    third = opened(script, lang="en")
    assert shown(third) == before


def test_the_browsers_language_is_the_first_guess(any_script: str, opened: Open) -> None:
    for locale, expected in {"ko-KR": "ko", "ko": "ko", "en-GB": "en", "de-DE": "en"}.items():
        from pathlib import Path

        at = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "streamlit_app.py"), default_timeout=60)
        if any_script.startswith("pages/"):
            at.switch_page(any_script)
        at.context = {"locale": locale}
        at.run()
        assert at.query_params == {"lang": expected}, locale
    assert opened(any_script).query_params == {"lang": "ko"}
