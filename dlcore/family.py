"""Families: rules that declare their settings and are found by being defined.

A family is a class directly below ``Family`` (``Optimizer``, ``Surface``, ``Loss`` ...); every class below a family is
one of its members and needs no list to appear in. A member is a frozen dataclass, so it can be hashed, compared, shared
between threads and written down as ``repr(member)``; its settings carry the range in which they make sense.

    class Optimizer(Family):
        "What all optimizers share."

    @dataclass(frozen=True)
    class SGD(Optimizer):
        "Plain gradient descent."
        learning_rate: float = setting(0.01, 1e-9, 1e3, log=True)

    Optimizer.get("sgd") == SGD(learning_rate=0.01)
"""

import dataclasses
import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from numbers import Integral, Real
from typing import Any, ClassVar, Self


class SettingError(ValueError):
    """A setting is outside its range, or of the wrong kind."""


class UnknownMember(ValueError):
    """A family has no member of that name."""


@dataclass(frozen=True)
class Setting:
    """The declared range of one setting.

    default: the value if none is given; its type (bool, int, float, str) is the type of the setting.
    low, high: the smallest and largest valid number, both included; None for settings that are not numbers.
    log: whether equal ratios, not equal differences, are equal steps on a slider.
    choices: the valid values, if they are few and named.
    """

    default: Any
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: tuple[str, ...] = ()

    def nearest(self, value: Any) -> Any:
        """The valid value next to ``value``; the default if ``value`` is not a number where one is due."""
        if self.choices:
            return value if value in self.choices else self.default
        if self.low is None or self.high is None:
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            return self.default
        kept = min(max(value, self.low), self.high)
        return round(kept) if isinstance(self.default, int) else float(kept)

    def check(self, name: str, value: Any) -> None:
        """Raise SettingError unless ``value`` is valid; ``name`` is what the message calls it."""
        if self.choices and value not in self.choices:
            raise SettingError(f"{name} must be one of {', '.join(self.choices)}; it is {value!r}")
        if isinstance(self.default, bool) and value not in (True, False):
            raise SettingError(f"{name} must be True or False; it is {value!r}")
        if self.low is None or self.high is None:
            return
        # NumPy's numbers count too
        number, kind = (Integral, "a whole number") if isinstance(self.default, int) else (Real, "a number")
        if isinstance(value, bool) or not isinstance(value, number):
            raise SettingError(f"{name} must be {kind} from {self.low:g} to {self.high:g}; it is {value!r}")
        # written so that NaN, which compares false with everything, is refused too
        if not self.low <= float(value) <= self.high:
            raise SettingError(f"{name} must be from {self.low:g} to {self.high:g}; it is {value!r}")


def setting(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    log: bool = False,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that declares the range of a member's setting (see ``Setting``)."""
    return dataclasses.field(default=default, metadata={"setting": Setting(default, low, high, log, choices)})


class Family:
    """The base of every family; a class directly below it starts a new, empty family."""

    formula: ClassVar[str] = ""
    """The rule in LaTeX, with the letters that the code uses."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names that ``get`` understands; menus show the member once, by its own."""

    members: ClassVar[dict[str, type["Family"]]]
    """Every member by its name, in the order of definition, which is the order of explanation.

    ``class Other(Member, listed=False)`` is one that stands in no menu: somebody else's form of a member.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    """The settings: every member is a dataclass."""

    def __init_subclass__(cls, listed: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if Family in cls.__bases__:
            cls.members = {}
        elif listed:
            cls.members[cls.name()] = cls

    def __post_init__(self) -> None:
        for key, declared in self.settings().items():
            declared.check(f"{type(self).__name__}'s {key}", getattr(self, key))

    @classmethod
    def name(cls) -> str:
        """The member's name in addresses and in ``get``: ``MeanSquaredError`` is "mean_squared_error"."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    @cache
    def settings(cls) -> dict[str, Setting]:
        """The declared ranges by the setting's name."""
        fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()
        return {field.name: field.metadata["setting"] for field in fields if "setting" in field.metadata}

    @classmethod
    def get(cls, which: "str | Self | type[Self]") -> Self:
        """The member that ``which`` means: a name, alias or class's name, a class (its defaults are taken), a member.

        Raises UnknownMember, with the names to choose from, if there is none.
        """
        if isinstance(which, cls):
            return which
        if isinstance(which, type) and issubclass(which, cls):
            return which()
        # a member's subclass inherits its aliases, but comes later: the first of them is meant
        members = {name: member for name, member in cls.members.items() if issubclass(member, cls)}
        aliases = {alias: member for member in reversed(members.values()) for alias in member.aliases}
        known = {member.__name__: member for member in members.values()} | aliases | members
        if isinstance(which, str) and which in known:
            return known[which]()
        near = get_close_matches(str(which), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UnknownMember(f"no {cls.__name__.lower()} is called {which!r}{hint}: choose {', '.join(members)}")
