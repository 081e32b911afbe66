"""load_model: a FLAME model out of any file that its releases and their users keep it in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import ModelError
from ..files.archive import FilePath, container, read_any, read_npz
from ..files.file_budget import within_budget
from ..files.pickled_types import SparseMatrix
from ..files.raw_arrays import fits, shape_text, shortened
from ..flame.model import N_FLAME_JOINTS, FlameModel
from .project_file import model_of
from .recognise import NESTED_MODEL, described

# FlameModel's fields under the names of FLAME's files, then the project's.
FILE_KEYS = {
    "v_template": ("v_template",),
    "faces": ("f", "faces"),
    "shapedirs": ("shapedirs",),
    "posedirs": ("posedirs",),
    "joint_regressor": ("J_regressor", "joint_regressor"),
    "weights": ("weights",),
    "parents": ("kintree_table", "parents"),
}
OPEN_METADATA = "supr_expression_metadata"
_OPTIONAL_KEYS = (OPEN_METADATA, "n_identity")

FLAME_IDENTITY, FLAME_DIRECTIONS = 300, 400
SMALL_IDENTITY = 10  # smplx: files with fewer than 400 directions hold 10 identity directions, then expression

# Vertices of the two templates that can be told apart, metres (the female, male, 2017 and 2023 ones are not known).
_TEMPLATE_VERTICES = (0, 500, 1000, 1500, 2000, 2500, 3000, 3500)
_TEMPLATES = {
    "FLAME 2019/2020": (
        (0.06348, -0.00909, -0.05059), (0.02957, 0.00374, 0.03970), (0.03558, 0.01715, 0.03417),
        (0.08120, -0.00827, -0.06741), (-0.01948, 0.08730, 0.03087), (-0.02209, 0.02703, 0.03579),
        (-0.06846, -0.02741, -0.05359), (-0.00009, -0.05171, 0.04648),
    ),
    "FLAME 2023 Open": (
        (0.05970, -0.01020, -0.04817), (0.02922, 0.00323, 0.03935), (0.03494, 0.01659, 0.03443),
        (0.08162, -0.00927, -0.06554), (-0.01940, 0.08880, 0.03220), (-0.02234, 0.02659, 0.03558),
        (-0.06701, -0.02797, -0.05104), (0.00014, -0.05417, 0.04319),
    ),
}  # fmt: skip
TEMPLATE_TOLERANCE = 1e-4
UNKNOWN_RELEASE = "unknown"


@within_budget
def load_model(path: FilePath, n_identity: int | None = None) -> FlameModel:
    """Read a FLAME model: .pkl of every release, smplx's .pkl and .npz, or the project's own .npz.

    Nothing in the file is run, and neither chumpy nor SciPy is needed. ``n_identity`` says how many of the leading
    directions of a FLAME file are identity. Without it, the file's own ``n_identity`` or 2023 Open's metadata say so;
    failing these it is 300 of 400 or more, and 10 of fewer, as smplx takes them. (The project's .npz always says.)
    Raises ModelError in one sentence naming the file, the key, what was expected and what was found.
    """
    source = str(path)
    if container(path) != "npz":
        content = read_any(path)
    elif read_npz(path, only=("format",)):
        return model_of(read_npz(path), source)
    else:
        content = read_npz(path, only=(*(key for keys in FILE_KEYS.values() for key in keys), *_OPTIONAL_KEYS))
    if isinstance(content, Mapping) and isinstance(content.get(NESTED_MODEL), Mapping):
        content = content[NESTED_MODEL]
    if not isinstance(content, Mapping) or not {"v_template", "shapedirs"} & content.keys():
        raise ModelError(
            f"{source}: expected a FLAME model (.pkl or .npz), found {described(path)}; choose another file."
        )
    try:
        return _from_flame_keys(content, source, n_identity)
    except MemoryError as error:
        raise ModelError(f"{source}: expected a model that fits in memory, but there is not enough of it.") from error


def _from_flame_keys(content: Mapping, source: str, n_identity: int | None) -> FlameModel:
    keys = {field: _present_key(content, names, source) for field, names in FILE_KEYS.items()}
    v_template = _numbers(content, keys["v_template"], (None, 3), source)
    n_vertices = len(v_template)
    shapes: dict[str, tuple[int | None, ...]] = {
        "faces": (None, 3),
        "shapedirs": (n_vertices, 3, None),
        "posedirs": (n_vertices, 3, 9 * (N_FLAME_JOINTS - 1)),
        "joint_regressor": (N_FLAME_JOINTS, n_vertices),
        "weights": (n_vertices, N_FLAME_JOINTS),
    }
    arrays = {field: _numbers(content, keys[field], shape, source) for field, shape in shapes.items()}
    if n_identity is None:
        n_identity = _n_identity(content, arrays["shapedirs"].shape[2], source)
    return FlameModel.from_arrays(
        v_template=v_template,
        **arrays,
        parents=_parents(content, keys["parents"], source),
        n_identity=n_identity,
        release=_release(content, v_template),
        source=source,
    )


def _present_key(content: Mapping, names: tuple[str, ...], source: str) -> str:
    for name in names:
        if name in content:
            return name
    found = ", ".join(sorted(shortened(key) for key in content)[:12]) or "no keys"
    raise ModelError(f"{source}: expected the key {' or '.join(names)}, found {found}.")


def _numbers(content: Mapping, key: str, shape: tuple[int | None, ...], source: str) -> np.ndarray:
    """The array under ``key``, a sparse one made dense once its shape is known to be right."""
    value = content[key]
    if not isinstance(value, (np.ndarray, SparseMatrix)):
        raise ModelError(f"{source}: {key} must be an array, found {shortened(value)}.")
    if not fits(value.shape, shape) or not value.shape[0]:
        raise ModelError(f"{source}: {key} must have shape {shape_text(shape)}, found {value.shape}.")
    return value.dense() if isinstance(value, SparseMatrix) else value


def _parents(content: Mapping, key: str, source: str) -> np.ndarray:
    """(5,) int64 from ``kintree_table`` (2, 5), whose first row holds the parents, or from ``parents`` (5,).

    The root's parent is stored as 2**32 - 1, as 2**32 after a detour through float32, or as -1: it becomes -1.
    """
    shape = (2, N_FLAME_JOINTS) if key == "kintree_table" else (N_FLAME_JOINTS,)
    table = _numbers(content, key, shape, source)
    row = table[0] if table.ndim == 2 else table
    whole = row.dtype.kind in "iu" or (row.dtype.kind == "f" and np.isfinite(row).all() and (row == np.rint(row)).all())
    if not whole or not all(0 <= parent < N_FLAME_JOINTS for parent in row[1:].tolist()):
        found = shortened(tuple(row.tolist()))
        raise ModelError(f"{source}: {key} must name a parent 0..{N_FLAME_JOINTS - 1} of each joint, found {found}.")
    return np.array([-1, *row[1:].tolist()], np.int64)


def _n_identity(content: Mapping, n_directions: int, source: str) -> int:
    said = content.get("n_identity")
    if said is not None:
        number = np.asarray(said) if isinstance(said, (int, np.ndarray, np.integer)) else None
        if number is None or number.ndim or number.dtype.kind not in "iu" or not 0 <= number <= n_directions:
            raise ModelError(
                f"{source}: n_identity must lie in 0..{n_directions} (the directions), found {shortened(said)}."
            )
        return int(number)
    metadata = content.get(OPEN_METADATA)
    n_expression = metadata.get("n_expr") if isinstance(metadata, Mapping) else None
    if isinstance(n_expression, int) and 0 <= n_expression <= n_directions:
        return n_directions - n_expression
    if n_directions >= FLAME_DIRECTIONS:
        return FLAME_IDENTITY
    return min(SMALL_IDENTITY, n_directions)


def _release(content: Mapping, v_template: np.ndarray) -> str:
    """The release, where the file's metadata or its template tells it."""
    if OPEN_METADATA in content:
        return "FLAME 2023 Open"
    if len(v_template) > max(_TEMPLATE_VERTICES) and v_template.dtype.kind == "f":
        sample = v_template[list(_TEMPLATE_VERTICES)]
        for release, template in _TEMPLATES.items():
            if (np.abs(sample - template) <= TEMPLATE_TOLERANCE).all():
                return release
    return UNKNOWN_RELEASE
