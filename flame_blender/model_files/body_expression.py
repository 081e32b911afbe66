"""A SMPL-X model file's expression: SMPLX_NEUTRAL.npz, SMPLX_MALE.pkl and so on, as the release names them.

Read are ``v_template`` (10475, 3) and of ``shapedirs`` (10475, 3, 400) the last 100 directions; files with fewer than
400 hold 10 of the body's shape, then 10 of expression. So ``smplx`` takes them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from ..files.archive import FilePath, container, read_any, read_npz
from ..files.file_budget import within_budget
from ..files.raw_arrays import shortened
from ..flame.topology import N_BODY
from .recognise import described

WHOLE, N_SHAPE, N_EXPRESSION = 400, 300, 100  # directions of a whole file
SMALL = 10  # of shape, and as many of expression, of a small one
KEYS = ("v_template", "shapedirs")


@dataclass(frozen=True, eq=False)
class BodyExpression:
    """``template`` (10475, 3) float32 metres; ``directions`` (10475, 3, E) float32 metres in a standard deviation."""

    template: np.ndarray
    directions: np.ndarray


@within_budget
def load_body_expression(path: FilePath) -> BodyExpression:
    """Read it. Raises ModelError naming the file, what was expected and what was found."""
    content = read_npz(path, only=KEYS) if container(path) == "npz" else read_any(path)
    if not isinstance(content, Mapping) or not set(KEYS) <= content.keys():
        raise ModelError(
            f"{path}: expected a SMPL-X model (.npz or .pkl), found {described(path)}; choose another file."
        )
    template = _numbers(content["v_template"], (N_BODY, 3), "v_template", path)
    shapedirs = _numbers(content["shapedirs"], (N_BODY, 3, None), "shapedirs", path)
    count = shapedirs.shape[2]
    first, end = (N_SHAPE, WHOLE) if count >= WHOLE else (SMALL, 2 * SMALL)
    if count < end:
        raise ModelError(
            f"{path}: shapedirs: expected {WHOLE} directions, or {end} of a small file, found {count}; choose another "
            "release of the file."
        )
    return checked_body_expression({"template": template, "directions": shapedirs[:, :, first:end]}, str(path))


def checked_body_expression(arrays: Mapping[str, object], source: str) -> BodyExpression:
    """Of arrays by their names. Raises ModelError."""
    template = _numbers(arrays.get("template"), (N_BODY, 3), "template", source)
    directions = _numbers(arrays.get("directions"), (N_BODY, 3, None), "directions", source)
    return BodyExpression(template, directions)


def _numbers(value: object, shape: tuple[int | None, ...], name: str, source: FilePath) -> np.ndarray:
    fits = (
        isinstance(value, np.ndarray)
        and value.dtype.kind in "fiu"
        and value.ndim == len(shape)
        and all(want in (None, has) for want, has in zip(shape, value.shape, strict=True))
        and value.size > 0
    )
    with np.errstate(over="ignore", invalid="ignore"):
        made = value.astype(np.float32) if fits and isinstance(value, np.ndarray) else None
    if made is None or not np.isfinite(made).all():
        wanted = ", ".join("any" if each is None else str(each) for each in shape)
        raise ModelError(
            f"{source}: {name}: expected finite numbers of shape ({wanted}), SMPL-X's, found {shortened(value)}."
        )
    return made
