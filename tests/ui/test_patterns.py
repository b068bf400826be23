"""A chart is built once for all ranges of its axes: what a page sends is what the picture itself would have built."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.charts.gallery import pictures
from ui import beat
from ui.pictures import chart_specs

OWN_NAMES = re.compile(r"\bview_[0-9a-f]+(_\d+)?")
"""Altair names a view that a parameter refers to by a hash of all that is in it, the ends of its axes included."""

READ = re.compile(r"""datum\.(\w+)|datum\[['"](.+?)['"]\]""")


def test_pictures_drawn_by_one_function_have_each_its_own_pattern() -> None:
    """A pattern is remembered by function and look: what differs between two pictures has to stand in one of them."""
    for picture in pictures():
        spec = chart_specs.spec_of(picture.draw, picture.look)
        chart = picture.draw(**picture.look).to_dict(validate=False)
        chart["config"] |= chart_specs.SILENT
        here, there = (OWN_NAMES.sub("_", json.dumps(each, sort_keys=True)) for each in (spec, chart))
        assert json.loads(here) == json.loads(there), picture.name


def test_a_pattern_filled_in_is_the_chart(
    script: str, opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled, sent = chart_specs.spec_of, []

    def compared(draw: Callable[..., Any], look: Mapping[str, Any]) -> dict[str, Any]:
        spec, whole = filled(draw, look), json.loads(json.dumps(draw(**look).to_dict()))
        whole["config"] |= chart_specs.SILENT
        here, there = (OWN_NAMES.sub("_", json.dumps(each, sort_keys=True)) for each in (spec, whole))
        sent.append((draw.__name__, json.loads(here) == json.loads(there)))
        return spec

    monkeypatch.setattr(beat, "spec_of", compared)
    assert not opened(script, lang="ko", predict="0").exception
    assert sent
    assert [name for name, same in sent if not same] == []


def fields(part: Any) -> set[str]:
    """What a specification calls a field, and what its expressions read of a row."""
    if isinstance(part, list):
        return set().union(*map(fields, part))
    if not isinstance(part, dict):
        return {name for pair in READ.findall(part) for name in pair} if isinstance(part, str) else set()
    own = {part["field"]} if isinstance(part.get("field"), str) else set()
    return own.union(*map(fields, part.values()))


def test_a_picture_is_sent_the_columns_that_it_draws_and_no_others() -> None:
    spared = 0
    for picture in pictures():
        spec = chart_specs.spec_of(picture.draw, picture.look)
        every = chart_specs.used_columns(spec, picture.data)
        assert every.keys() == picture.data.keys()
        for name, columns in picture.data.items():
            used = every[name]
            assert used and fields(spec) & columns.keys() <= used.keys(), picture.name
            spared += len(columns) - len(used)
    assert spared > 0


def test_columns_of_a_reader_are_found_whatever_they_are_called() -> None:
    column = np.zeros(1)
    across, up = {"field": r"나이\.a \[m²\]"}, {"field": "y"}
    spec = {"encoding": {"x": across, "y": up}, "transform": [{"filter": "datum['x 1'] > 0"}]}
    columns = {"나이.a [m²]": column, "x 1": column, "y": column, "%": column, "z": column}
    used = chart_specs.used_columns(spec, {"rows": columns, "others": {"z": column}})
    assert list(used["rows"]) == ["나이.a [m²]", "x 1", "y", "%"] and list(used["others"]) == ["z"]
