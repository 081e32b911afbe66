"""Clips made of ARKit scores, as faces have them, and what trackers add."""

from __future__ import annotations

import numpy as np

from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.sequences.sequence import FlameSequence

OPPOSITES = (
    ("jawLeft", "jawRight"), ("mouthLeft", "mouthRight"),
    *((f"eyeLook{one}{side}", f"eyeLook{other}{side}")
      for one, other in (("In", "Out"), ("Up", "Down")) for side in ("Left", "Right")),
)  # fmt: skip
OF_BOTH = ("jawLeft", "mouthLeft")
AT_ONCE = 4, 13  # movements of a face
BLINKING = "eyeBlinkLeft", "eyeBlinkRight"
ALIKE = 0.7  # share of faces that do both sides of a movement alike
BLINK, BETWEEN_BLINKS = (0.3, 0.8, 1.0, 0.7, 0.4, 0.1), 60  # scores, and frames from one to the next
FRAMES_OF_A_MOVE = 10
EXPRESSION_JITTER, JAW_JITTER, EYE_JITTER = 0.08, np.deg2rad(0.3), np.deg2rad(0.7)  # of trackers, from frame to frame


def faces(names: tuple[str, ...], count: int, rng: np.random.Generator) -> np.ndarray:
    """(count, C) scores: some movements at once, mostly of both sides alike, and none that a face cannot do."""
    scores, row = np.zeros((count, len(names))), {name: index for index, name in enumerate(names)}
    for face in scores:
        some = rng.choice(len(names), rng.integers(*AT_ONCE), replace=False)
        face[some] = rng.uniform(0.1, 1, len(some))
    for name in names:
        if name.endswith("Left") and name not in OF_BOTH:
            both = rng.random(count) < ALIKE
            scores[both, row[name.removesuffix("Left") + "Right"]] = scores[both, row[name]]
    for one, other in OPPOSITES:
        first = rng.random(count) < 0.5
        scores[first, row[one]] = scores[~first, row[other]] = 0.0
    scores[:, row["mouthClose"]] = np.minimum(scores[:, row["mouthClose"]], scores[:, row["jawOpen"]])
    return scores


def moving(names: tuple[str, ...], count: int, rng: np.random.Generator) -> np.ndarray:
    """(count, C) scores that go from face to face, ten frames each, and blink twice in four seconds."""
    marks, lids = faces(names, count // FRAMES_OF_A_MOVE + 2, rng), [names.index(name) for name in BLINKING]
    marks[:, lids] = 0.0
    whole, share = np.divmod(np.arange(count) / FRAMES_OF_A_MOVE, 1.0)
    eased, at = (share * share * (3 - 2 * share))[:, None], whole.astype(int)
    scores = marks[at] * (1 - eased) + marks[at + 1] * eased
    for start in blinks(count):
        scores[start : start + len(BLINK), lids] = np.array(BLINK)[:, None]
    return scores


def blinks(count: int) -> range:
    """The frames in which eyes begin to shut."""
    return range(BETWEEN_BLINKS // 3, count - len(BLINK), BETWEEN_BLINKS)


def jitter(model: FlameModel, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count, E + 9) what a tracker adds to the coefficients of each frame."""
    spread = np.full(model.n_expression + 9, EXPRESSION_JITTER)
    spread[-9:-6], spread[-6:] = JAW_JITTER, EYE_JITTER
    return rng.normal(0, spread, (count, len(spread)))


def clip_of(
    model: FlameModel, scores: np.ndarray, *, correctives: bool = True, added: float | np.ndarray = 0.0
) -> FlameSequence:
    """What the controls of ``model`` make of scores (N, C), the head turned and moved; with ``added`` coefficients."""
    controls, count = model.controls, model.n_expression
    assert controls is not None
    values = scores @ controls.table + added
    offsets = None
    if correctives and controls.correctives is not None:
        offsets = np.tensordot(scores.astype(np.float32), controls.correctives, 1)
    turn = 0.2 * np.sin(np.arange(len(scores))[:, None] * (0.1, 0.2, 0.3))
    jaw, left, right = values[:, count:].reshape(len(scores), 3, 3).transpose(1, 0, 2)
    return FlameSequence(
        FlameParams(
            expression=values[:, :count], jaw=jaw, left_eye=left, right_eye=right, offsets=offsets,
            global_rotation=turn, neck=-0.5 * turn, translation=(0.1, 0.2, 0.3),
        ),
        fps=30.0,
    )  # fmt: skip
