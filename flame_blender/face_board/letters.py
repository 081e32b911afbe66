"""Capital letters as strokes, to be drawn by lines: on a board filled letters are too small to be read."""

from __future__ import annotations

from collections.abc import Iterator

# points of two digits, x from 0 to 6 and y from 0 to 9; strokes are parted by bars
_STROKES = {
    "A": "00 39 60|13 53", "B": "00 09 49 67 66 45 05|45 64 62 40 00", "C": "67 49 29 07 02 20 40 62",
    "D": "00 09 39 66 63 30 00", "E": "69 09 00 60|05 45", "F": "69 09 00|05 45",
    "G": "67 49 29 07 02 20 40 62 64 34", "H": "00 09|60 69|05 65", "I": "30 39", "J": "69 62 40 20 02",
    "K": "00 09|69 04|26 60", "L": "09 00 60", "M": "00 09 34 69 60", "N": "00 09 60 69",
    "O": "20 02 07 29 49 67 62 40 20", "P": "00 09 49 67 66 44 04", "Q": "20 02 07 29 49 67 62 40 20|42 60",
    "R": "00 09 49 67 66 44 04|34 60", "S": "67 49 29 07 06 25 45 63 62 40 20 02", "T": "09 69|39 30",
    "U": "09 02 20 40 62 69", "V": "09 30 69", "W": "09 10 36 50 69", "X": "00 69|09 60", "Y": "09 34 69|34 30",
    "Z": "09 69 00 60",
}  # fmt: skip
_HEIGHT, _WIDTH, _ADVANCE = 9.0, 0.8, 8.5  # of the grid; how much narrower; from letter to letter
Point = tuple[float, float]


def width_of(words: str, height: float) -> float:
    """How long a line of words is."""
    return (len(words) * _ADVANCE - (_ADVANCE - 6)) * _WIDTH * height / _HEIGHT


def strokes_of(words: str, x: float, y: float, height: float) -> Iterator[list[Point]]:
    """The strokes of a line of words that begins at x, y."""
    size = height / _HEIGHT
    for number, letter in enumerate(words.upper()):
        for stroke in _STROKES[letter].split("|") if letter in _STROKES else ():
            yield [
                (x + (number * _ADVANCE + int(point[0])) * _WIDTH * size, y + int(point[1]) * size)
                for point in stroke.split()
            ]
