"""A full-size file in FLAME's layout that moves as a face does, made of the built-in head alone: nothing is FLAME's.

It stands where a licensed file would: 5,023 vertices, 300 identity and 100 expression coefficients in standard
deviations that name no movement, sparse skinning, eyeballs that turn with their joints alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import DisplayMesh, FlameModel
from flame_blender.model_files.loading import load_model
from tests.flame.face_like_mesh import N_SKIN, Carried, carried, eyeball
from tests.flame.flame_files import flame_2020, old_pickle

BUILT_IN = Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz"
N_IDENTITY, N_COMPONENTS, N_EXPRESSION = 300, 40, 100
N_FACES_DRAWN = 4000
LIKELY = 0.25  # that a face shows a movement
ONE_SIDED = 0.15  # of those that have a left and a right
LEFT_OUT = ("tongueOut",)  # there is no tongue
REGRESSED = 300  # vertices of the skin that tell one joint
STILL = 1e-3  # metres that a vertex moves when it counts half for a joint
STRANGER = 6  # of the random numbers
STRANGE, STRANGENESS = 24, 1.2e-3  # waves of a stranger's template; metres: amplitude of the first
REGION_SIZES = 5, 5, 4, 5, 6, 6, 20  # of the 51 fixed landmarks: brows, nose, eyes, mouth
TOGETHER, ALONE = 2e-3, 1e-3  # metres on each axis, by which a stranger's landmarks lie elsewhere
FIELDS = 4e-4, 1e-4  # metres: amplitude of the first smooth field among identity and among expression


@cache
def face_like_arrays() -> dict[str, np.ndarray]:
    """The arrays of FLAME's .npz, under its keys and with its dtypes; the same ones each time."""
    built_in, mesh = load_model(BUILT_IN), _mesh()
    rng = np.random.default_rng(12)
    movements = _carried_directions(mesh, built_in.shapedirs[:, :, built_in.n_identity :])
    names = [direction.name for direction in built_in.directions[built_in.n_identity :]]
    movements = movements[:, :, [name not in LEFT_OUT for name in names]]
    names = [name for name in names if name not in LEFT_OUT]
    identity = _carried_directions(mesh, built_in.shapedirs[:, :, : built_in.n_identity])
    identity = _components(identity, np.eye(identity.shape[2]), rng)
    expression = _components(movements, _root_covariance(_random_faces(names, rng)), rng)[:, :, :N_COMPONENTS]
    regressor = _joint_regressor(mesh, built_in, movements)
    weights = np.zeros((len(mesh.vertices), 5))
    weights[:N_SKIN] = built_in.weights[mesh.source]
    weights[:N_SKIN][mesh.share > 0] = np.eye(5)[1]
    for side in (0, 1):
        weights[eyeball(side)] = np.eye(5)[3 + side]
    fields = (_smooth_fields(mesh.vertices, rng, N_IDENTITY - identity.shape[2], FIELDS[0]),
              _smooth_fields(mesh.vertices, rng, N_EXPRESSION - N_COMPONENTS, FIELDS[1]))  # fmt: skip
    return {
        "v_template": mesh.vertices,
        "f": mesh.faces.astype(np.uint32),
        "shapedirs": np.concatenate([identity, fields[0], expression, fields[1]], axis=2),
        "posedirs": _carried_directions(mesh, built_in.posedirs),
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.int64),
        "J": regressor @ mesh.vertices,
    }


def write_face_like(path: Path, arrays: dict[str, np.ndarray] | None = None) -> Path:
    """The model alone, or of ``arrays`` like its own: an .npz, or a .pkl as FLAME 2020's."""
    arrays = face_like_arrays() if arrays is None else arrays
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        path.write_bytes(flame_2020(arrays))
    return path


def face_like_model() -> FlameModel:
    """The model with landmarks, regions and the template's UVs, as it is when all files are installed."""
    arrays, built_in, mesh = face_like_arrays(), load_model(BUILT_IN), _mesh()
    model = FlameModel.from_arrays(
        v_template=arrays["v_template"],
        faces=mesh.faces,
        shapedirs=arrays["shapedirs"],
        posedirs=arrays["posedirs"],
        joint_regressor=arrays["J_regressor"],
        weights=arrays["weights"],
        parents=built_in.parents,
        n_identity=N_IDENTITY,
    )
    polygons, uv_polygons = (np.pad(rows, ((0, 0), (0, 1)), constant_values=-1) for rows in (mesh.faces, mesh.uv_faces))
    display = DisplayMesh(polygons, mesh.uv, uv_polygons)
    return replace(model, landmarks=_landmarks(), regions=_regions(mesh), display=display)


def strangers_model() -> FlameModel:
    """Whose people no built-in head is, and whose landmarks are somebody else's: about as FLAME's differ from them.

    The template has waves of some millimetres that lie in no direction of the built-in head. Each fixed landmark lies
    at another vertex: all of a region are moved alike, and each for itself, as sets differ that were made apart.
    """
    model, rng = face_like_model(), np.random.default_rng(STRANGER)
    waves = _smooth_fields(_mesh().vertices, rng, STRANGE, STRANGENESS).sum(2)
    together = rng.normal(0, TOGETHER, (len(REGION_SIZES), 3))
    aside = np.repeat(together, REGION_SIZES, axis=0) + rng.normal(0, ALONE, (51, 3))
    ibug, skin = model.landmarks["ibug"], model.v_template[:N_SKIN]
    corners = model.v_template[model.faces[ibug.static_faces]]
    wanted = (ibug.static_barycentric[..., None] * corners).sum(1) + aside
    nearest = [((skin - point) ** 2).sum(1).argmin() for point in wanted]
    of_vertex = np.array([np.flatnonzero(model.faces.ravel() == vertex)[0] for vertex in nearest])
    fixed = replace(ibug, static_faces=of_vertex // 3, static_barycentric=np.eye(3)[of_vertex % 3])
    template = (_mesh().vertices + waves).astype(np.float32)
    return replace(model, v_template=template, landmarks={"ibug": fixed})


def movement(name: str) -> np.ndarray:
    """(V, 3) metres: one of the built-in head's named movements, in full, on this mesh."""
    built_in = load_model(BUILT_IN)
    names = [direction.name for direction in built_in.directions]
    return _carried_directions(_mesh(), built_in.shapedirs[:, :, names.index(name), None])[:, :, 0]


def write_face_like_files(folder: Path) -> dict[str, Path]:
    """What is installed beside the model, under the usual names: landmarks, contour, MediaPipe, masks and template."""
    mesh, landmarks = _mesh(), _landmarks()
    ibug, mediapipe = landmarks["ibug"], landmarks["mediapipe"]
    folder.mkdir(parents=True, exist_ok=True)
    static = {"lmk_face_idx": ibug.static_faces, "lmk_b_coords": ibug.static_barycentric}
    contour = {"lmk_face_idx": list(ibug.contour_faces), "lmk_b_coords": list(ibug.contour_barycentric)}
    (folder / "flame_static_embedding.pkl").write_bytes(old_pickle(static))
    np.save(folder / "flame_dynamic_embedding.npy", np.array(contour, object), allow_pickle=True)
    np.savez(
        folder / "mediapipe_landmark_embedding.npz", landmark_indices=mediapipe.indices,
        lmk_face_idx=mediapipe.static_faces, lmk_b_coords=mediapipe.static_barycentric,
    )  # fmt: skip
    (folder / "FLAME_masks.pkl").write_bytes(old_pickle(_regions(mesh), protocol=0))
    lines = [f"v {x:.6f} {y + 1.5:.6f} {z:.6f}" for x, y, z in mesh.vertices]  # lifted, as the released one is
    lines += [f"vt {u:.6f} {v:.6f}" for u, v in mesh.uv]
    corners = np.stack([mesh.faces, mesh.uv_faces], 2) + 1
    lines += ["f " + " ".join(f"{vertex}/{texel}" for vertex, texel in row) for row in corners.tolist()]
    (folder / "head_template.obj").write_text("\n".join(lines) + "\n")
    names = ("flame_static_embedding.pkl", "flame_dynamic_embedding.npy", "mediapipe_landmark_embedding.npz",
             "FLAME_masks.pkl", "head_template.obj")  # fmt: skip
    return {name: folder / name for name in names}


@cache
def _mesh() -> Carried:
    return carried(load_model(BUILT_IN), np.random.default_rng(5023))


def carried_landmarks(known: Mapping[str, LandmarkEmbedding]) -> dict[str, LandmarkEmbedding]:
    """The same points of the surface, of the built-in head's mesh and on this one."""
    return {name: _mesh().embedding(each) for name, each in known.items()}


@cache
def _landmarks() -> dict[str, LandmarkEmbedding]:
    return carried_landmarks(load_model(BUILT_IN).landmarks)


def _carried_directions(mesh: Carried, directions: np.ndarray) -> np.ndarray:
    """(7164, 3, k) -> (5023, 3, k)."""
    flat = directions.astype(np.float64).reshape(len(directions), -1)
    return mesh.field(flat).reshape(len(mesh.vertices), 3, -1)


def _components(directions: np.ndarray, root: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Principal components, the largest first, of directions (V, 3, k) whose coefficients have covariance root root^T.

    (V, 3, k) in standard deviations: the same heads, by uncorrelated coefficients, with signs drawn at random.
    """
    moves = directions.reshape(-1, directions.shape[2]) @ root
    sizes, turns = np.linalg.eigh(moves.T @ moves)
    return (moves @ turns[:, np.argsort(-sizes)] * rng.choice([-1.0, 1.0], len(sizes))).reshape(directions.shape)


def _random_faces(names: list[str], rng: np.random.Generator) -> np.ndarray:
    """(4000, k) scores from 0 to 1, few at a time, left and right mostly alike."""
    shown = rng.random((N_FACES_DRAWN, len(names))) < LIKELY
    scores = shown * rng.random(shown.shape) ** 2
    alone = rng.random(shown.shape) < ONE_SIDED
    which = rng.random(shown.shape) < 0.5
    for left, name in enumerate(names):
        if name.endswith("Left") and name.removesuffix("Left") + "Right" in names:
            right = names.index(name.removesuffix("Left") + "Right")
            scores[:, right] = scores[:, left]
            scores[alone[:, left] & which[:, left], right] = 0.0
            scores[alone[:, left] & ~which[:, left], left] = 0.0
    return scores


def _root_covariance(scores: np.ndarray) -> np.ndarray:
    return np.linalg.cholesky(np.cov(scores.T) + 1e-9 * np.eye(scores.shape[1]))


def _smooth_fields(vertices: np.ndarray, rng: np.random.Generator, count: int, size: float) -> np.ndarray:
    """(V, 3, count) waves through space of 0.15 to 1.2 m, each smaller than the one before."""
    waves = [rng.normal(size=(3, 3)) * rng.uniform(5, 40) for _ in range(count)]
    fields = [np.cos(vertices @ wave + rng.uniform(0, 2 * np.pi, 3)) for wave in waves]
    return size * np.stack(fields, 2) / np.sqrt(1 + np.arange(count))


def _joint_regressor(mesh: Carried, built_in: FlameModel, movements: np.ndarray) -> np.ndarray:
    """(5, V): the smallest weights that give the built-in joints under any affine change, of vertices that move little.

    The eyes' joints are told by their balls.
    """
    regressor = np.zeros((5, len(mesh.vertices)))
    moved = np.linalg.norm(movements, axis=1).max(1)
    for joint, place in enumerate(built_in.joint_regressor.astype(np.float64) @ built_in.v_template):
        near = np.argsort(((mesh.vertices[:N_SKIN] - place) ** 2).sum(1))[:REGRESSED]
        chosen = near if joint < 3 else np.arange(len(mesh.vertices))[eyeball(joint - 3)]
        at = np.c_[mesh.vertices[chosen], np.ones(len(chosen))]
        cheap = 1 / (1 + (moved[chosen] / STILL) ** 2)
        regressor[joint, chosen] = cheap * (at @ np.linalg.solve(at.T @ (cheap[:, None] * at), np.r_[place, 1.0]))
    return regressor


def _regions(mesh: Carried) -> dict[str, np.ndarray]:
    """The built-in head's regions, which are those of FLAME_masks, as int64 vertices; the sockets lie in none."""
    known = load_model(BUILT_IN).regions
    regions = {name: np.flatnonzero(np.isin(mesh.source, ids) & (mesh.share == 0)) for name, ids in known.items()}
    sides = {"left_eyeball": 0, "right_eyeball": 1}
    return regions | {name: np.arange(len(mesh.vertices))[eyeball(side)] for name, side in sides.items()}
