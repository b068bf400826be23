"""Data sets: every one has a shape, a source, a licence and the same numbers each time; and standardising them."""

import csv
import dataclasses
from importlib import resources
from math import erf
from statistics import fmean, pstdev

import numpy as np
import pytest

from dlcore import datasets, preprocessing
from dlcore.datasets import (
    XOR,
    AutoMPG,
    Blobs,
    BreastCancer,
    Circles,
    Dataset,
    Digits,
    GaussPairs,
    Iris,
    Moons,
    NoisyLine,
    Penguins,
    PenguinSpecies,
    Sine,
    Spirals,
    _load,
)
from dlcore.preprocessing import Standardizer, one_hot, standardize, train_validation_test_split


def extremes(member: type[Dataset]) -> list[Dataset]:
    """A member at its defaults and with every number at its lowest and at its highest."""
    declared = member.settings().items()
    return [
        member(),
        member(**{name: one.low for name, one in declared}),
        member(**{name: one.high for name, one in declared}),
    ]


MEMBERS = [Dataset.get(name) for name in Dataset.members]
every_dataset = pytest.mark.parametrize(
    "data", dict.fromkeys(data for one in MEMBERS for data in extremes(type(one))), ids=repr
)
SHIPPED = resources.files("dlcore").joinpath("data")


@every_dataset
def test_inputs_and_targets_have_their_shapes(data: Dataset) -> None:
    x, y = data.load()
    assert x.shape == (len(y), len(data.features)) and y.shape == (len(y),) and len(y) >= 3
    assert x.dtype == np.float64 and y.dtype == (np.int64 if data.classes else np.float64)
    assert np.isfinite(x).all() and np.isfinite(y).all()


@every_dataset
def test_the_task_says_what_the_targets_are(data: Dataset) -> None:
    y = data.load()[1]
    if data.task == "regression":
        assert data.classes == () and len(np.unique(y)) > 2
    else:
        assert np.unique(y).tolist() == list(range(len(data.classes)))
        assert (data.task == "binary") == (len(data.classes) == 2)


@every_dataset
def test_generated_classes_are_equally_frequent_in_every_stretch(data: Dataset) -> None:
    if "seed" in data.settings() and data.classes:
        y = data.load()[1]
        for part in (y, y[: len(y) // 2], y[-len(y) // 5 :]):
            counts = np.bincount(part, minlength=len(data.classes))
            assert counts.max() - counts.min() <= 1


def test_a_page_finds_the_data_that_suit_it() -> None:
    assert Dataset.suiting("regression", inputs=1) == ("penguins", "noisy_line", "sine")
    assert Dataset.suiting("binary", inputs=2) == ("gauss_pairs", "xor", "circles", "moons", "spirals")
    assert Dataset.suiting("multiclass", inputs=64) == ("digits",)
    assert Dataset.suiting("binary", inputs=1) == ()
    straight = [data.name() for data in MEMBERS if data.straight]
    assert straight == ["penguins", "noisy_line"]


@every_dataset
def test_nobody_can_write_into_what_all_share(data: Dataset) -> None:
    for part in data.load():
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 7


@every_dataset
def test_loading_again_gives_the_same_numbers(data: Dataset) -> None:
    first = [part.copy() for part in data.load()]
    _load.cache_clear()
    assert all(np.array_equal(a, b) for a, b in zip(first, data.load(), strict=True))


@every_dataset
def test_source_and_licence_are_stated(data: Dataset) -> None:
    assert data.source.strip() and data.licence.strip() and data.target and all(data.features)
    assert (data.source == "generated") == ("seed" in data.settings()) == (data.licence == "none needed")
    assert len(set(data.features)) == len(data.features) and data.target not in data.features


@pytest.mark.parametrize(
    "member", [m for m in Dataset.members.values() if "seed" in m.settings()], ids=lambda m: m.name()
)
def test_another_seed_gives_other_data_of_the_same_kind(member: type[Dataset]) -> None:
    one, other = (dataclasses.replace(member(), seed=seed).load() for seed in (1, 2))  # type: ignore[call-arg]
    assert one[0].shape == other[0].shape
    assert not np.array_equal(one[0], other[0])


def test_the_penguins_are_those_of_the_file() -> None:
    rows = list(csv.DictReader(SHIPPED.joinpath("penguins.csv").read_text(encoding="utf-8").splitlines()))
    flippers = [float(row["flipper_length_mm"]) for row in rows]
    masses = [float(row["body_mass_g"]) / 1000 for row in rows]
    x, y = Penguins().load()
    assert x[:, 0].tolist() == flippers
    assert y == pytest.approx(masses, abs=1e-12)
    # the means that Gorman et al.'s data have in the literature: 200.9 mm and 4.20 kg
    assert len(rows) == 342
    assert (x.mean(), y.mean()) == pytest.approx((fmean(flippers), fmean(masses)))
    assert (x.mean(), y.mean()) == pytest.approx((200.915, 4.2018), abs=5e-4)
    assert {row["species"] for row in rows} == {"Adelie", "Chinstrap", "Gentoo"}


def test_every_shipped_table_stands_in_the_readme_with_its_rows() -> None:
    readme = SHIPPED.joinpath("README.md").read_text(encoding="utf-8")
    tables = [file for file in SHIPPED.iterdir() if file.name.endswith(".csv")]
    assert tables
    for table in tables:
        (line,) = (line for line in readme.splitlines() if line.startswith(f"| `{table.name}` |"))
        assert f"| {len(table.read_text(encoding='utf-8').splitlines()) - 1} " in line
        assert len(table.read_bytes()) < 300_000


@pytest.mark.parametrize("data", [data for data in MEMBERS if "seed" not in data.settings()], ids=repr)
def test_the_readme_agrees_with_a_members_licence_and_source(data: Dataset) -> None:
    table = {Penguins: "penguins", PenguinSpecies: "penguins"}.get(type(data), data.name())
    readme = SHIPPED.joinpath("README.md").read_text(encoding="utf-8")
    (line,) = (line for line in readme.splitlines() if line.startswith(f"| `{table}.csv` |"))
    assert line.endswith(f"| {data.licence.replace('-', ' ')} |")
    assert "doi:" not in data.source or data.source.split("doi:")[1].split(";")[0] in line


def test_the_cars_are_those_of_the_literature() -> None:
    x, y = AutoMPG().load()
    assert x.shape == (392, 6)
    # mean 23.446, from 9 to 46.6 miles per gallon; heavier cars go less far: r = -0.832
    assert (y.mean(), y.min(), y.max()) == pytest.approx((23.446, 9.0, 46.6), abs=5e-4)
    assert np.corrcoef(x[:, AutoMPG.features.index("weight_lb")], y)[0, 1] == pytest.approx(-0.832, abs=5e-4)


def test_the_tumours_are_those_of_the_source() -> None:
    x, y = BreastCancer().load()
    assert x.shape == (569, 30) and np.bincount(y).tolist() == [357, 212]
    lowest = dict(zip(BreastCancer.features, x.min(axis=0)))
    assert (lowest["radius_mean"], lowest["area_se"], lowest["perimeter_worst"]) == (6.981, 6.802, 50.41)
    # the larger the nuclei, the more often malignant
    assert x[y == 1, 0].mean() > x[y == 0, 0].mean()


def test_the_irises_are_fishers() -> None:
    x, y = Iris().load()
    assert np.bincount(y).tolist() == [50, 50, 50]
    assert x.mean(axis=0) == pytest.approx([5.843, 3.057, 3.758, 1.199], abs=5e-4)
    # the two rows in which UCI's file differs from the paper
    assert x[34].tolist() == [4.9, 3.1, 1.5, 0.2] and x[37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_the_species_are_those_of_the_penguins() -> None:
    x, y = PenguinSpecies().load()
    assert np.bincount(y).tolist() == [151, 68, 123]
    assert np.array_equal(x[:, 2], Penguins().load()[0][:, 0])
    assert x[:, 3] / 1000 == pytest.approx(Penguins().load()[1])
    assert x[0].tolist() == [39.1, 18.7, 181.0, 3750.0]


def test_the_digits_are_images_of_whole_numbers() -> None:
    x, y = Digits().load()
    assert x.shape == (1797, 64) and np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.array_equal(x, np.round(x)) and (x.min(), x.max()) == (0, 16)
    zero, one = (x.reshape(-1, 8, 8)[y == digit].mean(axis=0) for digit in (0, 1))
    assert zero[3:5, 3:5].mean() < 3 < 9 < one[3:5, 3:5].mean(), "a zero has a hole, a one has not"


def test_without_noise_and_outliers_the_points_are_on_the_line() -> None:
    x, y = NoisyLine(count=50, noise=0.0).load()
    assert y == pytest.approx(2 * x[:, 0] + 1, abs=1e-12)


def test_outliers_are_the_stated_share_and_lie_15_higher() -> None:
    plain, lifted = (NoisyLine(count=40, outliers=share).load()[1] for share in (0.0, 0.25))
    assert sorted(np.round(lifted - plain, 9).tolist()) == [0.0] * 30 + [15.0] * 10


def test_the_noise_has_the_stated_standard_deviation() -> None:
    x, y = NoisyLine(count=2000, noise=3.0).load()
    assert (y - 2 * x[:, 0] - 1).std() == pytest.approx(3.0, rel=0.05)


def test_without_noise_the_points_are_on_the_sine() -> None:
    x, y = Sine(noise=0.0).load()
    assert y == pytest.approx(np.sin(x[:, 0])) and x.min() >= 0 and x.max() <= 2 * np.pi


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_the_best_line_between_two_gaussians_errs_as_often_as_theory_says(noise: float) -> None:
    x, y = GaussPairs(count=2000, noise=noise, seed=4).load()
    wrong = np.mean((x.sum(axis=1) > 0) != y)
    share = 0.5 * (1 - erf(1 / noise))  # Phi(-sqrt(2) / noise)
    assert wrong == pytest.approx(share, abs=4 * (share * (1 - share) / 2000) ** 0.5 + 1e-3)


def test_without_noise_xor_is_the_sign_of_the_product() -> None:
    x, y = XOR(noise=0.0).load()
    assert np.array_equal(x[:, 0] * x[:, 1] < 0, y == 1) and np.abs(x).max() <= 1
    assert len(np.unique(np.sign(x), axis=0)) == 4


def test_without_noise_the_circles_have_their_radii() -> None:
    x, y = Circles(noise=0.0).load()
    assert np.hypot(*x.T) == pytest.approx(np.where(y == 1, 0.5, 1.0))


def test_without_noise_the_moons_are_half_circles_that_reach_into_each_other() -> None:
    x, y = Moons(noise=0.0).load()
    upper, lower = x[y == 0], x[y == 1]
    assert np.hypot(*upper.T) == pytest.approx(1) and (upper[:, 1] >= 0).all()
    assert np.hypot(*(lower - (1, 0.5)).T) == pytest.approx(1) and (lower[:, 1] <= 0.5).all()
    assert lower[:, 0].min() < upper[:, 0].max() and lower[:, 1].max() > upper[:, 1].min()


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_without_noise_a_spirals_arms_are_one_arm_turned(arms: int) -> None:
    data = Spirals(arms=arms, turns=2.0, noise=0.0)
    x, y = data.load()
    r, t = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    turned = t - 2 * np.pi * y / arms - 2 * np.pi * 2.0 * r
    assert np.cos(turned) == pytest.approx(1)
    assert data.task == ("binary" if arms == 2 else "multiclass")


@pytest.mark.parametrize("centers", [2, 3, 10])
def test_without_noise_a_blob_is_its_centre_two_from_the_middle(centers: int) -> None:
    x, _ = Blobs(count=200, centers=centers, noise=0.0).load()
    places = np.unique(np.round(x, 9), axis=0)
    assert len(places) == centers and np.hypot(*places.T) == pytest.approx(2)


@pytest.mark.parametrize("member", [Sine, XOR, Circles, Moons, Spirals, Blobs, GaussPairs])
def test_the_noise_moves_every_point_by_its_standard_deviation(member) -> None:
    (x, y), (x_0, y_0) = (member(count=2000, noise=noise).load() for noise in (0.5, 0.0))
    moved = y - y_0 if member is Sine else x - x_0
    assert moved.std() == pytest.approx(0.5, rel=0.05) and abs(moved.mean()) < 0.05


# ---- preparing data for training -----------------------------------------------------------------------------------


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize(
    "shares", [(0.6, 0.2, 0.2), (0.7, 0.3, 0.0), (0.5, 0.0, 0.5), (1, 0, 0), (1 / 3, 1 / 3, 1 / 3)]
)
def test_a_split_puts_every_row_into_one_part_in_random_order(shares: tuple[float, ...], stratify: bool) -> None:
    x, y = Iris().load()
    rows = np.arange(150)
    split = train_validation_test_split(rows, y, shares, seed=3, stratify=stratify)
    assert sorted(np.concatenate([part.x for part in split]).tolist()) == rows.tolist()
    assert [len(part.x) for part in split] == [round(150 * share) for share in shares]
    assert all(np.array_equal(part.y, y[part.x]) for part in split)
    again, other = (train_validation_test_split(rows, y, shares, seed, stratify) for seed in (3, 4))
    assert np.array_equal(split.train.x, again.train.x) and not np.array_equal(split.train.x, other.train.x)
    (x_train, y_train), *_ = train_validation_test_split(x, y, shares, np.random.default_rng(3), stratify)
    assert np.array_equal(x_train, x[split.train.x]) and len(np.unique(y_train)) == 3


@pytest.mark.parametrize("data", [Iris(), PenguinSpecies(), BreastCancer(), Digits()], ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_a_stratified_split_gives_every_part_its_share_of_every_class(data: Dataset, seed: int) -> None:
    x, y = data.load()
    shares = (0.6, 0.25, 0.15)
    for part, share in zip(train_validation_test_split(x, y, shares, seed, stratify=True), shares):
        assert np.abs(np.bincount(part.y) - share * np.bincount(y)).max() <= 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"shares": (0.5, 0.5)}, r"shares must be three.*they are \(0.5, 0.5\)"),
        ({"shares": (0.5, 0.2, 0.2)}, "the sum 1"),
        ({"shares": (1.2, -0.1, -0.1)}, "none negative"),
        ({"shares": (float("nan"), 0.5, 0.5)}, "none negative"),
        ({"shares": (0.0, 0.5, 0.5)}, "the first above 0"),
        ({"shares": (0.998, 0.001, 0.001)}, "10 rows are too few: a part with a share of 0.001 would be empty"),
        ({"y": np.zeros(9)}, r"x has shape \(10, 1\) and y \(9,\); they need the same number of rows"),
        ({"y": 1.0}, "the same number of rows"),
        ({"stratify": True, "y": np.arange(10)}, "class 0 has too few rows to stratify: 1 for 3 parts"),
        ({"stratify": True, "y": np.zeros((10, 2))}, r"only targets of shape \(rows,\) can be stratified"),
    ],
)
def test_what_cannot_be_split_is_refused(changed: dict, message: str) -> None:
    given = {"x": np.arange(10.0)[:, None], "y": np.arange(10) % 2, "shares": (0.6, 0.2, 0.2)} | changed
    with pytest.raises(ValueError, match=message):
        train_validation_test_split(**given)


@pytest.mark.parametrize("shape", [(50,), (50, 3), (50, 2, 2)])
def test_a_standardiser_knows_the_training_part_only(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(5)
    x, other = rng.normal(200, 14, shape), rng.normal(100, 3, shape)
    scaler = Standardizer.fit(x)
    assert scaler.transform(x) == pytest.approx(standardize(x).values)
    assert scaler.inverse(scaler.transform(other)) == pytest.approx(other)
    assert abs(scaler.transform(other).mean()) > 5, "the other part keeps its distance from the training part"


def test_a_column_that_never_varies_in_training_becomes_0() -> None:
    scaler = Standardizer.fit([[0.1, 1.0, 1e-200], [0.1, 3.0, 2e-200], [0.1, 5.0, 3e-200]])
    assert scaler.transform([[0.1, 3.0, 1e-200], [1.1, 3.0, 1e-200]]) == pytest.approx(np.array([[0, 0, 0], [1, 0, 0]]))
    assert np.isfinite(Standardizer.fit(Digits().load()[0]).transform(Digits().load()[0])).all()


@pytest.mark.parametrize("x", [5.0, np.empty((0, 3)), [[1.0, float("nan")]], [float("inf"), 1.0]])
def test_what_has_no_mean_and_deviation_is_refused(x) -> None:
    with pytest.raises(ValueError, match="only rows of finite numbers"):
        Standardizer.fit(x)


@pytest.mark.parametrize("x", [5.0, np.ones(3), np.ones((4, 1)), np.ones((4, 3))])
def test_other_columns_than_the_training_parts_are_refused(x) -> None:
    scaler = Standardizer.fit(np.arange(8.0).reshape(4, 2))
    for way in (scaler.transform, scaler.inverse):
        with pytest.raises(ValueError, match=r"the training part had rows of shape \(2,\)"):
            way(x)


def test_one_hot_rows_have_a_one_at_the_label() -> None:
    hot = one_hot([2, 0, 1.0], 4)
    assert hot.dtype == np.float64 and hot.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert one_hot(np.array([True, False]), 2).tolist() == [[0, 1], [1, 0]]
    assert one_hot([], 3).shape == (0, 3)
    y = Digits().load()[1]
    assert np.array_equal(one_hot(y, 10).argmax(axis=1), y)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 3], 3, "labels must be whole numbers from 0 to 2; one is 3"),
        ([0, -1], 3, "one is -1"),
        ([0.5], 3, "one is 0.5"),
        ([float("nan")], 3, "one is nan"),
        ([[0, 1]], 3, r"labels must have shape \(rows,\); they have shape \(1, 2\)"),
        (["a"], 3, "labels must be whole numbers from 0 to 2; they are of type <U1"),
        ([0], 0, "classes must be a whole number from 1; it is 0"),
        ([0], 2.0, "it is 2.0"),
        ([0], True, "it is True"),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, classes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        one_hot(labels, classes)


def test_a_data_set_is_got_by_name_and_a_readers_table_is_read_at_the_same_address() -> None:
    assert datasets.get("moons") == Moons()
    table = datasets.read_csv(SHIPPED.joinpath("iris.csv").read_bytes(), target="species")
    x, y = Iris().load()
    assert np.array_equal(table.x, x) and np.array_equal(table.y, y)
    assert (table.features, table.target, table.task, table.classes) == (
        Iris.features,
        "species",
        "multiclass",
        Iris.classes,
    )


@pytest.mark.parametrize("shape", [(50,), (50, 3)])
def test_standardised_columns_have_mean_0_and_deviation_1_and_lead_back(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(5).normal(200, 14, shape)
    values, mean, scale = standardize(x)
    assert values.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert values.std(axis=0) == pytest.approx(1)
    assert mean + scale * values == pytest.approx(x)
    assert np.ravel(scale)[0] == pytest.approx(pstdev(x.reshape(50, -1)[:, 0]))


@pytest.mark.parametrize("constant", [1.0, 0.1, -3e7 / 7])
def test_a_constant_column_cannot_be_standardised(constant: float) -> None:
    for x in (np.full(10, constant), np.column_stack([np.arange(10.0), np.full(10, constant)])):
        with pytest.raises(ValueError, match="constant column"):
            standardize(x)


@pytest.mark.parametrize(
    "name", ["Part", "Split", "Standardizer", "one_hot", "standardize", "train_validation_test_split"]
)
def test_programs_that_readers_took_home_find_what_has_moved(name: str) -> None:
    with pytest.warns(DeprecationWarning, match=r"dlcore\.preprocessing"):
        assert getattr(datasets, name) is getattr(preprocessing, name)
    with pytest.raises(AttributeError, match="no_such_name"):
        datasets.no_such_name  # noqa: B018
