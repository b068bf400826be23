"""What style sheets of ours know of the theme is what the theme says."""

import re
import tomllib

import pytest

from ui.text.texts import ROOT

STYLE = (ROOT / "ui" / "page" / "accessibility" / "accessibility.css").read_text(encoding="utf-8")
NAMES = ("backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor")


@pytest.mark.parametrize("name", NAMES)
def test_a_colour_of_the_theme_is_written_once_more_as_it_is(name: str) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    written = re.sub(r"([A-Z])", r"-\1", name).lower()
    found = re.search(rf"--st-{written}: light-dark\((#\w+), (#\w+)\)", STYLE)
    assert found and [each.upper() for each in found.groups()] == [theme["light"][name], theme["dark"][name]]
