"""FLAME as mathematics and files: NumPy only, no bpy. ``FLAME``, the layer in PyTorch, brings torch when first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from ..errors import FlameError as FlameError
    from ..errors import LandmarkError as LandmarkError
    from ..errors import ModelError as ModelError
    from ..errors import ParameterError as ParameterError
    from ..errors import SequenceError as SequenceError
    from ..errors import WriteError as WriteError
    from ..files.meshes.template import Template as Template
    from ..files.meshes.template import load_template as load_template
    from ..geometry.axes import to_blender as to_blender
    from ..geometry.axes import to_flame as to_flame
    from ..geometry.rotations import axis_angle_from_matrix as axis_angle_from_matrix
    from ..geometry.rotations import matrix_from_axis_angle as matrix_from_axis_angle
    from ..model_files.embeddings import load_landmarks as load_landmarks
    from ..model_files.eyelids import load_eyelid as load_eyelid
    from ..model_files.loading import load_model as load_model
    from ..model_files.regions import load_regions as load_regions
    from ..model_files.saving import save_model as save_model
    from .controls import Controls as Controls
    from .controls import Preset as Preset
    from .evaluator import FlameEvaluator as FlameEvaluator
    from .evaluator import PreparedIdentity as PreparedIdentity
    from .landmarks import LandmarkEmbedding as LandmarkEmbedding
    from .landmarks import landmark_points as landmark_points
    from .model import FlameModel as FlameModel
    from .offsets import offsets_from_vertices as offsets_from_vertices
    from .params import FlameParams as FlameParams
    from .randomise import random_coefficients as random_coefficients
    from .torch_layer import FLAME as FLAME

__getattr__, __dir__ = imported_on_first_use(
    __name__,
    {
        "geometry.axes": "to_blender to_flame",
        "flame.controls": "Controls Preset",
        "model_files.embeddings": "load_landmarks",
        "errors": "FlameError LandmarkError ModelError ParameterError SequenceError WriteError",
        "flame.evaluator": "FlameEvaluator PreparedIdentity",
        "model_files.eyelids": "load_eyelid",
        "flame.landmarks": "LandmarkEmbedding landmark_points",
        "model_files.loading": "load_model",
        "flame.model": "FlameModel",
        "flame.offsets": "offsets_from_vertices",
        "flame.params": "FlameParams",
        "flame.randomise": "random_coefficients",
        "model_files.regions": "load_regions",
        "geometry.rotations": "axis_angle_from_matrix matrix_from_axis_angle",
        "model_files.saving": "save_model",
        "files.meshes.template": "Template load_template",
        "flame.torch_layer": "FLAME",
    },
)
