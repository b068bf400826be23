"""Data sets: every one has a shape, a source, a licence and the same numbers each time; and standardising them."""

import csv
import dataclasses
from importlib import resources
from statistics import fmean, pstdev

import numpy as np
import pytest

from dlcore.datasets import Dataset, NoisyLine, Penguins, _loaded, standardize

every_dataset = pytest.mark.parametrize("data", [Dataset.get(name) for name in Dataset.members], ids=repr)
SHIPPED = resources.files("dlcore").joinpath("data")


@every_dataset
def test_inputs_and_targets_have_their_shapes(data: Dataset) -> None:
    x, y = data.load()
    assert x.shape == (len(y), len(data.features)) and y.shape == (len(y),) and len(y) >= 3
    assert x.dtype == y.dtype == np.float64
    assert np.isfinite(x).all() and np.isfinite(y).all()


@every_dataset
def test_nobody_can_write_into_what_all_share(data: Dataset) -> None:
    for part in data.load():
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 7


@every_dataset
def test_loading_again_gives_the_same_numbers(data: Dataset) -> None:
    first = [part.copy() for part in data.load()]
    _loaded.cache_clear()
    assert all(np.array_equal(a, b) for a, b in zip(first, data.load(), strict=True))


@every_dataset
def test_source_and_licence_are_stated(data: Dataset) -> None:
    assert data.source.strip() and data.licence.strip() and data.target and all(data.features)


@pytest.mark.parametrize(
    "member", [m for m in Dataset.members.values() if "seed" in m.settings()], ids=lambda m: m.name()
)
def test_another_seed_gives_other_data_of_the_same_kind(member: type[Dataset]) -> None:
    one, other = (dataclasses.replace(member(), seed=seed).load() for seed in (1, 2))  # type: ignore[call-arg]
    assert one[0].shape == other[0].shape
    assert not np.array_equal(one[1], other[1])


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


def test_without_noise_and_outliers_the_points_are_on_the_line() -> None:
    x, y = NoisyLine(count=50, noise=0.0).load()
    assert y == pytest.approx(2 * x[:, 0] + 1, abs=1e-12)


def test_outliers_are_the_stated_share_and_lie_15_higher() -> None:
    plain, lifted = (NoisyLine(count=40, outliers=share).load()[1] for share in (0.0, 0.25))
    assert sorted(np.round(lifted - plain, 9).tolist()) == [0.0] * 30 + [15.0] * 10


def test_the_noise_has_the_stated_standard_deviation() -> None:
    x, y = NoisyLine(count=2000, noise=3.0).load()
    assert (y - 2 * x[:, 0] - 1).std() == pytest.approx(3.0, rel=0.05)


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
