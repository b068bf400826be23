"""Activations and their slopes as expressions of NumPy alone, for programs of a few lines.

value("tanh", "z")            "np.tanh(z)"
slope("tanh", "z", "a")       "1 - a**2"
"""

from dlcore.activations import ELU, SELU, LeakyReLU

_LEAK, _ALPHA, _SCALE, _REST = LeakyReLU().negative_slope, ELU().alpha, SELU.scale, SELU.scale * SELU.alpha
_SOFT = "np.tanh(np.log(1 + np.exp({z})))"

_EXPRESSIONS: dict[str, tuple[str, str]] = {
    "linear": ("{z}", "np.ones_like({z})"),
    "step": ("({z} >= 0) * 1.0", "np.zeros_like({z})"),
    "sigmoid": ("1 / (1 + np.exp(-{z}))", "{a} * (1 - {a})"),
    "hard_sigmoid": ("np.clip({z} / 6 + 0.5, 0, 1)", "(abs({z}) < 3) / 6"),
    "tanh": ("np.tanh({z})", "1 - {a}**2"),
    "softsign": ("{z} / (1 + abs({z}))", "(1 - abs({a}))**2"),
    "softplus": ("np.log(1 + np.exp({z}))", "1 - np.exp(-{a})"),
    "relu": ("np.maximum({z}, 0)", "({z} > 0) * 1.0"),
    "relu6": ("np.clip({z}, 0, 6)", "(({z} > 0) & ({z} < 6)) * 1.0"),
    "leaky_relu": (f"np.where({{z}} > 0, {{z}}, {_LEAK} * {{z}})", f"np.where({{z}} > 0, 1, {_LEAK})"),
    "elu": (f"np.where({{z}} > 0, {{z}}, {_ALPHA} * (np.exp({{z}}) - 1))", f"np.where({{z}} > 0, 1, {{a}} + {_ALPHA})"),
    "selu": (
        f"np.where({{z}} >= 0, {_SCALE:.10g} * {{z}}, {_REST:.10g} * (np.exp({{z}}) - 1))",
        f"np.where({{z}} >= 0, {_SCALE:.10g}, {{a}} + {_REST:.10g})",
    ),
    "silu": ("{z} * sigmoid({z})", "sigmoid({z}) + {a} * (1 - sigmoid({z}))"),
    "hard_silu": ("{z} * np.clip({z} / 6 + 0.5, 0, 1)", "np.where(abs({z}) < 3, {z} / 3 + 0.5, {z} > 0)"),
    "mish": (f"{{z}} * {_SOFT}", f"{_SOFT} + {{z}} * sigmoid({{z}}) * (1 - {_SOFT}**2)"),
    "exponential": ("np.exp({z})", "{a}"),
}
"""By activation, its value and its slope, which may use the value. There is no gelu: NumPy has no error function."""

SIGMOID = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))"
"""What some of the expressions call."""


def writable(name: str) -> bool:
    """Whether there is an expression for an activation."""
    return name in _EXPRESSIONS


def value(name: str, z: str) -> str:
    """The expression of an activation's value at z."""
    return _EXPRESSIONS[name][0].format(z=z)


def slope(name: str, z: str, a: str) -> str:
    """The expression of its slope there; a: what its value is called."""
    return _EXPRESSIONS[name][1].format(z=z, a=a)
