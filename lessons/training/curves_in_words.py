"""What the curves of a training show, in words with their numbers."""

import math

from lessons.training.results import TrainingOutcome
from lessons.training.rows import DEFAULT, LabelledRows
from lessons.training.training_run import Result
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal

QUANTITIES = {
    "loss": "loss_seen_axis",
    "accuracy": "accuracy_axis",
    "precision": "precision",
    "recall": "recall",
    "auc": "auc",
    "mean_absolute_error": "mean_absolute_error",
    "r2_score": "r2",
}
"""By the name in a history, the word for a quantity."""


def when_sentence(say: Say, result: Result) -> str:
    """When the watched loss was lowest, and what guessing without inputs reaches."""
    place, value = result.lowest(result.monitor)
    facts = {"epoch": place, "epochs": result.epochs, "value": readable(value, 3)}
    base = result.baselines.get("loss")
    behind = "" if base is None else f" {say('base_is', base=readable(base, 3))}"
    if len(result.as_low) > 1:
        level = {"first": result.as_low[0], "last": result.as_low[-1], "count": len(result.as_low)}
        return say("when_said_level", **facts, **level) + behind
    return say("when_said", **facts) + behind


def curves_sentence(say: Say, outcome: TrainingOutcome) -> str:
    """What the curves show, in words with their numbers."""
    result = outcome.result
    if result is None:
        return say("not_trained", epochs=outcome.recipe.epochs)
    if not outcome.visible:
        return say("answer_first", epochs=result.epochs)
    parts = []
    if result.diverged is not None:
        rate = outcome.recipe.optimizer.learning_rate
        first = rate if isinstance(rate, float) else float(rate(0))  # type: ignore[operator]
        parts.append(say("training_diverged", epoch=result.diverged, rate=readable(first)))
    elif result.stopped is not None:
        parts.append(say("stopped_early", epoch=result.stopped, best=result.best or result.stopped))
    for name in [key for key in result.logs if not key.startswith("val_")]:
        parts.append(_quantity_sentence(say, result, name))
    parts.append(say("measured_on_the_way"))
    if result.diverged is None and result.when == ("never_below",):
        parts.append(say("below_nothing"))
    return " ".join(parts)


def _quantity_sentence(say: Say, result: Result, name: str) -> str:
    key = f"val_{name}" if f"val_{name}" in result.logs else name
    at = result.best if result.best is not None else result.epochs
    values = [float(result.logs[k][at]) for k in (name, key)]
    train, val = (readable(value, 3) if math.isfinite(value) else say("no_finite_number") for value in values)
    base = result.baselines.get(name)
    behind = "" if base is None else f" {say('base_is', base=readable(base, 3))}"
    word = "part_scores" if key != name else "train_score"
    return say(word, name=say(QUANTITIES[name]), epoch=at, train=train, val=val) + behind


def quantity_sentence(say: Say, outcome: TrainingOutcome, name: str) -> str:
    """What the curve of a quantity shows, in words with its numbers."""
    result = outcome.visible_result
    if result is None or name not in result.logs:
        return say("not_shown_yet", epochs=outcome.recipe.epochs)
    return f"{_quantity_sentence(say, result, name)} {say('measured_on_the_way')}"


def epoch_lines(outcome: TrainingOutcome) -> list[str]:
    """Beneath the player: what was recorded after every epoch."""
    result = outcome.visible_result
    if result is None:
        return ["–"]
    logs = result.logs
    names = [key for key in logs if not key.startswith("val_")]

    def one(k: int, name: str) -> str:
        both = [readable(float(logs[key][k])) for key in (name, f"val_{name}") if key in logs]
        return f"{name} = {both[0]}" + (f",  val_{name} = {both[1]}" if len(both) > 1 else "")

    return [f"epoch {k}\n" + "\n".join(one(k, name) for name in names) for k in range(result.epochs + 1)]


def goals(rows: LabelledRows, result: Result) -> tuple[Goal, Goal]:
    """Learned by heart: the losses far apart; and nearly always right with few weights."""
    apart, few = {"times": 10}, {"right": 0.96, "weights": 60, "rows": 100}
    logs, at = result.logs, -1 if result.best is None else result.best
    loss, val_loss, right = (
        float(logs[k][at]) if k in logs else math.nan for k in ("loss", "val_loss", "val_accuracy")
    )
    judged, weights = len(rows.parts.validation.x), result.recipe.parameters()
    cancer = rows.name == DEFAULT.name() and judged >= few["rows"]
    losses = f"loss = {readable(loss, 3)}, val_loss = {readable(val_loss, 3)}" if math.isfinite(val_loss) else "–"
    score = f"val_accuracy = {right:.3f}, {weights:,}" if math.isfinite(right) else "–"
    good = cancer and weights <= few["weights"] and right >= few["right"]
    return (
        Goal("goal_training_by_heart", judged > 0 and val_loss >= apart["times"] * loss, losses, apart),
        Goal("goal_training_few_weights", good, score, few),
    )
