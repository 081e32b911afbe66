"""The face that a head shows, as one with a name."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass

import bpy
import numpy as np

from ..character.arkit import SMALLEST
from ..character.scores import computing_for
from ..errors import ParameterError
from ..flame.controls import group_of
from ..head import effective, parameters
from ..head.mesh import mesh_of
from ..head.properties import FLAME_PG_head, layout_of, names_of_controls, read_own_values
from ..head.sculpt import read_offsets
from ..long_work import Options, choice, part_of
from ..model_controls.scores import ScoreOptions, solving_scores
from ..saved_faces.face import Face, tidy_name

ALL, NOT_ZERO, REGIONS = "ALL", "NOT_ZERO", "REGIONS"
REGION_OF = {"brows": "Brows", "eyes": "Eyes", "cheeks": "Cheeks and nose", "mouth": "Mouth", "jaw": "Jaw"}
TURNS = {"jaw_turn": ("jaw",), "eye_turns": ("left_eye", "right_eye"), "neck_turn": ("neck",)}
SOLVED, UNSOLVED_FPS = ("expression", "eyelids"), 24.0
TOLD = 0.005  # a score below it is what solving leaves of none


@dataclass(frozen=True, kw_only=True)
class SaveFaceOptions(Options):
    """The keywords of :func:`save_face`, for :func:`saving_face`.

    Attributes
    ----------
    controls : str, default "ALL"
        Which named controls: "ALL", those that are "NOT_ZERO", or those of "REGIONS". The face leaves the others alone.
    brows : bool, default True
        Of "REGIONS": whether the brows are one of them.
    eyes : bool, default True
        Of "REGIONS": lids and gaze.
    cheeks : bool, default True
        Of "REGIONS": cheeks and nose.
    mouth : bool, default True
        Of "REGIONS": the mouth.
    jaw : bool, default True
        Of "REGIONS": the jaw.
    jaw_turn : bool, default True
        Keep how the jaw is turned beside the named controls, where it is.
    eye_turns : bool, default True
        Keep how the eyes are turned beside the named controls, where they are.
    neck_turn : bool, default False
        Keep how the head is turned on its neck, where it is.
    picture : bool, default True
        Render a picture of it: a second or two.
    replace : bool, default False
        Whether it takes the place of a saved face of that name; else it gets a number.
    """

    controls: str = choice(ALL, NOT_ZERO, REGIONS)
    brows: bool = True
    eyes: bool = True
    cheeks: bool = True
    mouth: bool = True
    jaw: bool = True
    jaw_turn: bool = True
    eye_turns: bool = True
    neck_turn: bool = False
    picture: bool = True
    replace: bool = False

    def joints(self) -> tuple[str, ...]:
        """Whose rotations are kept."""
        return tuple(joint for name, joints in TURNS.items() if getattr(self, name) for joint in joints)

    def regions(self) -> set[str]:
        """Groups of the controls that are chosen."""
        return {group for name, group in REGION_OF.items() if getattr(self, name)}


def taking(obj: bpy.types.Object, name: str, options: SaveFaceOptions) -> Generator[float, None, Face]:
    """The face of a head, called ``name``: yields the share that is done. Raises FlameError.

    What the head's own expression and eyelids show, and rotations that are not kept, is told by scores, found as those
    of a clip are; named controls are computed first where the model has none.
    """
    called = tidy_name(name)
    obj = yield from part_of(computing_for(obj), 0.0, 0.7)
    head = parameters.require_head(obj)
    own = parameters.get_own_params(obj)
    joints = options.joints()
    rotations = {
        joint: _vector(getattr(own, joint)) for joint in joints if np.abs(getattr(own, joint)).max() > SMALLEST
    }
    scores = dict(zip(names_of_controls(head), parameters.scores_of(head).tolist(), strict=True))
    if _shows_more(head, joints):
        scores = scores | (yield from part_of(_solving(obj, head, joints), 0.7, 1.0))
    chosen = _chosen(scores, options)
    if not chosen and not rotations:
        raise ParameterError("Nothing of this face is chosen: choose all controls, or show a face first.")
    return Face(
        name=called, scores=chosen, rotations=rotations, others_stay=options.controls != ALL, model=head.model_name
    )


def _chosen(scores: Mapping[str, float], options: SaveFaceOptions) -> dict[str, float]:
    if options.controls == NOT_ZERO:
        return {name: score for name, score in scores.items() if abs(score) > SMALLEST}
    regions = options.regions()
    return {name: score for name, score in scores.items() if options.controls == ALL or group_of(name) in regions}


def _shows_more(head: FLAME_PG_head, joints: Collection[str]) -> bool:
    """Whether more than scores and the joints' rotations that are kept moves the face."""
    own = effective.own_params_of(head, read_own_values(head))
    fields = [own.expression, *(getattr(own, name) for name in ("jaw", "left_eye", "right_eye") if name not in joints)]
    fields += [] if own.eyelids is None or not parameters.has_eyelids(head) else [own.eyelids]
    return any(bool((np.abs(each) > SMALLEST).any()) for each in fields)


def _solving(
    obj: bpy.types.Object, head: FLAME_PG_head, joints: Collection[str]
) -> Generator[float, None, dict[str, float]]:
    """Scores of all that the head shows but for the rotations that are kept beside them."""
    values, layout = read_own_values(head)[None].copy(), layout_of(head)
    for joint in joints:
        values[:, layout.vector(joint)] = 0.0
    offsets = read_offsets(mesh_of(obj))
    shown = effective.params_of(head, values, offsets)
    how = ScoreOptions(smoothing=0.0, correctives=not head.flame_only)
    model = parameters.require_evaluator(head).model
    found = yield from solving_scores(model, [shown], np.zeros(1), UNSOLVED_FPS, how, offsets)
    scores = np.where(np.abs(found.scores[0]) < TOLD, 0.0, found.scores[0])
    return dict(zip(found.names, scores.tolist(), strict=True))


def _vector(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(str(value)) for value in values.tolist())
    return x, y, z
