"""FLAME as mathematics and files: NumPy only, no bpy. ``FLAME``, the layer in PyTorch, brings torch when first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from .axes import to_blender as to_blender
    from .axes import to_flame as to_flame
    from .controls import Controls as Controls
    from .controls import Preset as Preset
    from .embeddings import load_landmarks as load_landmarks
    from .errors import FlameError as FlameError
    from .errors import LandmarkError as LandmarkError
    from .errors import ModelError as ModelError
    from .errors import ParameterError as ParameterError
    from .errors import SequenceError as SequenceError
    from .errors import WriteError as WriteError
    from .evaluator import FlameEvaluator as FlameEvaluator
    from .evaluator import PreparedIdentity as PreparedIdentity
    from .eyelids import load_eyelid as load_eyelid
    from .landmarks import LandmarkEmbedding as LandmarkEmbedding
    from .landmarks import landmark_points as landmark_points
    from .loading import load_model as load_model
    from .model import FlameModel as FlameModel
    from .offsets import offsets_from_vertices as offsets_from_vertices
    from .params import FlameParams as FlameParams
    from .randomise import random_coefficients as random_coefficients
    from .regions import load_regions as load_regions
    from .rotations import axis_angle_from_matrix as axis_angle_from_matrix
    from .rotations import matrix_from_axis_angle as matrix_from_axis_angle
    from .saving import save_model as save_model
    from .template import Template as Template
    from .template import load_template as load_template
    from .torch_layer import FLAME as FLAME

__getattr__, __dir__ = imported_on_first_use(
    __name__,
    {
        "to_blender": "axes",
        "to_flame": "axes",
        "Controls": "controls",
        "Preset": "controls",
        "load_landmarks": "embeddings",
        "FlameError": "errors",
        "LandmarkError": "errors",
        "ModelError": "errors",
        "ParameterError": "errors",
        "SequenceError": "errors",
        "WriteError": "errors",
        "FlameEvaluator": "evaluator",
        "PreparedIdentity": "evaluator",
        "load_eyelid": "eyelids",
        "LandmarkEmbedding": "landmarks",
        "landmark_points": "landmarks",
        "load_model": "loading",
        "FlameModel": "model",
        "offsets_from_vertices": "offsets",
        "FlameParams": "params",
        "random_coefficients": "randomise",
        "load_regions": "regions",
        "axis_angle_from_matrix": "rotations",
        "matrix_from_axis_angle": "rotations",
        "save_model": "saving",
        "Template": "template",
        "load_template": "template",
        "FLAME": "torch_layer",
    },
)
