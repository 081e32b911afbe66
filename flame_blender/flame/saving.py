"""Writing the project's .npz: all or nothing, never a half-written file under the final name."""

from __future__ import annotations

import os
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .archive import FilePath
from .model import FlameModel
from .project_file import arrays_of


def save_model(model: FlameModel, path: FilePath) -> None:
    """Write ``model`` to ``path`` as plain arrays, uncompressed (``project_file`` names the keys).

    ``load_model`` gives every array and text back bit for bit. Equal models give equal bytes.
    Raises OSError when the folder cannot be written to.
    """
    save_arrays(path, arrays_of(model))


def save_arrays(path: FilePath, arrays: Mapping[str, np.ndarray]) -> None:
    """Write ``arrays`` to the .npz ``path`` in one step, making its folder when it is not there.

    Unlike ``numpy.savez`` it takes any key and refuses arrays of objects (ValueError), which would be pickled.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for key, array in arrays.items():
                    # A ZipInfo of its own has a fixed date: equal arrays give equal bytes.
                    with archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
