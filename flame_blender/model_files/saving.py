"""Writing the project's .npz."""

from __future__ import annotations

from ..files.archive import FilePath
from ..files.npz_file import save_arrays
from ..flame.model import FlameModel
from .project_file import arrays_of


def save_model(model: FlameModel, path: FilePath) -> None:
    """Write ``model`` to ``path`` as plain arrays, uncompressed (``project_file`` names the keys).

    ``load_model`` gives every array and text back bit for bit. Equal models give equal bytes.
    Raises WriteError when it cannot be written.
    """
    save_arrays(path, arrays_of(model))
