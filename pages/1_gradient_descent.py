import streamlit as st

import charts
import ui
from dlcore.descent import basins, descend, walk
from dlcore.optimizers import SGD
from dlcore.surfaces import LineFit, SlopeFit
from lessons import gradient_descent as questions
from lessons.gradient_descent import compared_runs
from lessons.shared import landscapes
from ui import Number, Switch

lesson = ui.begin(__file__)

STEPS, MANY_STEPS = Number(40, 1, 300, whole=True), Number(200, 1, 300, whole=True)


@lesson.beat
def one_weight(beat):
    with beat.panel:
        rate, compared = compared_runs.rates(beat, "lr", Number(0.1, 0.001, 3, log=True), "x")
        start = beat.slider("w", Number(-1.5, -2.2, 4), "start_weight")
        beat.presets(("lr", "w", "n"), works={}, creeps={"lr": 0.003}, swings={"lr": 0.97}, blows_up={"lr": 1.05})
        with beat.more():
            steps = beat.slider("n", STEPS, "steps")
            surface = SlopeFit(landscapes.dataset(beat, "data"))
    with beat.stage:
        shown = questions.one_weight.revealed(beat, compared_runs.experiment(surface, (start,), rate, compared, steps))
        curve, data = st.columns(2)
        with curve:
            titles = beat.words(x_title="weight_axis", y_title="error_axis")
            beat.picture(compared_runs.picture(surface, shown.paths, **titles), shown.said(beat.word, "curve_said"))
        with data:
            picture = charts.data_with_lines(*surface.points, shown.lines(), **landscapes.axes(beat, surface))
            beat.picture(picture, shown.said(beat.word, "line_said"))
        compared_runs.play(beat, shown)
    beat.numbers({"run_table": shown.table, "data_table": lambda: landscapes.rows(surface)})
    beat.source([SlopeFit.formula, SGD.formula], SGD.moved, SlopeFit, walk)


@lesson.beat
def two_weights(beat):
    with beat.panel:
        scaled = beat.switch("scaled", Switch(True), "standardise", clears=("lr2", "a", "b"))
        with beat.more():
            steps = beat.slider("n2", STEPS, "steps")
            surface = LineFit(landscapes.dataset(beat, "data2", clears=("lr2", "a", "b")), scaled)
        rate, compared = compared_runs.rates(beat, "lr2", Number(surface.rate, 1e-7, 3, log=True), "x2")
        start = landscapes.start(beat, surface, ("a", "b"))
        raw, largest = {"scaled": False, "lr2": 0.1}, {"scaled": False, "lr2": 2.4e-5, "n2": 300}
        owns = ("scaled", "lr2", "a", "b", "n2")
        beat.presets(owns, works={}, blows_up={"lr2": 1.05}, raw_same_rate=raw, raw_largest_rate=largest)
    with beat.stage:
        shown = questions.two_weights.revealed(beat, compared_runs.experiment(surface, start, rate, compared, steps))
        above, data = st.columns(2)
        with above, beat.clickable():
            beat.picture(compared_runs.picture(surface, shown.paths), shown.said(beat.word, "map_said"))
        with data:
            picture = charts.data_with_lines(*surface.points, shown.lines(), **landscapes.axes(beat, surface))
            beat.picture(picture, shown.said(beat.word, "line_said"))
        compared_runs.play(beat, shown)
    beat.prose("why_standardise")
    beat.numbers({"run_table": shown.table, "map_table": lambda: landscapes.heights(surface)})
    beat.source([LineFit.formula, SGD.formula], SGD.moved, LineFit, descend)


@lesson.beat
def any_landscape(beat):
    with beat.panel:
        surface = landscapes.landscape(beat, "f", "double_well", (1, 2), clears=("lr3", "p", "q"))
        rate, compared = compared_runs.rates(beat, "lr3", Number(surface.rate, 1e-5, 10, log=True), "x3")
        start = landscapes.start(beat, surface, ("p", "q"))
        steps = beat.slider("n3", STEPS, "steps")
        saddle, limit = {"f": "saddle", "q": 0.0}, {"f": "narrow_valley", "lr3": 0.081}
        curve = {"f": "rosenbrock", "n3": 300}
        owns = ("f", "f_text", "f_size", "lr3", "p", "q", "n3")
        beat.presets(owns, works={}, other_valley={"p": -1.6}, stuck_on_saddle=saddle, over_limit=limit, crawls=curve)
    with beat.stage:
        shown = questions.any_landscape.revealed(beat, compared_runs.experiment(surface, start, rate, compared, steps))
        land, height = st.columns(2)
        with land, beat.clickable():
            beat.picture(compared_runs.picture(surface, shown.paths), shown.said(beat.word, "land_said"))
        with height:
            titles = beat.words(x_title="step_axis", y_title="error_axis")
            beat.picture(charts.height_by_step(shown.paths, **titles), shown.said(beat.word, "height_said"))
        compared_runs.play(beat, shown)
    beat.numbers({"run_table": shown.table, "map_table": lambda: landscapes.heights(surface)})
    beat.source([surface.formula, SGD.formula], SGD.moved, type(surface), descend)


@lesson.beat
def where_it_ends(beat):
    here = questions.where_it_ends
    with beat.panel:
        surface = landscapes.landscape(beat, "g", "himmelblau", (2,), clears=("lr4",))
        rate = beat.slider("lr4", Number(surface.rate, 1e-5, 10, log=True), "learning_rate")
        steps = beat.slider("n4", MANY_STEPS, "steps")
        owns, box, short = ("g", "g_text", "g_size", "lr4", "n4"), {"g": "rastrigin"}, {"g": "rosenbrock"}
        beat.presets(owns, works={}, torn_edges={"lr4": 0.02}, egg_box=box, too_short=short)
    found = here.balls(beat, surface, rate, steps, 100)
    with beat.stage:
        said, address, minima = here.shares(beat.word, found), charts.basin_colours(found.label), found.minima
        if not (shown := here.asked(beat, found, said)):
            address, minima, said = landscapes.from_above(surface), minima[:0], beat.word("basins_hidden")
        beat.picture(charts.basin_map(address, surface.extent, minima, x_title="x", y_title="y"), said)
    answer = {"basin_table": lambda: here.basin_table(surface, found)} if shown else {}
    beat.numbers(answer | {"map_table": lambda: landscapes.heights(surface)})
    beat.source([surface.formula, SGD.formula], basins, walk, SGD.moved)


lesson.end()
