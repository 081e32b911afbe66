"""Performances over time: what the FLAME tools wrote, as one clip of parameters. No bpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from ..geometry.camera import Camera as Camera
    from ..model_controls.score_files import save_arkit as save_arkit
    from ..model_controls.scores import ArkitScores as ArkitScores
    from ..model_controls.scores import solve_arkit as solve_arkit
    from .choices import Choices as Choices
    from .head_motion import camera_to_root as camera_to_root
    from .head_motion import object_to_root as object_to_root
    from .head_motion import root_to_camera as root_to_camera
    from .head_motion import root_to_neck as root_to_neck
    from .head_motion import root_to_object as root_to_object
    from .loading import load_sequence as load_sequence
    from .meshes import MeshSequence as MeshSequence
    from .meshes import load_meshes as load_meshes
    from .project_npz import save_sequence as save_sequence
    from .resampling import resampled as resampled
    from .sequence import FlameSequence as FlameSequence
    from .smoothing import smoothed as smoothed
    from .steady_identity import with_steady_identity as with_steady_identity

__getattr__, __dir__ = imported_on_first_use(
    __name__,
    {
        "ArkitScores": "model_controls.scores",
        "save_arkit": "model_controls.score_files",
        "solve_arkit": "model_controls.scores",
        "Choices": "sequences.choices",
        "camera_to_root": "sequences.head_motion",
        "object_to_root": "sequences.head_motion",
        "root_to_camera": "sequences.head_motion",
        "root_to_neck": "sequences.head_motion",
        "root_to_object": "sequences.head_motion",
        "load_sequence": "sequences.loading",
        "MeshSequence": "sequences.meshes",
        "load_meshes": "sequences.meshes",
        "save_sequence": "sequences.project_npz",
        "resampled": "sequences.resampling",
        "Camera": "geometry.camera",
        "FlameSequence": "sequences.sequence",
        "smoothed": "sequences.smoothing",
        "with_steady_identity": "sequences.steady_identity",
    },
)
