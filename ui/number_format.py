"""Numbers as people write them."""

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(value: float) -> str:
    """All digits of a float, without an exponent: 0.000024."""
    # here, for who builds the site without a server reads texts and has no NumPy
    import numpy as np

    return np.format_float_positional(value, trim="-")


def readable(value: float, digits: int = 4) -> str:
    """A number in so many significant digits: 81,130 and 0.00002465, but 2.4×10¹² where one would count zeros."""
    # the largest numbers that there are become infinite when they are rounded up
    rounded = float(f"{value:.{digits}g}")
    if not math.isfinite(rounded) or rounded == 0:
        return {math.inf: "∞", -math.inf: "−∞", 0: "0"}.get(rounded, "?")
    if 1e-7 <= abs(rounded) < 1e10:
        whole, dot, decimals = (f"{rounded:.0f}" if abs(rounded) >= 10**digits else plain(rounded)).partition(".")
        # a thousand with its comma, whatever comes after it
        whole = f"{int(whole):,}" if len(whole) > 3 else whole
        return f"{whole}{dot}{decimals}".replace("-", "−")
    return _in_powers(rounded, digits)


def percent(share: float, decimals: int = 0) -> str:
    """A share in percent with so many decimals, 105%: more of them where 0%, 100% or a zero would not be true.

    0.003 is 0.3% and 0.99996 is 99.996%, for 0% is nothing and 100% is all; from a thousand percent on with thousands
    set off, and where one would count zeros in powers of ten.
    """
    if not math.isfinite(share):
        return "∞" if share > 0 else "−∞" if share < 0 else "?"
    if abs(share) >= 1e8:
        return f"{readable(100 * share, 3)}%"
    if 0 < abs(share) < 1e-6:
        return f"{_in_powers(100 * share, 2)}%"
    # what is all but for rounding is all
    exact = share == 0 or abs(share - 1) < 1e-12
    while not exact and float(f"{share:.{decimals}%}"[:-1]) in (0, 100):
        decimals += 1
    return f"{share:,.{decimals}%}".replace("-", "−")


def small(value: float, digits: int = 3) -> str:
    """The same for what shrinks from step to step: below a thousandth in powers of ten, 2.52×10⁻⁷."""
    return _in_powers(value, digits) if 0 < abs(value) < 1e-3 else readable(value, digits)


def _in_powers(value: float, digits: int) -> str:
    factor, power = f"{value:.{digits - 1}e}".split("e")
    return f"{plain(float(factor))}×10{str(int(power)).translate(_RAISED)}".replace("-", "−")
