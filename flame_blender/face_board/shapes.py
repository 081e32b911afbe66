"""What the bones of a face board look like: meshes in its units, x to the head's left, y up, z to the viewer."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from . import letters, places
from .measures import Measures

NAME = "FLAME Board"  # how the names of these meshes begin
TEXT, HEADING = 0.4, 0.5  # heights of letters
CORNERS = 16  # of a circle
Points = list[tuple[float, float, float]]
Edges = list[tuple[int, int]]
Faces = list[tuple[int, ...]]


class Drawing:
    """A mesh that is being drawn."""

    def __init__(self) -> None:
        self.points: Points = []
        self.edges: Edges = []
        self.faces: Faces = []

    def line(self, points: Sequence[Sequence[float]], closed: bool = False) -> None:
        """Edges from point to point, (x, y) or (x, y, z)."""
        start = len(self.points)
        self.points += [(each[0], each[1], each[2] if len(each) > 2 else 0.0) for each in points]
        self.edges += [(start + at, start + at + 1) for at in range(len(points) - 1)]
        if closed:
            self.edges.append((start + len(points) - 1, start))

    def face(self, points: Sequence[Sequence[float]]) -> None:
        """One polygon with its outline."""
        self.faces.append(tuple(range(len(self.points), len(self.points) + len(points))))
        self.points += [(each[0], each[1], each[2] if len(each) > 2 else 0.0) for each in points]

    def rectangle(self, x: float, y: float, half_width: float, half_height: float) -> None:
        """Its outline."""
        low, high = (x - half_width, y - half_height), (x + half_width, y + half_height)
        self.line([low, (high[0], low[1]), high, (low[0], high[1])], closed=True)

    def text(self, words: str, x: float, y: float, height: float) -> None:
        """Lines of words with the first one's middle at x and its top at y."""
        for number, line in enumerate(words.split("\n")):
            at = x - letters.width_of(line, height) / 2, y - height - number * 1.4 * height
            for stroke in letters.strokes_of(line, *at, height):
                self.line(stroke)

    def object(self, name: str) -> bpy.types.Object:
        """An object in no collection, which shows as a bone's shape alone."""
        mesh = bpy.data.meshes.new(f"{NAME} {name}")
        mesh.from_pydata(self.points, self.edges, self.faces)
        return bpy.data.objects.new(mesh.name, mesh)


def circle(radius_x: float, radius_y: float, x: float = 0.0, y: float = 0.0, corners: int = CORNERS) -> np.ndarray:
    """(corners, 2) points of an ellipse."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([x + radius_x * np.cos(angles), y + radius_y * np.sin(angles)], axis=1)


def board() -> bpy.types.Object:
    """The frame with the tracks of all knobs and what they are called."""
    drawing = Drawing()
    across, up = (places.LEFT + places.RIGHT) / 2, (places.TOP + places.BOTTOM) / 2
    drawing.rectangle(across, up, places.RIGHT - across, places.TOP - up)
    for words, x in places.SIDE_LABELS.items():
        drawing.text(words, x, places.SIDE_LABELS_AT, HEADING)
    for words, y in places.HEADINGS.items():
        drawing.text(words, places.LEFT + 0.5 + letters.width_of(words, HEADING) / 2, y + HEADING / 2, HEADING)
    for knob in places.KNOBS:
        _track(drawing, knob)
    return drawing.object("Frame")


def _track(drawing: Drawing, knob: places.Knob) -> None:
    (x, y), (left, right), (down, up) = knob.place, knob.limits(0), knob.limits(1)
    half = 0.12
    if left < right and down < up:
        drawing.rectangle(x + (left + right) / 2, y + (down + up) / 2, (right - left) / 2, (up - down) / 2)
        drawing.line([(x, y + down), (x, y + up)])
        drawing.line([(x + left, y), (x + right, y)])
    elif down < up:
        drawing.rectangle(x, y + (down + up) / 2, half, (up - down) / 2)
        drawing.line([(x - 2 * half, y), (x + 2 * half, y)])
    else:
        drawing.rectangle(x + (left + right) / 2, y, (right - left) / 2, half)
        drawing.line([(x, y - 2 * half), (x, y + 2 * half)])
    drawing.text(knob.label, x, y + down - 0.35, TEXT)


def knob(of_both: bool) -> bpy.types.Object:
    """A disc; one for both sides has corners."""
    drawing = Drawing()
    outline = [(-0.28, 0), (0, -0.28), (0.28, 0), (0, 0.28)] if of_both else circle(0.22, 0.22).tolist()
    drawing.face([(x * 1.3 if of_both else x, y * 1.3 if of_both else y, 0.02) for x, y in outline])
    return drawing.object("Both" if of_both else "Knob")


def ring(name: str, middle: np.ndarray, radii: np.ndarray, joint: np.ndarray) -> bpy.types.Object:
    """Around the head, with an arrow where it looks; for a bone at ``joint``. All in Blender's usual axes."""
    drawing = Drawing()
    offset = middle - joint
    for grown in (1.0, 1.03):
        around = circle(radii[0] * grown, radii[1] * grown, corners=48)
        # the bone's axes: x as here, y up, z to the viewer
        drawing.line([(x + offset[0], offset[2], -(y + offset[1])) for x, y in around], closed=True)
    front = radii[1] * 1.03 - offset[1]
    tip = [(-0.7, front), (0.0, front + 1.0), (0.7, front)]
    drawing.line([(x + offset[0], offset[2], z) for x, z in tip])
    return drawing.object(name)


def jaw(measures: Measures) -> bpy.types.Object:
    """A bow before the chin, for a bone at the jaw's joint."""
    drawing = Drawing()
    x, y, z = measures.chin - measures.joints[2]
    bow = [(x + across, z + 0.12 * across**2 - 0.4, 0.6 - y - 0.12 * across**2) for across in np.linspace(-1.6, 1.6, 9)]
    drawing.line(bow)
    drawing.line([(px, py - 0.35, pz) for px, py, pz in bow])
    drawing.line([bow[0], (bow[0][0], bow[0][1] - 0.35, bow[0][2])])
    drawing.line([bow[-1], (bow[-1][0], bow[-1][1] - 0.35, bow[-1][2])])
    return drawing.object("Jaw")


def target() -> bpy.types.Object:
    """What one eye looks at: a circle with a cross."""
    drawing = Drawing()
    drawing.line(circle(0.9, 0.9).tolist(), closed=True)
    drawing.line([(-0.3, 0), (0.3, 0)])
    drawing.line([(0, -0.3), (0, 0.3)])
    return drawing.object("Target")


def targets(apart: float) -> bpy.types.Object:
    """What moves both targets: a frame around them, ``apart`` from middle to middle."""
    drawing = Drawing()
    half, radius = apart / 2, 1.3
    angles = np.linspace(-np.pi / 2, np.pi / 2, 9)
    right = [(half + radius * np.cos(angle), radius * np.sin(angle)) for angle in angles]
    drawing.line([*right, *((-x, -y) for x, y in right)], closed=True)
    return drawing.object("Targets")
