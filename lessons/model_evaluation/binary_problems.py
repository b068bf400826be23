"""The yes-or-no problems that several questions on evaluation judge, with the columns that they use."""

from dlcore.datasets import BreastCancer, Dataset, GaussPairs

CLASSES: dict[str, tuple[Dataset, tuple[int, ...]]] = {
    "breast_cancer": (BreastCancer(), tuple(range(30))),
    "two_measures": (BreastCancer(), (1, 4)),
    "gauss_pairs": (GaussPairs(count=1200, noise=1.5), (0, 1)),
}
"""What asks yes or no: data, and the columns that a model may see."""
