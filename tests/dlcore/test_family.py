"""Families: members found by being defined, settings that refuse what is out of range and say what would be right."""

from dataclasses import FrozenInstanceError, dataclass, replace

import numpy as np
import pytest

from dlcore import activations, datasets, initializers, losses, optimizers, schedules, surfaces
from dlcore.family import Family, Setting, SettingError, UnknownMember, setting


class Dish(Family):
    """A family of this file's own, so that no real one is touched."""


@dataclass(frozen=True)
class MisoSoup(Dish):
    salt: float = setting(0.5, 0.01, 10.0, log=True)
    bowls: int = setting(2, 1, 9)
    served: str = setting("hot", choices=("hot", "cold"))
    note: str = setting("none")
    hot: bool = setting(True)


FAMILIES = [activations, datasets, initializers, losses, optimizers, schedules, surfaces]


def test_members_are_found_by_being_defined_and_in_that_order() -> None:
    class Kitchen(Family):
        pass

    assert Kitchen.members == {}

    @dataclass(frozen=True)
    class RiceCake(Kitchen):
        pass

    @dataclass(frozen=True)
    class Curry(Kitchen):
        pass

    @dataclass(frozen=True)
    class HotCurry(Curry):
        pass

    assert Kitchen.members == {"rice_cake": RiceCake, "curry": Curry, "hot_curry": HotCurry}
    assert "rice_cake" not in Dish.members
    assert Kitchen.get("hot_curry") == HotCurry()


def test_names_are_keras_names() -> None:
    names = {
        "SGD": "sgd",
        "RMSprop": "rmsprop",
        "MeanSquaredError": "mean_squared_error",
        "SixHumpCamel": "six_hump_camel",
    }
    assert {name: type(name, (Dish,), {}).name() for name in names} == names


@pytest.mark.parametrize("which", ["miso_soup", "MisoSoup", MisoSoup, MisoSoup()])
def test_a_member_is_got_by_name_by_class_and_by_itself(which: object) -> None:
    assert Dish.get(which) == MisoSoup(salt=0.5)  # type: ignore[arg-type]


def test_a_member_that_is_given_is_returned_as_it_is() -> None:
    soup = MisoSoup(salt=3.0)
    assert Dish.get(soup) is soup


def test_an_alias_is_understood_but_stands_in_no_menu() -> None:
    class Drink(Family):
        pass

    @dataclass(frozen=True)
    class Coffee(Drink):
        aliases = ("espresso", "tea")

    @dataclass(frozen=True)
    class IcedCoffee(Coffee):
        pass

    @dataclass(frozen=True)
    class Tea(Drink):
        pass

    assert list(Drink.members) == ["coffee", "iced_coffee", "tea"]
    assert Drink.get("espresso") == Coffee(), "the class that declares it, not one that inherits it"
    assert Drink.get("tea") == Tea(), "a name comes before an alias"
    with pytest.raises(UnknownMember, match="did you mean 'espresso'[?]: choose coffee, iced_coffee, tea$"):
        Drink.get("expresso")


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_every_family_gets_its_own_members_by_name(module) -> None:
    (family,) = (
        c
        for c in vars(module).values()
        if isinstance(c, type) and Family in c.__bases__ and c.__module__ == module.__name__
    )
    assert family.members
    for name, member in family.members.items():
        assert type(module.get(name)) is member
        assert member.__doc__ and "(" not in member.__doc__.split("\n")[0][:3], f"{name} has no sentence about itself"


def test_an_unknown_name_gets_the_choices_and_the_nearest() -> None:
    with pytest.raises(UnknownMember) as error:
        Dish.get("miso_soop")
    assert "no dish is called 'miso_soop'; did you mean 'miso_soup'?: choose " in str(error.value)
    assert all(name in str(error.value) for name in Dish.members)
    with pytest.raises(UnknownMember) as error:
        Dish.get("zzz")
    assert "did you mean" not in str(error.value)


@pytest.mark.parametrize("which", ["sgd", optimizers.SGD, optimizers.SGD()])
def test_a_member_gets_its_own_kind_alone(which: object) -> None:
    assert optimizers.Adam.get("adam") == optimizers.Adam()
    with pytest.raises(UnknownMember, match="no adam is called"):
        optimizers.Adam.get(which)  # type: ignore[arg-type]


@pytest.mark.parametrize("which", [optimizers.SGD(), optimizers.SGD, None, 3, ["miso_soup"]])
def test_what_is_no_member_is_unknown(which: object) -> None:
    with pytest.raises(UnknownMember):
        Dish.get(which)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"salt": 0.009}, "MisoSoup's salt must be from 0.01 to 10; it is 0.009"),
        ({"salt": 11}, "MisoSoup's salt must be from 0.01 to 10; it is 11"),
        ({"salt": float("nan")}, "MisoSoup's salt must be from 0.01 to 10; it is nan"),
        ({"salt": float("inf")}, "MisoSoup's salt must be from 0.01 to 10; it is inf"),
        ({"salt": "much"}, "MisoSoup's salt must be a number from 0.01 to 10; it is 'much'"),
        ({"salt": True}, "MisoSoup's salt must be a number from 0.01 to 10; it is True"),
        ({"salt": None}, "MisoSoup's salt must be a number from 0.01 to 10; it is None"),
        ({"bowls": 10}, "MisoSoup's bowls must be from 1 to 9; it is 10"),
        ({"bowls": 2.5}, "MisoSoup's bowls must be a whole number from 1 to 9; it is 2.5"),
        ({"bowls": True}, "MisoSoup's bowls must be a whole number from 1 to 9; it is True"),
        ({"served": "warm"}, "MisoSoup's served must be one of hot, cold; it is 'warm'"),
    ],
)
def test_what_is_out_of_range_is_refused_with_what_would_be_right(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError) as error:
        MisoSoup(**settings)  # type: ignore[arg-type]
    assert str(error.value) == message


@pytest.mark.parametrize(
    "settings", [{"salt": 0.01}, {"salt": 10}, {"salt": np.float64(1)}, {"bowls": 9}, {"note": "any"}]
)
def test_both_ends_of_a_range_are_in_it(settings: dict[str, object]) -> None:
    assert replace(MisoSoup(), **settings) == MisoSoup(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [
        ("salt", 3, 3.0),
        ("salt", -1, 0.01),
        ("salt", float("inf"), 10.0),
        ("salt", float("nan"), 0.5),
        ("salt", "much", 0.5),
        ("salt", None, 0.5),
        ("salt", True, 0.5),
        ("bowls", 3.7, 4),
        ("bowls", 99.0, 9),
        ("served", "cold", "cold"),
        ("served", "warm", "hot"),
        ("note", "any", "any"),
    ],
)
def test_nearest_is_a_valid_value_of_the_settings_type(name: str, value: object, nearest: object) -> None:
    declared = MisoSoup.settings()[name]
    found = declared.nearest(value)
    assert found == nearest and type(found) is type(nearest)
    declared.check(name, found)


def test_settings_are_declared_once_with_their_ranges() -> None:
    assert MisoSoup.settings()["salt"] == Setting(0.5, 0.01, 10.0, log=True)
    assert list(MisoSoup.settings()) == ["salt", "bowls", "served", "note", "hot"]
    assert type("Plain", (Dish,), {}).settings() == {}


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_every_default_is_in_its_own_range(module) -> None:
    for name, member in next(
        c for c in vars(module).values() if isinstance(c, type) and Family in c.__bases__
    ).members.items():
        for key, declared in member.settings().items():
            declared.check(f"{name}'s {key}", declared.default)


def test_members_are_frozen_hashable_and_equal_by_value() -> None:
    soup = MisoSoup()
    with pytest.raises(FrozenInstanceError):
        soup.salt = 1.0  # type: ignore[misc]
    assert {soup: 1}[MisoSoup()] == 1
    assert MisoSoup(salt=1.0) != soup == MisoSoup(0.5, 2, "hot")
    assert repr(soup) == "MisoSoup(salt=0.5, bowls=2, served='hot', note='none', hot=True)"


@pytest.mark.parametrize(
    "unsaid",
    [
        lambda: activations.Activation()(1.0),
        lambda: activations.Activation().derivative_from(1.0, 1.0),
        lambda: datasets.Dataset().rows(),
        lambda: initializers.Initializer()((2,), 0),
        lambda: losses.Loss()(np.ones(2), np.ones(2)),
        lambda: losses.Loss().gradient(np.ones(2), np.ones(2)),
        lambda: optimizers.Optimizer().update(np.ones(2), np.ones(2), {}, 1),
        lambda: schedules.Schedule()(1),
        lambda: surfaces.Surface()(1.0, 2.0),
        lambda: surfaces.Surface().gradient(1.0, 2.0),
    ],
)
def test_what_a_family_leaves_to_its_members_is_not_there_by_itself(unsaid) -> None:
    with pytest.raises(NotImplementedError):
        unsaid()


def test_numbers_of_numpy_are_numbers() -> None:
    assert MisoSoup(salt=np.float32(0.5), bowls=np.int64(3), hot=np.True_).bowls == 3  # type: ignore[arg-type]
    for wrong in ({"bowls": np.float64(2.0)}, {"bowls": np.int64(10)}, {"salt": np.float64("nan")}):
        with pytest.raises(SettingError):
            MisoSoup(**wrong)  # type: ignore[arg-type]


def test_a_switch_is_on_or_off() -> None:
    with pytest.raises(SettingError, match="MisoSoup's hot must be True or False; it is 'yes'"):
        MisoSoup(hot="yes")  # type: ignore[arg-type]
