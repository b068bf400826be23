"""Every picture that is offered: valid Vega-Lite whose names are all columns, and a look of words and ranges."""

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import charts
from tests.charts.gallery import PICTURES, every_picture, pictures
from tests.charts.spec import built_of, fields, layers, whole

MODULES = [importlib.import_module(f"charts.{module.name}") for module in pkgutil.iter_modules(charts.__path__)]
OFFERED = Counter(name for module in MODULES for name in getattr(module, "__all__", ()))
IMAGES = {"answer_shades", "basin_colours", "height_bands", "landscape_image"}
"""What is offered beside charts: images of whole planes, to lie under them."""

NUMBERS = {"factor", "at"}
"""What a maker calls the number on which its data hang, and nothing of how they look."""
DRIVEN = {name: make for name, make in PICTURES.items() if NUMBERS & set(inspect.signature(make).parameters)}


def test_every_picture_that_is_offered_is_in_a_gallery() -> None:
    assert set(PICTURES) | IMAGES == set(OFFERED)


def test_what_a_module_offers_is_offered_under_its_name_by_no_other() -> None:
    assert OFFERED and set(OFFERED.values()) == {1}
    for module in MODULES:
        for name in getattr(module, "__all__", ()):
            assert getattr(charts, name) is getattr(module, name), f"charts.{name} is another one's"
            assert getattr(module, name).__module__ == module.__name__, f"{module.__name__} does not define {name}"


def test_nothing_else_is_public_in_the_package() -> None:
    public = {name for name, value in vars(charts).items() if not (name.startswith("_") or inspect.ismodule(value))}
    assert public == set(OFFERED)


def test_no_two_pictures_have_the_same_name() -> None:
    """A question may show any of them side by side, each with its own alternative text and file."""
    names = [picture.name for picture in pictures()]
    assert len(names) == len(set(names)) >= len(PICTURES)


def tooltips(part: Any) -> Iterator[dict[str, Any]]:
    """What a pointer over any mark of a specification is told."""
    if isinstance(part, dict):
        for key, inner in part.items():
            if key == "tooltip":
                yield from (inner if isinstance(inner, list) else [inner])
            else:
                yield from tooltips(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from tooltips(inner)


@every_picture
def test_a_tooltip_calls_nothing_by_the_name_of_a_column(make) -> None:
    """Columns are named in English; what a reader is shown is a word that was handed in, or a sign."""
    picture = make()
    given = {text for part in picture.look.values() for text in ([part] if isinstance(part, str) else _listed(part))}
    for each in tooltips(whole(picture)):
        if "field" in each:
            assert "title" in each, f"{each['field']} of {picture.name} would be shown by this name"
            title = each["title"]
            assert title in given or not re.search("[A-Za-z]{2}", title), f"{title!r} in {picture.name} is no word"


def _listed(part: Any) -> list[str]:
    return [each for each in part if isinstance(each, str)] if isinstance(part, list | tuple) else []


@pytest.mark.quick
@every_picture
def test_a_picture_is_valid_vega_lite_and_json(make) -> None:
    picture = make()
    spec = whole(picture)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    json.dumps(spec, allow_nan=False)


@every_picture
def test_every_named_data_set_is_supplied_and_every_one_supplied_is_drawn(make) -> None:
    picture = make()
    named = {layer["data"]["name"] for layer in layers(whole(picture))}
    assert named == set(picture.data) == set(whole(picture)["datasets"])


@every_picture
def test_every_field_that_is_drawn_or_told_is_a_column(make) -> None:
    picture = make()
    for layer in layers(whole(picture)):
        columns = set(picture.data[layer["data"]["name"]])
        assert fields(layer["encoding"]), "a layer shows something"
        for transform in layer.get("transform", []):
            read = transform["filter"] if "filter" in transform else transform["calculate"]
            assert set(re.findall(r"\bdatum\.(\w+)", read)) <= columns
            columns |= {transform["as"]} if "as" in transform else set()
        assert fields(layer["encoding"]) <= columns


@every_picture
def test_a_look_is_words_and_numbers_only(make) -> None:
    look = make().look
    assert json.loads(json.dumps(look)) == {k: list(v) if isinstance(v, tuple) else v for k, v in look.items()}
    flat = [part for value in look.values() for part in (value if isinstance(value, tuple) else [value])]
    assert {type(part) for part in flat} <= {str, int, float, bool}


WORDS = ("names", "titles", "labels", "named", "classes")
"""Where a look has what a reader calls things, in any language and, of an own table, by any name."""
ODD = 'It\'s a \\ "{0}", 둘'
LITERAL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def expressions(part: Any) -> Iterator[str]:
    """Every expression for Vega to work out that stands anywhere in a chart."""
    if isinstance(part, dict):
        yield from (part[key] for key in ("labelExpr", "filter", "calculate", "test") if isinstance(part.get(key), str))
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from expressions(each)


@every_picture
def test_any_word_can_stand_in_an_expression(make) -> None:
    """An apostrophe ended the text that it stood in, and the picture stayed empty."""
    picture = make()
    odd = {key: tuple(ODD.format(k) for k in range(len(picture.look[key]))) for key in WORDS if key in picture.look}
    spec = picture.draw(**{**picture.look, **odd}).to_dict(validate=False)
    for expression in expressions(spec):
        assert not set("'\"\\") & set(LITERAL.sub("", expression)), expression
        texts = [ast.literal_eval(literal) for literal in LITERAL.findall(expression)]
        assert {text for text in texts if "둘" in text} <= {word for words in odd.values() for word in words}


@every_picture
def test_all_columns_of_a_data_set_are_equally_long(make) -> None:
    for columns in make().data.values():
        assert len({len(column) for column in columns.values()}) == 1


@pytest.mark.parametrize("make", DRIVEN.values(), ids=DRIVEN.keys())
def test_a_look_stays_when_only_the_numbers_change(make) -> None:
    one, other = make(), make(0.9)
    assert built_of(one.look) == built_of(other.look) and one.draw is other.draw
