"""What the tests of pictures share: a chart as a dictionary, its layers, the fields that it names."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from charts.picture import Picture

# Altair checks every part against the schema, which takes its time
whole = cache(Picture.to_dict)


def built_of(look: Mapping[str, Any]) -> dict[str, Any]:
    """What a chart is built of: its look but for the ends of its axes, which are filled in when it has been built."""
    return {key: part for key, part in look.items() if not key.endswith("_domain")}


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The layers of a chart, each with the data set that it sees."""
    for layer in spec.get("layer", [spec]):
        yield {"data": spec.get("data"), **layer}


def fields(part: Any) -> set[str]:
    """Every field that is named anywhere in an encoding."""
    if isinstance(part, dict):
        return {part["field"]} if "field" in part else fields(list(part.values()))
    return set().union(*map(fields, part)) if isinstance(part, list) else set()
