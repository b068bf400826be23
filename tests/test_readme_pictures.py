"""The pictures with which README begins are there, are small, say what they show, and one of them moves."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tools.readme_pictures import FOLDER, LANGUAGES, MOST_BYTES, TooLarge, save

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)|<img [^>]*src=\"([^\"]+)\"[^>]*alt=\"([^\"]*)\"")


def pictures(language: str) -> dict[Path, str]:
    """What README shows in a language: by file, what is said of it."""
    name = "README.md" if language == "en" else f"README.{language}.md"
    found = NAMED.findall((ROOT / name).read_text(encoding="utf-8"))
    return {ROOT / (path or other): said or told for said, path, other, told in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_readme_begins_with_what_one_sees(language: str) -> None:
    shown = pictures(language)
    assert 2 <= len(shown) <= 3
    moving = 0
    for file, said in shown.items():
        assert file.parent == FOLDER and file.stem.endswith(f"-{language}"), "each reads its own language"
        assert file.stat().st_size <= MOST_BYTES <= 200_000
        assert len(said) > 20, f"{file.name}: who does not see it is told what it shows"
        with Image.open(file) as picture:
            moving += getattr(picture, "n_frames", 1) > 3
            assert 300 <= picture.width <= 1280
    assert moving == 1
    text = (ROOT / ("README.md" if language == "en" else f"README.{language}.md")).read_text(encoding="utf-8")
    assert text.index(str(FOLDER.relative_to(ROOT))) < text.index("\n## "), "they stand before everything else"


def test_no_picture_lies_there_unshown() -> None:
    assert set(FOLDER.glob("*")) == {file for language in LANGUAGES for file in pictures(language)}


def test_a_picture_that_is_too_large_is_refused_and_a_fine_one_made_coarser() -> None:
    noise = [Image.effect_noise((300, 200), 90).convert("RGB") for _ in range(5)]
    with pytest.raises(TooLarge, match="noise does not fit"):
        save([Image.effect_noise((3000, 2000), 90).convert("RGB")], "noise")
    assert len(save(noise, "noise")) <= MOST_BYTES
