"""Runs many writers and readers at once to find out whether anything breaks: in processes, or over HTTP."""

from lab.stress.trees import Outcome, run

__all__ = ["Outcome", "run"]
