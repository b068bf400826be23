"""What README.md and SECURITY.md promise is what tests hold: every promise has its tests, and they exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEST = r"tests/[\w/]+\.py::test_\w+"

# By the bold words with which a promise begins in README.md.
TEACH = {
    "The address is the lesson.": [
        "tests/browser/test_links.py::test_an_address_shows_the_same_to_someone_else",
        "tests/browser/test_links.py::test_the_language_stays",
    ],
    "Predict first.": [
        "tests/ui/test_predictions.py::test_nothing_is_given_away_before_the_guess",
        "tests/ui/test_predictions.py::test_exactly_one_answer_is_right",
        "tests/ui/test_predictions.py::test_the_switch_shows_everything_at_once",
    ],
    "Presets that fail on purpose": [
        "tests/lessons/gradient_descent/test_gradient_descent.py::test_the_limit_of_the_first_beat",
        "tests/lessons/learning_rate/test_learning_rate.py::test_the_presets_of_the_schedules_do_what_they_say",
        "tests/lessons/training/test_training.py::test_the_preset_that_runs_away_does_and_says_why",
    ],
    "Play, pause, step forward and back, scrub": [
        "tests/browser/test_player.py::test_every_beat_steps_back_and_on_and_follows_in_numbers",
        "tests/browser/test_player.py::test_playing_costs_the_server_nothing",
    ],
    "One question at a time": [
        "tests/ui/test_stage.py::test_a_page_opens_at_its_first_question",
        "tests/ui/test_stage.py::test_the_row_and_the_menu_lead_to_every_question",
        "tests/ui/test_stage.py::test_all_questions_are_one_click_away",
        "tests/browser/test_stage.py::test_back_and_forward_move_between_questions_and_nothing_is_lost",
    ],
    "A question fits its screen": [
        "tests/browser/test_fits.py::test_on_a_laptop_and_a_phone_question_picture_and_player_are_seen_together",
        "tests/browser/test_fits.py::test_in_a_hall_all_is_seen_and_can_be_read",
    ],
    "Present": [
        "tests/browser/test_presenter.py::test_a_clicker_moves_the_beats_and_nothing_else",
        "tests/browser/test_presenter.py::test_a_clicker_reveals_plays_and_goes_on_to_the_next_page",
        "tests/browser/test_presenter.py::test_a_class_finds_the_address_and_a_code_as_large_as_the_screen",
        "tests/browser/test_presenter.py::test_a_hall_reads_larger_type_and_pictures",
    ],
    "A link for a class": [
        "tests/browser/test_presenter.py::test_a_class_gets_exactly_what_the_link_says",
        "tests/ui/test_handed_out.py::test_a_locked_control_shows_its_value_and_cannot_be_moved",
        "tests/ui/test_handed_out.py::test_a_hidden_control_keeps_its_value",
        "tests/ui/test_handed_out.py::test_a_code_for_every_address_that_fits",
        "tests/ui/test_handed_out.py::test_the_link_says_what_is_set_and_what_is_taken_away",
    ],
    "Collect guesses": [
        "tests/browser/test_learning.py::test_a_guess_is_collected_by_its_code",
        "tests/ui/test_handed_out.py::test_a_class_is_collected_by_its_codes",
        "tests/server/test_disk.py::test_nothing_is_written_beside_the_log",
    ],
    "A room for a class": [
        "tests/server/test_room.py::test_a_whole_question_as_the_projector_hears_it",
        "tests/server/test_room.py::test_a_phone_that_only_asks_now_and_then_knows_as_much",
        "tests/classroom/test_rooms.py::test_nothing_is_given_away_before_the_reveal",
        "tests/classroom/test_rooms.py::test_the_hint",
        "tests/classroom/test_rooms.py::test_the_flow_between_two_rounds",
        "tests/classroom/test_store.py::test_a_projector_that_reloads_goes_on",
    ],
    "Goals": [
        "tests/ui/test_goals.py::test_every_page_has_two_goals_or_more_and_every_goal_a_way",
        "tests/ui/test_goals.py::test_every_goal_can_be_reached",
        "tests/ui/test_goals.py::test_a_goal_counts_only_once_the_question_is_answered",
        "tests/ui/test_goals.py::test_the_start_page_tells_what_was_done",
        "tests/browser/test_learning.py::test_a_note_is_checked_and_a_goal_is_reached_and_counted",
    ],
    "Check the note": [
        "tests/ui/test_misconceptions.py::test_a_section_is_a_claim_a_fact_and_an_experiment",
        "tests/ui/test_misconceptions.py::test_a_button_opens_its_experiment_and_asks_nothing_anew",
    ],
    "Terms": [
        "tests/browser/test_glossary.py::test_a_term_says_its_sentence_and_leads_to_the_glossary",
        "tests/ui/test_glossary.py::test_all_terms_with_both_names_a_sentence_and_a_topic",
    ],
    "Check by hand": [
        "tests/lessons/shared/test_worked_steps.py::test_the_numbers_shown_give_the_result_shown",
        "tests/lessons/losses/test_losses.py::test_every_sum_that_is_written_out_comes_out",
        "tests/lessons/model_evaluation/test_scores.py::test_every_fraction_that_is_written_out_comes_out",
        "tests/ui/test_pages.py::test_tables_and_source_open",
    ],
    "Take home": [
        "tests/browser/test_takehome.py::test_pictures_by_their_names_as_svg_and_png_at_the_step_of_the_player",
        "tests/browser/test_takehome.py::test_the_handout_has_the_page_and_asks_nobody",
        "tests/ui/test_scripts.py::test_every_experiment_runs_and_finds_what_the_page_says",
        "tests/ui/test_scripts.py::test_a_notebook_has_a_cell_for_every_call",
    ],
    "It runs at home": [
        "tests/ui/test_at_home.py::test_two_lines_install_and_run_what_the_page_said_and_the_notebook_needs_none",
        "tests/ui/test_at_home.py::test_a_readers_own_rows_go_with_the_program_and_inside_the_notebook",
        "tests/ui/test_wheel.py::test_it_is_what_the_projects_own_build_makes",
    ],
}

# By a sentence, or the part of one, that stands elsewhere in README.md.
ELSEWHERE = {
    "Korean and English side by side": ["tests/ui/test_pages.py::test_opens_at_its_defaults"],
    "every number computed by `dlcore`": ["tests/test_architecture.py::test_imports_point_one_way"],
    "whose source is shown on the page": ["tests/ui/test_pages.py::test_tables_and_source_open"],
    "Then open the address that it prints.": ["tests/server/test_posture.py::test_the_process_calls_nobody"],
    "a port that is taken is refused in words": ["tests/server/test_disk.py::test_a_port_that_is_taken_is_said"],
    "several processes behind one address": [
        "tests/deploy/test_front.py::test_a_visitor_stays_and_visitors_spread",
        "tests/deploy/test_failover.py::test_when_a_process_dies_only_its_visitors_notice_and_find_their_settings_again",
    ],
    "a folder of files](deploy/static/README.md) that any file host serves": [
        "tests/static/test_site.py::test_every_page_is_drawn_and_no_other_host_is_asked",
        "tests/static/test_site.py::test_numbers_are_those_of_a_server",
    ],
    "which after a first visit needs no network": ["tests/static/test_site.py::test_the_second_visit_needs_no_network"],
    "asks no other host for anything and keeps nothing of its readers": [
        "tests/browser/test_pages.py::test_everything_is_drawn_fits_a_phone_and_nothing_complains",
        "tests/server/test_disk.py::test_nothing_is_written_beside_the_log",
    ],
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def promised(readme: str, heading: str) -> list[str]:
    """The bold beginnings of a section's list."""
    section = readme.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE)


@cache
def names_in(file: str) -> set[str]:
    known = ast.walk(ast.parse(read(file))) if (ROOT / file).is_file() else ()
    return {node.name for node in known if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def missing(names: list[str]) -> list[str]:
    """Those of the tests that do not exist."""
    return [name for name in names if name.split("::")[1] not in names_in(name.split("::")[0])]


def test_every_promise_to_a_teacher_has_its_tests() -> None:
    assert promised(read("README.md"), "Teach with it") == list(TEACH)
    assert len(promised(read("README.ko.md"), "강의에 쓰기")) == len(TEACH)
    section = read("README.md").split("\n## Teach with it\n")[1].split("\n## ")[0]
    assert len(re.findall("(?m)^- ", section)) == len(TEACH), "a promise that does not begin in bold"
    assert missing([name for names in TEACH.values() for name in names]) == []


@pytest.mark.parametrize("sentence", ELSEWHERE)
def test_every_other_promise_has_its_tests(sentence: str) -> None:
    assert sentence in " ".join(read("README.md").split())
    assert ELSEWHERE[sentence] and missing(ELSEWHERE[sentence]) == []


@pytest.mark.parametrize("name", ["SECURITY.md", "SECURITY.ko.md"])
def test_every_test_that_is_named_exists(name: str) -> None:
    named = re.findall(TEST, read(name))
    assert len(named) > 20 and missing(named) == []
    # whatever else stands between such marks is no misspelt test
    assert len(re.findall(r"`tests/[^`]*`", read(name))) == len(named)


def test_every_claim_of_security_has_its_test_but_for_those_about_what_is_not_protected() -> None:
    for heading, section in re.findall(r"\n## (.+)\n((?:(?!\n## )[\s\S])*)", read("SECURITY.md")):
        claims = re.split(r"(?m)^- ", section)[1:]
        bare = [claim.split(".")[0] for claim in claims if not re.search(TEST, claim)]
        assert heading.startswith("What is not protected") or bare == [], heading


def test_security_says_the_same_in_both_languages() -> None:
    here, there = read("SECURITY.md"), read("SECURITY.ko.md")
    assert re.findall(TEST, here) == re.findall(TEST, there)
    for mark in ("(?m)^## ", "(?m)^- "):
        assert len(re.findall(mark, here)) == len(re.findall(mark, there))
