import charts
import ui
from dlcore import contest, optimizers, race, sampling
from lessons import optimizers as questions
from lessons.optimizers import rules
from lessons.shared import landscapes

lesson = ui.begin(__file__)


above = landscapes.map_with_paths


def lines(beat, values, across, up, **more):
    return charts.lines_by_step(values, **beat.words(x_title=across, y_title=up), log=True, **more)


@lesson.beat
def all_or_a_sample(beat):
    found, shown = questions.all_or_a_sample.run(beat)
    with beat.stage:
        clock, epochs = shown.clock(), shown.epochs_seen()
        over_map = above(found.surface, shown.drawn(), clock=clock), shown.said(beat.word, "sampled_map_said")
        more = {"x": epochs, "clock": clock, "floor": shown.lowest_line}
        errors = lines(beat, shown.heights(), "epochs_axis", "error_above_axis", **more)
        beat.side_by_side(over_map, (errors, shown.errors_said(beat.word)), clickable=True)
        questions.all_or_a_sample.play(beat, shown)
        beat.prose("noise")
        titles = beat.words(x_title="batch_axis", y_title="noise_axis")
        picture = charts.noise_by_size(*found.noise(), found.sizes["some_rows"], **titles)
        beat.picture(picture, found.noise_said(beat.word))
    beat.numbers({"run_table": shown.table, "noise_table": found.noise_table})
    beat.source([found.surface.formula, optimizers.SGD.formula], sampling.sampled_descent, sampling.gradient_noise)


@lesson.beat
def family(beat):
    here = questions.family
    name, told = here.family(beat)
    with beat.stage:
        if told:
            beat.picture(charts.kinship(**here.kin(beat, name)), here.kin_said(beat.word))
        here.introduced(beat, name)
    beat.numbers({"rule_table": here.rule_table})
    beat.source([rules.RULES[name].formula], type(rules.RULES[name].rule), optimizers.Optimizer)


@lesson.beat
def one_step(beat):
    here = questions.one_step
    name, found, shown = here.run(beat)
    with beat.stage:
        places = landscapes.from_above(found.surface), found.surface.extent, shown.w, *found.surface.weights
        over_map = charts.map_with_arrows(*places, arrows=shown.arrows(), titles=here.arrow_words(beat))
        part, values = here.part_shown(beat, shown)
        picture = charts.lines_by_step(values, x_title=beat.word("step_axis"), y_title=part)
        said = here.said(beat, shown, name), here.part_said(beat, shown, part)
        beat.side_by_side((over_map, said[0]), (picture, said[1]), clickable=True)
        beat.player(shown.lines())
    beat.numbers({"parts_table": shown.table})
    beat.source([rules.RULES[name].formula], type(found.rule).moved, optimizers.Optimizer.told)


@lesson.beat
def fair_race(beat):
    found, shown = questions.fair_race.run(beat)
    with beat.stage:
        over_map = above(found.surface, shown.paths), shown.said(beat.word, "race_map_said")
        errors = lines(beat, shown.errors, "step_axis", "error_above_axis", floor=shown.lowest_line)
        beat.side_by_side(over_map, (errors, shown.errors_said(beat.word, "race_error_said")), clickable=True)
        questions.fair_race.play(beat, shown)
        if shown.tried:
            beat.prose("sensitivity")
            titles = beat.words(x_title="rate_axis", y_title="error_end_axis")
            picture = charts.value_by_rate(*shown.by_rate(), *shown.rate_ends, **titles)
            beat.picture(picture, shown.errors_said(beat.word, "tuned_said"))
    beat.numbers({"run_table": shown.table} | ({"rate_table": shown.rates_table} if shown.tried else {}))
    beat.source([rules.RULES[name].formula for name in shown.rules], contest.tuned)


@lesson.beat
def many_starts(beat):
    found, told = questions.many_starts.many(beat)
    with beat.stage:
        if told:
            shares = charts.shares_with_intervals(**found.ranked(beat.word)), found.said(beat.word)
            name, ends = questions.many_starts.basins_shown(beat, found)
            places = found.surface.extent, ends.minima, *found.surface.weights
            picture = charts.basin_map(charts.basin_colours(ends.label), *places, height=330)
            beat.side_by_side(shares, (picture, found.basins_said(beat.word, name, ends)))
    beat.numbers({"ranking_table": found.table} if told else {"start_table": found.starts_table})
    beat.source([rules.RULES[name].formula for name in found.standings], contest.standing)


@lesson.beat
def on_a_network(beat):
    shown = questions.on_a_network.run(beat)
    with beat.stage:
        losses = lines(beat, shown.loss, "epochs_axis", "train_loss_axis"), shown.said(beat.word, "net_loss_said")
        judged = lines(beat, shown.val_loss, "epochs_axis", "val_loss_axis"), shown.said(beat.word, "net_val_said")
        beat.side_by_side(losses, judged)
        questions.on_a_network.play(beat, shown)
    beat.numbers({"run_table": shown.table})
    beat.source([rules.RULES[name].formula for name in shown.loss], race.Race)


@lesson.beat
def one_name(beat):
    found, shown = questions.one_name.run(beat)
    with beat.stage:
        over_map = above(found.surface, shown.paths), shown.said(beat.word, "forms_map_said")
        distance = lines(beat, shown.apart(), "step_axis", "apart_axis", first=1, floor=shown.lowest_line)
        beat.side_by_side(over_map, (distance, shown.said(beat.word, "forms_apart_said")))
        questions.one_name.play(beat, shown)
    beat.numbers({"run_table": shown.table})
    beat.source(found.formulas, *found.sources)


lesson.end()
