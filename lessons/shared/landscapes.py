"""Landscapes on a page: choosing one, choosing a start on it, and saying what is on its axes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from charts.axes import has_equal_scales
from charts.frames import WeightPath
from charts.picture import Picture
from dlcore.datasets import Dataset
from dlcore.formulas import FormulaError
from dlcore.surfaces import LineFit, OwnFormula, SlopeFit, Surface
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Text
from ui.controls.page_state import excerpt
from ui.number_format import readable

from_above = shared(max_entries=64)(charts.landscape_image)
"""The image of a landscape, drawn once for everybody; see ``charts.landscape_image``."""


def map_with_paths(surface: Surface, paths: Mapping[str, WeightPath], **more: Any) -> Picture:
    """The paths of runs on the map of a landscape of two weights; see ``charts.map_with_paths``."""
    x, y = surface.weights
    return charts.map_with_paths(from_above(surface), surface.extent, paths, surface.minima, x, y, **more)


def map_width(surface: Surface) -> float:
    """How wide a map is beside another picture, as a multiple of that: a landscape that is wide and low has more."""
    (left, right), (low, high) = surface.extent
    return WIDER if has_equal_scales(surface.extent) and right - left > 1.5 * (high - low) else 1


WIDER = 1.2


def map_for_each_run(surface: Surface, paths: Mapping[str, WeightPath], **more: Any) -> Picture:
    """A map of a landscape of two weights for each of several runs; see ``charts.map_for_each_run``."""
    return charts.map_for_each_run(from_above(surface), surface.extent, paths, surface.minima, **more)


def dataset(beat: Beat, key: str, clears: tuple[str, ...] = ()) -> Dataset:
    """A data set by menu, with sliders for what it declares; ``clears``: controls whose defaults depend on it."""
    names = tuple(name for name in Dataset.suiting("regression", inputs=1) if Dataset.get(name).straight)
    name = beat.menu(key, Choice(names[0], names), "data", option_label=beat.member, clears=clears)
    suffix = key.removeprefix("data")
    members = {other: beat.settings(Dataset.members[other], suffix, visible=other == name) for other in names}
    return members[name]


def landscape(beat: Beat, key: str, default: str, weights: Sequence[int], clears: tuple[str, ...]) -> Surface:
    """A landscape by menu, of as many weights as ``weights`` allows, or a formula typed by the reader.

    What cannot be read gets a message that points at the place, and the last good formula stays in use. ``clears``:
    controls whose defaults depend on the landscape.
    """
    names = tuple(name for name in Surface.members if len(Surface.get(name).weights) in weights)
    name = beat.menu(key, Choice(default, names), "landscape", option_label=beat.member, clears=clears)
    text, size = (f"{key}_text", Text(OwnFormula.text)), (f"{key}_size", Number(OwnFormula.size, 0.5, 50, log=True))
    if name != OwnFormula.name():
        beat.value_of(*text)
        beat.value_of(*size)
        return Surface.get(name)
    typed = beat.text(*text, "own_formula_text", help=beat.word("own_formula_help"))
    surface = _read(beat, key, typed, beat.slider(*size, "own_formula_size"))
    if len(surface.weights) not in weights:
        st.error(beat.word("formula_needs_two"))
        return OwnFormula(size=surface.size)
    return surface


def _read(beat: Beat, key: str, text: str, size: float) -> OwnFormula:
    good = beat.lesson.state.last_good
    try:
        surface = OwnFormula(text, size)
    except FormulaError as error:
        kept = good.get(key, OwnFormula.text)
        # the whole piece, so that it is seen where it is cut
        piece = error.text[error.position : error.position + error.length]
        facts = {"found": excerpt(piece), "limit": error.limit, "kept": excerpt(kept)}
        st.error(beat.word(f"formula_{error.reason}", **facts))
        pointer = " " * error.position + "^" * max(1, min(error.length, len(error.text) - error.position))
        st.code(f"{error.text[:200]}\n{pointer[:200]}", language=None, wrap_lines=True)
        st.caption(beat.word("formula_kept", **facts))
        return OwnFormula(kept, size)
    good[key] = text
    return surface


def start(beat: Beat, surface: Surface, keys: Sequence[str], hint: str = "click_hint") -> tuple[float, ...]:
    """A start for every weight of the surface, typed, or clicked in the beat's picture; ``hint``: what a click does.

    It may lie up to three map widths beside the map.
    """
    chosen = []
    for i, key in enumerate(keys):
        kind = _start_kind(surface, i)
        if letter := surface.weights[i : i + 1]:
            chosen.append(beat.box(key, kind, "start_at", letter=letter[0]))
        else:
            beat.value_of(key, kind)
    if any(not low <= v <= high for v, (low, high) in zip(chosen, surface.extent, strict=True)):
        st.info(beat.word("start_off_the_map"))
    beat.clicks(surface.extent, keys[: len(chosen)], hint, equal=has_equal_scales(surface.extent))
    return tuple(chosen)


def _start_kind(surface: Surface, place: int) -> Number:
    """What a weight of a start may be; one that the surface does not have keeps its place in the address."""
    low, high = surface.extent[min(place, len(surface.extent) - 1)]
    default = surface.start[place] if place < len(surface.weights) else 0.0
    return Number(default, low - 3 * (high - low), high + 3 * (high - low))


def chosen_start(beat: Beat, surface: Surface, keys: Sequence[str]) -> tuple[float, ...]:
    """The start whose controls ``start`` has drawn."""
    return tuple(beat.value_of(key, _start_kind(surface, i)) for i, key in enumerate(keys[: len(surface.weights)]))


def defined(surface: Surface, place: tuple[float, ...]) -> bool:
    """Whether the surface and its slope are numbers at a place."""
    with np.errstate(all="ignore"):
        return bool(np.isfinite(np.append(surface.gradient(*place), surface(*place))).all())


@shared(max_entries=128)
def lowest(surface: Surface) -> float:
    """The lowest height on the map of a surface, or of a minimum that is known; infinite where there is none."""
    with np.errstate(all="ignore"):
        heights = np.append(surface(*surface.grid(100)), [float(surface(*place)) for place in surface.minima])
    return float(heights[np.isfinite(heights)].min(initial=np.inf))


def warn_if_undefined(beat: Beat, surface: Surface, place: tuple[float, ...]) -> None:
    """Say so where there is no slope at a start."""
    if not defined(surface, place):
        at = ", ".join(f"{letter} = {readable(v)}" for letter, v in zip(surface.weights, place, strict=True))
        with beat.question_place:
            st.warning(beat.word("undefined_at_start", place=at))


def axes(beat: Beat, surface: SlopeFit | LineFit) -> dict[str, str]:
    """The titles of the axes of the picture of a surface's data, which say what was standardised."""
    both = isinstance(surface, SlopeFit)
    titles = {
        "x_title": (surface.data.features[0], both or surface.scaled),
        "y_title": (surface.data.target, both),
    }
    return {
        axis: beat.word("standardised_axis", name=beat.member(name)) if scaled else beat.member(name)
        for axis, (name, scaled) in titles.items()
    }


def rows(surface: SlopeFit | LineFit) -> pd.DataFrame:
    """The data as the line sees them."""
    x, y = surface.points
    return pd.DataFrame({"x": x, "y": y})


def heights(surface: Surface, count: int = 11) -> pd.DataFrame:
    """The landscape as a coarse table: a row for every place of a grid."""
    places = surface.grid(count)
    with np.errstate(all="ignore"):
        height = surface(*places) + np.zeros(places.shape[1:])
    columns = {letter: v.ravel() for letter, v in zip(surface.weights, places, strict=True)}
    return pd.DataFrame(columns | {"E": height.ravel()})
