"""The pictures of the demo are those that the script draws."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from exchange.demo import content
from lab.demo import figures

# Of 255. Another release of the drawing library may set an edge a shade lighter; a bar that is another moves more.
MOST_APART = 0.5


def difference(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.slow
@pytest.mark.parametrize("name", figures.DRAWINGS)
def test_a_picture_is_what_the_script_draws(name):
    assert difference(opened(content.load_picture(name)), opened(figures.DRAWINGS[name]())) < MOST_APART


def test_another_number_in_a_chart_is_noticed(monkeypatch):
    before = opened(figures.DRAWINGS["turnout-by-age"]())
    monkeypatch.setattr(figures, "TURNOUT", [(ages, one, two - 8) for ages, one, two in figures.TURNOUT])
    assert difference(before, opened(figures.DRAWINGS["turnout-by-age"]())) > MOST_APART


def test_the_script_draws_every_figure_of_the_demo():
    assert set(figures.DRAWINGS) == {figure.name for figure in content.load_figures()}
