import charts
import ui
from dlcore import datasets, models, recipe
from dlcore.layers import Dense
from ui import compiled, given, kept, layers, looks, pinned, retold, trained

lesson = ui.begin(__file__)


@lesson.part
def data(beat):
    with beat.panel:
        found = given.chosen(beat)
        beat.presets(given.OWNS, **given.PRESETS)
    with beat.stage:
        rows = charts.scattered(**found.scatter(beat)), found.scatter_said(beat.word)
        ranges = charts.column_ranges(found.ranges(), beat.word("range_axis")), found.ranges_said(beat.word)
        beat.side_by_side(rows, ranges, clickable=True)
        given.told(beat, found)
        kept.place(beat)
    beat.numbers({"scaling_table": found.scaling_table, "data_table": found.rows_table})
    beat.source([given.FORMULA], recipe.prepared, datasets.Standardizer)
    return found


@lesson.part
def model(beat):
    with beat.panel:
        plans = layers.chosen(beat, data)
        beat.presets(layers.OWNS, **layers.PRESETS)
    with beat.stage:
        if told := layers.asked(beat, data, plans):
            layers.told(beat, data, plans)
        look = looks.before(beat, data, plans, told)
        beat.picture(charts.network_standing(**look.numbers), look.said)
        kept.place(beat)
    if told:
        layers.summary(data, plans)
    beat.numbers({"layers_table": lambda: layers.table(len(data.features), plans)})
    beat.source([layers.FORMULA], recipe.LayerPlan, Dense)
    return plans


@lesson.part
def compile(beat):
    with beat.panel:
        found = compiled.chosen(beat, data, model)
        beat.presets(compiled.OWNS, **compiled.PRESETS)
    with beat.stage:
        compiled.told(beat, data, model, found, *trained.peeked(beat))
        kept.place(beat)
    beat.source([found.loss.formula, found.rule.formula], type(found.loss), type(found.rule))
    return found


@lesson.part
def fit(beat):
    with beat.panel:
        wanted = trained.chosen(beat, data, model, compile)
        beat.presets(trained.OWNS, **trained.PRESETS)
    with beat.stage:
        shown = trained.run(beat, data, wanted)
        titles = beat.words(x_title="epoch_axis", y_title="loss_seen_axis")
        picture = charts.curves_by_epoch(**shown.drawn(beat.word, "loss"), **titles)
        beat.picture(picture, retold.said(beat.word, shown))
        beat.player(retold.lines(shown))
        pinned.told(beat, shown)
        kept.place(beat)
    kept.grow(beat, data, shown.recipe)
    beat.numbers({"epochs_table": shown.table})
    beat.source([compile.rule.formula], models.Sequential.step, models.Sequential.fit)
    return shown


@lesson.beat
def watch(beat):
    with beat.panel:
        look, name = looks.chosen(beat, fit), looks.quantity(beat, fit)
    with beat.stage:
        seen = getattr(charts, look.chart)(**look.numbers), look.said
        titles = {"x_title": beat.word("epoch_axis"), "y_title": name}
        curves = charts.curves_by_epoch(**fit.drawn(beat.word, name), **titles)
        beat.side_by_side(seen, (curves, retold.curve_said(beat.word, fit, name)))
        beat.player(retold.lines(fit))


@lesson.beat
def keep(beat):
    with beat.panel:
        kept.network(beat, fit)
    with beat.stage:
        kept.program(beat, fit)


lesson.end()
