"""Many writers and readers at once, to find out whether anything breaks: in processes of ours, or over HTTP."""

from lab.stress.trees import Outcome, run

__all__ = ["Outcome", "run"]
