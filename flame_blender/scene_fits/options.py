"""What a fit may be told: each kind has a dataclass of options in its module; here is what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from numpy.typing import ArrayLike

from ..long_work import Options
from ..observations.landmark_sources import file_beside

Landmarks = str | Path | ArrayLike | bpy.types.Collection | Sequence[bpy.types.Object]  # in space


class FitOptions(Options):
    """Base of the options of fits."""

    model: str | Path | None


@dataclass(frozen=True, kw_only=True)
class FileFitOptions(FitOptions):
    """What :func:`fit_files` takes for all files; each kind of fit takes what concerns it.

    Attributes
    ----------
    kind : str
        What the files are: "scan", "landmarks", "photo", "mesh" or "basel".
    landmarks : str, Path or None, default None
        The folder where landmarks of scans and photos lie under the files' names; None: beside them.
    model : str, Path or None, default None
        Model of the heads: a name, or a file; None is :func:`new_head_model`.
    correspondence : str, Path or None, default None
        ``BFM_to_FLAME_corr.npz``, for "basel".
    units : str, default "AUTO"
        Of one unit of the files: "M", "CM", "MM" or "INCH"; "AUTO" has it told by each file itself.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The heads may have any size.
    with_offsets : bool, default False
        Of scans: keep what the model cannot show as offsets.
    focal : float or None, pixels, default None
        Of photos: the focal length; None has it estimated.
    """

    kind: str
    landmarks: str | Path | None = None
    model: str | Path | None = None
    correspondence: str | Path | None = None
    units: str = "AUTO"
    axes: str = "AUTO"
    fit_scale: bool = False
    with_offsets: bool = False
    focal: float | None = None


FromFile = Callable[[Path, FileFitOptions], FitOptions]


def placed(source: Any) -> dict[str, Any]:
    """Units, axes and whether the size is free, of the panel's settings or of what holds for many files."""
    return {name: getattr(source, name) for name in ("units", "axes", "fit_scale")}


def landmarks_beside(path: Path, options: FileFitOptions) -> Path | None:
    """The landmark file of a scan's or photo's name; None where there is none."""
    return file_beside(path, None if options.landmarks is None else Path(options.landmarks))
