"""What a sample is: the numbers that a recipe gives it, whichever samples were made before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from ..flame.controls import ARKIT_NAMES
from ..flame.model import STANDARD_DEVIATIONS, Direction, FlameModel
from ..flame.params import FlameParams
from ..flame.randomise import identity_of
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .distributions import Distribution, Fixed, Value, all_values
from .faces.moments import STILL, Clips, Moment, with_expression
from .faces.random_scores import scores_of
from .factors import EXPRESSION_STREAM, FACTORS, IDENTITY_STREAM, OF_A_VIEW, TEXTURE_STREAM
from .from_files.source_folders import NOTHING_LISTED, Listing
from .randomness import normal_of, uniforms
from .recipe import Recipe

MOST_OF_A_SKIN = 3.0  # standard deviations
ONE_IN = 4  # of movements one is made at a time: a face never makes all at once
BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
# of what a sample shows as much as its moment tells, where no clip does; () is all of a factor
SHARED: dict[str, tuple[str, ...]] = {
    "expression": ("strength", "face_strength", "arkit"), "controls": (), "lids": (), "gaze": (), "pose": ("jaw",),
}  # fmt: skip
Values = Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample of a recipe: the drawn values of every factor, and the head's parameters that come of them.

    ``files`` are those that it takes of the recipe's folders, by their factors; ``scores`` those of the model's named
    controls that are not 0.
    """

    index: int
    values: Values
    params: FlameParams
    files: Mapping[str, Path] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def model(self) -> str:
        return str(self.values["model"]["name"])


def drawn_values(recipe: Recipe, index: int) -> Values:
    """The value of every factor of sample ``index``, each from a stream of its own."""
    return {
        factor: {
            key: _drawn(recipe.factors[factor][key], recipe.seed, entry.stream, index) for key, entry in entries.items()
        }
        for factor, entries in FACTORS.items()
    }


def _drawn(distribution: Distribution, seed: int, stream: int, index: int) -> Value:
    if isinstance(distribution, Fixed):
        return distribution.value
    return distribution.at(float(uniforms(seed, stream, index, 1)[0]))


def camera_values(recipe: Recipe, index: int, view: int) -> dict[str, Value]:
    """The values of one of a sample's cameras, each from streams of its own, spread evenly about the head by yaw."""
    values = {
        key: _drawn(recipe.factors["camera"][key], recipe.seed, entry.stream + view * OF_A_VIEW, index)
        for key, entry in FACTORS["camera"].items()
    }
    if recipe.shots.views > 1:
        aside = view / (recipe.shots.views - 1) - 0.5
        values["yaw"] = _number(values["yaw"]) + aside * _number(drawn_values(recipe, index)["camera"]["spread"])
    return values


def drawn_sample(
    recipe: Recipe,
    models: Mapping[str, FlameModel],
    index: int,
    listing: Listing = NOTHING_LISTED,
    clips: Clips | None = None,
    frame: int = 0,
    beside: int = 0,
) -> Sample:
    """Sample ``index`` of a recipe whose ``models`` are given by their names. Raises DatasetError.

    ``listing`` has the files of the folders that it names, ``clips`` read those that are clips. With them the head is
    that of ``frame``, or of so many frames ``beside`` it; without it is as drawn.

    Turns are made about the head's own axes in the order yaw, pitch, roll: to the subject's left, up, and towards the
    subject's right shoulder.
    """
    values = drawn_values(recipe, index)
    name = str(values["model"]["name"])
    if name not in models:
        raise DatasetError(f"model.name: expected an installed model, found {name!r}; install it, or name another.")
    model = models[name]
    files = listing.drawn(recipe, values, index)
    moment = STILL if clips is None else clips.moment(model, values, files.get("clip"), index, frame, beside)
    face = _shared(values, moment.share)
    fields, scores = _expression(recipe, model, face, index)
    pose, gaze = face["pose"], face["gaze"]
    jaw = np.array([np.radians(_number(pose["jaw"])), 0.0, 0.0])
    looking = _turned(gaze["yaw"], gaze["pitch"], 0.0)
    params = FlameParams(
        shape=_identity(
            model,
            _number(values["identity"]["strength"]),
            uniforms(recipe.seed, IDENTITY_STREAM, index, 2 * model.n_identity),
        ),
        expression=fields["expression"],
        global_rotation=_turned(pose["yaw"], pose["pitch"], pose["roll"]),
        neck=_turned(pose["neck_yaw"], pose["neck_pitch"], pose["neck_roll"]),
        jaw=fields["jaw"] + jaw,
        left_eye=_after(looking, fields["left_eye"]),
        right_eye=_after(looking, fields["right_eye"]),
        eyelids=fields.get("eyelids"),
    )
    return Sample(index, values, params if moment is STILL else _moved(params, moment), files, scores)


def _shared(values: Values, share: float) -> Values:
    """The values with a share of the drawn face, and of the lids."""
    if share == 1.0:
        return values
    found = {factor: dict(each) for factor, each in values.items()}
    for factor, keys in SHARED.items():
        for key in keys or found[factor]:
            found[factor][key] = share * _number(found[factor][key])
    return found


def _moved(params: FlameParams, moment: Moment) -> FlameParams:
    """The parameters at a moment: in the head's own axes it turns and moves on from how it stands."""
    if moment.shown is None or moment.stands is None:
        turn = _turned(moment.yaw, moment.pitch, 0.0)
        return replace(params, global_rotation=_after(params.global_rotation, turn))
    shown, stands = moment.shown, moment.stands
    back = matrix_from_axis_angle(params.global_rotation) @ matrix_from_axis_angle(stands.global_rotation).T
    lids = params.eyelids
    if lids is not None and shown.eyelids is not None:
        lids = np.clip(np.maximum(lids, shown.eyelids), 0.0, 1.0)
    return replace(
        params,
        expression=with_expression(moment, params.expression),
        global_rotation=axis_angle_from_matrix(back @ matrix_from_axis_angle(shown.global_rotation)),
        translation=back @ (shown.translation - stands.translation),
        neck=_after(params.neck, shown.neck),
        jaw=params.jaw + shown.jaw,
        left_eye=_after(params.left_eye, shown.left_eye),
        right_eye=_after(params.right_eye, shown.right_eye),
        eyelids=lids,
    )


def coefficients(directions: Sequence[Direction], strength: float, numbers: np.ndarray) -> np.ndarray:
    """(K,) float32: a coefficient for each direction, inside its soft range, of uniform ``numbers`` (2 K,).

    Directions in standard deviations are normal with the deviation ``strength``. Of movements with a weight from 0 to 1
    one in four is made, evenly up to ``strength``, as Randomise does.
    """
    found = np.zeros(len(directions))
    for row, direction in enumerate(directions):
        own, made = numbers[2 * row : 2 * row + 2].tolist()
        if direction.unit == STANDARD_DEVIATIONS:
            value = strength * normal_of(own)
        else:
            value = strength * own if made * ONE_IN < 1 else 0.0
        low, high = direction.soft_range
        found[row] = min(max(value, low), high)
    return found.astype(np.float32)


def _identity(model: FlameModel, strength: float, numbers: np.ndarray) -> np.ndarray:
    """(S,) float32, inside the soft range, of uniform ``numbers`` (2 S,): of a person where the model knows people."""
    if model.identity_mixing is None:
        return coefficients(model.identity_directions, strength, numbers)
    return identity_of(model, np.array([normal_of(own) for own in numbers[::2].tolist()]), strength)


def texture_coefficients(recipe: Recipe, sample: Sample, count: int) -> np.ndarray:
    """(K,) float32 of a texture model's ``count`` coefficients, standard deviations, at most three of them."""
    strength = _number(sample.values["texture"]["strength"])
    numbers = uniforms(recipe.seed, TEXTURE_STREAM, sample.index, count).tolist()
    return np.clip([strength * normal_of(each) for each in numbers], -MOST_OF_A_SKIN, MOST_OF_A_SKIN).astype(np.float32)


def check_models(recipe: Recipe, models: Mapping[str, FlameModel]) -> None:
    """Raise DatasetError where the recipe asks for what one of its models has not."""
    faces = [str(face) for face in all_values(recipe.factors["expression"]["face"]) if face]
    moves_lids = recipe.factors["lids"]["closed"] != Fixed(0.0)
    still = recipe.shots.frames == 1 and recipe.factors["clip"]["folder"] == Fixed("")
    if still and recipe.factors["camera"]["motion_blur"] != Fixed(0.0):
        raise DatasetError(
            "camera.motion_blur: expected clip.frames of at least 2, or a clip.folder, with it, found a head that "
            "stands still; add one, or leave it out."
        )
    named = [name for name in ARKIT_NAMES if recipe.factors["controls"][name] != Fixed(0.0)]
    if recipe.factors["expression"]["arkit"] != Fixed(0.0):
        named.append("arkit")
    for name in all_values(recipe.factors["model"]["name"]):
        model = models.get(str(name))
        if model is None:
            raise DatasetError(f"model.name: expected an installed model, found {name!r}; install it, or name another.")
        known = [] if model.controls is None else [each.name for each in model.controls.presets]
        for face in faces:
            if face not in known:
                has = ", ".join(known) if known else "none; compute its named controls"
                raise DatasetError(f"expression.face: expected a named face of {name!r} ({has}), found {face!r}.")
        for each in named:
            if model.controls is None or (each != "arkit" and each not in model.controls.names):
                key = "expression.arkit" if each == "arkit" else f"controls.{each}"
                raise DatasetError(
                    f"{key}: expected a model with named controls, found {name!r} without; compute them, or leave "
                    "it out."
                )
        if moves_lids and not _shuts_lids(model):
            raise DatasetError(
                f"lids.closed: expected a model whose lids move, found {name!r}; install its eyelids, compute its "
                "named controls, or leave the lids out."
            )


def _shuts_lids(model: FlameModel) -> bool:
    return model.eyelid_shapes is not None or (
        model.controls is not None and all(name in model.controls.names for name in BLINKS)
    )


def _expression(
    recipe: Recipe, model: FlameModel, values: Values, index: int
) -> tuple[dict[str, Any], dict[str, float]]:
    """Fields of FlameParams: random coefficients, the named face and the lids together; scores that are not 0."""
    own = values["expression"]
    expression = coefficients(
        model.expression_directions,
        _number(own["strength"]),
        uniforms(recipe.seed, EXPRESSION_STREAM, index, 2 * model.n_expression),
    )
    nothing = {name: np.zeros(3, np.float32) for name in ("jaw", "left_eye", "right_eye")}
    fields: dict[str, Any] = {"expression": expression, **nothing}
    closed = _number(values["lids"]["closed"])
    scores = None if model.controls is None else scores_of(recipe, model.controls, values, index)
    if model.controls is not None and scores is not None:
        if closed and model.eyelid_shapes is None:
            for name in BLINKS:
                row = model.controls.names.index(name)
                scores[row] = max(scores[row], closed)
        moved = model.controls.fields(scores)
        fields = {**moved, "expression": _within(model, expression + moved["expression"])}
    if model.eyelid_shapes is not None:
        lids = np.asarray(fields.get("eyelids", np.zeros(2)), np.float64)
        fields["eyelids"] = np.clip(np.maximum(lids, closed), 0.0, 1.0)
    if model.controls is None or scores is None:
        return fields, {}
    return fields, {name: score for name, score in zip(model.controls.names, scores.tolist(), strict=True) if score}


def _within(model: FlameModel, expression: np.ndarray) -> np.ndarray:
    low, high = np.array([each.soft_range for each in model.expression_directions], np.float32).reshape(-1, 2).T
    return np.clip(expression, low, high)


def _turned(yaw: Value, pitch: Value, roll: Value) -> np.ndarray:
    """(3,) rotation vector of turns in degrees."""
    angles = np.radians([_number(yaw), -_number(pitch), _number(roll)])
    axes = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    about_y, about_x, about_z = matrix_from_axis_angle(axes * angles[:, None])
    found: np.ndarray = axis_angle_from_matrix(about_y @ about_x @ about_z)
    return found


def _after(turn: np.ndarray, first: np.ndarray) -> np.ndarray:
    """(3,) rotation vector of ``first`` and then ``turn``."""
    found: np.ndarray = axis_angle_from_matrix(matrix_from_axis_angle(turn) @ matrix_from_axis_angle(first))
    return found


def _number(value: Value) -> float:
    """A value of a factor that is a number."""
    if not isinstance(value, (int, float)):
        raise TypeError(f"expected a number, found {value!r}")
    return float(value)
