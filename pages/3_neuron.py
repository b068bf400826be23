import charts
import ui
from dlcore import gates, gradient_check, layers, units
from lessons import neuron as questions
from lessons.neuron import plane_colours

lesson = ui.begin(__file__)

shaded = charts.answer_shades


@lesson.beat
def nerve_cell(beat):
    here = questions.nerve_cell
    part, told = here.part(beat)
    lit = part if told else ""
    with beat.stage:
        cell = charts.nerve_cell(here.named(beat, told, of_unit=False), lit)
        unit = charts.unit_diagram(here.named(beat, told, of_unit=True), lit)
        count = len(here.ANALOGY)
        beat.side_by_side((cell, beat.word("cell_said", count=count)), (unit, beat.word("unit_said", count=count)))
        if told:
            here.part_told(beat, part)
            beat.prose("where_it_ends")
    if told:
        beat.numbers({"analogy_table": lambda: here.analogy_table(beat)})
    beat.source([units.Unit.formula], units.Unit)


@lesson.beat
def one_unit(beat):
    here = questions.one_unit
    found, _ = here.look(beat)
    with beat.stage:
        over = charts.plane_with_line(
            shaded(*found.shades()), plane_colours.EXTENT, found.line, found.ahead(), found.x, "x₁", "x₂"
        )
        curves = charts.unit_curves(*found.curves(), x_title="z", y_title="a")
        said = here.plane_said(beat, found), here.curves_said(beat, found)
        beat.side_by_side((over, said[0]), (curves, said[1]), clickable=True)
    beat.numbers({"answers_table": found.table})
    beat.source([units.Unit.formula, found.unit.activation.formula], units.Unit, units.boundary)


@lesson.beat
def one_unit_gates(beat):
    here = questions.one_unit_gates
    tried, told = here.trial(beat)
    with beat.stage:
        plane = shaded(*tried.shades()), here.EXTENT, *tried.corners(), "x₁", "x₂"
        by_hand = charts.corners_with_line(*plane), tried.said(beat)
        if told:
            shares = charts.grid_shares(*tried.bars(), x_title=beat.word("share_of_grid"))
            beat.side_by_side(by_hand, (shares, tried.search_said(beat)))
            beat.prose("why_not_xor")
        else:
            beat.picture(*by_hand)
    tables = {"corner_table": tried.corner_table}
    beat.numbers(tables | ({"search_table": tried.search_table} if told else {}))
    beat.source([units.Unit.formula], gates.right, gates.search)


@lesson.beat
def two_hidden(beat):
    found, told = questions.two_hidden.two(beat)
    with beat.stage:
        shown = {"h₁": 1, "h₂": 2}
        steps = 3 if told else questions.one_unit_gates.NEVER
        plane = shaded(*found.shades()), questions.one_unit_gates.EXTENT, *found.corners(), "x₁", "x₂", shown, steps
        inputs = charts.corners_with_line(*plane), found.said(beat) if told else beat.word("corners_wait")
        if told:
            hidden = (
                shaded(*found.hidden_shades()),
                questions.one_unit_gates.EXTENT,
                *found.at_places(),
                "h₁",
                "h₂",
                2,
                3,
            )
            beat.side_by_side(inputs, (charts.hidden_corners(*hidden), found.places_said(beat)))
            beat.player(found.lines())
        else:
            beat.picture(*inputs)
    if told:
        beat.numbers({"corner_table": found.table})
    beat.source([units.Unit.formula], gates.TwoHidden, gates.ways_to)


@lesson.beat
def number_by_number(beat):
    here = questions.number_by_number
    found, told = here.run(beat)
    with beat.stage:
        network = charts.small_network(**found.drawn(told)), found.said(beat, told)
        maps, lines = found.views()
        seen = {name: shaded(*view) for name, view in maps.items()}
        views = charts.three_views(seen, here.EXTENT, lines, found.x), found.views_said(beat)
        beat.picture(*network)
        beat.player(found.lines(told))
        beat.picture(*views)
        if told:
            here.checked(beat, found)
            beat.prose("not_the_weights")
    beat.numbers({"unit_table": found.unit_table} | ({"weight_table": found.weight_table} if told else {}))
    beat.source([layers.Dense.formula], layers.Dense, gradient_check.gradient_check)


lesson.end()
