"""A chart is built once for all ranges of its axes: what a page sends is what the picture itself would have built."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui import beat
from ui.pictures import chart_specs

OWN_NAMES = re.compile(r"\bview_[0-9a-f]+(_\d+)?")
"""Altair names a view that a parameter refers to by a hash of all that is in it, the ends of its axes included."""


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
