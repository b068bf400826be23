"""Model evaluation: the questions of page 8."""

from lessons.model_evaluation import beat_common_sense, behind_the_score, folds, grow, only_once, residuals, tame

__all__ = ["beat_common_sense", "behind_the_score", "folds", "grow", "only_once", "residuals", "tame"]
