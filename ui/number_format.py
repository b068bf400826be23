"""Numbers as people write them."""

import math

import numpy as np

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(value: float) -> str:
    """All digits of a float, without an exponent: 0.000024."""
    return np.format_float_positional(value, trim="-")


def readable(value: float, digits: int = 4) -> str:
    """A number in so many significant digits: 81,130 and 0.00002465, but 2.4×10¹² where one would count zeros."""
    # the largest numbers that there are become infinite when they are rounded up
    rounded = float(f"{value:.{digits}g}")
    if not math.isfinite(rounded) or rounded == 0:
        return {math.inf: "∞", -math.inf: "−∞", 0: "0"}.get(rounded, "?")
    if 1e-7 <= abs(rounded) < 1e10:
        text = f"{rounded:,.0f}" if abs(rounded) >= 10**digits else plain(rounded)
        return text.replace("-", "−")
    return _in_powers(rounded, digits)


def small(value: float, digits: int = 3) -> str:
    """The same for what shrinks from step to step: below a thousandth in powers of ten, 2.52×10⁻⁷."""
    return _in_powers(value, digits) if 0 < abs(value) < 1e-3 else readable(value, digits)


def _in_powers(value: float, digits: int) -> str:
    factor, power = f"{value:.{digits - 1}e}".split("e")
    return f"{plain(float(factor))}×10{str(int(power)).translate(_RAISED)}".replace("-", "−")
