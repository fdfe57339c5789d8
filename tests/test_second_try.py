"""A journey that fails once is run again and printed as flaky; one that fails twice fails the run, as others do."""

import subprocess
import sys

import pytest

from tests.house_rules import ROOT

# Each starts a run of pytest of its own.
pytestmark = pytest.mark.slow

# Each test writes down that it ran, so that its next try knows.
TESTS = '''
import os
from pathlib import Path

import pytest

RUNS = Path(__file__).parent


@pytest.fixture(scope="session")
def site():
    """Set up once, whatever is run again."""
    with (RUNS / "sites").open("a") as sites:
        sites.write("x")
    return ["first talk", "second talk", "third talk", "fourth talk", "fifth talk"]


@pytest.fixture
def talk(site):
    return site.pop(0)


def runs_of(name):
    with (RUNS / name).open("a") as runs:
        runs.write("x")
    return len((RUNS / name).read_text())


@pytest.mark.journey
def test_by_chance(talk):
    print(f"said about the {talk}")
    assert runs_of("by_chance") == 2, "not yet"


@pytest.fixture
def complaints():
    yield
    assert runs_of("complaints") == 2, "something went wrong on the page"


@pytest.mark.journey
def test_whose_end_fails_by_chance(talk, complaints):
    pass


@pytest.mark.journey
def test_always(talk):
    runs_of("always")
    print(f"said about the {talk}")
    raise AssertionError("never")


def test_of_one_function():
    assert runs_of("of_one_function") == 2, "a bug"


@pytest.mark.journey
def test_whose_browser_dies():
    if runs_of("dies") == 1:
        os._exit(1)


@pytest.mark.journey
def test_that_passes(site):
    runs_of("that_passes")
'''


@pytest.fixture
def run(tmp_path):
    """Run pytest with our plug-in on tests of its own; return its exit status and what it printed."""
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers\nmarkers =\n    journey: one\n"
    )
    (tmp_path / "test_journeys.py").write_text(TESTS)

    def run(*words: str) -> tuple[int, str]:
        command = [
            sys.executable, "-m", "pytest",
            "-p", "no:django", "-p", "no:cacheprovider", "-p", "tests.journeys.second_try",
            "-c", str(tmp_path / "pytest.ini"), str(tmp_path / "test_journeys.py"), *words,
        ]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_journey_that_fails_once_is_flaky_and_both_tries_are_printed(run, tmp_path, processes):
    status, printed = run("-n", processes, "-k", "by_chance")
    assert status == 0
    assert "flaky: 2 failed first and passed at the second try" in printed
    # Why the first try failed, and what either of them said, about things of its own.
    assert "AssertionError: not yet" in printed
    assert "AssertionError: something went wrong on the page" in printed
    assert "Captured stdout call (first try)" in printed
    assert "Captured stdout call (second try)" in printed
    said = {line for line in printed.splitlines() if line.startswith("said about the ")}
    assert len(said) == 2
    assert (tmp_path / "by_chance").read_text() == "xx"


def test_a_journey_that_fails_twice_fails_the_run_and_has_no_third_try(run, tmp_path):
    status, printed = run("-k", "always")
    assert status == 1
    assert "1 failed twice; the first tries" in printed
    assert printed.count("AssertionError: never") >= 2
    # A second try has things of its own.
    assert "said about the first talk" in printed
    assert "said about the second talk" in printed
    assert (tmp_path / "always").read_text() == "xx"
    assert "flaky:" not in printed


def test_a_journey_that_takes_its_process_with_it_has_a_second_try_too(run, tmp_path):
    status, printed = run("-n", "1", "-k", "dies")
    assert status == 0
    assert "flaky: 1 failed first and passed at the second try" in printed
    assert "crashed while running" in printed
    assert (tmp_path / "dies").read_text() == "xx"


def test_only_journeys_have_a_second_try(run, tmp_path):
    status, printed = run("-k", "of_one_function or that_passes")
    assert status == 1
    assert "a bug" in printed
    assert (tmp_path / "of_one_function").read_text() == "x"
    assert (tmp_path / "that_passes").read_text() == "x"


def test_the_site_is_set_up_once_whatever_is_run_again(run, tmp_path):
    status, _printed = run("-k", "not dies")
    assert status == 1
    assert (tmp_path / "sites").read_text() == "x"
