"""Charts as Vega-Lite: built once for all ranges of their axes, and filled with the ends that a picture needs."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import streamlit as st

from ui.cache import personal, shared

BROUGHT = "own_table"
"""Under which a session keeps a table that its reader has brought."""

SILENT = {"aria": False, "mark": {"aria": False}}
"""Else a screen reader reads out every single point of a picture, in English. Its name and its sentence tell it."""


def _pattern(draw: Callable[..., Any], look: Mapping[str, Any], ranges: tuple[str, ...]) -> str:
    # Altair takes far longer than a rerun may; so each look is built once for all ranges of its axes, and what the
    # tests check against the schema is not checked again
    spec = draw(**look, **{name: (_end(name, 0), _end(name, 1)) for name in ranges}).to_dict(validate=False)
    return json.dumps(spec | {"config": spec.get("config", {}) | SILENT})


_shared_pattern, _own_pattern = shared(max_entries=512)(_pattern), personal(max_entries=64)(_pattern)


def _end(name: str, k: int) -> str:
    """What stands in a pattern for one end of a range; no name of a reader's column has such a letter."""
    return f"\x00{name}.{k}"


def spec_of(draw: Callable[..., Any], look: Mapping[str, Any]) -> dict[str, Any]:
    """The chart ``draw(**look)`` as Vega-Lite, without data."""
    ranges = {name: part for name, part in look.items() if name.endswith("_domain") and part}
    # the names of a reader's own columns stand in the titles and the key of a picture
    patterns = _own_pattern if BROUGHT in st.session_state else _shared_pattern
    pattern = patterns(draw, {name: part for name, part in look.items() if name not in ranges}, tuple(ranges))
    for name, ends in ranges.items():
        for k, end in enumerate(ends):
            pattern = pattern.replace(json.dumps(_end(name, k)), json.dumps(float(end)))
    return json.loads(pattern)


_WORD = re.compile(r"\w+")


Tables = Mapping[str, Mapping[str, np.ndarray]]


def used_columns(spec: Mapping[str, Any], tables: Tables) -> dict[str, dict[str, np.ndarray]]:
    """The columns that a chart's specification names somewhere, of a table of which it names none all.

    The others would be sent in vain.
    """
    named = set(_WORD.findall(json.dumps(spec, ensure_ascii=False)))

    def used(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: column for name, column in columns.items() if named.issuperset(_WORD.findall(name))}

    return {name: used(columns) or dict(columns) for name, columns in tables.items()}


class Drawable(Protocol):
    """What ``charts`` hands over: ``draw(**look)`` is the chart, ``data`` fills the data sets that it names.

    name: what the picture is known by; no two pictures of a question have the same.
    """

    @property
    def draw(self) -> Callable[..., Any]: ...
    @property
    def look(self) -> Mapping[str, Any]: ...
    @property
    def data(self) -> Tables: ...
    @property
    def name(self) -> str: ...
