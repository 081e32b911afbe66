"""Writing the project's .npz."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .archive import FilePath
from .model import FlameModel
from .project_file import arrays_of
from .whole_files import whole_file


def save_model(model: FlameModel, path: FilePath) -> None:
    """Write ``model`` to ``path`` as plain arrays, uncompressed (``project_file`` names the keys).

    ``load_model`` gives every array and text back bit for bit. Equal models give equal bytes.
    Raises WriteError when it cannot be written.
    """
    save_arrays(path, arrays_of(model))


def save_arrays(path: FilePath, arrays: Mapping[str, np.ndarray]) -> None:
    """Write ``arrays`` to the .npz ``path`` in one step, making its folder when it is not there.

    Unlike ``numpy.savez`` it takes any key and refuses arrays of objects (ValueError), which would be pickled. Raises
    WriteError when it cannot be written.
    """
    with whole_file(Path(path)) as file, zipfile.ZipFile(file, "w") as archive:
        for key, array in arrays.items():
            # A ZipInfo of its own has a fixed date: equal arrays give equal bytes.
            with archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
