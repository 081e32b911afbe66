"""What scripts call. Everything that a button does can be done from here, in a window or with ``blender -b``.

Installed as an extension the module is ``bl_ext.user_default.flame_blender.api``::

    from bl_ext.user_default.flame_blender import api

    head = api.add_head(landmarks=True)  # of the FLAME file installed last, else the built-in head; or name a model
    api.set_params(head, expression=[0.8], jaw=(0.2, 0, 0))
    api.keyframe(head, frame=1)

Arrays are in FLAME's axes: metres, +Y up, +Z out of the face, +X the head's left; rotations are rotation vectors in
radians. ``space="world"`` gives Blender's world instead. Wrong input raises ``ParameterError``, ``ModelError``,
``LandmarkError`` or ``SequenceError``, and what cannot be written ``WriteError``: all of them ``FlameError`` and
``ValueError``, whose message says what was expected and what was found.
"""

from __future__ import annotations

from ..bake.baking import BakeOptions
from ..bake.rig import NativeRig, RigOptions
from ..clips.clip_import import ClipOptions, ImportedAnimation
from ..clips.mesh_clip import MeshClip, MeshClipOptions
from ..distances.distances import DistanceOptions, Painted
from ..errors import FlameError, LandmarkError, ModelError, ParameterError, SequenceError, WriteError
from ..export.landmarks import LANDMARK_SUFFIXES, LandmarkFileOptions
from ..export.meshes import MeshFileOptions, Written
from ..export.parameters import PARAMETER_SUFFIXES, ParameterFileOptions
from ..export.scene_files import SceneFileOptions
from ..flame.params import FlameParams
from ..geometry.camera import Camera
from ..head.models import BUILT_IN
from ..model_controls.quality import ControlQuality
from ..model_files.library import Installed, ModelEntry
from ..photo_projection.photo_material import PhotoTextured, PhotoTextureOptions
from ..picking.session import PickingSession
from ..scene_fits.kinds.basel import BaselFitOptions
from ..scene_fits.kinds.cameras import CameraFitOptions
from ..scene_fits.kinds.landmarks import LandmarkFitOptions
from ..scene_fits.kinds.mesh import MeshFitOptions
from ..scene_fits.kinds.photo import PhotoFitOptions
from ..scene_fits.kinds.scan import ScanFitOptions
from ..scene_fits.options import FileFitOptions
from ..scene_fits.stage import FittedHead
from ..sequences.choices import POSE_LAYOUTS, SIXD_LAYOUTS
from .bakes import bake_cache, baking_cache, free_cache, make_rig, making_rig, played_cache
from .clips import import_animation, import_meshes, importing_animation, importing_meshes
from .exports import (
    empty_or_new,
    export_landmarks,
    export_meshes,
    export_parameters,
    export_scene,
    exporting_landmarks,
    exporting_meshes,
    exporting_parameters,
    exporting_scene,
    missing_exporter,
)
from .fits import (
    FIT_KINDS,
    fit_basel,
    fit_files,
    fit_landmarks,
    fit_mesh,
    fit_scan,
    fitting_files,
    fitting_head,
)
from .fitted import (
    are_distances_painted,
    clear_distances,
    fitted_cameras,
    paint_distances,
    painting_distances,
    project_photo,
    projecting_photo,
    reshape_to_landmarks,
)
from .heads import (
    add_head,
    add_landmarks,
    evaluate,
    is_head,
    keep_sculpt,
    landmarks,
    lock_interface,
    missing_landmarks,
    missing_model,
    missing_parts,
    model,
    remove_landmarks,
    restore_deformation,
    update_head,
)
from .models import (
    are_installable,
    choose_new_head_model,
    compute_controls,
    computing_controls,
    control_qualities,
    install,
    installed_models,
    installing,
    locate_model,
    model_names,
    new_head_model,
    remove_model,
)
from .photos import fit_cameras, fit_photo
from .picking import begin_picking, is_scan
from .posing import (
    apply_preset,
    auto_key,
    copy_params,
    get_params,
    keyframe,
    paste_params,
    presets,
    randomise,
    reset_params,
    set_arkit,
    set_params,
)

__all__ = [
    "BUILT_IN",
    "FIT_KINDS",
    "LANDMARK_SUFFIXES",
    "PARAMETER_SUFFIXES",
    "POSE_LAYOUTS",
    "SIXD_LAYOUTS",
    "BakeOptions",
    "BaselFitOptions",
    "Camera",
    "CameraFitOptions",
    "ClipOptions",
    "ControlQuality",
    "DistanceOptions",
    "FileFitOptions",
    "FittedHead",
    "FlameError",
    "FlameParams",
    "ImportedAnimation",
    "Installed",
    "LandmarkError",
    "LandmarkFileOptions",
    "LandmarkFitOptions",
    "MeshClip",
    "MeshClipOptions",
    "MeshFileOptions",
    "MeshFitOptions",
    "ModelEntry",
    "ModelError",
    "NativeRig",
    "Painted",
    "ParameterError",
    "ParameterFileOptions",
    "PhotoFitOptions",
    "PhotoTextureOptions",
    "PhotoTextured",
    "PickingSession",
    "RigOptions",
    "ScanFitOptions",
    "SceneFileOptions",
    "SequenceError",
    "WriteError",
    "Written",
    "add_head",
    "add_landmarks",
    "apply_preset",
    "are_distances_painted",
    "are_installable",
    "auto_key",
    "bake_cache",
    "baking_cache",
    "begin_picking",
    "choose_new_head_model",
    "clear_distances",
    "compute_controls",
    "computing_controls",
    "control_qualities",
    "copy_params",
    "empty_or_new",
    "evaluate",
    "export_landmarks",
    "export_meshes",
    "export_parameters",
    "export_scene",
    "exporting_landmarks",
    "exporting_meshes",
    "exporting_parameters",
    "exporting_scene",
    "fit_basel",
    "fit_cameras",
    "fit_files",
    "fit_landmarks",
    "fit_mesh",
    "fit_photo",
    "fit_scan",
    "fitted_cameras",
    "fitting_files",
    "fitting_head",
    "free_cache",
    "get_params",
    "import_animation",
    "import_meshes",
    "importing_animation",
    "importing_meshes",
    "install",
    "installed_models",
    "installing",
    "is_head",
    "is_scan",
    "keep_sculpt",
    "keyframe",
    "landmarks",
    "locate_model",
    "lock_interface",
    "make_rig",
    "making_rig",
    "missing_exporter",
    "missing_landmarks",
    "missing_model",
    "missing_parts",
    "model",
    "model_names",
    "new_head_model",
    "paint_distances",
    "painting_distances",
    "paste_params",
    "played_cache",
    "presets",
    "project_photo",
    "projecting_photo",
    "randomise",
    "remove_landmarks",
    "remove_model",
    "reset_params",
    "reshape_to_landmarks",
    "restore_deformation",
    "set_arkit",
    "set_params",
    "update_head",
]
