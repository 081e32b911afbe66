"""Parameters and keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..blender_pointers import shown_scene
from ..character import scores as named_scores
from ..errors import ParameterError
from ..flame.clipboard import (
    fields_in_text,
    model_of_text,
    params_from_text,
    params_to_text,
    scores_from_text,
    texture_from_text,
)
from ..flame.params import POSE_FIELDS, FlameParams
from ..flame.randomise import REGIONS, by_region, random_coefficients, require_regions
from ..head import parameters
from ..keyframes import auto_keying
from ..looks import people
from ..model_controls.sides import mirrored_expression, mirrored_rotation, mirrored_scores
from ..skin import following, installed, setting
from .heads import model

# The default of set_params: a field that is left out stays as it is (None removes the offsets).
UNCHANGED: Any = type("Unchanged", (), {"__repr__": lambda _self: "unchanged"})()
FACE = ("expression", "jaw", "left_eye", "right_eye")  # what a face is, beside named controls and eyelids


def set_params(  # noqa: PLR0913  (every parameter of a head, by name)
    obj: bpy.types.Object,
    params: FlameParams | None = None,
    *,
    shape: ArrayLike | None = UNCHANGED,
    expression: ArrayLike | None = UNCHANGED,
    global_rotation: ArrayLike | None = UNCHANGED,
    neck: ArrayLike | None = UNCHANGED,
    jaw: ArrayLike | None = UNCHANGED,
    left_eye: ArrayLike | None = UNCHANGED,
    right_eye: ArrayLike | None = UNCHANGED,
    translation: ArrayLike | None = UNCHANGED,
    offsets: ArrayLike | None = UNCHANGED,
    eyelids: ArrayLike | None = UNCHANGED,
    eyelids_unturned: bool = UNCHANGED,
) -> None:
    """Set parameters and update the mesh at once.

    What is left out stays as it is. Nothing is written when anything is wrong. What is given is what the head shows:
    named controls that move a given expression, jaw or eye are set to zero.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    params : FlameParams or None, default None
        One frame; sets every field, and the keywords win over it.
    shape : (k,) numbers, default UNCHANGED
        Identity, in standard deviations; fewer than the model has: the rest becomes 0.
    expression : (k,) numbers, default UNCHANGED
        The same of the expression; of the built-in head the scores of its movements, 0 to 1.
    global_rotation : (3,) numbers, radians, default UNCHANGED
        Rotation vector of the whole head, as are those of the joints that follow.
    neck : (3,) numbers, radians, default UNCHANGED
        Of the neck.
    jaw : (3,) numbers, radians, default UNCHANGED
        Of the jaw; +x opens it.
    left_eye : (3,) numbers, radians, default UNCHANGED
        Of the left eye.
    right_eye : (3,) numbers, radians, default UNCHANGED
        Of the right eye.
    translation : (3,) numbers, metres, default UNCHANGED
        Of the whole head.
    offsets : (V, 3) numbers or None, metres, default UNCHANGED
        Added to the vertices in rest pose, the correctives of named controls included; None removes the head's own.
    eyelids : (2,) numbers or None, default UNCHANGED
        Left and right, 0 open to 1 shut, None is 0; they show on FLAME's vertices with both eyelid files installed.
    eyelids_unturned : bool, default UNCHANGED
        False: eyelids turn with the head; True: they move along FLAME's axes whatever the pose.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or a field has the wrong shape, more coefficients than the model, or no finite numbers.
    """
    fields = {} if params is None else {name: getattr(params, name) for name in parameters.ALL_FIELDS}
    given = {
        "shape": shape,
        "expression": expression,
        "global_rotation": global_rotation,
        "neck": neck,
        "jaw": jaw,
        "left_eye": left_eye,
        "right_eye": right_eye,
        "translation": translation,
        "offsets": offsets,
        "eyelids": eyelids,
        "eyelids_unturned": eyelids_unturned,
    }
    fields.update({name: value for name, value in given.items() if value is not UNCHANGED})
    parameters.set_params(obj, fields)


def get_params(obj: bpy.types.Object) -> FlameParams:
    """The parameters that a head shows at the current frame: its own, and what its named controls add to them.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    FlameParams
        One frame, without a frame axis. Offsets are the head's own and the controls' correctives; None for neither.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return parameters.get_params(obj)


def copy_params(obj: bpy.types.Object, *, face_only: bool = False) -> str:
    """The parameters of a head as text, which :func:`paste_params` takes.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    face_only : bool, default False
        Expression, named controls, eyelids, jaw and eyes alone: neither who it is, nor how the head stands.

    Returns
    -------
    str
        JSON.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    head = parameters.require_head(obj)
    scores, params = named_scores.scores_of(obj), parameters.get_own_params(obj)
    if face_only:
        return params_to_text(params, head.model_name, scores, only=FACE)
    skin = (head.texture_model, following.read_coefficients(head)) if head.texture_model else None
    return params_to_text(params, head.model_name, scores, skin)


def paste_params(obj: bpy.types.Object, text: str) -> tuple[str, ...]:
    """Set the parameters that :func:`copy_params` gave; offsets stay, as does how eyelids turn.

    Texture coefficients come to a head of the same texture model, and to one without any where that is installed. A
    face alone comes to a head of another model by named controls, eyelids, jaw and eyes, with no coefficients, which
    mean another thing there.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    text : str
        Of this head or of another one.

    Returns
    -------
    tuple of str
        The fields of FlameParams that were set, and "texture".

    Raises
    ------
    ParameterError
        ``obj`` is no head, the text is another one, or it has more coefficients than the head's model.
    """
    params, scores, skin = params_from_text(text), scores_from_text(text), texture_from_text(text)
    head, fields = parameters.require_head(obj), (*fields_in_text(text), parameters.EYELID_VALUES)
    values: dict[str, Any] = {name: getattr(params, name) for name in fields}
    if "shape" not in fields and model_of_text(text) != head.model_name:
        values["expression"] = ()
    own = head.texture_model
    textured = skin is not None and own in ("", skin[0]) and installed.texture_model(skin[0]) is not None
    named_scores.set_all(obj, values, scores)
    if skin is not None and textured:
        setting.put_on(obj, *skin)
    return (*fields, parameters.TEXTURE) if textured else fields


def reset_params(
    obj: bpy.types.Object,
    *,
    identity: bool = True,
    expression: bool = True,
    pose: bool = True,
    texture: bool = True,
) -> tuple[str, ...]:
    """Set parameters of a head back to zero.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    identity : bool, default True
        Back to the mean head.
    expression : bool, default True
        Back to the neutral expression, eyelids and named controls included.
    pose : bool, default True
        All rotations and the translation.
    texture : bool, default True
        Back to the mean skin of the head's texture model, where it has one.

    Returns
    -------
    tuple of str
        The fields of FlameParams that were set, and "texture".

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    zeros: dict[str, Any] = {"shape": ()} if identity else {}
    zeros |= {"expression": (), parameters.EYELID_VALUES: None} if expression else {}
    zeros |= dict.fromkeys((*POSE_FIELDS, "translation"), (0.0, 0.0, 0.0)) if pose else {}
    if expression:
        named_scores.set_all(obj, zeros, {})
    else:
        parameters.set_params(obj, zeros)
    head = parameters.require_head(obj)
    if texture and head.texture_model and installed.texture_model(head.texture_model) is not None:
        setting.put_on(obj, None, ())
        return (*zeros, parameters.TEXTURE)
    return tuple(zeros)


def mirror_face(obj: bpy.types.Object) -> tuple[str, ...]:
    """Show a head's face the other way round: named controls, expression, eyelids, jaw and eyes.

    Coefficients of directions that have no sides become those that show the mirrored face most nearly.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. How it is turned stays.

    Returns
    -------
    tuple of str
        The fields of FlameParams that were set.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    """
    params = parameters.get_own_params(obj)
    known = parameters.require_evaluator(parameters.require_head(obj)).model
    lids = None if params.eyelids is None else params.eyelids[::-1]
    fields = {
        "expression": mirrored_expression(known, params.expression),
        "jaw": mirrored_rotation(params.jaw),
        "left_eye": mirrored_rotation(params.right_eye),
        "right_eye": mirrored_rotation(params.left_eye),
        parameters.EYELID_VALUES: lids,
    }
    named_scores.set_all(obj, fields, mirrored_scores(named_scores.scores_of(obj)))
    return tuple(fields)


def keyframe(obj: bpy.types.Object, frame: float, groups: Iterable[str] = parameters.KEYED_BY_DEFAULT) -> int:
    """Key the current values of a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    frame : float
        The frame that gets the keys.
    groups : iterable of str, default ("expression", "controls", "rotations", "translation", "eyelids")
        "identity", "texture" and these, or single fields of FlameParams such as "jaw". Eyelids, named controls and
        texture are keyed where the head has any.

    Returns
    -------
    int
        How many channels were keyed.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or a group is unknown.
    """
    return parameters.keyframe(obj, frame, groups)


def auto_key(obj: bpy.types.Object, groups: Iterable[str]) -> int:
    """Key what was set of a head as Blender's own tools do: at the current frame, where Auto Keying is on.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    groups : iterable of str
        As of :func:`keyframe`.

    Returns
    -------
    int
        How many channels were keyed; Auto Keying's settings may leave some out.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or a group is unknown.
    """
    return auto_keying.auto_key(shown_scene(), obj, parameters.fields_of(groups))


def randomise(
    obj: bpy.types.Object,
    seed: int,
    strength: float = 1.0,
    groups: Iterable[str] = (parameters.IDENTITY,),
    *,
    locked: Iterable[str] = (),
    strengths: Mapping[str, float] | None = None,
) -> None:
    """Draw random coefficients; the same seed gives the same head.

    The built-in head's identity is a person's, whose skin :func:`randomise_looks` draws of the same seed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    seed : int
        Of the random numbers, not below 0.
    strength : float, default 1.0
        Times the standard deviation that the model's statistics tell; all stay inside their soft range.
    groups : iterable of str, default ("identity",)
        Some of "identity", "expression" and "texture".
    locked : iterable of str, default ()
        Regions that stay as they are. Of the identity "Overall", "Head", "Face", "Eyes and brows", "Nose", "Mouth",
        "Jaw and chin", "Ears", "Neck"; of the expression "Brows", "Eyes", "Cheeks and nose", "Mouth", "Jaw". On a FLAME
        file, whose directions have no regions, their vertices stay to some tenths of a millimetre, by least squares;
        "Overall" is nothing there.
    strengths : mapping of str to float or None, default None
        Factors of regions, times ``strength``; those left out are 1.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model or texture model is not installed, a group or region is another one, a strength is
        below 0, or the seed is no whole number from 0.
    """
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ParameterError(f"seed must be a whole number, 0 or above, found {seed!r}.")
    asked: dict[str, float | None] = {**(strengths or {}), **dict.fromkeys(locked)}
    for region, factor in asked.items():
        if region not in REGIONS or (factor is not None and not 0 <= factor < np.inf):
            expected = f"some of {', '.join(REGIONS)}, with strengths from 0"
            raise ParameterError(f"regions: expected {expected}, found {region!r} with {factor!r}.")
    model_ = model(obj)
    own = parameters.get_own_params(obj)
    halves = {"shape": slice(0, model_.n_identity), "expression": slice(model_.n_identity, None)}
    directions = {"shape": model_.identity_directions, "expression": model_.expression_directions}
    fields: dict[str, Any] = {}
    skin = None
    for name in parameters.fields_of(groups):
        if name == parameters.TEXTURE:
            skin = setting.random(setting.require_texture(parameters.require_head(obj)), int(seed), strength)
            continue
        if name not in directions:
            raise ParameterError(f"groups: expected 'identity', 'expression' or 'texture', found {name!r}.")
        rng = np.random.default_rng([seed, len(fields)])
        if name == "shape":
            fields[name] = people.identity(model_, int(seed), strength, rng)
        else:
            fields[name] = random_coefficients(directions[name], strength, rng)
        if asked:
            require_regions(model_, directions[name], asked)
            fields[name] = by_region(model_, halves[name], fields[name], getattr(own, name), asked)
    parameters.set_params(obj, fields)
    if skin is not None:
        setting.put_on(obj, None, skin)
