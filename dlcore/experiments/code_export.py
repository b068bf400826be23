"""Code export: a training recipe as a program for Keras or for dlcore, and as a notebook.

    text = keras_program(recipe, Source(BreastCancer(), columns, classes=2))
    steps(text)["compile"]          the lines that one step adds
    notebook(text, "Training")      the same as a notebook, a cell for every step

A program is cut by lines such as ``# %% compile``, which editors also show as cells. dlcore's loads its own data and
repeats the training number by number; Keras draws other random numbers, so only the kind of result is the same. Keras's
program, and both for a reader's own table, read ``data.csv`` (see ``data_csv``), which must lie beside them.
"""

import csv
import dataclasses
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import activations, losses, metrics, notebooks
from dlcore.callbacks import EarlyStopping
from dlcore.datasets import Dataset
from dlcore.experiments.training_config import LayerPlan, Recipe, prepare
from dlcore.family import Family
from dlcore.initializers import Initializer
from dlcore.layers import L1L2, BatchNormalization, Dense, Dropout, Input
from dlcore.losses import Loss
from dlcore.metrics import AUC, BinaryAccuracy, BinaryF1Score, LogLoss, Metric, OperatingPoint, Precision, Recall
from dlcore.models import Sequential
from dlcore.optimizers import COMMON, Optimizer
from dlcore.schedules import Constant, CosineDecay, OneCycle, Schedule

STEPS = {
    "data": "The data",
    "declare": "1. Declare the model",
    "layers": "2. and 3. Add the layers",
    "compile": "4. Compile",
    "fit": "5. Fit",
    "evaluate": "Look at the result",
}
"""The steps of a program, in order, and what they are called in it."""

DATA_FILE = "data.csv"


@dataclass(frozen=True)
class Source:
    """Where the rows come from, and how they are prepared (see ``training_config.prepare``)."""

    dataset: Dataset | None = None
    """A data set, or None for rows that only ``data.csv`` has."""

    columns: tuple[str, ...] = ()
    """The names of the inputs, in order; none means all of the data set."""

    classes: int = 0
    """How many classes there are, 0 for a regression."""

    share: float = 0.2
    """Of the validation rows."""

    seed: int = 0
    """Of the split."""

    standardised: bool = True
    """Whether the inputs are standardised by the training rows."""


# ---- the two programs ------------------------------------------------------------------------------------------------


def dlcore_program(recipe: Recipe, source: Source) -> str:
    """The training as a program for dlcore and NumPy, whose ``history`` has the same losses as here."""
    lines = {
        "data": _dlcore_rows(recipe, source),
        "declare": [f"model = Sequential(seed={recipe.seed})"],
        "layers": _layers(recipe, "Input", _dlcore_layers),
        "compile": _dlcore_compiled(recipe),
        "fit": _fit_lines(recipe, source, "EarlyStopping", seed=recipe.seed),
        "evaluate": _evaluate_lines(recipe, source),
    }
    imports = _dlcore_imports(recipe, source)
    return _assemble(f"{_headline(recipe)} in dlcore, whose every step is NumPy", imports, lines)


def keras_program(recipe: Recipe, source: Source) -> str:
    """The training as a program for Keras 3; a comment says where Keras differs from dlcore."""
    before, optimizer = _keras_optimizer(recipe.optimizer)
    notes, watched = _keras_metrics(recipe)
    lines = {
        "data": [f"keras.utils.set_random_seed({recipe.seed})", "", *_table_rows(recipe, source, "keras")],
        "declare": ["model = keras.Sequential()"],
        "layers": _layers(recipe, "keras.Input", _keras_layers),
        "compile": [*before, *notes, _compile_call(optimizer, _keras_loss(recipe.loss), watched)],
        "fit": _fit_lines(recipe, source, "keras.callbacks.EarlyStopping"),
        "evaluate": _evaluate_lines(recipe, source),
    }
    return _assemble(f"{_headline(recipe)} in Keras 3", ["import keras", "import numpy as np"], lines)


def _headline(recipe: Recipe) -> str:
    widths = [recipe.inputs, *(plan.units for plan in recipe.layers)]
    return f"A network of {'-'.join(map(str, widths))} units"


def _assemble(headline: str, imports: Sequence[str], lines: dict[str, list[str]]) -> str:
    parts = [f'"""{headline}."""', "", *imports]
    for step, title in STEPS.items():
        parts += ["", f"# %% {step}: {title}", *lines[step]]
    return "\n".join(parts) + "\n"


def _compile_call(optimizer: str, loss: str, watched: str) -> str:
    said = [f"optimizer={optimizer}", f"loss={loss}"]
    return _call("model.compile", [*said, f"metrics={watched}"] if watched else said)


def _fit_lines(recipe: Recipe, source: Source, stopping: str, **more: Any) -> list[str]:
    """The lines that train; arguments at their defaults, which are Keras's, are not written."""
    arguments = {"batch_size": recipe.batch_size, "epochs": recipe.epochs}
    given = {name: value for name, value in arguments.items() if value != {"batch_size": 32, "epochs": 1}[name]}
    said = [f"{name}={value}" for name, value in given.items()]
    lines = []
    if source.share:
        said.append("validation_data=(x_val, y_val)")
    if recipe.patience and source.share:
        lines.append(f"stopping = {stopping}(patience={recipe.patience}, restore_best_weights=True)")
        said.append("callbacks=[stopping]")
    elif recipe.patience:
        lines.append("# early stopping waits for the validation loss; without validation rows it cannot")
    said += [f"{name}={value}" for name, value in more.items()]
    return [*lines, _call("history = model.fit", ["x_train", "y_train", *said])]


def _evaluate_lines(recipe: Recipe, source: Source) -> list[str]:
    value = "np.mean(value)" if _has_several(recipe) else "value"
    part = "val" if source.share else "train"
    return [
        f"scores = model.evaluate(x_{part}, y_{part}, return_dict=True)",
        "for name, value in scores.items():",
        f'    print(f"{{name}}: {{{value}:.4f}}")',
    ]


def _has_several(recipe: Recipe) -> bool:
    """Whether a metric is an array, a number for each output."""
    return bool({"f1_score", "fbeta_score"} & set(recipe.metrics))


def _layers(recipe: Recipe, first: str, write: Any) -> list[str]:
    lines = [f"model.add({first}(({recipe.inputs},)))"]
    for plan in recipe.layers:
        lines += write(plan)
    return lines


def _call(function: str, arguments: Sequence[str]) -> str:
    """A call on one line, or with one line for each argument if it would be too long."""
    line = f"{function}({', '.join(arguments)})"
    return line if len(line) <= 100 else "\n".join([f"{function}(", *(f"    {part}," for part in arguments), ")"])


# ---- the rows --------------------------------------------------------------------------------------------------------


def _dlcore_rows(recipe: Recipe, source: Source) -> list[str]:
    if source.dataset is None:
        return _table_rows(recipe, source, "dlcore")
    lines = [f"data = {_written_out(source.dataset)}", "x, y = data.load()"]
    if source.columns and source.columns != source.dataset.features:
        lines += _list_lines("columns = [", [json.dumps(name, ensure_ascii=False) for name in source.columns])
        lines.append("x = x[:, [data.features.index(name) for name in columns]]")
    settings = {"classes": 0, "share": 0.2, "seed": 0, "standardised": True}
    given = [f"{name}={getattr(source, name)!r}" for name, usual in settings.items() if getattr(source, name) != usual]
    lines.append("# shuffled, cut in two, and scaled by what the training rows alone say")
    lines.append(_call("parts = prepare", ["x", "y", f"losses.get({_expression(recipe.loss)})", *given]))
    lines.append("x_train, y_train = parts.train")
    return [*lines, "x_val, y_val = parts.validation"] if source.share else lines


def _list_lines(before: str, items: Sequence[str]) -> list[str]:
    """The lines of a list, wrapped between its items only, whatever spaces an item has."""
    lines = [before]
    for k, item in enumerate(items, start=1):
        piece = item + ("]" if k == len(items) else ",")
        gap = "" if lines[-1] == before else " "
        if gap and len(lines[-1]) + 1 + len(piece) > 100:
            lines.append(" " * len(before) + piece)
        else:
            lines[-1] += gap + piece
    return lines


def _table_rows(recipe: Recipe, source: Source, speaks: str) -> list[str]:
    """The lines that read ``data.csv``, in which the training rows come first."""
    whole = recipe.loss.targets == "integer" or (speaks == "dlcore" and bool(source.classes))
    lines = [
        f'table = np.loadtxt("{DATA_FILE}", delimiter=",", skiprows=1)',
        # a column: Keras compares (rows, 1) with the predictions of one unit; dlcore takes rows of numbers as well
        f"x, y = table[:, :-1], table[:, {'-1' if whole or recipe.loss.targets == 'one_hot' else '-1:'}]",
    ]
    if whole and recipe.loss.targets != "one_hot":
        lines[-1] += ".astype(int)"
    if recipe.loss.targets == "one_hot":
        lines.append(f"y = np.eye({source.classes})[y.astype(int)]")
    if source.share:
        lines.append(f"rows = round((1 - {source.share!r}) * len(x))  # those of the training stand first")
    else:
        lines.append("rows = len(x)")
    if source.standardised and speaks == "dlcore":
        lines.append("x = Standardizer.fit(x[:rows]).transform(x)")
    elif source.standardised:
        lines += [
            "mean, scale = x[:rows].mean(axis=0), x[:rows].std(axis=0)",
            "# a column that is constant has no deviation to be divided by",
            "x = (x - mean) / np.where(np.ptp(x[:rows], axis=0) > 0, scale, 1)",
        ]
    lines.append("x_train, y_train = x[:rows], y[:rows]")
    return [*lines, "x_val, y_val = x[rows:], y[rows:]"] if source.share else lines


def data_csv(x: np.ndarray, y: np.ndarray, order: np.ndarray, columns: Sequence[str], target: str) -> str:
    """The text of a CSV file with the rows ``order`` (see ``training_config.Prepared``), the target as last column.

    x: shape (rows, inputs), not scaled; y: shape (rows,), a class as its number. Numbers are written with every digit.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    # programs skip one line
    writer.writerow([" ".join(str(name).split()) for name in (*columns, target)])
    writer.writerows([*inputs, answer] for inputs, answer in zip(x[order].tolist(), y[order].tolist(), strict=True))
    return text.getvalue()


# ---- members ---------------------------------------------------------------------------------------------------------


def _non_defaults(member: Family) -> dict[str, Any]:
    """The arguments of a member that differ from its defaults; ValueError for a rate that is not a dlcore schedule."""
    found = {}
    for field in dataclasses.fields(member):
        value = getattr(member, field.name)
        if callable(value) and not isinstance(value, Family):
            raise ValueError(f"{field.name} is {value!r}, which cannot be written down; take a schedule of dlcore's")
        off = field.name in COMMON and not value and not field.default
        if value != field.default and not off:
            found[field.name] = value
    return found


def _plain(value: Any) -> str:
    """The Python literal of a setting; a NumPy number becomes a plain one."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _arguments(member: Family) -> list[str]:
    return [f"{name}={_plain(value)}" for name, value in _non_defaults(member).items()]


def _written_out(member: Family) -> str:
    """The expression that creates a member of dlcore again."""
    return f"{type(member).__name__}({', '.join(_arguments(member))})"


def _expression(member: Family) -> str:
    """The expression that creates a member, or its name in quotes where all its settings are defaults."""
    listed = type(member) in type(member).members.values()
    return json.dumps(member.name()) if listed and not _non_defaults(member) else _written_out(member)


def _dlcore_layers(plan: LayerPlan) -> list[str]:
    name, initializer = activations.get(plan.activation).name(), Initializer.get(plan.kernel_initializer).name()
    return _written_layers(plan, "", json.dumps(name), json.dumps(initializer))


def _written_layers(plan: LayerPlan, home: str, activation: str, initializer: str) -> list[str]:
    """The lines that add the layers of a plan; home: the prefix of Keras's layers, "" for dlcore's."""
    said = [str(plan.units)]
    if activation != '"linear"':
        said.append(f"activation={activation}")
    if initializer != '"glorot_uniform"':
        said.append(f"kernel_initializer={initializer}")
    penalties = [f"{name}={value!r}" for name, value in (("l1", plan.l1), ("l2", plan.l2)) if value]
    if penalties:
        regularizers = f"{home.removesuffix('layers.')}regularizers." if home else ""
        said.append(f"kernel_regularizer={regularizers}L1L2({', '.join(penalties)})")
    lines = [_call(f"model.add({home}Dense", said) + ")"]
    if plan.batch_normalization:
        lines.append(f"model.add({home}BatchNormalization())")
    if plan.dropout:
        lines.append(f"model.add({home}Dropout({plan.dropout!r}))")
    return lines


def _dlcore_compiled(recipe: Recipe) -> list[str]:
    before, optimizer = [], _expression(recipe.optimizer)
    if isinstance(recipe.optimizer.learning_rate, Schedule):
        before = [
            _call(f"rate = {type(recipe.optimizer.learning_rate).__name__}", _arguments(recipe.optimizer.learning_rate))
        ]
        others = [part for part in _arguments(recipe.optimizer) if not part.startswith("learning_rate=")]
        optimizer = f"{type(recipe.optimizer).__name__}({', '.join(['learning_rate=rate', *others])})"
    watched = json.dumps(list(recipe.metrics)) if recipe.metrics else ""
    return [*before, _compile_call(optimizer, _expression(recipe.loss), watched)]


def _dlcore_imports(recipe: Recipe, source: Source) -> list[str]:
    """The import lines, one for every module that the program uses."""
    used: dict[str, set[str]] = {}

    def use(part: Any) -> None:
        used.setdefault(part.__module__, set()).add(part.__name__)

    for part in (Sequential, Input, Dense):
        use(part)
    for wanted, part in (
        (any(plan.batch_normalization for plan in recipe.layers), BatchNormalization),
        (any(plan.dropout for plan in recipe.layers), Dropout),
        (any(plan.l1 or plan.l2 for plan in recipe.layers), L1L2),
        (recipe.patience and source.share, EarlyStopping),
        (source.dataset is not None, prepare),
    ):
        if wanted:
            use(part)
    if source.dataset is not None:
        use(type(source.dataset))
    elif source.standardised:
        used.setdefault("dlcore.preprocessing", set()).add("Standardizer")
    for member in (recipe.optimizer, recipe.loss):
        if not _expression(member).startswith('"'):
            use(type(member))
    if isinstance(recipe.optimizer.learning_rate, Schedule):
        use(type(recipe.optimizer.learning_rate))
    # regularizers are at home beside the layers, too, and there the five steps look for them
    if "dlcore.regularizers" in used:
        used["dlcore.layers"] |= used.pop("dlcore.regularizers")
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in used.items()]
    lines += ["from dlcore import losses"] * (source.dataset is not None)
    needs_numpy = source.dataset is None or _has_several(recipe)
    return [*(["import numpy as np", ""] if needs_numpy else []), *sorted(lines)]


# ---- what Keras calls it ---------------------------------------------------------------------------------------------

STEP = 'lambda z: keras.ops.cast(z >= 0, "float32") + 0 * z'
"""The step function, which Keras lacks; 0 * z gives it a gradient, which is 0 everywhere."""

_WATCHED = ("huber", "binary_focal_crossentropy", "categorical_focal_crossentropy")
KERAS_LOSSES_WATCHED = {name: f"keras.losses.{name}" for name in _WATCHED}
KERAS_LOSSES_WATCHED |= {"log_cosh": '"log_cosh_error"'}
"""Losses that Keras does not know as metrics by their name."""


def _keras_layers(plan: LayerPlan) -> list[str]:
    name, initializer = activations.get(plan.activation).name(), Initializer.get(plan.kernel_initializer).name()
    by_name = json.dumps(initializer) if initializer != "constant" else "keras.initializers.Constant()"
    note = (
        ["# Keras has no step; its slope is 0 everywhere, so that nothing before it learns"] if name == "step" else []
    )
    return note + _written_layers(plan, "keras.layers.", STEP if name == "step" else json.dumps(name), by_name)


def _keras_loss(loss: Loss) -> str:
    if not _non_defaults(loss):
        return json.dumps(loss.name())
    return f"keras.losses.{type(loss).__name__}({', '.join(_arguments(loss))})"


def _keras_optimizer(optimizer: Optimizer) -> tuple[list[str], str]:
    """The lines before the call of ``compile``, and the expression for the optimizer."""
    known = next(kind for kind in type(optimizer).__mro__ if kind in Optimizer.members.values())
    before: list[str] = []
    if known is not type(optimizer):
        before.append(f"# {type(optimizer).__name__} is another form of {known.__name__}; this is Keras's own")
    said = {name: _plain(value) for name, value in _non_defaults(optimizer).items()}
    rate = optimizer.learning_rate
    if isinstance(rate, Constant):
        said["learning_rate"] = _plain(rate.learning_rate)
    elif isinstance(rate, Schedule):
        before += _keras_schedule(rate)
        said["learning_rate"] = "rate"
    if not said:
        return before, json.dumps(known.name())
    return before, f"keras.optimizers.{known.__name__}({', '.join(f'{k}={v}' for k, v in said.items())})"


def _keras_schedule(schedule: Schedule) -> list[str]:
    """The lines that create the schedule, in a variable called rate."""
    notes: list[str] = []
    if isinstance(schedule, OneCycle):
        climb = round(schedule.pct_start * schedule.total_steps)
        notes.append("# Keras has no OneCycle; a climb in a straight line and half a cosine down are the nearest")
        schedule = CosineDecay(
            schedule.max_rate / schedule.div_factor,
            max(1, schedule.total_steps - climb),
            1 / (schedule.div_factor * schedule.final_div_factor),
            warmup_target=schedule.max_rate,
            warmup_steps=climb,
        )
    # Keras has no defaults for what every schedule begins with
    first = [field.name for field in dataclasses.fields(schedule)][: NEEDED.get(type(schedule).__name__, 2)]
    said = {name: getattr(schedule, name) for name in first} | _non_defaults(schedule)
    inner = [f"{name}={_plain(list(value) if isinstance(value, tuple) else value)}" for name, value in said.items()]
    return [*notes, _call(f"rate = keras.optimizers.schedules.{type(schedule).__name__}", inner)]


NEEDED = {"ExponentialDecay": 3, "InverseTimeDecay": 3}
"""How many arguments of a schedule have no default in Keras; of the others it is two."""


def _keras_metrics(recipe: Recipe) -> tuple[list[str], str]:
    """The comments before the call of ``compile``, and the list of metrics; "" without metrics."""
    notes, said = [], []
    for which in recipe.metrics:
        note, expression = _keras_metric(which, recipe)
        notes += note
        said.append(expression)
    line = f"[{', '.join(said)}]" if said else ""
    return notes, line if len(line) <= 100 else "\n".join(["[", *(f"        {each}," for each in said), "    ]"])


def _keras_metric(which: str, recipe: Recipe) -> tuple[list[str], str]:
    loss, logits = recipe.loss, bool(getattr(recipe.loss, "from_logits", False))
    found, note = metrics.resolve(which, loss, recipe.layers[-1].units), list[str]()
    if logits and not isinstance(found, metrics.OfSoftmax) and "from_logits" in found.settings():
        return [], _of_logits(which, found, recipe)
    if which in ("accuracy", "acc") and isinstance(found, BinaryAccuracy) and not loss.threshold:
        note.append("# by its name alone Keras would ask for more than one half; here yes begins above 0")
        return note, f"keras.metrics.BinaryAccuracy(name={json.dumps(which)}, threshold=0.0)"
    if which in ("accuracy", "acc"):
        return [], json.dumps(which)
    if which in ("crossentropy", "ce"):
        return [], f"keras.metrics.{type(found).__name__}(name={json.dumps(which)})"
    if isinstance(found, Loss):
        name = found.name()
        return [], KERAS_LOSSES_WATCHED.get(name, json.dumps(name))
    if isinstance(found, LogLoss):
        return [], json.dumps(_crossentropy(recipe).name())
    softmax = isinstance(found, metrics.OfSoftmax)
    if isinstance(found, metrics.OfSoftmax):
        note.append("# Keras takes no softmax first: this is about the logits, and not dlcore's number")
        found = found.metric
    given: dict[str, Any] = {}
    if isinstance(found, AUC):
        note.append("# Keras measures the area at 200 thresholds, dlcore at all")
        # they lie between 0 and 1; the sigmoid leaves the order of logits as it is, and of margins too
        given = {} if loss.threshold or softmax else {"from_logits": True}
    elif isinstance(found, BinaryF1Score):
        if not found.threshold:
            note.append("# Keras wants a threshold above 0")
        said = f'average="micro", threshold={found.threshold or 1e-30}, name={json.dumps(which)}'
        return note, f"keras.metrics.F1Score({said})"
    elif isinstance(found, OperatingPoint):
        note.append("# Keras tries 200 thresholds, dlcore all")
        given = {found.needs: dataclasses.asdict(found)[found.needs]}
    elif isinstance(found, BinaryAccuracy | Precision | Recall) and not found.threshold:
        given = {"threshold" if isinstance(found, BinaryAccuracy) else "thresholds": 0.0}
    return note, f"keras.metrics.{type(found).__name__}({', '.join(f'{k}={v}' for k, v in given.items())})"


def _crossentropy(recipe: Recipe) -> Loss:
    """The crossentropy that suits the outputs and targets of a recipe."""
    one = recipe.layers[-1].units == 1
    name = "binary" if one else "sparse_categorical" if recipe.loss.targets == "integer" else "categorical"
    return losses.get(f"{name}_crossentropy")


def _of_logits(which: str, found: Metric | Loss, recipe: Recipe) -> str:
    """The Keras expression for a crossentropy or another loss as a metric of logits."""
    member = _crossentropy(recipe) if isinstance(found, LogLoss) else found
    if member.name() in KERAS_LOSSES_WATCHED:
        wrapped = [KERAS_LOSSES_WATCHED[member.name()], f"name={json.dumps(which)}", "from_logits=True"]
        return f"keras.metrics.MeanMetricWrapper({', '.join(wrapped)})"
    said = [f"name={json.dumps(which)}"] if which not in (member.name(), "log_loss") else []
    return f"keras.metrics.{type(member).__name__}({', '.join([*said, 'from_logits=True'])})"


# ---- pieces of a program ---------------------------------------------------------------------------------------------

_CUT = re.compile(r"^# %% (\w+): (.*)\n", re.MULTILINE)


def steps(program: str) -> dict[str, str]:
    """The lines of a program by step (see STEPS); the imports belong to "data", the first step."""
    head, *parts = _CUT.split(program)
    pieces = {step: text.strip("\n") for step, text in zip(parts[::3], parts[2::3], strict=True)}
    imports = head.split("\n", 1)[1].strip("\n")
    return pieces | {"data": f"{imports}\n\n{pieces['data']}"}


def notebook(program: str, title: str) -> str:
    """The program as the text of a notebook (nbformat 4.5), with a heading and a cell for every step."""
    return notebooks.notebook([("markdown", f"# {title}\n\n{headline(program)}"), *cells(program)])


def headline(program: str) -> str:
    """The sentence in a program's first line, which says what is trained."""
    return program.splitlines()[0].strip('"')


def cells(program: str) -> list[notebooks.Cell]:
    """The cells of a program's notebook: for every step its title and its code."""
    made: list[notebooks.Cell] = []
    for step, text in steps(program).items():
        made.extend((("markdown", f"## {STEPS[step]}"), ("code", text)))
    return made
