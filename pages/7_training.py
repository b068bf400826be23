import charts
import ui
from dlcore import models, preprocessing, recipe
from dlcore.layers import Dense
from lessons import training as questions
from lessons.training import comparison, curves_in_words, growing_program, network_drawing

lesson = ui.begin(__file__)


@lesson.part
def data(beat):
    here = questions.data
    with beat.panel:
        found = here.chosen(beat)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        rows = charts.scattered(**found.scatter(beat)), found.scatter_said(beat.word)
        ranges = charts.column_ranges(found.ranges(), beat.word("range_axis")), found.ranges_said(beat.word)
        beat.side_by_side(rows, ranges, clickable=True)
        here.told(beat, found)
        growing_program.place(beat)
    beat.numbers({"scaling_table": found.scaling_table, "data_table": found.rows_table})
    beat.source([here.FORMULA], recipe.prepared, preprocessing.Standardizer)
    return found


@lesson.part
def model(beat):
    here = questions.model
    with beat.panel:
        plans = here.chosen(beat, data)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        if told := here.asked(beat, data, plans):
            here.told(beat, data, plans)
        look = network_drawing.before(beat, data, plans, told)
        beat.picture(charts.network_standing(**look.numbers), look.said)
        growing_program.place(beat)
    if told:
        here.summary(data, plans)
    beat.numbers({"layers_table": lambda: here.table(len(data.features), plans)})
    beat.source([here.FORMULA], recipe.LayerPlan, Dense)
    return plans


@lesson.part
def compile(beat):
    here = questions.compile
    with beat.panel:
        found = here.chosen(beat, data, model)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        here.told(beat, data, model, found, *questions.fit.peeked(beat))
        growing_program.place(beat)
    beat.source([found.loss.formula, found.rule.formula], type(found.loss), type(found.rule))
    return found


@lesson.part
def fit(beat):
    here = questions.fit
    with beat.panel:
        wanted = here.chosen(beat, data, model, compile)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        shown = here.run(beat, data, wanted)
        titles = beat.words(x_title="epoch_axis", y_title="loss_seen_axis")
        picture = charts.curves_by_epoch(**shown.drawn(beat.word, "loss"), **titles)
        beat.picture(picture, curves_in_words.said(beat.word, shown))
        beat.player(curves_in_words.lines(shown))
        comparison.told(beat, shown)
        growing_program.place(beat)
    growing_program.grow(beat, data, shown.recipe)
    beat.numbers({"epochs_table": shown.table})
    beat.source([compile.rule.formula], models.Sequential.step, models.Sequential.fit)
    return shown


@lesson.beat
def watch(beat):
    here = questions.watch
    with beat.panel:
        look, name = here.chosen(beat, fit), here.quantity(beat, fit)
    with beat.stage:
        seen = getattr(charts, look.chart)(**look.numbers), look.said
        titles = {"x_title": beat.word("epoch_axis"), "y_title": name}
        curves = charts.curves_by_epoch(**fit.drawn(beat.word, name), **titles)
        beat.side_by_side(seen, (curves, curves_in_words.curve_said(beat.word, fit, name)))
        beat.player(curves_in_words.lines(fit))


@lesson.beat
def keep(beat):
    here = questions.keep
    with beat.panel:
        here.network(beat, fit)
    with beat.stage:
        here.program(beat, fit)


lesson.end()
