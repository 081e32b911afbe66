"""Arrays written as an .npz, with any key and the same bytes for the same arrays."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .archive import FilePath
from .whole_files import whole_file


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
