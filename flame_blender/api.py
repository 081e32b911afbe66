"""What scripts call. Everything that a button does can be done from here, in a window or with ``blender -b``.

Installed as an extension the module is ``bl_ext.user_default.flame_blender.api``::

    from bl_ext.user_default.flame_blender import api

    head = api.add_head(landmarks=True)                   # the built-in head; or api.add_head("flame2023_Open.pkl")
    api.set_params(head, expression=[0.8], jaw=(0.2, 0, 0))
    api.keyframe(head, frame=1)

Arrays are in FLAME's axes: metres, +Y up, +Z out of the face, +X the head's left; rotations are rotation vectors in
radians. ``space="world"`` gives Blender's world instead. Wrong input raises ``ParameterError`` or ``ModelError``, both
``ValueError``, whose message says what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from .bake import baking, cache, mesh_clip, rig
from .bake.mesh_clip import MeshClip
from .bake.rig import NativeRig
from .export import landmarks as landmark_files
from .export import meshes as mesh_exports
from .export import parameters as parameter_files
from .export import scene_files
from .export.meshes import Written
from .flame.errors import FlameError, ModelError, ParameterError, SequenceError
from .flame.landmarks import landmark_points
from .flame.model import FlameModel
from .flame.params import FlameParams
from .flame.randomise import random_coefficients
from .flame.steps import result_of
from .head import clip_import, controls, create, models, parameters
from .head import landmarks as landmark_empties
from .head.clip_import import ImportedAnimation
from .head.properties import YAW_SIGNS, head_of

__all__ = [
    "FlameError",
    "FlameParams",
    "ImportedAnimation",
    "MeshClip",
    "ModelError",
    "NativeRig",
    "ParameterError",
    "SequenceError",
    "Written",
    "add_head",
    "add_landmarks",
    "apply_preset",
    "bake_cache",
    "evaluate",
    "export_landmarks",
    "export_meshes",
    "export_parameters",
    "export_scene",
    "free_cache",
    "get_params",
    "import_animation",
    "import_meshes",
    "install",
    "is_head",
    "keep_sculpt",
    "keyframe",
    "landmarks",
    "make_rig",
    "model",
    "model_names",
    "presets",
    "randomise",
    "remove_landmarks",
    "set_arkit",
    "set_params",
]

# The default of set_params: a field that is left out stays as it is (None removes the offsets).
UNCHANGED: Any = type("Unchanged", (), {"__repr__": lambda _self: "unchanged"})()


def add_head(model: str | Path | None = None, name: str = "FLAME Head", landmarks: bool = False) -> bpy.types.Object:
    """Add a neutral head to the active collection and return its object.

    ``model`` is None for the built-in head, the name of an installed model, or the path of a model file, which is
    installed first. With ``landmarks`` the landmark empties are made too. Turns Lock Interface on in the scene, so that
    rendering in a window is safe. Raises ModelError.
    """
    entry = models.resolve(model)
    create.lock_interface(bpy.context.scene)
    return create.add_head(entry, name, bpy.context.collection, landmarks)


def is_head(obj: bpy.types.Object | None) -> bool:
    """Whether ``obj`` is a FLAME head."""
    return head_of(obj) is not None


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
) -> None:
    """Set parameters and update the mesh at once.

    A short coefficient vector sets the leading coefficients and zeroes the rest; a field left out is untouched.
    ``params`` sets every field; keywords win over it. ``offsets`` (V, 3), rest pose, or None to remove them.
    ``eyelids`` (2,) left and right, 0 to 1, show on a model with FLAME's vertices where l_eyelid.npy and r_eyelid.npy
    are installed. Nothing is written when anything is wrong. Raises ParameterError.
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
    }
    fields.update({name: value for name, value in given.items() if value is not UNCHANGED})
    parameters.set_params(obj, fields)


def set_arkit(obj: bpy.types.Object, scores: Mapping[str, float], frame: float | None = None) -> None:
    """Show a face given as scores of ARKit's 52 blend shapes, 0 rest and 1 the full movement; those left out are 0.

    Sets expression, jaw and eyes; identity, neck, global rotation and translation stay. With ``frame`` what was set is
    keyed there. Names are ARKit's, Live Link's or MediaPipe's. Raises ParameterError, also for a model that has none.
    """
    controls.set_arkit(obj, scores, frame)


def presets(obj: bpy.types.Object) -> tuple[str, ...]:
    """Names of the faces that :func:`apply_preset` takes; none for a model without named controls."""
    return controls.presets(obj)


def apply_preset(obj: bpy.types.Object, name: str, strength: float = 1.0, frame: float | None = None) -> None:
    """Show a named expression or viseme, as :func:`set_arkit` does, its scores multiplied by ``strength``.

    Raises ParameterError.
    """
    controls.apply_preset(obj, name, strength, frame)


def get_params(obj: bpy.types.Object) -> FlameParams:
    """The head's parameters at the current frame. Raises ParameterError."""
    return parameters.get_params(obj)


def keyframe(obj: bpy.types.Object, frame: float, groups: Iterable[str] = parameters.KEYED_BY_DEFAULT) -> int:
    """Key the current values at ``frame``; how many channels were keyed.

    ``groups``: ``"identity"``, ``"expression"``, ``"rotations"``, ``"translation"``, ``"eyelids"``, or single rotations
    such as ``"jaw"``; by default all but the identity. Raises ParameterError.
    """
    return parameters.keyframe(obj, frame, groups)


def import_animation(  # noqa: PLR0913, PLR0917  (each is a choice in the import's panel)
    path: str | Path,
    obj: bpy.types.Object | None = None,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "SCENE_FOLLOWS",
    hold_identity: bool = False,
    smooth: float = 0.0,
    head_motion: str = "FILE",
    camera: bool = True,
    sound: bool = True,
    progress: Callable[[float], None] | None = None,
) -> ImportedAnimation:
    """Key a head with a clip: a file of a FLAME tool, or a folder with a file for each frame.

    ``obj`` None adds the built-in head. ``fps`` corrects the clip's frame rate. With ``frame_rate`` "SCENE_FOLLOWS" the
    scene takes the clip's, with "RESAMPLE" the clip is brought to the scene's. ``hold_identity`` holds the median of
    identities that change, ``smooth`` (0 to 1) takes out jitter. ``head_motion``: "FILE" leaves the motion
    where the file has it; "ROOT", "OBJECT" and "NECK" put it, a moving camera's included, into root rotation and
    translation, the object's location and rotation, or (fitted on the face, the error in the clip's notes) the neck;
    with "CAMERA" the head stands still and the camera moves. With ``camera`` the clip's camera,
    where the file has one, is made and becomes the scene's, resolution included; with ``sound`` a sound file beside it
    goes into the sequencer. Curves of before are replaced, what the file does not hold becomes zero. The file is read
    before anything changes. Raises SequenceError, ParameterError.
    """
    _check_choice("frame_rate", frame_rate, ("SCENE_FOLLOWS", "RESAMPLE"))
    options = clip_import.Options(
        start_frame, fps, frame_rate == "SCENE_FOLLOWS", hold_identity, smooth, head_motion, camera, sound
    )
    return result_of(
        clip_import.importing(Path(path), obj, bpy.context.scene, bpy.context.collection, options), progress
    )


def import_meshes(
    path: str | Path,
    obj: bpy.types.Object | None = None,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "SCENE_FOLLOWS",
    solve: bool = False,
    sound: bool = True,
    progress: Callable[[float], None] | None = None,
) -> MeshClip:
    """Bring in meshes in FLAME's topology: a folder of .obj or .ply, an .npy of vertices, or DECA's .mat.

    ``obj`` is used where it has as many vertices; otherwise a head of an installed model that has, or a plain mesh with
    the file's faces. They play from a point cache; with ``solve`` they become parameters, keyed, and the errors are
    told. The other arguments are those of :func:`import_animation`. Raises SequenceError, FlameError.
    """
    _check_choice("frame_rate", frame_rate, ("SCENE_FOLLOWS", "RESAMPLE"))
    follows = frame_rate == "SCENE_FOLLOWS"
    context = bpy.context
    steps = mesh_clip.importing(
        Path(path), obj, context.scene, context.collection, start_frame, fps, follows, solve, sound
    )
    return result_of(steps, progress)


def bake_cache(
    obj: bpy.types.Object,
    path: str | Path | None = None,
    frames: tuple[int, int] | None = None,
    samples_per_frame: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Evaluate a head over ``frames`` (first, last; the scene's range by default) to a PC2 file and let it play that.

    The head then needs neither the add-on nor its model. With ``samples_per_frame`` k, motion blur sees k evaluations
    between a frame and the next. ``path`` is by default in ``flame_cache`` beside the .blend. Raises FlameError.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    steps = baking.baking(scene, obj, Path(path) if path is not None else None, start, end, samples_per_frame)
    return result_of(steps, progress)


def make_rig(
    obj: bpy.types.Object,
    frames: tuple[int, int] | None = None,
    n_expression: int | None = None,
    animated: bool = True,
    progress: Callable[[float], None] | None = None,
) -> NativeRig:
    """Make the head's present identity as an armature and a skin with shape keys, moving as the head does.

    The rig needs no add-on. ``frames`` (first, last) is the scene's range by default; not ``animated``, it only takes
    the present pose. ``n_expression`` keeps the first directions, for smaller files. Raises FlameError.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    return result_of(rig.making(scene, obj, start, end, n_expression, animated), progress)


def free_cache(obj: bpy.types.Object) -> bool:
    """Let a head follow its parameters again instead of playing a cache; whether it had one. The file stays."""
    return cache.detach(obj) is not None


def _check_choice(name: str, given: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        raise ParameterError(f"{name}: expected {' or '.join(map(repr, choices))}, found {given!r}.")


def evaluate(obj: bpy.types.Object, space: str = "flame") -> np.ndarray:
    """(V, 3) float32 vertices of the current parameters: FLAME axes or Blender's ``"world"``. Raises ParameterError."""
    return _in_space(obj, parameters.evaluate(obj), space)


def landmarks(obj: bpy.types.Object, space: str = "flame", landmark_set: str | None = None) -> np.ndarray:
    """(L, 3) float32 landmarks of the current parameters, contour first: FLAME axes, or Blender's ``"world"``.

    ``landmark_set`` is ``"ibug"`` (68) or ``"mediapipe"`` (105), by default that of the head's empties. Raises
    FlameError when the model has no such landmarks.
    """
    head = parameters.require_head(obj)
    params, model_ = get_params(obj), model(obj)
    name = landmark_set or head.landmark_set or create.landmark_set_of(model_)
    embedding = landmark_empties.embedding_of(model_, name)
    points = landmark_points(
        parameters.evaluate(obj), model_.faces, embedding, params.global_rotation, params.neck, YAW_SIGNS[head.yaw_sign]
    )
    return _in_space(obj, points, space)


def _in_space(obj: bpy.types.Object, points: np.ndarray, space: str) -> np.ndarray:
    if space == "flame":
        return points
    if space != "world":
        raise ParameterError(f"space: expected 'flame' or 'world', found {space!r}.")
    return parameters.to_world(obj, points)


def add_landmarks(obj: bpy.types.Object, landmark_set: str | None = None) -> bpy.types.Collection:
    """Make the landmark empties of the head, in place of those it had; their collection. Raises FlameError."""
    return create.add_landmarks(obj, landmark_set)


def remove_landmarks(obj: bpy.types.Object) -> None:
    """Delete the head's landmark empties. Raises ParameterError."""
    parameters.require_head(obj)
    landmark_empties.remove_empties(obj)


def export_landmarks(
    obj: bpy.types.Object, path: str | Path, frames: Iterable[int] | None = None, landmark_set: str | None = None
) -> Path:
    """Write landmarks of ``frames`` (by default the current one) to a .json, .csv or .npz file.

    3D in world space, 2D in pixels of the active camera, and whether the camera sees them. Raises FlameError.
    """
    return landmark_files.export_landmarks(bpy.context.scene, obj, Path(path), frames, landmark_set)


def export_parameters(
    obj: bpy.types.Object, path: str | Path, frames: Iterable[int] | None = None, layout: str = "FLAME"
) -> Path:
    """Write the evaluated parameters of ``frames`` (the scene's range by default) to an .npz or a .json.

    :func:`import_animation` reads them back to the same float32 values. Layout "GAUSSIAN_AVATARS" makes ``path`` a
    folder with ``flame_param/00000.npz`` and so on. Raises FlameError.
    """
    for _ in parameter_files.exporting(bpy.context.scene, obj, Path(path), frames, layout):
        pass
    return Path(path)


def export_meshes(
    obj: bpy.types.Object,
    path: str | Path,
    frames: Iterable[int] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Written:
    """Write the head's shape as .obj or .ply (FLAME's vertex order, axes, metres) or .stl (solid, millimetres).

    ``frames`` None writes the present shape to ``path``; several frames become ``name_0001.obj`` and so on. Every file
    is read back and compared. Raises FlameError.
    """
    numbers = None if frames is None else [int(frame) for frame in frames]
    return result_of(mesh_exports.exporting(bpy.context.scene, obj, Path(path), numbers), progress)


def export_scene(
    obj: bpy.types.Object,
    path: str | Path,
    frames: tuple[int, int] | None = None,
    engine: str = "GENERIC",
    progress: Callable[[float], None] | None = None,
) -> Written:
    """Write the moving head by Blender's exporters: .glb, .gltf, .fbx (bones and shape keys), .usdc, .usda, .abc.

    ``frames`` (first, last) is the scene's range by default; ``engine`` "GENERIC", "UNITY" or "UNREAL" for .fbx. The
    file is read back and compared at five frames. The scene stays as it is. Raises FlameError.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    return result_of(scene_files.exporting(scene, obj, Path(path), start, end, engine), progress)


def randomise(
    obj: bpy.types.Object, seed: int, strength: float = 1.0, groups: Iterable[str] = (parameters.IDENTITY,)
) -> None:
    """Draw random coefficients for ``"identity"`` and/or ``"expression"``; the same seed gives the same head."""
    model_ = model(obj)
    directions = {"shape": model_.identity_directions, "expression": model_.expression_directions}
    fields = {}
    for name in parameters.fields_of(groups):
        if name not in directions:
            raise ParameterError(f"groups: expected 'identity' or 'expression' to randomise, found {name!r}.")
        rng = np.random.default_rng([seed, len(fields)])
        fields[name] = random_coefficients(directions[name], strength, rng)
    parameters.set_params(obj, fields)


def keep_sculpt(obj: bpy.types.Object) -> bool:
    """Turn what was sculpted on the mesh into the head's offsets; whether there was anything. Raises ParameterError."""
    return parameters.keep_sculpt(obj)


def install(path: str | Path) -> tuple[str, ...]:
    """Install a FLAME file, or all in a folder: models, landmarks, masks, a template .obj; one sentence for each.

    Raises ModelError for a file that is none of these.
    """
    return models.install([Path(path)])


def model_names() -> tuple[str, ...]:
    """Names of the models that :func:`add_head` takes, the built-in head first."""
    return tuple(entry.name for entry in models.entries())


def model(obj: bpy.types.Object) -> FlameModel:
    """The head's FlameModel, shared by all heads that use it; its arrays are read-only. Raises ParameterError."""
    return parameters.require_evaluator(parameters.require_head(obj)).model
