"""Small colour profiles, written byte by byte, and the expected colours computed independently."""

import struct
from itertools import product

# Display P3 as telephones write it, and Adobe RGB as cameras do: colorants seen under D50.
P3 = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
_SRGB_FROM_XYZ_D50 = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_D50 = (0.96422, 1.0, 0.82521)
# What the inks of the CMYK profile look like, alone and over each other, as L*, a*, b*.
PAPER, BLACK = (100, 0, 0), (16, 0, 0)
MAGENTA = (55, 45, -3)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _profile(*, kind: bytes, space: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    rest = struct.pack(">I", len(tags)) + table + body
    date = struct.pack(">6H", 2020, 1, 1, 0, 0, 0)
    head = struct.pack(">I", 128 + len(rest)) + b"lcms" + b"\x02\x40\0\0" + kind + space + pcs + date
    head += b"acspAPPL" + bytes(24) + b"".join(_fixed(value) for value in _D50)
    return head.ljust(128, b"\0") + rest


def _xyz(values) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def _words(text: bytes) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" + bytes(78)


def rgb_profile(colorants, *, gamma: float = 2.2) -> bytes:
    tags = {b"desc": _words(b"A test"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(_D50)}
    tags |= {name: _xyz(values) for name, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)}
    tags |= {name: _gamma(gamma) for name in (b"rTRC", b"gTRC", b"bTRC")}
    return _profile(kind=b"mntr", space=b"RGB ", pcs=b"XYZ ", tags=tags)


def grey_profile(*, gamma: float) -> bytes:
    tags = {
        b"desc": _words(b"A test"),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": _xyz(_D50),
        b"kTRC": _gamma(gamma),
    }
    return _profile(kind=b"mntr", space=b"GRAY", pcs=b"XYZ ", tags=tags)


def cmyk_profile() -> bytes:
    """A printer whose inks alone are known: paper, magenta and black as above; whatever lies over them is black."""
    nodes = b""
    for inks in product((0, 1), repeat=4):
        light, red, yellow = {(0, 0, 0, 0): PAPER, (0, 1, 0, 0): MAGENTA}.get(inks, BLACK)
        nodes += bytes([round(light * 2.55), red + 128, yellow + 128])
    straight = bytes(range(256))
    identity = b"".join(_fixed(float(row == column)) for row in range(3) for column in range(3))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + straight * 4 + nodes + straight * 3
    tags = {b"desc": _words(b"A test"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(_D50), b"A2B0": table}
    return _profile(kind=b"prtr", space=b"CMYK", pcs=b"Lab ", tags=tags)


# --- the same, by the book ------------------------------------------------------------------------------------


def srgb_of_xyz(xyz) -> tuple[int, ...]:
    linear = (sum(a * b for a, b in zip(row, xyz, strict=True)) for row in _SRGB_FROM_XYZ_D50)
    return tuple(round(255 * _encoded(min(1.0, max(0.0, value)))) for value in linear)


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def srgb_of_rgb(pixel, colorants, *, gamma: float = 2.2) -> tuple[int, ...]:
    linear = [(value / 255) ** gamma for value in pixel]
    return srgb_of_xyz([sum(colorants[ink][axis] * linear[ink] for ink in range(3)) for axis in range(3)])


def srgb_of_lab(lab) -> tuple[int, ...]:
    middle = (lab[0] + 16) / 116
    roots = (middle + lab[1] / 500, middle, middle - lab[2] / 200)
    return srgb_of_xyz(
        [
            white * (root**3 if root > 6 / 29 else (root - 16 / 116) / 7.787)
            for white, root in zip(_D50, roots, strict=True)
        ]
    )
