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
    from ..files.template import Template as Template
    from ..files.template import load_template as load_template
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
        "to_blender": "geometry.axes",
        "to_flame": "geometry.axes",
        "Controls": "flame.controls",
        "Preset": "flame.controls",
        "load_landmarks": "model_files.embeddings",
        "FlameError": "errors",
        "LandmarkError": "errors",
        "ModelError": "errors",
        "ParameterError": "errors",
        "SequenceError": "errors",
        "WriteError": "errors",
        "FlameEvaluator": "flame.evaluator",
        "PreparedIdentity": "flame.evaluator",
        "load_eyelid": "model_files.eyelids",
        "LandmarkEmbedding": "flame.landmarks",
        "landmark_points": "flame.landmarks",
        "load_model": "model_files.loading",
        "FlameModel": "flame.model",
        "offsets_from_vertices": "flame.offsets",
        "FlameParams": "flame.params",
        "random_coefficients": "flame.randomise",
        "load_regions": "model_files.regions",
        "axis_angle_from_matrix": "geometry.rotations",
        "matrix_from_axis_angle": "geometry.rotations",
        "save_model": "model_files.saving",
        "Template": "files.template",
        "load_template": "files.template",
        "FLAME": "flame.torch_layer",
    },
)
