"""The whole trainings that tools/record_golden.py records: layers, first weights, data, and how to train.

Everything is drawn from seeds and rounded to three decimals. Names are Keras's.
"""

from typing import Any

import numpy as np
from golden_cases import HALVING, TINY, Case, case


def dense(units: int, activation: str | None = None, **settings: Any) -> Case:
    return case("Dense", units=units, activation=activation, **settings)


def first_weights(seed: int, inputs: int, layers: list[Case]) -> list[Any]:
    """Weights in Keras's order: about as large as Glorot's, with biases that are not 0."""
    rng, values = np.random.default_rng(seed), []
    for layer in layers:
        if layer["class"] == "BatchNormalization":
            values += [rng.uniform(0.8, 1.2, inputs), rng.normal(0, 0.2, inputs), np.zeros(inputs), np.ones(inputs)]
        elif layer["class"] == "Dense":
            units = layer["settings"]["units"]
            values.append(rng.normal(0, (2 / (inputs + units)) ** 0.5, (inputs, units)))
            if layer["settings"].get("use_bias", True):
                values.append(rng.normal(0, 0.1, units))
            inputs = units
    return [value.round(3).tolist() for value in values]


def points(seed: int, samples: int, features: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(samples, features)).round(3)


def yes_no(x: np.ndarray) -> list[Any]:
    """Labels that no straight line tells apart."""
    return (x[:, 0] * x[:, 1] + 0.3 * x[:, -1] > 0).astype(int)[:, None].tolist()


def classes(x: np.ndarray) -> np.ndarray:
    return np.argmax(np.stack([x[:, 0], x[:, 1] - x[:, 2], x[:, 3] ** 2 - 1]), axis=0)


def training(x: np.ndarray, y: Any, layers: list[Case], how: dict[str, Any], seed: int, **fit: Any) -> dict[str, Any]:
    return {
        "x": x.tolist(),
        "y": y,
        "layers": layers,
        "first_weights": first_weights(seed, x.shape[1], layers),
        "compile": how,
        "fit": {"shuffle": False} | fit,
    }


TWO, FOUR, EIGHT, ONE = points(50, 50, 2), points(51, 45, 4), points(52, 40, 8), points(53, 48, 1)
WAVE = (np.sin(2 * ONE) + 0.1 * points(54, 48, 1)).round(3).tolist()
SMALL, BINARY = [dense(8, "tanh"), dense(8, "relu"), dense(1, "sigmoid")], case("BinaryCrossentropy")
# without a bias: the mean is taken off anyway, and Adam would make steps of what rounding leaves of a gradient of 0
NORMALIZED = [
    dense(6, use_bias=False),
    case("BatchNormalization", momentum=0.9),
    case("Activation", activation="relu"),
    dense(1, "sigmoid"),
]
ADAM = case("Adam", learning_rate=0.02, epsilon=TINY)


def compile_arguments(loss: Case, optimizer: Case, *metrics: str) -> dict[str, Any]:
    """The arguments of ``compile``."""
    return {"loss": loss, "optimizer": optimizer, "metrics": list(metrics)}


TRAININGS = {
    "sgd": training(
        TWO,
        yes_no(TWO),
        SMALL,
        compile_arguments(BINARY, case("SGD", learning_rate=0.3), "accuracy"),
        1,
        epochs=8,
        batch_size=8,
    ),
    "momentum_of_logits": training(
        TWO,
        yes_no(TWO),
        [dense(6, "elu"), dense(1)],
        compile_arguments(
            case("BinaryCrossentropy", from_logits=True), case("SGD", learning_rate=0.1, momentum=0.9, nesterov=True)
        ),
        2,
        epochs=6,
        batch_size=16,
    ),
    "softmax": training(
        FOUR,
        np.eye(3, dtype=int)[classes(FOUR)].tolist(),
        [dense(8, "relu"), dense(3, "softmax")],
        compile_arguments(case("CategoricalCrossentropy"), ADAM, "accuracy"),
        3,
        epochs=8,
        batch_size=10,
        validation_split=0.2,
    ),
    "sparse_softmax": training(
        FOUR,
        classes(FOUR).tolist(),
        [dense(8, "silu"), dense(3, "softmax")],
        compile_arguments(case("SparseCategoricalCrossentropy"), case("Nadam", learning_rate=0.02), "accuracy"),
        4,
        epochs=6,
        batch_size=7,
        class_weight={"0": 1.0, "1": 3.0, "2": 0.5},
    ),
    "penalties_and_class_weights": training(
        EIGHT,
        yes_no(EIGHT),
        [
            dense(12, "relu", kernel_regularizer=case("L2", l2=0.01)),
            dense(8, "relu", kernel_regularizer=case("L1", l1=0.002)),
            dense(1, "sigmoid", kernel_regularizer=case("L1L2", l1=0.001, l2=0.003)),
        ],
        compile_arguments(BINARY, ADAM, "accuracy"),
        5,
        epochs=6,
        batch_size=12,
        class_weight={"0": 0.7, "1": 2.5},
        validation_split=0.25,
    ),
    "regression": training(
        ONE,
        WAVE,
        [dense(10, "tanh"), dense(1)],
        compile_arguments(case("MeanSquaredError"), case("RMSprop", learning_rate=0.01), "mae"),
        6,
        epochs=10,
        batch_size=9,
        validation_split=0.3,
    ),
    "sample_weights": training(
        ONE,
        WAVE,
        [dense(5, "softplus"), dense(1)],
        compile_arguments(case("Huber", delta=0.5), case("Adagrad", learning_rate=0.1), "mse"),
        7,
        epochs=6,
        batch_size=10,
        sample_weight=np.random.default_rng(8).uniform(0, 3, 48).round(2).tolist(),
    ),
    "batch_normalization": training(
        TWO,
        yes_no(TWO),
        NORMALIZED,
        compile_arguments(BINARY, ADAM, "accuracy"),
        9,
        epochs=6,
        batch_size=16,
        validation_split=0.2,
    ),
    "clipnorm": training(
        TWO,
        yes_no(TWO),
        SMALL,
        compile_arguments(BINARY, case("SGD", learning_rate=0.5, momentum=0.9, clipnorm=0.1), "accuracy"),
        10,
        epochs=6,
        batch_size=8,
    ),
    "decay_of_weights": training(
        TWO,
        yes_no(TWO),
        SMALL,
        compile_arguments(
            BINARY, case("AdamW", learning_rate=0.02, weight_decay=0.1, epsilon=TINY, global_clipnorm=0.3)
        ),
        11,
        epochs=6,
        batch_size=8,
    ),
    "squares_behind_a_sigmoid": training(
        TWO,
        yes_no(TWO),
        [dense(6, "leaky_relu"), dense(1, "sigmoid")],
        compile_arguments(case("MeanSquaredError"), case("SGD", learning_rate=1.0, momentum=0.5), "accuracy"),
        12,
        epochs=8,
        batch_size=10,
    ),
    "surprise_behind_a_tanh": training(
        FOUR,
        np.eye(3, dtype=int)[classes(FOUR)].tolist(),
        [dense(5, "gelu"), dense(3, "exponential")],
        compile_arguments(case("CategoricalCrossentropy", label_smoothing=0.1), case("SGD", learning_rate=0.1)),
        13,
        epochs=5,
        batch_size=15,
    ),
    "schedule": training(
        TWO,
        yes_no(TWO),
        SMALL,
        compile_arguments(
            BINARY, case("SGD", learning_rate=HALVING | {"settings": HALVING["settings"] | {"decay_steps": 12}})
        ),
        14,
        epochs=6,
        batch_size=8,
    ),
    "rate_on_a_plateau": training(
        ONE,
        WAVE,
        [dense(4, "relu"), dense(1)],
        compile_arguments(case("MeanSquaredError"), case("SGD", learning_rate=0.4)),
        15,
        epochs=12,
        batch_size=12,
        validation_split=0.25,
        callbacks=[case("ReduceLROnPlateau", monitor="val_loss", factor=0.5, patience=1, min_delta=0.001)],
    ),
    "early_stopping": training(
        TWO,
        yes_no(TWO),
        SMALL,
        compile_arguments(BINARY, case("Adam", learning_rate=0.05, epsilon=TINY), "accuracy"),
        16,
        epochs=30,
        batch_size=10,
        validation_split=0.3,
        callbacks=[case("EarlyStopping", monitor="val_loss", patience=3, restore_best_weights=True)],
    ),
}

# the same trainings as plain loops in PyTorch; Adam here with an epsilon that is felt, placed as in the paper
TORCH_TRAININGS = {
    "sgd": ("sgd", case("SGD", lr=0.3), case("SGD", learning_rate=0.3)),
    "softmax": (
        "softmax",
        case("Adam", lr=0.02, eps=0.01),
        case("Adam", learning_rate=0.02, epsilon=0.01),
    ),
    "regression": (
        "regression",
        case("SGD", lr=0.05, momentum=0.9, nesterov=True),
        case("SGD", learning_rate=0.05, momentum=0.9, nesterov=True),
    ),
    "batch_normalization": (
        "batch_normalization",
        case("AdamW", lr=0.02, eps=0.01, weight_decay=0.1),
        case("AdamW", learning_rate=0.02, epsilon=0.01, weight_decay=0.1),
    ),
}
