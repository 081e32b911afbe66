"""And back: which named scores a head's animation is, by least squares over its skin."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

import numpy as np

from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from ..long_work import Options, number, part_of, result_of
from ..sequences.sequence import FlameSequence
from .control_basis import ControlBasis, Seen
from .over_time import solving_over_time

SMALLNESS = 3e-10  # square metres that a score's square counts for: 0.017 mm over all of the skin
# And the square of what it changes by from frame to frame, at a smoothing of 1: a part of how stiff a control is at the
# median, the others free, so that models that move more are held as still; of the first sculpt's, 1e-8 square metres.
STILLNESS = 0.24
QUICK, QUICKNESS = "eyeBlink", 0.2  # blinks last a tenth of a second: that much of it counts for them
BELOW = (("mouthClose", "jawOpen"),)  # lips are closed over a jaw that is open, and by no more than it is
FRAMES_AT_ONCE = 256
WINDOW, AROUND = 512, 64  # frames; what lies further off changes no score by 0.0001 at a smoothing of 10
SEEING = 0.2  # share of the work
USUAL_FPS = 30.0


@dataclass(frozen=True, kw_only=True)
class ScoreOptions(Options):
    """How scores are found.

    Attributes
    ----------
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what the model's own directions do of it.
    """

    smoothing: float = number(1.0, least=0.0, most=100.0)
    largest: float = number(1.0, least=1.0, most=3.0)
    correctives: bool = True


@dataclass(frozen=True, eq=False)
class ArkitScores:
    """Named scores over frames, and what they leave.

    Attributes
    ----------
    names : tuple of str
        The C controls.
    scores : (N, C) float32
        From 0, none of the movement, to 1, all of it.
    fps : float
        Frames a second.
    frames : (N,) float64
        Numbers of the frames in the scene or in the clip.
    head : (N, 3) float32, radians
        Rotation vectors of the head in FLAME's axes, by its root and its neck.
    left_eye : (N, 3) float32, radians
        Of the left eye within the head.
    right_eye : (N, 3) float32, radians
        Of the right eye within the head.
    residuals : (N,) float32, mm
        What the scores do not tell of the skin's movement: the root of its mean square.
    """

    names: tuple[str, ...]
    scores: np.ndarray
    fps: float
    frames: np.ndarray
    head: np.ndarray
    left_eye: np.ndarray
    right_eye: np.ndarray
    residuals: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    def of(self, name: str) -> np.ndarray:
        """(N,) float32: the scores of one control. Raises ValueError for another name."""
        return self.scores[:, self.names.index(name)]

    @property
    def mean_residual(self) -> float:
        """Mean of ``residuals``, mm."""
        return float(self.residuals.mean())

    @property
    def worst_frame(self) -> float:
        """Number of the frame of which most is left."""
        return float(self.frames[self.residuals.argmax()])

    def summary(self) -> str:
        """One sentence for a report."""
        largest = float(self.residuals.max())
        return (
            f"{len(self)} frames; {self.mean_residual:.2f} mm of the face's movement are left in the mean, "
            f"{largest:.2f} mm in frame {self.worst_frame:g}"
        )


def solve_arkit(
    clip: FlameSequence,
    model: FlameModel,
    *,
    smoothing: float = 1.0,
    largest: float = 1.0,
    correctives: bool = True,
    progress: Callable[[float], None] | None = None,
) -> ArkitScores:
    """The ARKit scores that a clip is on a model with named controls.

    The head's own rotation and translation are no part of the face; jaw, eyes and eyelids are. Offsets that change from
    frame to frame are part of the face, others the person's.

    Parameters
    ----------
    clip : FlameSequence
        Parameters for ``model``.
    model : FlameModel
        One with ``controls``: the built-in head, or one for which they were computed.
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what the model's own directions do of it.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    ArkitScores
        A row for each frame, which are numbered from 0.

    Raises
    ------
    ModelError
        The model has no named controls.
    ParameterError
        An option is out of its range, or the clip does not fit the model.
    """
    options = ScoreOptions(smoothing=smoothing, largest=largest, correctives=correctives)
    params = clip.params
    own = params.offsets if params.offsets is not None and params.offsets.ndim == 2 else None
    frames, fps = np.arange(len(clip), dtype=np.float64), clip.fps or USUAL_FPS
    parts = (clip[start : start + FRAMES_AT_ONCE].params for start in range(0, len(clip), FRAMES_AT_ONCE))
    return result_of(solving_scores(model, parts, frames, fps, options, own), progress)


def solving_scores(
    model: FlameModel,
    parts: Iterable[FlameParams],
    frames: np.ndarray,
    fps: float,
    options: ScoreOptions,
    own_offsets: np.ndarray | None = None,
) -> Generator[float, None, ArkitScores]:
    """Scores of the frames in ``parts``, one after the other; yields the share that is done.

    The sum over frames of w^2 |sum_k s_k D_k - d|^2 over the skin, of the scores' squares and of the squares of their
    changes is least, within the bounds; D_k is what control k moves and d what the frame moves, both before anything is
    turned. ``own_offsets`` (V, 3) metres are the person's. Raises ModelError and ParameterError.
    """
    basis = ControlBasis(model, options.correctives)
    seen: list[Seen] = []
    turns: list[np.ndarray] = []
    done = 0
    for params in parts:
        seen.append(basis.seen(params, own_offsets))
        turns.append(_turns(params))
        done += len(turns[-1])
        yield SEEING * done / len(frames)
    whole = Seen(*(np.concatenate([getattr(each, name) for each in seen], -1) for name in ("right", "told", "energy")))
    scores = yield from part_of(_solving(basis, whole, options), SEEING, 1.0)
    head, left_eye, right_eye = np.concatenate(turns).astype(np.float32).transpose(1, 0, 2)
    residuals = (1000 * basis.left(whole, scores)).astype(np.float32)
    return ArkitScores(basis.names, scores.T.astype(np.float32), fps, frames, head, left_eye, right_eye, residuals)


def _solving(basis: ControlBasis, seen: Seen, options: ScoreOptions) -> Generator[float, None, np.ndarray]:
    """(C, N) scores; of long clips in windows that a core has near, each solved with frames around it."""
    names, frames = basis.names, seen.right.shape[1]
    quick = np.array([QUICKNESS if QUICK in name else 1.0 for name in names] + [1.0] * len(basis.turning))
    below = [(names.index(low), names.index(top)) for low, top in BELOW if {low, top} <= set(names)]
    below += [(len(names) + number, control) for number, control in enumerate(basis.turning)]
    gram = basis.gram + SMALLNESS * np.eye(basis.n_unknowns)
    stillness = options.smoothing * STILLNESS * float(np.median(1 / np.diag(np.linalg.inv(gram)))) * quick
    scores = np.empty((len(names), frames))
    for start in range(0, frames, WINDOW):
        stop, first = min(start + WINDOW, frames), max(start - AROUND, 0)
        right = seen.right[:, first : stop + AROUND]
        steps = solving_over_time(gram, right, options.largest, stillness, below)
        found = yield from part_of(steps, start / frames, stop / frames)
        scores[:, start:stop] = found[: len(names), start - first : stop - first]
    return scores


def _turns(params: FlameParams) -> np.ndarray:
    """(N, 3, 3) rotation vectors: of the head, by root and neck, and of the eyes."""
    frames = params.n_frames or 1
    root, neck, left, right = (
        np.broadcast_to(getattr(params, name), (frames, 3))
        for name in ("global_rotation", "neck", "left_eye", "right_eye")
    )
    head = axis_angle_from_matrix(matrix_from_axis_angle(root) @ matrix_from_axis_angle(neck))
    return np.stack([head, left, right], 1)
