"""Pictures for whoever sees colours poorly or not: enough contrast in both themes, and never colour alone."""

from typing import Any

import pytest

from charts import activations, class_colours, descent, error_bands, model_selection, scores, style, training_answers
from tests.charts.colours import GROUNDS, MIXED, Used, contrast, leaves, mark_of, mixed, parts, used
from tests.charts.gallery import PICTURES, every_picture
from tests.charts.spec import whole

TEXT, SHAPES = 4.5, 3.0
"""What WCAG 2.2 asks of text (1.4.3), and of lines and points that have to be made out (1.4.11)."""

WRITTEN_ON = {
    "basin_map": {"black"},
    "corners_with_line": {"white", class_colours.INK},
    "binary_confusion": {scores.INK},
    "confusion_matrix": {scores.INK},
    "hidden_corners": {"white", class_colours.INK},
    "map_for_each_run": {descent.GRADIENT},
    "map_with_paths": {"white", class_colours.INK},
    "nerve_cell": {"white"},
    "plane_with_line": {class_colours.INK},
    "confusion_film": {class_colours.INK, "white"},
    "learned_hidden": {"white", class_colours.INK},
    "learned_inputs": {"white", class_colours.INK},
    "small_network": {"white", class_colours.INK, "#C2359B", "#A3187D"},
    "unit_diagram": {"white"},
    "unit_maps_film": {class_colours.INK},
}
"""Texts that stand not on the page but on something drawn: a map, a square, a node, or in a white rim of their own."""

DRAWN_ON = {
    "basin_map": {
        Used("point", "white"),  # with a black rim
        Used("line", "white"),
        Used("line", class_colours.INK),
        Used("point", class_colours.INK),
    },
    "confusion_matrix": {
        Used("rect", colour)
        for colour in (scores.FAINT_RIGHT, scores.PALE_RIGHT, scores.FAINT_WRONG, scores.PALE_WRONG)
    },
    "curve_film": {Used("point", "white")},  # a hollow point: its rim has the colour
    "binary_confusion": {Used("rect", scores.PALE_RIGHT), Used("rect", scores.PALE_WRONG)},
    "hidden_corners": {Used("line", class_colours.INK)},
    "learned_hidden": {Used("line", class_colours.INK)},
    "small_network": {Used("rect", "#EDF1F6")},  # beneath numbers that are written in dark on it
    "map_with_arrows": {
        Used("line", "white"),
        Used("point", "white"),
        Used("rule", class_colours.INK),
        Used("rule", "#E0A526"),
        # the heads of the arrows
        Used("point", class_colours.INK),
        Used("point", "#E0A526"),
    },
    "map_for_each_run": {Used("point", "white"), Used("line", "white")},
    "map_of_many": {Used("point", "white"), Used("line", "white")},  # on the map: its minimum, and a rim of the winner
    "map_with_paths": {
        *(Used(mark, "white") for mark in ("point", "line", "rule")),
        *(Used(mark, class_colours.INK) for mark in ("point", "rule")),
    },
    "plane_with_line": {Used(mark, class_colours.INK) for mark in ("line", "point", "rule")},
    "predictions_film": {Used("point", "white")},
    "regions_film": {Used("point", "white")},
    "confusion_film": {Used("rect", colour) for colour in training_answers.FAINTEST},
    "score_histogram": {Used("rule", "white")},  # beneath the dashed line of the cheapest threshold
    "three_views": {Used("line", class_colours.INK), Used("point", class_colours.INK)},
}
"""What is drawn on a map or beneath a dark line, and squares that have their number written in them."""

BY_COLOUR_ALONE = {
    "confusion_matrix": "the share is written into every square, and the diagonal is what is right",
    "binary_confusion": "every square says in words whether it is right",
    "confusion_film": "the share is written into every square",
    "fold_rows": "the rows that judge are drawn at full strength, the others pale; their places are the axes'",
    "score_histogram": "one class stands upwards, the other hangs",
}
"""Pictures in which a colour is paired with no dash, shape or place, and what tells the same instead."""

named_pictures = pytest.mark.parametrize("name", PICTURES)


@named_pictures
def test_what_is_drawn_stands_out_in_both_themes(name: str) -> None:
    drawn = {one for one in used(whole(PICTURES[name]())) if one.mark not in ("text", "image")}
    faint = {
        one
        for one in drawn
        if min(contrast(parts(one.colour), parts(ground)) for ground, _ in GROUNDS.values()) < SHAPES
    }
    assert faint == DRAWN_ON.get(name, set())


@named_pictures
def test_what_is_written_can_be_read_in_both_themes(name: str) -> None:
    written = {one.colour for one in used(whole(PICTURES[name]())) if one.mark == "text"}
    pale = {
        colour
        for colour in written
        for ground, ink in GROUNDS.values()
        if contrast(mixed(colour, MIXED.get(colour.upper(), 1.0), ink), parts(ground)) < TEXT
    }
    assert pale == WRITTEN_ON.get(name, set())


OPTIMIZERS = list(style.RUN_STYLES)[list(style.RUN_STYLES).index("sgd") : list(style.RUN_STYLES).index("MSE")]
LOOKS = [
    *style.RUN_STYLES.values(),
    *style.OTHER_STYLES,
    *activations.ACTIVATION_STYLES.values(),
    *error_bands.SPLIT_STYLES,
    model_selection.TEST,
]


def test_every_run_stands_out_in_both_themes_and_its_name_can_be_read() -> None:
    for look in LOOKS:
        for ground, ink in GROUNDS.values():
            assert contrast(parts(look.colour), parts(ground)) >= SHAPES, look
            assert contrast(mixed(look.colour, MIXED.get(look.colour.upper(), 1.0), ink), parts(ground)) >= TEXT, look


def test_classes_stand_out_in_both_themes() -> None:
    for colour in class_colours.CLASSES:
        assert min(contrast(parts(colour), parts(ground)) for ground, _ in GROUNDS.values()) >= SHAPES, colour


def by_colour_alone(spec: dict[str, Any]) -> set[str]:
    """The columns that a picture tells by colour, and in none of its layers by dash, shape, text or place."""
    coloured, paired = set(), set()
    for layer in leaves(spec):
        for channel, given in layer.get("encoding", {}).items():
            if isinstance(given, dict) and "field" in given and mark_of(layer) != "image":
                if channel in ("color", "fill", "stroke"):
                    coloured.add(given["field"])
                elif channel not in ("tooltip", "detail", "order", "opacity"):
                    paired.add(given["field"])
    return coloured - paired


@every_picture
def test_nothing_is_told_by_colour_alone(make, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    assert bool(by_colour_alone(whole(make()))) == (name in BY_COLOUR_ALONE)


def test_no_two_of_a_kind_have_the_same_dashes_or_the_same_shape() -> None:
    optimizers = [style.RUN_STYLES[name] for name in OPTIMIZERS]
    for kind in (
        style.OTHER_STYLES,
        tuple(activations.ACTIVATION_STYLES.values()),
        error_bands.SPLIT_STYLES,
        optimizers,
    ):
        assert len({look.dash for look in kind}) == len(kind)
    assert len(set(class_colours.SHAPES)) == len(class_colours.SHAPES)


FUTURE = [
    (name, layer["mark"])
    for name in PICTURES
    for layer in leaves(whole(PICTURES[name]()))
    if mark_of(layer) == "line" and isinstance(layer["mark"], dict) and 0 < layer["mark"].get("opacity", 1) < 0.6
]
"""The lines that are drawn where the player has not been yet, which are there to be seen."""


def test_what_is_to_come_does_not_vanish_in_the_dark() -> None:
    assert FUTURE and {mark["opacity"] for _, mark in FUTURE} == {style.TO_COME}
    for look in LOOKS:
        for ground, _ in GROUNDS.values():
            assert contrast(mixed(look.colour, style.TO_COME, ground), parts(ground)) >= 1.6, look


@pytest.mark.parametrize("name", ["confusion_matrix", "confusion_film"])
def test_a_square_without_a_row_is_hardly_more_than_the_page(name: str) -> None:
    """In the dark the matrix of ten digits was a white block."""
    (empty,) = (
        layer["mark"]
        for layer in leaves(whole(PICTURES[name]()))
        if mark_of(layer) == "rect" and "opacity" in layer["mark"]
    )
    for ground, _ in GROUNDS.values():
        assert 1.05 < contrast(mixed(empty["color"], empty["opacity"], ground), parts(ground)) < 1.6
