import charts
import ui
from dlcore import contest, optimizers, race, sampling
from ui import apart, forms, nets, racing, sampled, starts

lesson = ui.begin(__file__)


from_above = ui.shared(max_entries=64)(charts.seen_from_above)


def above(surface, paths, **more):
    x, y = surface.weights
    return charts.map_with_paths(from_above(surface), surface.extent, paths, surface.minima, x, y, **more)


def lines(beat, values, across, up, **more):
    return charts.lines_by_step(values, **beat.words(x_title=across, y_title=up), log=True, **more)


@lesson.beat
def all_or_a_sample(beat):
    found, shown = sampled.run(beat)
    with beat.stage:
        clock, epochs = shown.clock(), shown.epochs_seen()
        over_map = above(found.surface, shown.drawn(), clock=clock), shown.said(beat.word, "sampled_map_said")
        more = {"x": epochs, "clock": clock, "floor": shown.lowest_line}
        errors = lines(beat, shown.heights(), "epochs_axis", "error_above_axis", **more)
        beat.side_by_side(over_map, (errors, shown.errors_said(beat.word)), clickable=True)
        sampled.play(beat, shown)
        beat.prose("noise")
        titles = beat.words(x_title="batch_axis", y_title="noise_axis")
        picture = charts.noise_by_size(*found.noise(), found.sizes["some_rows"], **titles)
        beat.picture(picture, found.noise_said(beat.word))
    beat.numbers({"run_table": shown.table, "noise_table": found.noise_table})
    beat.source([found.surface.formula, optimizers.SGD.formula], sampling.sampled_descent, sampling.gradient_noise)


@lesson.beat
def family(beat):
    name, told = forms.family(beat)
    with beat.stage:
        if told:
            beat.picture(charts.kinship(**forms.kin(beat, name)), forms.kin_said(beat.word))
        forms.introduced(beat, name)
    beat.numbers({"rule_table": forms.rule_table})
    beat.source([racing.RULES[name].formula], type(racing.RULES[name].rule), optimizers.Optimizer)


@lesson.beat
def one_step(beat):
    name, found, shown = apart.run(beat)
    with beat.stage:
        places = from_above(found.surface), found.surface.extent, shown.w, *found.surface.weights
        over_map = charts.map_with_arrows(*places, arrows=shown.arrows(), titles=apart.arrow_words(beat))
        part, values = apart.part_shown(beat, shown)
        picture = charts.lines_by_step(values, x_title=beat.word("step_axis"), y_title=part)
        said = apart.said(beat, shown, name), apart.part_said(beat, shown, part)
        beat.side_by_side((over_map, said[0]), (picture, said[1]), clickable=True)
        beat.player(shown.lines())
    beat.numbers({"parts_table": shown.table})
    beat.source([racing.RULES[name].formula], type(found.rule).moved, optimizers.Optimizer.told)


@lesson.beat
def fair_race(beat):
    found, shown = racing.run(beat)
    with beat.stage:
        over_map = above(found.surface, shown.paths), shown.said(beat.word, "race_map_said")
        errors = lines(beat, shown.errors, "step_axis", "error_above_axis", floor=shown.lowest_line)
        beat.side_by_side(over_map, (errors, shown.errors_said(beat.word, "race_error_said")), clickable=True)
        racing.play(beat, shown)
        if shown.tried:
            beat.prose("sensitivity")
            titles = beat.words(x_title="rate_axis", y_title="error_end_axis")
            picture = charts.value_by_rate(*shown.by_rate(), *shown.rate_ends, **titles)
            beat.picture(picture, shown.errors_said(beat.word, "tuned_said"))
    beat.numbers({"run_table": shown.table} | ({"rate_table": shown.rates_table} if shown.tried else {}))
    beat.source([racing.RULES[name].formula for name in shown.rules], contest.tuned)


@lesson.beat
def many_starts(beat):
    found, told = starts.many(beat)
    with beat.stage:
        if told:
            shares = charts.shares_with_intervals(**found.ranked(beat.word)), found.said(beat.word)
            name, ends = starts.basins_shown(beat, found)
            places = found.surface.extent, ends.minima, *found.surface.weights
            picture = charts.basin_map(charts.basin_colours(ends.label), *places, height=330)
            beat.side_by_side(shares, (picture, found.basins_said(beat.word, name, ends)))
    beat.numbers({"ranking_table": found.table} if told else {"start_table": found.starts_table})
    beat.source([racing.RULES[name].formula for name in found.standings], contest.standing)


@lesson.beat
def on_a_network(beat):
    shown = nets.run(beat)
    with beat.stage:
        losses = lines(beat, shown.loss, "epochs_axis", "train_loss_axis"), shown.said(beat.word, "net_loss_said")
        judged = lines(beat, shown.val_loss, "epochs_axis", "val_loss_axis"), shown.said(beat.word, "net_val_said")
        beat.side_by_side(losses, judged)
        nets.play(beat, shown)
    beat.numbers({"run_table": shown.table})
    beat.source([racing.RULES[name].formula for name in shown.loss], race.Race)


@lesson.beat
def one_name(beat):
    found, shown = forms.run(beat)
    with beat.stage:
        over_map = above(found.surface, shown.paths), shown.said(beat.word, "forms_map_said")
        distance = lines(beat, shown.apart(), "step_axis", "apart_axis", first=1, floor=shown.lowest_line)
        beat.side_by_side(over_map, (distance, shown.said(beat.word, "forms_apart_said")))
        forms.play(beat, shown)
    beat.numbers({"run_table": shown.table})
    beat.source(found.formulas, *found.sources)


lesson.end()
