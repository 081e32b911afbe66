"""The project's .npz: plain arrays under the names of FlameModel's fields. The only place that knows its keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..errors import ModelError
from ..files.raw_arrays import fits, shape_text, shortened
from ..flame.controls import N_ROTATIONS, Controls, Preset
from ..flame.landmarks import LandmarkEmbedding
from ..flame.model import N_FLAME_JOINTS, Direction, DisplayMesh, FlameModel

FORMAT = "flame_blender model 1"
ARRAYS = ("v_template", "faces", "shapedirs", "posedirs", "joint_regressor", "weights", "parents")
_REGIONS, _CONTROLS = "regions/", "controls/"
_LANDMARKS = ("landmarks", "tool_landmarks")


def arrays_of(model: FlameModel) -> dict[str, np.ndarray]:
    """Everything a model holds as plain arrays. ``shapedirs`` and ``posedirs`` stay views, in Fortran order."""
    arrays: dict[str, np.ndarray | None] = {"format": np.array(FORMAT)} | {key: getattr(model, key) for key in ARRAYS}
    for key in ("n_identity", "n_expression", "release", "fingerprint"):
        arrays[key] = np.array(getattr(model, key))
    for key, field in (("names", "name"), ("groups", "group"), ("units", "unit")):
        arrays[f"direction_{key}"] = np.array([getattr(direction, field) for direction in model.directions], np.str_)
    ranges = [direction.soft_range for direction in model.directions]
    arrays["direction_ranges"] = np.array(ranges, np.float64).reshape(-1, 2)
    arrays["identity_mixing"] = model.identity_mixing
    if model.display is not None:
        arrays |= {key: value for key, value in vars(model.display).items() if key != "material_names"}
        arrays["material_names"] = np.array(model.display.material_names, np.str_)
    arrays |= {f"{_REGIONS}{name}": vertices for name, vertices in model.regions.items()}
    for sets in _LANDMARKS:
        for name, embedding in getattr(model, sets).items():
            arrays |= {f"{sets}/{name}/{key}": value for key, value in vars(embedding).items()}
    if model.controls is not None:
        arrays |= arrays_of_controls(model.controls, model.expression_directions)
    return {key: value for key, value in arrays.items() if value is not None}


def arrays_of_controls(controls: Controls, directions: tuple[Direction, ...]) -> dict[str, np.ndarray]:
    """Controls of a model with these expression ``directions`` as plain arrays."""
    names = [direction.name for direction in directions]
    presets = controls.presets
    arrays = {
        "names": np.array(controls.names, np.str_),
        "table": controls.table,
        "preset_names": np.array([preset.name for preset in presets], np.str_),
        "preset_groups": np.array([preset.group for preset in presets], np.str_),
        "preset_scores": np.array([preset.scores for preset in presets], np.float32).reshape(-1, len(controls.names)),
        "opposites": np.array([np.isin(names, each) for each in controls.opposites], np.uint8).reshape(-1, len(names)),
        "with_open_jaw": np.isin(names, controls.with_open_jaw).astype(np.uint8),
    }
    return {f"{_CONTROLS}{key}": value for key, value in arrays.items()}


def model_of(arrays: Mapping[str, np.ndarray], source: str) -> FlameModel:
    """The model whose ``arrays`` these are. Raises ModelError naming ``source`` and the key that is missing or wrong.

    The fingerprint is not read back: the model works it out of the arrays when it is asked for, so that an edited file
    never passes for the one it was made from.
    """
    file = _File(arrays, source)
    if file.text("format") != FORMAT:
        found = shortened(file.text("format"))
        raise ModelError(f"{source}: format must be {FORMAT!r}, found {found}; update the add-on.")
    n_identity = file.get("n_identity")
    if n_identity.ndim or n_identity.dtype.kind not in "iu":
        raise ModelError(f"{source}: n_identity must be one whole number, found {n_identity.dtype} {n_identity.shape}.")
    model = FlameModel.from_arrays(
        **{key: file.get(key) for key in ARRAYS if key != "parents"},
        parents=file.numbers("parents", (N_FLAME_JOINTS,), N_FLAME_JOINTS, least=-1),
        n_identity=int(n_identity),
        release=file.text("release"),
        directions=_directions(file),
        source=source,
    )
    display = _display(file, model.n_vertices) if "polygons" in arrays else None
    return dataclasses.replace(
        model,
        display=display,
        regions=_regions(file, model.n_vertices),
        landmarks=_landmarks(file, "landmarks", len(model.faces)),
        tool_landmarks=_landmarks(file, "tool_landmarks", len(model.faces)),
        controls=_controls_of(file, model) if f"{_CONTROLS}names" in arrays else None,
        identity_mixing=(
            file.numbers("identity_mixing", (model.n_identity, model.n_identity))
            if "identity_mixing" in arrays
            else None
        ),
    )


@dataclasses.dataclass(frozen=True)
class _File:
    """The arrays of one file, with errors that name it."""

    arrays: Mapping[str, np.ndarray]
    source: str

    def get(self, key: str) -> np.ndarray:
        if key not in self.arrays:
            found = ", ".join(map(shortened, sorted(self.arrays)[:12]))
            raise ModelError(f"{self.source}: {key} must be there, found only {found}.")
        value = self.arrays[key]
        if not isinstance(value, np.ndarray):
            raise ModelError(f"{self.source}: {key} must be an array, found {shortened(value)}.")
        return value

    def text(self, key: str) -> str:
        value = self.get(key)
        if value.dtype.kind != "U" or value.ndim:
            raise ModelError(f"{self.source}: {key} must be one text, found {value.dtype} {value.shape}.")
        return str(value)

    def numbers(self, key: str, shape: tuple[int | None, ...], below: int | None = None, least: int = 0) -> np.ndarray:
        """Numbers of ``shape`` (None: any size): int32 in ``least``..``below`` - 1, or finite float32."""
        value = self.get(key)
        if not fits(value.shape, shape) or value.dtype.kind not in ("f" if below is None else "iu"):
            expected = f"{'numbers' if below is None else 'whole numbers'} of shape {shape_text(shape)}"
            raise ModelError(f"{self.source}: {key} must be {expected}, found {value.dtype} {value.shape}.")
        if below is not None and value.size and not least <= value.min() <= value.max() < below:
            found = f"{value.min()}..{value.max()}"
            raise ModelError(f"{self.source}: {key} must lie in {least}..{below - 1}, found {found}.")
        if below is None and not np.isfinite(value).all():
            raise ModelError(f"{self.source}: {key} must hold finite numbers, found NaN or infinity.")
        value = value.astype(np.float32 if below is None else np.int32)
        value.setflags(write=False)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        if value.dtype.kind != "U" or value.ndim != 1:
            raise ModelError(f"{self.source}: {key} must be a list of texts, found {value.dtype} {value.shape}.")
        return tuple(value.tolist())


def _directions(file: _File) -> tuple[Direction, ...]:
    names, groups, units = (file.texts(f"direction_{key}") for key in ("names", "groups", "units"))
    ranges = file.get("direction_ranges")
    if ranges.dtype.kind != "f" or ranges.shape != (len(names), 2) or not np.isfinite(ranges).all():
        raise ModelError(f"{file.source}: direction_ranges must be ({len(names)}, 2) finite, found {ranges.shape}.")
    if not len(names) == len(groups) == len(units):
        found = f"{len(names)} names, {len(groups)} groups, {len(units)} units"
        raise ModelError(f"{file.source}: direction_names, _groups and _units must be as many, found {found}.")
    return tuple(
        Direction(name, group, unit, (low, high))
        for name, group, unit, (low, high) in zip(names, groups, units, ranges.tolist(), strict=True)
    )


def _display(file: _File, n_vertices: int) -> DisplayMesh:
    polygons = file.numbers("polygons", (None, None), n_vertices, least=-1)
    if polygons.shape[1] not in (3, 4):
        raise ModelError(f"{file.source}: polygons must have 3 or 4 corners, found {polygons.shape}.")
    if (polygons[:, :3] < 0).any():
        raise ModelError(
            f"{file.source}: polygons must have -1 in the last place of a triangle alone, found it before."
        )
    names = file.texts("material_names")
    uv_coords = uv_polygons = materials = None
    if "uv_coords" in file.arrays:
        uv_coords = file.numbers("uv_coords", (None, 2))
        uv_polygons = file.numbers("uv_polygons", polygons.shape, len(uv_coords), least=-1)
    if "polygon_materials" in file.arrays:
        materials = file.numbers("polygon_materials", (len(polygons),), len(names))
    return DisplayMesh(polygons, uv_coords, uv_polygons, materials, names)


def _regions(file: _File, n_vertices: int) -> dict[str, np.ndarray]:
    keys = [key for key in file.arrays if key.startswith(_REGIONS)]
    return {key.removeprefix(_REGIONS): file.numbers(key, (None,), n_vertices) for key in keys}


def _landmarks(file: _File, sets: str, n_faces: int) -> dict[str, LandmarkEmbedding]:
    found: dict[str, dict[str, np.ndarray]] = {}
    for key in file.arrays:
        if key.startswith(f"{sets}/"):
            name, _, field = key.removeprefix(f"{sets}/").rpartition("/")
            found.setdefault(name, {})[field] = file.get(key)
    return {name: embedding_of(fields, n_faces, f"{file.source}: {sets}/{name}") for name, fields in found.items()}


def controls_of(arrays: Mapping[str, np.ndarray], model: FlameModel, source: str) -> Controls:
    """The controls of ``model`` that :func:`arrays_of_controls` made ``arrays`` of. Raises ModelError."""
    return _controls_of(_File(arrays, source), model)


def _controls_of(file: _File, model: FlameModel) -> Controls:
    names = file.texts(f"{_CONTROLS}names")
    n_expression = model.n_expression
    directions = np.array([direction.name for direction in model.expression_directions], np.str_)
    preset_names, groups = (file.texts(f"{_CONTROLS}preset_{key}") for key in ("names", "groups"))
    if len(set(names)) < len(names) or len(preset_names) != len(groups):
        found = f"{len(names)} names ({len(set(names))} unlike), {len(preset_names)} presets, {len(groups)} groups"
        raise ModelError(f"{file.source}: {_CONTROLS}names must be unlike and each preset have a group, found {found}.")
    scores = file.numbers(f"{_CONTROLS}preset_scores", (len(groups), len(names)))
    opposites = file.numbers(f"{_CONTROLS}opposites", (None, n_expression), 2).astype(bool)
    with_open_jaw = file.numbers(f"{_CONTROLS}with_open_jaw", (n_expression,), 2).astype(bool)
    return Controls(
        names=names,
        table=file.numbers(f"{_CONTROLS}table", (len(names), n_expression + N_ROTATIONS)),
        presets=tuple(map(Preset, preset_names, groups, scores)),
        opposites=tuple(tuple(directions[members].tolist()) for members in opposites),
        with_open_jaw=tuple(directions[with_open_jaw].tolist()),
    )


def embedding_of(fields: Mapping[str, np.ndarray], n_faces: int, source: str) -> LandmarkEmbedding:
    """Landmarks of a mesh with so many triangles, by the names of their fields. Raises ModelError naming ``source``."""
    known = {field.name for field in dataclasses.fields(LandmarkEmbedding)}
    if not {"static_faces", "static_barycentric"} <= fields.keys() <= known:
        found = ", ".join(map(shortened, sorted(fields)[:12]))
        raise ModelError(f"{source} must hold static_faces and static_barycentric, found {found}.")
    try:
        embedding = LandmarkEmbedding(**fields)
        embedding.validate(n_faces)
    except ModelError as error:
        raise ModelError(f"{source}/{error}") from error
    return embedding
