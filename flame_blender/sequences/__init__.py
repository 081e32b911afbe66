"""Performances over time: what the FLAME tools wrote, as one clip of parameters. No bpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from ..geometry.camera import Camera as Camera
    from ..model_controls.score_files import save_arkit as save_arkit
    from ..model_controls.scores import ArkitScores as ArkitScores
    from ..model_controls.scores import solve_arkit as solve_arkit
    from ..score_clips.loading import load_scores as load_scores
    from ..score_clips.score_clip import ScoreClip as ScoreClip
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
        "model_controls.scores": "ArkitScores solve_arkit",
        "model_controls.score_files": "save_arkit",
        "score_clips.loading": "load_scores",
        "score_clips.score_clip": "ScoreClip",
        "sequences.choices": "Choices",
        "sequences.head_motion": "camera_to_root object_to_root root_to_camera root_to_neck root_to_object",
        "sequences.loading": "load_sequence",
        "sequences.meshes": "MeshSequence load_meshes",
        "sequences.project_npz": "save_sequence",
        "sequences.resampling": "resampled",
        "geometry.camera": "Camera",
        "sequences.sequence": "FlameSequence",
        "sequences.smoothing": "smoothed",
        "sequences.steady_identity": "with_steady_identity",
    },
)
