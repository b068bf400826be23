"""What tools/record_golden.py asks Keras, PyTorch and scikit-learn: settings and inputs, and nothing else.

Names are Keras's. Inputs are drawn from seeds and rounded, so that the files in which they are kept stay short.
"""

from typing import Any

import numpy as np

Case = dict[str, Any]


def normal_numbers(seed: int, *shape: int, scale: float = 1.0) -> list[Any]:
    """Normal numbers with three decimals."""
    return (scale * np.random.default_rng(seed).normal(size=shape)).round(3).tolist()


def case(which: str, /, **settings: Any) -> Case:
    return {"class": which, "settings": settings}


# ------------------------------------------------------------------------------------------------------ activations

# kinks (0, ±3, 6), both sides of them, the curved part, saturation, and where exp alone would lose all digits
Z = sorted(
    {0.0, *(s * z for s in (1, -1) for z in (1e-3, 0.1, 0.5, 1.0, 2.0, 2.999, 3.0, 3.001, 6.0, 10.0, 20.0, 100.0))}
)
ACTIVATIONS = [case(name) for name in ("linear", "sigmoid", "hard_sigmoid", "tanh", "softsign", "softplus", "relu")]
ACTIVATIONS += [case("relu6"), *(case("leaky_relu", negative_slope=c) for c in (0.2, 0.01, 0.0))]
ACTIVATIONS += [*(case("elu", alpha=c) for c in (1.0, 0.3)), case("selu"), case("silu"), case("mish")]
ACTIVATIONS += [*(case("gelu", approximate=yes) for yes in (False, True)), case("exponential")]
# softmax has no slope of its own: a matrix of slopes times the gradient that arrives
SCORES = [
    [0.0, 0.0, 0.0],
    [1.0, -0.5, 0.25],
    [1e-3, -1e-3, 0.0],
    [20.0, -20.0, 3.0],
    [100.0, -100.0, 99.0],
    [1e4, 0, -1e4],
]
ARRIVING = normal_numbers(1, 6, 3)

# ----------------------------------------------------------------------------------------------------------- losses

REAL = {"y_true": normal_numbers(2, 5, 2), "y_pred": normal_numbers(3, 5, 2)}
# no residual, one of exactly delta, huge ones both ways, a target of 0
FAR = {"y_true": [[0.5], [1.0], [-2.0], [3.0], [0.0], [7.0]], "y_pred": [[0.5], [2.0], [1e4], [-1e4], [0.3], [5.0]]}
COUNTS = {"y_true": [[0.0], [1.0], [3.0], [7.0], [2.0]], "y_pred": [[0.2], [1.5], [2.25], [9.0], [1e-3]]}
NO_COUNTS = {"y_true": [[0.0], [2.0], [0.0], [4.0]], "y_pred": [[0.0], [0.0], [1e4], [1e-9]]}
YES_NO = {"y_true": [[1], [0], [1], [0], [1], [0]], "y_pred": [[0.9], [0.2], [0.35], [0.75], [0.5], [0.01]]}
SURE = {"y_true": [[1], [0], [1], [0], [1], [0]], "y_pred": [[1.0], [0.0], [0.0], [1.0], [1e-9], [1 - 1e-9]]}
TWO_COLUMNS = {"y_true": [[1, 0], [0, 0], [1, 1]], "y_pred": [[0.7, 0.4], [0.1, 0.6], [0.8, 0.95]]}
LOGITS = {"y_true": [[1], [0], [1], [0], [1], [0]], "y_pred": [[2.0], [-1.5], [-0.25], [0.75], [0.0], [5.0]]}
FAR_LOGITS = {"y_true": [[1], [0], [1], [0], [1], [0]], "y_pred": [[1e4], [-1e4], [-1e4], [1e4], [20.0], [-20.0]]}
ROWS = {
    "y_true": [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]],
    "y_pred": [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.5, 0.25, 0.25], [0.05, 0.9, 0.05]],
}
SURE_ROWS = {
    "y_true": [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]],
    "y_pred": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]],
}
ODD_ROWS = {"y_true": ROWS["y_true"], "y_pred": [[2.0, 1.0, 1.0], [0.1, 0.2, 0.3], [3.0, 5.0, 0.5], [0.4, 0.4, 0.4]]}
ROW_LOGITS = {"y_true": ROWS["y_true"], "y_pred": normal_numbers(4, 4, 3, scale=2.0)}
FAR_ROW_LOGITS = {
    "y_true": ROWS["y_true"],
    "y_pred": [[1e4, 0.0, -1e4], [1e4, 0.0, -1e4], [20.0, -20.0, 0.0], [-1e4, -1e4, -1e4]],
}
SHARES = {"y_true": [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], "y_pred": [[0.5, 0.25, 0.25], [0.3, 0.4, 0.3]]}
SIDES = {"y_true": [[1], [-1], [1], [-1], [1]], "y_pred": [[0.4], [0.3], [2.0], [-2.5], [-1e4]]}
AT_THE_MARGIN = {"y_true": [[1], [-1]], "y_pred": [[1.0], [-1.0]]}
MARGINS = {
    "y_true": ROWS["y_true"],
    "y_pred": [[0.5, 0.2, -0.3], [-1.0, -2.0, -0.5], [3.0, 9.0, 1.0], [1e4, 0.0, -1e4]],
}
TIES = {"y_true": ROWS["y_true"][:2], "y_pred": [[0.5, 0.25, 0.25], [0.75, 0.75, 0.1]]}
NO_LENGTH = {"y_true": [[1.0, 2.0], [0.0, 0.0], [3.0, 4.0]], "y_pred": [[0.0, 0.0], [1.0, -1.0], [-3e4, -4e4]]}


def with_class_numbers(batch: dict[str, Any]) -> dict[str, Any]:
    """The same batch with numbers of classes in place of one-hot rows."""
    return {**batch, "y_true": np.argmax(batch["y_true"], axis=-1).tolist()}


BATCHES = {
    "real": REAL,
    "far": FAR,
    "counts": COUNTS,
    "no_counts": NO_COUNTS,
    "yes_no": YES_NO,
    "sure": SURE,
    "two_columns": TWO_COLUMNS,
    "logits": LOGITS,
    "far_logits": FAR_LOGITS,
    "rows": ROWS,
    "sure_rows": SURE_ROWS,
    "odd_rows": ODD_ROWS,
    "row_logits": ROW_LOGITS,
    "far_row_logits": FAR_ROW_LOGITS,
    "classes": with_class_numbers(ROWS),
    "sure_classes": with_class_numbers(SURE_ROWS),
    "odd_classes": with_class_numbers(ODD_ROWS),
    "class_logits": with_class_numbers(ROW_LOGITS),
    "far_class_logits": with_class_numbers(FAR_ROW_LOGITS),
    "shares": SHARES,
    "sides": SIDES,
    "at_the_margin": AT_THE_MARGIN,
    "margins": MARGINS,
    "ties": TIES,
    "no_length": NO_LENGTH,
}
PROBABILITIES, BEFORE_SIGMOID = ("yes_no", "sure", "two_columns"), ("logits", "far_logits")
IN_ROWS, BEFORE_SOFTMAX = ("rows", "sure_rows", "odd_rows"), ("row_logits", "far_row_logits")
IN_CLASSES, BEFORE_CLASSES = ("classes", "sure_classes", "odd_classes"), ("class_logits", "far_class_logits")
LOSSES: list[tuple[Case, tuple[str, ...]]] = [
    (case("MeanSquaredError"), ("real", "far")),
    (case("MeanAbsoluteError"), ("real", "far")),
    (case("MeanAbsolutePercentageError"), ("real", "far")),
    (case("MeanSquaredLogarithmicError"), ("counts", "no_counts", "real")),
    *((case("Huber", delta=delta), ("real", "far")) for delta in (1.0, 0.5)),
    (case("LogCosh"), ("real", "far")),
    (case("Poisson"), ("counts", "no_counts")),
    (case("KLDivergence"), ("shares", "rows", "sure_rows")),
    (case("Hinge"), ("sides", "yes_no", "at_the_margin")),
    (case("SquaredHinge"), ("sides", "yes_no", "at_the_margin")),
    (case("CategoricalHinge"), ("margins", "rows", "ties")),
    (case("CosineSimilarity"), ("real", "no_length")),
]
for smoothing in (0.0, 0.1):
    LOSSES += [
        (case("BinaryCrossentropy", from_logits=False, label_smoothing=smoothing), PROBABILITIES),
        (case("BinaryCrossentropy", from_logits=True, label_smoothing=smoothing), BEFORE_SIGMOID),
        (case("CategoricalCrossentropy", from_logits=False, label_smoothing=smoothing), IN_ROWS),
        (case("CategoricalCrossentropy", from_logits=True, label_smoothing=smoothing), BEFORE_SOFTMAX),
    ]
LOSSES += [
    (case("SparseCategoricalCrossentropy", from_logits=False), IN_CLASSES),
    (case("SparseCategoricalCrossentropy", from_logits=True), BEFORE_CLASSES),
]
for gamma, balanced in ((2.0, False), (2.0, True), (0.5, False), (0.0, False)):
    focal = {"gamma": gamma, "apply_class_balancing": balanced, "alpha": 0.3}
    LOSSES += [
        (case("BinaryFocalCrossentropy", **focal), PROBABILITIES[::2] if balanced else PROBABILITIES),
        (case("BinaryFocalCrossentropy", **focal, from_logits=True), BEFORE_SIGMOID),
    ]
LOSSES += [(case("BinaryFocalCrossentropy", label_smoothing=0.2), PROBABILITIES)]
SAMPLE_WEIGHTS = [2.0, 0.5, 0.0, 1.0, 3.0, 0.25]

# ------------------------------------------------------------------------------------------------------- schedules

STEPS = [0, 1, 2, 3, 5, 7, 9, 10, 11, 15, 19, 20, 21, 25, 29, 30, 31, 40, 50, 69, 70, 71, 99, 150, 1000]
SCHEDULES = [
    case("PiecewiseConstantDecay", boundaries=[10, 30], values=[0.1, 0.03, 0.01]),
    *(
        case(which, initial_learning_rate=0.1, decay_steps=10, decay_rate=0.6, staircase=stairs)
        for which in ("ExponentialDecay", "InverseTimeDecay")
        for stairs in (False, True)
    ),
    *(
        case(
            "PolynomialDecay",
            initial_learning_rate=0.1,
            decay_steps=20,
            end_learning_rate=0.001,
            power=power,
            cycle=cycle,
        )
        for power in (1.0, 0.5, 2.0)
        for cycle in (False, True)
    ),
    case("CosineDecay", initial_learning_rate=0.1, decay_steps=30, alpha=0.0),
    case("CosineDecay", initial_learning_rate=0.1, decay_steps=30, alpha=0.2),
    case("CosineDecay", initial_learning_rate=0.0, decay_steps=30, alpha=0.1, warmup_target=0.2, warmup_steps=10),
    case("CosineDecay", initial_learning_rate=0.05, decay_steps=40, warmup_target=0.01, warmup_steps=7),
    case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=10),
    case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.0, m_mul=0.8, alpha=0.1),
    case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=7, t_mul=1.5, m_mul=0.9, alpha=0.05),
]
# PyTorch's own; it raises an error after its last step, so only the steps before are asked for
ONE_CYCLES = [
    case("OneCycleLR", max_lr=0.2, total_steps=40, pct_start=start, anneal_strategy=kind, div_factor=10.0)
    for start in (0.3, 0.55)
    for kind in ("cos", "linear")
]

# ------------------------------------------------------------------------------------------------------- optimizers

# two variables of different shape, since clipnorm is for each of them by itself; the gradients grow and shrink, so
# that clipping acts in some steps and not in others
FIRST_WEIGHTS = [normal_numbers(5, 2, 2), normal_numbers(6, 3)]
SIZES = (1.0, 0.1, 3.0, 0.5, 2.0, 0.01, 1.0, 0.3, 5.0, 0.2)
GRADIENTS = [
    [normal_numbers(10 + t, 2, 2, scale=size), normal_numbers(30 + t, 3, scale=size / 2)]
    for t, size in enumerate(SIZES)
]
KEPT_STEPS = [1, 2, 5, 10]
HALVING = case("ExponentialDecay", initial_learning_rate=0.1, decay_steps=3, decay_rate=0.5)
# Keras's Adam places epsilon otherwise than the paper; with one that is nearly 0 both are the same
TINY = 1e-16
RULES: dict[str, dict[str, Any]] = {
    "SGD": {},
    "Adagrad": {},
    "RMSprop": {},
    "Adadelta": {"epsilon": 1e-3},
    "Adam": {"epsilon": TINY},
    "AdamW": {"epsilon": TINY},
    "Adamax": {},
    "Nadam": {},
    "Lion": {},
}
COMMON: list[dict[str, Any]] = [
    {"weight_decay": 0.05},
    {"clipnorm": 0.7},
    {"clipvalue": 0.4},
    {"global_clipnorm": 0.9},
]
OPTIMIZERS = [
    case(rule, **least, **more)
    for rule, least in RULES.items()
    for more in [{}, *({"learning_rate": 0.1} | c for c in COMMON)]
]
OPTIMIZERS += [case(rule, **least, learning_rate=HALVING) for rule, least in RULES.items()]
OPTIMIZERS += [
    case("SGD", learning_rate=0.1, momentum=0.9),
    case("SGD", learning_rate=0.1, momentum=0.9, nesterov=True),
    case("SGD", learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=0.05, clipnorm=0.7),
    case("SGD", learning_rate=HALVING, momentum=0.9),
    case("SGD", learning_rate=0.1, nesterov=True),
    case("Adagrad", learning_rate=0.5, initial_accumulator_value=0.0, epsilon=0.01),
    case("Adagrad", learning_rate=0.5, initial_accumulator_value=1.5),
    case("RMSprop", learning_rate=0.1, rho=0.8, epsilon=0.01),
    case("RMSprop", learning_rate=0.1, momentum=0.9),
    case("RMSprop", learning_rate=0.1, centered=True),
    case("RMSprop", learning_rate=0.1, momentum=0.5, centered=True, epsilon=0.01),
    case("RMSprop", learning_rate=HALVING, momentum=0.5),
    case("Adadelta", learning_rate=1.0),
    case("Adadelta", learning_rate=1.0, rho=0.8, epsilon=0.1),
    case("Adam", learning_rate=0.1, amsgrad=True, epsilon=TINY),
    case("Adam", learning_rate=0.1, beta_1=0.5, beta_2=0.8, epsilon=TINY),
    case("Adam", learning_rate=0.1, beta_1=0.5, beta_2=0.8, amsgrad=True, epsilon=TINY),
    # these three with an epsilon that is felt, to show that the place of epsilon is the whole difference
    case("Adam"),
    case("Adam", learning_rate=0.1, epsilon=0.1),
    case("Adam", learning_rate=0.1, epsilon=0.1, beta_2=0.8, amsgrad=True),
    case("AdamW", learning_rate=0.1, epsilon=0.1),
    case("AdamW", learning_rate=0.1, weight_decay=0.2, beta_1=0.5, beta_2=0.8, amsgrad=True, epsilon=TINY),
    case("Adamax", learning_rate=0.1, epsilon=0.1, beta_1=0.5, beta_2=0.8),
    case("Nadam", learning_rate=0.1, epsilon=0.1, beta_1=0.5, beta_2=0.8),
    case("Lion", learning_rate=0.1, beta_1=0.5, beta_2=0.6),
]
# PyTorch's arguments, and the same rule in Keras's words
TORCH_OPTIMIZERS: list[tuple[Case, Case]] = [
    (case("SGD", lr=0.1), case("SGD", learning_rate=0.1)),
    (case("SGD", lr=0.1, momentum=0.9), case("SGD", learning_rate=0.1, momentum=0.9)),
    (case("SGD", lr=0.1, momentum=0.9, nesterov=True), case("SGD", learning_rate=0.1, momentum=0.9, nesterov=True)),
    # PyTorch adds epsilon to the root here and in RMSprop, Keras under it
    (
        case("Adagrad", lr=0.5, initial_accumulator_value=0.1, eps=TINY),
        case("Adagrad", learning_rate=0.5, initial_accumulator_value=0.1, epsilon=TINY),
    ),
    (case("RMSprop", lr=0.1, alpha=0.8, eps=TINY), case("RMSprop", learning_rate=0.1, rho=0.8, epsilon=TINY)),
    (
        case("RMSprop", lr=0.1, alpha=0.9, momentum=0.5, centered=True, eps=TINY),
        case("RMSprop", learning_rate=0.1, rho=0.9, momentum=0.5, centered=True, epsilon=TINY),
    ),
    (case("Adadelta", lr=1.0, rho=0.8, eps=0.1), case("Adadelta", learning_rate=1.0, rho=0.8, epsilon=0.1)),
    (case("Adam", lr=0.001, eps=1e-7), case("Adam", learning_rate=0.001, epsilon=1e-7)),
    (
        case("Adam", lr=0.1, betas=[0.5, 0.8], eps=0.1),
        case("Adam", learning_rate=0.1, beta_1=0.5, beta_2=0.8, epsilon=0.1),
    ),
    (
        case("Adam", lr=0.1, betas=[0.5, 0.8], eps=0.1, amsgrad=True),
        case("Adam", learning_rate=0.1, beta_1=0.5, beta_2=0.8, epsilon=0.1, amsgrad=True),
    ),
    (
        case("AdamW", lr=0.1, eps=0.1, weight_decay=0.2),
        case("AdamW", learning_rate=0.1, epsilon=0.1, weight_decay=0.2),
    ),
    # PyTorch adds epsilon before the maximum, Keras after it
    (case("Adamax", lr=0.1, eps=TINY), case("Adamax", learning_rate=0.1, epsilon=TINY)),
    # a momentum_decay of 1 is Keras's schedule of mu; PyTorch's default is 0.004
    (
        case("NAdam", lr=0.1, betas=[0.5, 0.8], eps=0.1, momentum_decay=1.0),
        case("Nadam", learning_rate=0.1, beta_1=0.5, beta_2=0.8, epsilon=0.1),
    ),
]

# ---------------------------------------------------------------------------------------------------------- metrics

LABELS = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0]
# with ties, within a class and across
GUESSES = [0.9, 0.4, 0.35, 0.8, 0.1, 0.6, 0.7, 0.4, 0.4, 0.2, 0.55, 0.95, 0.3, 0.45, 0.6, 0.05]
FIVE = np.random.default_rng(7).dirichlet(np.ones(5), size=10).round(3).tolist()
CLASSES = [0, 3, 2, 1, 4, 4, 2, 0, 1, 3]
METRICS = [
    *(case(which, threshold=t) for which in ("BinaryAccuracy", "F1Score") for t in (0.5, 0.3)),
    *(case(which, thresholds=t) for which in ("Precision", "Recall") for t in (0.5, 0.3, 0.99)),
    case("AUC", num_thresholds=2001),
    case("CategoricalAccuracy"),
    case("SparseCategoricalAccuracy"),
    *(case(which, k=k) for which in ("TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy") for k in (1, 2, 3, 5)),
    *(case(which) for which in ("MeanAbsoluteError", "MeanSquaredError", "RootMeanSquaredError", "R2Score")),
]

# ----------------------------------------------------------------------------------------------------------- layers

# each with the numbers of its inputs and outputs
LAYERS = [
    (case("Dense", units=3, activation=None), 4, 3),
    (case("Dense", units=3, activation="tanh", use_bias=False), 4, 3),
    (case("Dense", units=3, activation="softmax"), 4, 3),
    (case("Dense", units=2, activation="relu", kernel_regularizer=case("L1", l1=0.02)), 3, 2),
    (case("Dense", units=2, activation="sigmoid", kernel_regularizer=case("L2", l2=0.03)), 3, 2),
    (case("Dense", units=2, activation="selu", kernel_regularizer=case("L1L2", l1=0.02, l2=0.03)), 3, 2),
    (case("BatchNormalization"), 3, 3),
    (case("BatchNormalization", momentum=0.6, epsilon=0.1), 3, 3),
    (case("BatchNormalization", momentum=0.9, center=False), 3, 3),
    (case("BatchNormalization", momentum=0.9, scale=False), 3, 3),
    (case("Activation", activation="softmax"), 3, 3),
]
