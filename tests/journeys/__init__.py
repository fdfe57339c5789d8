"""Journeys in a browser."""

import pytest

# What it asserts is told as plainly as in a test.
pytest.register_assert_rewrite("tests.journeys.axe")
