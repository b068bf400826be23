"""Training: the questions of page 7."""

from lessons.training import compile, data, fit, keep, live, model, watch

__all__ = ["compile", "data", "fit", "keep", "live", "model", "watch"]
