"""Runs a failed journey again by itself, once, and prints what both tries said; only journeys get a second try.

A browser, a server and a test share one busy machine, so a journey can fail by chance. One that passes at its second
try is flaky: the run goes on, and the report shows it so that it can be mended. One that fails twice fails the run.
A pytest plug-in: tests/conftest.py registers it.
"""

from itertools import chain

import pytest

TRIES = ("first try", "second try")
# A browser that took its test's process with it ends in no phase.
PHASES = ("setup", "call", "???", "teardown")


def pytest_collection_modifyitems(config, items):
    """Let pytest-rerunfailures run every failed journey once more."""
    # A debugger wants the first failure. An environment that was made before the plug-in was locked has none.
    if config.option.usepdb or not config.pluginmanager.hasplugin("rerunfailures"):
        return
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter):
    """Print both tries of the journeys that were run again."""
    tried_again = tries_by_journey(terminalreporter.stats)
    flaky = {name for name, reports in tried_again.items() if not any(it.failed for it in reports)}
    if flaky:
        terminalreporter.section(
            f"flaky: {len(flaky)} failed first and passed at the second try", yellow=True
        )
        for name in sorted(flaky):
            _print_tries(terminalreporter, f"flaky: {name}", tried_again[name])
    if failed := sorted(tried_again.keys() - flaky):
        # pytest prints the second try among the failures.
        terminalreporter.section(f"{len(failed)} failed twice; the first tries", red=True)
        for name in failed:
            first = [report for report in tried_again[name] if report.rerun == 0]
            _print_tries(terminalreporter, name, first)


def tries_by_journey(stats: dict[str, list]) -> dict[str, list]:
    """Return the reports of every test that was run again, by its name, in the order in which they were made."""
    reports = [report for report in chain.from_iterable(stats.values()) if hasattr(report, "rerun")]
    names = {report.nodeid for report in reports if report.outcome == "rerun"}
    reports.sort(key=lambda report: (report.rerun, PHASES.index(report.when)))
    return {name: [report for report in reports if report.nodeid == name] for name in names}


def _print_tries(terminalreporter, title: str, reports: list) -> None:
    terminalreporter.write_sep("_", title)
    known: list = []
    for report in reports:
        if report.longrepr:
            terminalreporter.write_sep("-", f"{TRIES[report.rerun]}, failed in its {report.when}")
            terminalreporter.write_line(report.longreprtext)
        # The last report of a try holds all that was captured in it, after what was captured in the try before.
        for section in report.sections if report.when == PHASES[-1] else ():
            if section not in known:
                terminalreporter.write_sep("-", f"{section[0]} ({TRIES[report.rerun]})")
                terminalreporter.write_line(section[1].rstrip())
                known.append(section)
