"""A correspondence as plain arrays, to be kept in a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..errors import ModelError
from ..flame.landmarks import LandmarkEmbedding
from ..flame.model import FlameModel
from ..geometry.thin_plate import ThinPlate
from .correspondence import Correspondence

_PLAIN = ("vertices", "triangles", "barycentric", "distances", "trust")
_WARP, _LANDMARKS, _REGIONS = "correspondence/warp/", "correspondence/landmarks/", "correspondence/regions/"
_PREFIX = "correspondence/"
CARRIED_REGIONS = "regions"  # their name among what a model has carried over


def arrays_of_correspondence(found: Correspondence) -> dict[str, np.ndarray]:
    """Everything that a correspondence holds, under names that begin with ``correspondence/``."""
    arrays = {f"{_PREFIX}{name}": getattr(found, name) for name in _PLAIN}
    arrays |= {f"{_WARP}{name}": value for name, value in vars(found.warp).items()}
    arrays |= {f"{_REGIONS}{name}": vertices for name, vertices in found.regions.items()}
    for name, embedding in found.landmarks.items():
        arrays |= {f"{_LANDMARKS}{name}/{key}": each for key, each in vars(embedding).items() if each is not None}
    return arrays


def correspondence_of(arrays: Mapping[str, np.ndarray], target: FlameModel, source: str) -> Correspondence:
    """The correspondence of ``target`` that :func:`arrays_of_correspondence` made arrays of.

    Raises ModelError naming the file, ``source``, where something is missing or does not fit the model.
    """
    try:
        plain = {name: arrays[f"{_PREFIX}{name}"] for name in _PLAIN}
        warp = ThinPlate(**_below(arrays, _WARP))
        embeddings = {name.split("/")[0] for name in _below(arrays, _LANDMARKS)}
        landmarks = {name: LandmarkEmbedding(**_below(arrays, f"{_LANDMARKS}{name}/")) for name in sorted(embeddings)}
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{source}: expected a correspondence, found none or part of one; compute it again."
        ) from error
    vertices, count = plain["vertices"], len(plain["vertices"])
    shapes = {name: (count, 3) if name == "barycentric" else (count,) for name in _PLAIN}
    if any(plain[name].shape != shape for name, shape in shapes.items()) or not _within(vertices, target.n_vertices):
        raise ModelError(f"{source}: expected places of vertices below {target.n_vertices}; compute them again.")
    try:
        for embedding in landmarks.values():
            embedding.validate(len(target.faces))
    except ModelError as error:
        raise ModelError(f"{source}: {str(error).rstrip('.')}; compute it again.") from error
    regions = _below(arrays, _REGIONS)
    if not all(each.ndim == 1 and _within(each, target.n_vertices) for each in regions.values()):
        raise ModelError(f"{source}: expected regions of vertices below {target.n_vertices}; compute them again.")
    return Correspondence(**plain, warp=warp, landmarks=landmarks, regions=regions)


def with_carried(model: FlameModel, found: Correspondence) -> FlameModel:
    """The target of ``found`` with landmarks and regions of the source, where it has none of its own."""
    landmarks = {name: each for name, each in found.landmarks.items() if name not in model.landmarks}
    carried = {*landmarks, *([] if model.regions else [CARRIED_REGIONS])}
    return dataclasses.replace(
        model,
        landmarks={**landmarks, **model.landmarks},
        regions=model.regions or found.regions,
        carried_over=frozenset(carried),
    )


def _below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def _within(ids: np.ndarray, count: int) -> bool:
    return bool(ids.size) and ids.dtype.kind in "iu" and 0 <= ids.min() <= ids.max() < count
