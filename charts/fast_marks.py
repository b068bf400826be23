"""Altair's marks and layers without the copies that it makes on the way: a picture is built while a reader waits."""

from typing import Any, Self, cast

import altair as alt
from altair.utils.schemapi import disable_debug_mode

# the tests check each picture as a whole; piece by piece, while a reader waits, would take a third longer
disable_debug_mode()


class Marks(alt.Chart):
    """Marks for the rows of a data set.

    A channel given as text or as a value, such as ``x="step:Q"`` or ``y=alt.value(9)``, becomes its class at once.
    Altair itself would go through all of its schema for each of them.
    """

    def encode(self, *args: Any, **channels: Any) -> Self:
        """The same as Altair's."""
        return super().encode(*args, **{name: _channel(name, given) for name, given in channels.items()})


def _channel(name: str, given: Any) -> Any:
    kind = name[0].upper() + name[1:]
    if isinstance(given, str):
        return getattr(alt, kind)(given)
    if isinstance(given, dict) and list(given) == ["value"]:
        return getattr(alt, f"{kind}Value")(**given)
    return given


class Layers(alt.LayerChart):
    """Charts above each other, whose methods change it: Altair's copy every layer several times."""

    def add_params(self, *params: Any) -> Self:
        """Add parameters that belong to no layer."""
        before: list[Any] = [] if self.params is alt.Undefined else list(cast(Any, self.params))
        return self.properties(params=before + [param.param for param in params])

    def properties(self, **properties: Any) -> Self:
        """Set properties of the whole chart."""
        for name, value in properties.items():
            self[name] = value
        return self


def of(rows: str) -> Marks:
    """Marks for the rows of the data set of this name."""
    return Marks(alt.NamedData(rows))


def layer(*charts: alt.Chart | alt.LayerChart) -> Layers:
    """Charts above each other, the first one lowest."""
    return Layers(layer=cast(Any, charts))
