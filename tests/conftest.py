"""Which pages there are: a test that asks for ``script`` runs for every page found, one that asks for ``language`` in each."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko", "en")


def lessons() -> list[str]:
    """The scripts of the topics, as AppTest wants them."""
    return sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "any_script" in metafunc.fixturenames:
        metafunc.parametrize("any_script", ["streamlit_app.py", *lessons()])
    if "script" in metafunc.fixturenames:
        metafunc.parametrize("script", lessons())
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", LANGUAGES)
