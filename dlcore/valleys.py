"""Valleys: the heights of the minima of a surface that lists none, found by a search over its map and around it."""

from dataclasses import dataclass

import numpy as np

from dlcore.surfaces import Surface

FINE, WIDE = {1: 4001, 2: 201}, {1: 2001, 2: 101}
"""The number of grid points along each weight, on the map and on one five times as wide, by the number of weights."""

MOST = 50
"""The number of valleys, the lowest ones of the map, that are followed to their bottom."""


@dataclass(frozen=True, eq=False)
class Valleys:
    """The heights of a surface's minima, and of its lowest place."""

    heights: np.ndarray
    """Of the minima on the map, lowest first, shape (found,); empty if there is none."""

    lowest: float
    """The lowest height of all, on the map or up to two map widths beside it; infinite if none is defined."""

    alike: float
    """Heights that differ by less count as equal."""


@np.errstate(all="ignore")
def valleys(surface: Surface) -> Valleys:
    """The minima of a surface: grid points that are lower than their neighbours, followed to the bottom.

    Ground that falls to the edge of the map, or of where the surface is defined, is no minimum.
    """
    count = len(surface.weights)
    places = surface.grid(FINE[count])
    height = _heights(surface, places)
    finite = height[np.isfinite(height)]
    if not finite.size:
        return Valleys(np.empty(0), float(np.min(height, initial=np.inf, where=~np.isnan(height))), 0.0)
    alike = 1e-6 * float(np.median(finite) - finite.min())
    sides = np.array([high - low for low, high in surface.extent])
    middle = np.array([(low + high) / 2 for low, high in surface.extent])
    indices, rims = _bottoms(height)
    order = np.argsort(height[indices], kind="stable")[:MOST]
    found = bottom_near(surface, places[:, *indices][:, order], sides / (FINE[count] - 1))
    # between its neighbours a valley is not many times deeper than they are high; beside a pole there is no bottom
    here, rim = height[indices][order], rims[order]
    valley = found.settled & (here - found.height <= 4 * (rim - here) + alike)
    heights = np.sort(found.height[valley])
    beside = surface.grid(WIDE[count]).reshape(count, -1)
    around = _heights(surface, middle[:, None] + 5 * (beside - middle[:, None]))
    seen = [height[~np.isnan(height)], around[~np.isnan(around)], heights]
    return Valleys(heights, float(min(part.min(initial=np.inf) for part in seen)), alike)


def _bottoms(height: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """The indices of the places no higher than any neighbour and lower than one, and their highest neighbours' heights.

    All neighbours must have a height: where the surface is not defined, nothing keeps a ball in.
    """
    inner = tuple(slice(1, -1) for _ in height.shape)
    here = height[inner]
    low, rim = np.isfinite(here), here
    for shift in np.ndindex(*(3 for _ in height.shape)):
        beside = height[tuple(slice(s, s + n) for s, n in zip(shift, here.shape, strict=True))]
        low &= np.isfinite(beside) & (here <= beside)
        rim = np.maximum(rim, beside)
    low &= here < rim
    return tuple(k + 1 for k in np.nonzero(low)), rim[low]


@dataclass(frozen=True, eq=False)
class Bottoms:
    """The lowest places near given ones."""

    place: np.ndarray
    """Shape (weights, places)."""

    height: np.ndarray
    """Shape (places,)."""

    settled: np.ndarray
    """Whether the search has converged, and the ground does not fall on as beside a pole, shape (places,)."""


@np.errstate(all="ignore")
def bottom_near(surface: Surface, w: np.ndarray, reach: np.ndarray, count: int = 9, rounds: int = 12) -> Bottoms:
    """The lowest place around each ``w``, shape (weights, places).

    It is the lowest point of a grid of ``count`` along every weight within ``reach``, then of a finer one around that,
    and so on. No slope is needed, so the bottom of a kink is found too.
    """
    box = np.meshgrid(*(np.linspace(-1, 1, count) for _ in reach), indexing="ij")
    box = np.array(box).reshape(len(reach), 1, -1)
    w, reach = w.astype(float), reach.astype(float)
    height = before = _heights(surface, w)
    for _ in range(rounds):
        around = w[:, :, None] + reach[:, None, None] * box
        heights = _heights(surface, around)
        best = np.argmin(heights, axis=1)
        each = np.arange(w.shape[1])
        w, before, height = around[:, each, best], height, heights[each, best]
        reach = reach * 0.3
    settled = np.isfinite(height) & (before - height <= 1e-6 * (1 + np.abs(height)))
    return Bottoms(w, height, settled)


def _heights(surface: Surface, w: np.ndarray) -> np.ndarray:
    """The heights, of the shape of one weight; infinite where there is none."""
    height = surface(*w) + np.zeros(w.shape[1:])
    return np.where(np.isnan(height), np.inf, height)
