"""Mouth and lashes for heads whose models have none, made of the built-in head's."""

from __future__ import annotations

from collections.abc import Generator
from hashlib import sha256
from typing import TYPE_CHECKING

from ..errors import ParameterError
from ..hair import hair_object, mesh_lashes
from ..hair_strands.styles import LASHES
from ..head import live, models, parameters
from ..head.mouth import mouth_object
from ..long_work import part_of
from . import named_controls

if TYPE_CHECKING:
    import bpy

    from ..head_parts.parts import HeadParts
    from ..model_files.library import ModelEntry

COMPUTING = 0.75  # share of the work, where the model's named controls are computed first
_made: dict[tuple[str, str], HeadParts] = {}  # by fingerprint, and what was computed for the model


def adding(obj: bpy.types.Object) -> Generator[float, None, bpy.types.Object]:
    """Give a head mouth and lashes, as an object of their own; yields the share that is done.

    Named controls are computed first for a model that has none. Raises ParameterError for the built-in head, and for
    one of another file, ModelError for a model that brings its own teeth and lashes, and WriteError.
    """
    head = parameters.require_head(obj)
    parameters.require_evaluator(head)
    if obj.library is not None:
        raise ParameterError(f"{obj.name} comes from another file: add mouth and lashes there.")
    entry = models.resolve(head.fingerprint)
    if entry == models.built_in():
        raise ParameterError(f"{obj.name}: expected a head without teeth and lashes, found one that has them.")
    if not models.kept_controls(entry.fingerprint).exists():
        yield from part_of(named_controls.computing(entry), 0.0, COMPUTING)
    parts = yield from part_of(making(entry), COMPUTING, 1.0)
    made = mouth_object.add(obj, parts)
    mesh_lashes.show(obj, LASHES not in hair_object.objects_of(obj))
    live.forget_head(obj)
    live.refresh(obj)
    return made


def making(entry: ModelEntry) -> Generator[float, None, HeadParts]:
    """Mouth and lashes for a model whose named controls were computed. Raises ParameterError, or ModelError."""
    from ..head_parts.making import making_parts  # noqa: PLC0415  (enabling the add-on needs none of it)

    key = entry.fingerprint, sha256(models.kept_controls(entry.fingerprint).read_bytes()).hexdigest()
    if key not in _made:
        found = named_controls.kept(entry)
        if found is None:
            raise ParameterError(f"{entry.name}: expected its named controls, found none; compute them first.")
        model = models.as_installed(entry)
        source = models.load(models.built_in())
        _made[key] = yield from making_parts(source, model, found.controls, found.correspondence)
    return _made[key]
