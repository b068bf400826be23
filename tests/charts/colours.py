"""Colours as WCAG sees them, and where a picture uses which."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
GROUNDS = {"light": ("#FFFFFF", "#000000"), "dark": ("#10151D", "#FFFFFF")}
"""By theme, the page's background, and the colour that a browser calls CanvasText."""

RULE = re.compile(r'text\[fill="(#\w{6})" i\] \{ fill: color-mix\(in srgb, \1 (\d+)%, CanvasText\) \}')
CSS = (ROOT / "ui" / "page" / "accessibility" / "accessibility.css").read_text(encoding="utf-8")
MIXED = {colour.upper(): int(share) / 100 for colour, share in RULE.findall(CSS)}
"""How much of its own colour a text in a picture keeps on the page; the rest is the colour of the theme's text."""

NAMES = {"white": "#FFFFFF", "black": "#000000"}


def parts(colour: str) -> tuple[float, ...]:
    """Red, green and blue, 0 to 255."""
    colour = NAMES.get(colour, colour)
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))


def luminance(rgb: tuple[float, ...]) -> float:
    """WCAG 2.2's relative luminance."""
    linear = [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2's contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, share: float, other: str) -> tuple[float, ...]:
    """A share of a colour and the rest of another, as CSS mixes them in srgb."""
    return tuple(a * share + b * (1 - share) for a, b in zip(parts(colour), parts(other)))


class Used(NamedTuple):
    """A colour, and the mark that has it."""

    mark: str
    colour: str


def leaves(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The layers of a picture that have no layers of their own."""
    inner = spec.get("layer", []) + ([spec["spec"]] if "spec" in spec else [])
    if not inner:
        yield spec
    for each in inner:
        yield from leaves(each)


def mark_of(layer: dict[str, Any]) -> str:
    return layer["mark"] if isinstance(layer["mark"], str) else layer["mark"]["type"]


def used(spec: dict[str, Any]) -> set[Used]:
    """Every colour in which something is drawn; a rim in another colour is left out."""
    found: set[Used] = set()
    for layer in leaves(spec):
        how = layer["mark"] if isinstance(layer["mark"], dict) else {}
        encoding = layer.get("encoding", {})
        for channel in ("color", "fill"):
            given = encoding.get(channel) or {}
            if "field" in given:
                scale = (given.get("scale") or {}).get("range") or []
                found |= {Used(mark_of(layer), colour) for colour in scale if isinstance(colour, str)}
            elif colour := given.get("value") or how.get(channel):
                found.add(Used(mark_of(layer), colour))
    return found
