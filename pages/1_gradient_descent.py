import numpy as np
import streamlit as st

import charts
import ui
from dlcore.descent import basins, descend, walk
from dlcore.optimizers import SGD
from dlcore.surfaces import LineFit, SlopeFit
from ui import Number, Several, Switch, landscapes, runs

lesson = ui.begin(__file__)

STEPS = Number(40, 1, 300, whole=True)
MANY = Number(200, 1, 300, whole=True)
ALSO = Several((), runs.OTHERS)


@ui.shared(max_entries=64)
def from_above(surface):
    return charts.height_bands(surface(*surface.grid(200)))


def drawn(surface, paths):
    if len(surface.weights) == 1:
        (w,) = surface.grid(400)
        return charts.curve_with_balls(w, surface(w), paths, x_title="w", y_title="E")
    minima = np.array(surface.minima).reshape(-1, 2)
    return charts.map_with_paths(from_above(surface), surface.extent, paths, minima, *surface.weights)


@lesson.beat
def one_weight(beat):
    with beat.panel:
        rate = beat.slider("lr", Number(0.1, 0.001, 3, log=True), "learning_rate")
        start = beat.slider("w", Number(-1.5, -2.2, 4), "start_weight")
        also = beat.several("x", ALSO, "compare_rates")
        presets = {"works": {}, "creeps": {"lr": 0.003}, "swings": {"lr": 0.97}, "blows_up": {"lr": 1.05}}
        beat.presets(presets, ("lr", "w", "n"))
        with beat.more():
            steps = beat.slider("n", STEPS, "steps")
            surface = SlopeFit(landscapes.dataset(beat, "data"))
    found = shown = runs.experiment(surface, (start,), rate, also, steps)
    with beat.stage:
        if not beat.predicted("which_way", runs.MOVES, found.first_move, found.said(beat.word, "which_way_because")):
            shown = found.before_the_run()
        curve, data = st.columns(2)
        with curve:
            (w,) = surface.grid(200)
            titles = beat.words(x_title="weight_axis", y_title="error_axis")
            beat.picture(charts.curve_with_balls(w, surface(w), shown.paths, **titles), shown.said(beat.word, "curve_said"))
        with data:
            titles = landscapes.axes(beat, surface.data, x_scaled=True, y_scaled=True)
            beat.picture(charts.data_with_lines(*surface.points, shown.lines(), **titles), shown.said(beat.word, "line_said"))
        runs.play(beat, shown)
    beat.numbers({"run_table": shown.table, "data_table": lambda: landscapes.rows(surface)})
    beat.source([SlopeFit.formula, SGD.formula], SGD.update, SlopeFit, walk)


@lesson.beat
def two_weights(beat):
    with beat.panel:
        scaled = beat.switch("scaled", Switch(True), "standardise", clears=("lr2", "a", "b"))
        with beat.more():
            steps = beat.slider("n2", STEPS, "steps")
            surface = LineFit(landscapes.dataset(beat, "data2", clears=("lr2", "a", "b")), scaled)
        rate = beat.slider("lr2", Number(surface.rate, 1e-7, 3, log=True), "learning_rate")
        start = landscapes.start(beat, surface, ("a", "b"))
        also = beat.several("x2", ALSO, "compare_rates")
        raw, largest = {"scaled": False, "lr2": 0.1}, {"scaled": False, "lr2": 2.4e-5, "n2": 300}
        presets = {"works": {}, "blows_up": {"lr2": 1.05}, "raw_same_rate": raw, "raw_largest_rate": largest}
        beat.presets(presets, ("scaled", "lr2", "a", "b", "n2"))
    found = shown = runs.experiment(surface, start, rate, also, steps)
    with beat.stage:
        if not beat.predicted("will_it_arrive", runs.FATES, found.fate, found.report(beat.word)):
            shown = found.before_the_run()
        above, data = st.columns(2)
        with above, beat.clickable():
            beat.picture(drawn(surface, shown.paths), shown.said(beat.word, "map_said"))
        with data:
            titles = landscapes.axes(beat, surface.data, x_scaled=scaled)
            beat.picture(charts.data_with_lines(*surface.points, shown.lines(), **titles), shown.said(beat.word, "line_said"))
        runs.play(beat, shown)
    beat.prose("why_standardise")
    beat.numbers({"run_table": shown.table, "map_table": lambda: landscapes.heights(surface)})
    beat.source([LineFit.formula, SGD.formula], SGD.update, LineFit, descend)


@lesson.beat
def any_landscape(beat):
    with beat.panel:
        surface = landscapes.landscape(beat, "f", "double_well", (1, 2), clears=("lr3", "p", "q"))
        rate = beat.slider("lr3", Number(surface.rate, 1e-5, 10, log=True), "learning_rate")
        start = landscapes.start(beat, surface, ("p", "q"))
        also = beat.several("x3", ALSO, "compare_rates")
        valley, walls = {"f": "narrow_valley", "lr3": 0.081}, {"f": "rosenbrock", "lr3": 0.002, "n3": 300}
        stuck = {"f": "saddle", "q": 0.0}
        presets = {"works": {}, "other_valley": {"p": -1.6}, "stuck_on_saddle": stuck, "over_limit": valley, "crawls": walls}
        beat.presets(presets, ("f", "f_text", "f_size", "lr3", "p", "q", "n3"))
        with beat.more():
            steps = beat.slider("n3", STEPS, "steps")
    found = shown = runs.experiment(surface, start, rate, also, steps)
    with beat.stage:
        if not beat.predicted("where_does_it_end", runs.ENDS, found.end, found.report(beat.word)):
            shown = found.before_the_run()
        land, height = st.columns(2)
        with land, beat.clickable():
            beat.picture(drawn(surface, shown.paths), shown.said(beat.word, "land_said"))
        with height:
            titles = beat.words(x_title="step_axis", y_title="error_axis")
            beat.picture(charts.height_by_step(shown.paths, **titles), shown.said(beat.word, "height_said"))
        runs.play(beat, shown)
    beat.numbers({"run_table": shown.table, "map_table": lambda: landscapes.heights(surface)})
    beat.source([surface.formula, SGD.formula], SGD.update, type(surface), descend)


@lesson.beat
def where_it_ends(beat):
    with beat.panel:
        surface = landscapes.landscape(beat, "g", "himmelblau", (2,), clears=("lr4",))
        rate = beat.slider("lr4", Number(surface.rate, 1e-5, 10, log=True), "learning_rate")
        steps = beat.slider("n4", MANY, "steps")
        presets = {"works": {}, "torn_edges": {"lr4": 0.02}, "egg_box": {"g": "rastrigin"}, "too_short": {"g": "rosenbrock"}}
        beat.presets(presets, ("g", "g_text", "g_size", "lr4", "n4"))
    found = runs.basins_of(surface, rate, steps, 100)
    with beat.stage:
        shares = runs.shares(beat.word, found)
        shown = beat.predicted("how_large_a_share", runs.SHARES, runs.largest_share(found), shares)
        address = charts.basin_colours(found.label) if shown else from_above(surface)
        minima = found.minima if shown else found.minima[:0]
        said = shares if shown else beat.word("basins_hidden")
        beat.picture(charts.basin_map(address, surface.extent, minima, *surface.weights), said)
    beat.numbers({"basin_table": lambda: runs.basin_table(surface, found)})
    beat.source([surface.formula, SGD.formula], basins, walk, SGD.update)


lesson.end()
