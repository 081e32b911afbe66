"""FlameSequence: the parameters of a head over time, with what is known of where they came from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams
from ..geometry.camera import Camera

UNKNOWN_RELEASE = ""
SMPLX = "SMPL-X"  # whose expression is a space of its own, on FLAME's vertices


@dataclass(frozen=True)
class Found:
    """What a reader recognised, to be shown: coefficients of one frame, and how rotations were stored.

    What the file leaves open: ``layouts``, the names in ``choices`` that its pose can have; ``body``, a body that may
    turn the head.
    """

    identity: int = 0
    expression: int = 0
    pose: str = ""
    layouts: tuple[str, ...] = ()
    body: bool = False


@dataclass(frozen=True, eq=False)
class FlameSequence:
    """One clip: the parameters of a head over time, and what is known of where they came from.

    Attributes
    ----------
    params : FlameParams
        With a frame axis on what changes; a field without one holds for the whole clip.
    fps : float or None, frames per second
        None where the file does not tell.
    source : str
        Name of the tool.
    camera : Camera or None
        What filmed the clip.
    release : str
        The FLAME release, "" when it cannot be told.
    notes : tuple of str
        What was assumed or left out, one sentence each.
    found : Found
        What the reader recognised.

    Raises
    ------
    SequenceError
        Counts of frames differ, there are none, or the frame rate is not above 0.
    """

    params: FlameParams
    fps: float | None = None
    source: str = ""
    camera: Camera | None = None
    release: str = UNKNOWN_RELEASE
    notes: tuple[str, ...] = ()
    found: Found = dataclasses.field(default_factory=Found)

    def __post_init__(self) -> None:
        if not self.params.n_frames:
            raise SequenceError(f"A clip must have at least one frame, found {self.params.n_frames or 'none'}.")
        if self.fps is not None and not (np.isfinite(self.fps) and self.fps > 0):
            raise SequenceError(f"The frame rate must be above 0, found {self.fps}.")
        count = self.camera and self.camera.n_frames
        if count not in (None, len(self)):
            raise SequenceError(f"The camera must have the clip's {len(self)} frames, found {count}.")

    def __len__(self) -> int:
        return self.params.n_frames or 0

    @property
    def identity(self) -> np.ndarray:
        """(k,) float32 for the clip, or (N, k) for each frame."""
        return self.params.shape

    @property
    def offsets(self) -> np.ndarray | None:
        """(V, 3) or (N, V, 3) float32 metres, rest pose; or None."""
        return self.params.offsets

    @property
    def eyelids(self) -> np.ndarray | None:
        """(2,) or (N, 2) float32, left and right, 0 to 1; of no FLAME model (see ``model_files.eyelids``)."""
        return self.params.eyelids

    def values(self, name: str) -> np.ndarray:
        """(N, k) float32 of one of the fields that are never None, repeated where it holds for the whole clip."""
        array = getattr(self.params, name)
        return np.broadcast_to(array, (len(self), array.shape[-1]))

    def frame(self, index: int) -> FlameParams:
        """The parameters of one frame, without a frame axis."""
        fields = {name: self.values(name)[index] for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)}
        offsets = self.offsets
        lids = self.eyelids
        return FlameParams(
            **fields,
            offsets=offsets[index] if offsets is not None and offsets.ndim == 3 else offsets,
            eyelids=lids[index] if lids is not None and lids.ndim == 2 else lids,
            eyelids_unturned=self.params.eyelids_unturned,
        )

    def __getitem__(self, frames: slice) -> FlameSequence:
        if not isinstance(frames, slice):
            raise TypeError(f"a clip is cut with a slice, not with {type(frames).__name__}; see frame()")
        if not len(range(len(self))[frames]):
            raise SequenceError(f"A part of a clip of {len(self)} frames must hold some of them, found none.")
        camera = self.camera[frames] if self.camera is not None else None
        fps = self.fps and self.fps / abs(frames.step or 1)
        params = params_of_frames(self.params, frames)
        return dataclasses.replace(self, params=params, fps=fps, camera=camera)

    def with_params(self, **fields: Any) -> FlameSequence:
        """The clip with some of the parameters' fields exchanged; as many frames, even if none of them moves."""
        params = dataclasses.replace(self.params, **fields)
        if params.n_frames is None:
            params = dataclasses.replace(
                params, expression=np.broadcast_to(params.expression, (len(self), params.expression.shape[-1]))
            )
        return dataclasses.replace(self, params=params)

    def with_found(self, **fields: Any) -> FlameSequence:
        """The clip with more told of its file."""
        return dataclasses.replace(self, found=dataclasses.replace(self.found, **fields))

    def with_notes(self, *notes: str) -> FlameSequence:
        """The clip with more notes; those it has already are not said twice."""
        return dataclasses.replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))


def params_of_frames(params: FlameParams, frames: slice | np.ndarray) -> FlameParams:
    """The parameters with each frame axis indexed by ``frames``."""
    names = [name for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS) if getattr(params, name).ndim == 2]
    if params.offsets is not None and params.offsets.ndim == 3:
        names.append("offsets")
    if params.eyelids is not None and params.eyelids.ndim == 2:
        names.append("eyelids")
    return dataclasses.replace(params, **{name: getattr(params, name)[frames] for name in names})


def is_of_release(clip: FlameSequence, release: str) -> bool:
    """Whether a model of ``release``, such as "FLAME 2019/2020", is one that the clip may have been made with."""
    of_clip, of_model = clip.release.split(), release.split()
    return bool(of_clip and of_model) and of_clip[-1] in of_model[-1].split("/")
