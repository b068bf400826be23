"""Every picture that is offered: valid Vega-Lite whose names are all columns, and a look of words and ranges."""

import inspect
import json

import pytest

import charts
from tests.charts.gallery import PICTURES, every_picture
from tests.charts.spec import fields, layers, whole

NOT_CHARTS = {"answer_shades", "basin_colours", "class_shades", "height_bands", "lines_shown", "seen_from_above"}
NUMBERS = {"factor", "at"}
"""What a maker calls the number on which its data hang, and nothing of how they look."""
DRIVEN = {name: make for name, make in PICTURES.items() if NUMBERS & set(inspect.signature(make).parameters)}


def test_every_picture_that_is_offered_is_in_a_gallery() -> None:
    assert set(PICTURES) | NOT_CHARTS == set(charts.__all__)


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
        assert fields(layer["encoding"]) <= columns
        for filtered in layer.get("transform", []):
            assert {word.split(".")[1] for word in filtered["filter"].split() if word.startswith("datum.")} <= columns


@every_picture
def test_a_look_is_words_and_numbers_only(make) -> None:
    look = make().look
    assert json.loads(json.dumps(look)) == {k: list(v) if isinstance(v, tuple) else v for k, v in look.items()}
    flat = [part for value in look.values() for part in (value if isinstance(value, tuple) else [value])]
    assert {type(part) for part in flat} <= {str, int, float, bool}


@every_picture
def test_all_columns_of_a_data_set_are_equally_long(make) -> None:
    for columns in make().data.values():
        assert len({len(column) for column in columns.values()}) == 1


@pytest.mark.parametrize("make", DRIVEN.values(), ids=DRIVEN.keys())
def test_a_look_stays_when_only_the_numbers_change(make) -> None:
    one, other = make(), make(0.9)
    assert one.look == other.look and one.draw is other.draw
