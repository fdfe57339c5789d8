"""Draws the demo's charts and map; it fetches nothing and reads no font files.

Run: python -m lab.demo.figures. It writes the files that the demo shows, into exchange/demo/content/figures.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from exchange.demo import content

WIDTH = 1540
# Pillow draws hard edges: everything is drawn larger and reduced once.
OVERSAMPLE = 2

PAPER, WASH, RULE = "#FAF8F3", "#F1EDE3", "#D8D2C4"
INK, MUTED, EDGE = "#1D1C1A", "#5B564C", "#867F70"
WHITE, STONE = "#FFFFFF", "#B9B4A8"
GREEN, PALE_GREEN, OCHRE, PALE_OCHRE = "#17594A", "#84CDB4", "#8A5300", "#E6B85C"

Point = tuple[float, float]


def _numbers(row: str) -> tuple[float, ...]:
    return tuple(float(word) for word in row.split())


def _points(row: str) -> tuple[Point, ...]:
    pairs = (pair.split(",") for pair in row.split())
    return tuple((float(x), float(y)) for x, y in pairs)


MONTHS = 18
POLLS = (
    (
        "Civic Union",
        GREEN,
        _numbers("36 36 35.5 35 35.2 34.6 34 34.1 33.5 33 33.2 32.6 32 32.1 31.4 31 30.6 30.3 30"),
    ),
    (
        "Nat. Conservatives",
        INK,
        _numbers("30 30.2 30.6 30.5 31 31.3 31.2 31.8 32 31.5 31.2 30.9 30.3 30.1 29.5 29.2 28.9 28.2 28"),
    ),
    (
        "Commons League",
        OCHRE,
        _numbers("15 15.2 14.8 15.1 15 15.3 15 15.4 16.2 17 17.6 18.7 19.4 20.3 21 21.9 22.7 23.4 24"),
    ),
    (
        "Greens",
        "#2F7561",
        _numbers("13 12.8 13 12.6 12.4 12.7 12.5 12.2 12.3 12 12.1 11.7 11.9 11.6 11.5 11.3 11.4 11.2 11"),
    ),
)
RENTS = (
    (
        "Aldenport",
        GREEN,
        _numbers(
            "100 102 104 106 108 110.5 113 115 117.5 120 122 122.5 121.5 "
            "122 123 123.5 124 128 132 136 139 142 144.5 146.5 148"
        ),
    ),
    (
        "Elsewhere",
        OCHRE,
        _numbers(
            "100 101.2 102 103.3 104.4 105.6 106.5 107.8 109 110 111.3 112.4 113.5 "
            "114.7 115.6 116.9 118 119.1 120 121.2 122.4 123.6 124.7 126 127"
        ),
    ),
)
SEATS = (
    ("Civic Union", 57, GREEN),
    ("National Conservatives", 46, INK),
    ("Commons League", 26, OCHRE),
    ("Greens", 18, PALE_GREEN),
    ("Independents", 4, EDGE),
)
MAJORITY = 76
TURNOUT = (
    ("18 to 24", 47, 41),
    ("25 to 34", 55, 52),
    ("35 to 49", 64, 63),
    ("50 to 64", 73, 74),
    ("65 and over", 79, 82),
)


@dataclass(frozen=True)
class District:
    name: str
    seats: int
    winner: str
    fill: str
    label: str
    middle: Point
    edge: tuple[Point, ...]


DISTRICTS = (
    District(
        "Stonefell",
        12,
        "League",
        PALE_OCHRE,
        INK,
        (790, 262),
        _points("520,250 610,190 760,172 900,160 1040,196 1090,262 1000,330 840,350 700,338 590,330"),
    ),
    District(
        "Merewick",
        17,
        "Greens",
        PALE_GREEN,
        INK,
        (600, 462),
        _points("520,250 590,330 700,338 722,450 740,560 640,596 500,580 462,500 486,420 450,340"),
    ),
    District(
        "Upper Carrow",
        18,
        "Conservatives",
        STONE,
        INK,
        (880, 450),
        _points("700,338 840,350 1000,330 1040,430 1050,540 900,572 740,560 722,450"),
    ),
    District(
        "Vastmark",
        15,
        "League",
        PALE_OCHRE,
        INK,
        (1168, 500),
        _points(
            "1090,262 1190,300 1262,400 1290,520 1270,660 1300,770 1200,830 "
            "1096,790 1070,660 1050,540 1040,430 1000,330"
        ),
    ),
    District(
        "Lower Carrow",
        26,
        "Conservatives",
        STONE,
        INK,
        (900, 662),
        _points("740,560 900,572 1050,540 1070,660 1096,790 960,776 850,764 760,740 720,650"),
    ),
    District(
        "Harrow Sound",
        21,
        "Civic Union",
        GREEN,
        WHITE,
        (624, 722),
        _points("500,580 640,596 740,560 720,650 760,740 730,850 600,880 512,840 470,760 520,690 470,640"),
    ),
    District(
        "Aldenport",
        38,
        "Civic Union",
        GREEN,
        WHITE,
        (1000, 868),
        _points("760,740 850,764 960,776 1096,790 1200,830 1120,930 980,960 900,926 820,960 730,850"),
    ),
)
ISLANDS = (
    _points("150,560 220,520 296,548 300,620 230,660 160,630"),
    _points("110,690 160,676 190,712 150,750 104,736"),
    _points("226,706 272,690 296,722 262,752 226,740"),
)
VASTRIA = _points(
    "1090,262 1190,300 1262,400 1290,520 1270,660 1300,770 1200,830 1290,900 1540,900 1540,180 1140,180"
)
FERRY = _points("500,690 302,600")
TERAL = _points(
    "1540,690 1440,668 1360,690 1283,700 1190,690 1080,730 1010,800 960,790 896,812 870,890 852,946"
)


class Canvas:
    """A sheet of paper in figure pixels; the caller never sees the oversampling."""

    def __init__(self, *, height: int) -> None:
        self.size = (WIDTH, height)
        self.image = Image.new("RGB", (WIDTH * OVERSAMPLE, height * OVERSAMPLE), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def text(
        self,
        at: Point,
        words: str,
        *,
        size: int = 30,
        fill: str = INK,
        anchor: str = "ls",
        bold: bool = False,
    ) -> None:
        font = ImageFont.load_default(size=size * OVERSAMPLE)
        # The built-in face has one weight; a stroke of its own colour makes the second.
        stroke = max(1, size * OVERSAMPLE // 36) if bold else 0
        self.pen.text(
            _grown(at), words, font=font, fill=fill, anchor=anchor, stroke_width=stroke, stroke_fill=fill
        )

    def line(self, points: Sequence[Point], *, fill: str = INK, width: int = 2) -> None:
        self.pen.line([_grown(point) for point in points], fill=fill, width=width * OVERSAMPLE, joint="curve")

    def bar(self, corner: Point, opposite: Point, *, fill: str) -> None:
        self.pen.rectangle([_grown(corner), _grown(opposite)], fill=fill)

    def shape(self, points: Sequence[Point], *, fill: str, edge: str | None = None, width: int = 0) -> None:
        self.pen.polygon([_grown(point) for point in points], fill=fill)
        if edge:
            self.line([*points, points[0], points[1]], fill=edge, width=width)

    def dot(self, at: Point, *, radius: float, fill: str) -> None:
        (x, y), reach = _grown(at), radius * OVERSAMPLE
        self.pen.ellipse([x - reach, y - reach, x + reach, y + reach], fill=fill)

    def heading(self, title: str, explanation: str) -> None:
        self.line([(60, 34), (WIDTH - 60, 34)], width=3)
        self.text((60, 92), title, size=44, bold=True)
        self.text((60, 138), explanation, size=29, fill=MUTED)

    def png(self) -> bytes:
        out = io.BytesIO()
        self.image.resize(self.size, Image.Resampling.LANCZOS).save(out, format="PNG", optimize=True)
        return out.getvalue()


def _grown(point: Point) -> Point:
    return point[0] * OVERSAMPLE, point[1] * OVERSAMPLE


def _assembly_seats() -> bytes:
    canvas = Canvas(height=900)
    canvas.heading("The Assembly of Carrowmere", "151 seats, the Speaker’s included; 76 are a majority")
    _government_bar(canvas, top=250)
    for row, (party, seats, colour) in enumerate(SEATS):
        y = 430 + row * 86
        length = seats / 57 * 900
        canvas.text((440, y + 27), party, size=34, anchor="rm")
        canvas.bar((466, y), (466 + length, y + 54), fill=colour)
        note = f"{seats}, one of them the Speaker" if party == "Civic Union" else str(seats)
        inside = party == "Civic Union"
        at = (466 + length - 18, y + 27) if inside else (466 + length + 16, y + 27)
        canvas.text(
            at, note, size=34, bold=True, fill=WHITE if inside else INK, anchor="rm" if inside else "lm"
        )
    return canvas.png()


def _government_bar(canvas: Canvas, *, top: float) -> None:
    seat = (WIDTH - 120) / 151
    x = 60.0
    by_side = (
        ("Civic Union", 57, GREEN),
        ("Greens", 18, PALE_GREEN),
        ("", 4, EDGE),
        ("League", 26, OCHRE),
        ("National Conservatives", 46, INK),
    )
    for party, seats, colour in by_side:
        canvas.bar((x, top), (x + seats * seat - 3, top + 74), fill=colour)
        fill = INK if colour == PALE_GREEN else WHITE
        canvas.text((x + seats * seat / 2, top + 37), party, size=29, fill=fill, anchor="mm")
        x += seats * seat
    mark = 60 + (MAJORITY - 0.5) * seat
    canvas.line([(mark, top - 34), (mark, top + 96)], fill=INK, width=4)
    canvas.text((mark, top - 44), "seat 76", size=29, bold=True, anchor="ms")
    canvas.text((60, top - 22), "Government 75", size=29, fill=GREEN, bold=True)
    canvas.text((WIDTH - 60, top - 22), "Opposition 72", size=29, bold=True, anchor="rs")
    canvas.text((mark, top + 130), "4 independents", size=29, fill=MUTED, anchor="ms")


@dataclass(frozen=True)
class Axes:
    """Where a line chart lies and which values its edges stand for."""

    low: float
    high: float
    steps: int
    left: float = 130
    right: float = 1130
    top: float = 190
    bottom: float = 800

    def at(self, step: float, value: float) -> Point:
        x = self.left + (self.right - self.left) * step / self.steps
        return x, self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def _grid(canvas: Canvas, axes: Axes, *, every: int, unit: str, dates: Sequence[tuple[int, str]]) -> None:
    for value in range(int(axes.low), int(axes.high) + 1, every):
        y = axes.at(0, value)[1]
        canvas.line([(axes.left, y), (axes.right, y)], fill=RULE, width=2)
        canvas.text((axes.left - 16, y), f"{value}{unit}", size=29, fill=MUTED, anchor="rm")
    for step, label in dates:
        x = axes.at(step, axes.low)[0]
        canvas.line([(x, axes.bottom), (x, axes.bottom + 14)], fill=EDGE, width=2)
        canvas.text((x, axes.bottom + 48), label, size=29, fill=MUTED, anchor="ms")


def _curve(
    canvas: Canvas, axes: Axes, label: str, colour: str, values: Sequence[float], *, lift: float = 0
) -> None:
    points = [axes.at(step, value) for step, value in enumerate(values)]
    canvas.line(points, fill=colour, width=7)
    canvas.dot(points[0], radius=8, fill=colour)
    canvas.dot(points[-1], radius=11, fill=colour)
    x, y = points[-1]
    canvas.text((x + 26, y - lift), f"{values[-1]:g}  {label}", size=32, fill=colour, anchor="lm", bold=True)


def _polling_average() -> bytes:
    canvas = Canvas(height=900)
    canvas.heading(
        "The League climbs, the rest lend", "Average of published polls, per cent of decided voters"
    )
    axes = Axes(low=5, high=40, steps=MONTHS)
    for _, _, values in POLLS:
        above = [axes.at(step, value + 1.5) for step, value in enumerate(values)]
        below = [axes.at(step, value - 1.5) for step, value in enumerate(values)]
        canvas.shape([*above, *reversed(below)], fill=WASH)
    _grid(canvas, axes, every=5, unit="%", dates=((0, "18 months ago"), (6, "12"), (12, "6"), (18, "now")))
    for label, colour, values in POLLS:
        lift = {"Civic Union": 12, "Nat. Conservatives": -4}.get(label, 0)
        _curve(canvas, axes, label, colour, values, lift=lift)
    return canvas.png()


def _rent_index() -> bytes:
    canvas = Canvas(height=900)
    canvas.heading(
        "A pause, then the rest of it", "Advertised rents for a two-room flat; six years ago = 100"
    )
    axes = Axes(low=90, high=150, steps=24, right=1240)
    canvas.bar(axes.at(10, 150), axes.at(16, 90), fill=WASH)
    canvas.text(
        (axes.at(13, 90)[0], axes.bottom - 24), "rent freeze in force", size=29, fill=MUTED, anchor="ms"
    )
    _grid(canvas, axes, every=10, unit="", dates=((0, "6 years ago"), (8, "4"), (16, "2"), (24, "now")))
    for label, colour, values in RENTS:
        _curve(canvas, axes, label, colour, values)
    return canvas.png()


def _turnout_by_age() -> bytes:
    canvas = Canvas(height=900)
    canvas.heading(
        "The old vote more than they did, the young less",
        "Turnout at Assembly elections, per cent of registered voters",
    )
    base, tallest = 770, 620
    canvas.line([(60, base), (WIDTH - 60, base)], width=3)
    for row, (ages, before, last) in enumerate(TURNOUT):
        x = 110 + row * 284
        for offset, share, colour in ((0, before, PALE_GREEN), (104, last, GREEN)):
            top = base - tallest * share / 100
            canvas.bar((x + offset, top), (x + offset + 96, base), fill=colour)
            canvas.text((x + offset + 48, top - 14), str(share), size=34, anchor="ms", bold=offset > 0)
        canvas.text((x + 100, base + 46), ages, size=34, anchor="ms")
    for x, words, colour in (
        (60, "election before last", PALE_GREEN),
        (440, "last election", GREEN),
    ):
        canvas.bar((x, 838), (x + 34, 872), fill=colour)
        canvas.text((x + 48, 866), words, size=29, fill=MUTED)
    return canvas.png()


def _district_map() -> bytes:
    canvas = Canvas(height=1060)
    canvas.heading("The eight districts", "Seats in the Assembly and the party that came first")
    canvas.shape(VASTRIA, fill=WASH)
    canvas.text((1410, 480), "VASTRIA", size=34, fill=MUTED, anchor="mm")
    for district in DISTRICTS:
        canvas.shape(district.edge, fill=district.fill, edge=PAPER, width=6)
    canvas.line(TERAL, fill=WHITE, width=11)
    canvas.line(TERAL, fill="#3F8F78", width=6)
    canvas.bar((1428, 644), (1446, 694), fill=INK)
    canvas.text((1437, 632), "Orsk dam", size=28, fill=MUTED, anchor="ms")
    canvas.text((1176, 674), "Teral", size=28, anchor="ms")
    for district in DISTRICTS:
        _district_label(canvas, district)
    for island in ISLANDS:
        canvas.shape(island, fill=EDGE)
    canvas.text((60, 812), "The Skerries", size=32, bold=True)
    canvas.text((60, 852), "4 · independent", size=28)
    _ferry(canvas)
    return canvas.png()


def _district_label(canvas: Canvas, district: District) -> None:
    x, y = district.middle
    canvas.text((x, y - 4), district.name, size=32, bold=True, fill=district.label, anchor="ms")
    canvas.text(
        (x, y + 34), f"{district.seats} · {district.winner}", size=28, fill=district.label, anchor="ms"
    )


def _ferry(canvas: Canvas) -> None:
    (from_x, from_y), (to_x, to_y) = FERRY
    for step in range(15):
        part = step / 14
        canvas.dot((from_x + (to_x - from_x) * part, from_y + (to_y - from_y) * part), radius=4, fill=INK)
    canvas.text((404, 590), "ferry, 61 km", size=28, fill=MUTED, anchor="ms")


DRAWINGS: dict[str, Callable[[], bytes]] = {
    "assembly-seats": _assembly_seats,
    "polling-average": _polling_average,
    "district-map": _district_map,
    "rent-index": _rent_index,
    "turnout-by-age": _turnout_by_age,
}


def main() -> None:
    for name, draw in DRAWINGS.items():
        content.picture_path(name).write_bytes(draw())


if __name__ == "__main__":
    main()
