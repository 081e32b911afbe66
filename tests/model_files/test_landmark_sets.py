"""The landmark files that FLAME's tools bring along make the same sets in whatever order they are installed."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from flame_blender.files.npz_file import save_arrays
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.model_files.landmark_sets import pieces_of, sets_of
from flame_blender.model_files.library import Library
from flame_blender.model_files.saving import save_model
from tests.flame.full_size import N_FACES, full_size_model

STATIC, DYNAMIC, ALL_68, DECA, VHAP, MEDIAPIPE = (
    "flame_static_embedding.pkl",
    "flame_dynamic_embedding.npy",
    "flame_static_embedding_68.pkl",
    "landmark_embedding.npy",
    "landmark_embedding_with_eyes.npy",
    "mediapipe_landmark_embedding.npz",
)


def drawn(rng, *shape):
    return {"faces": rng.integers(0, N_FACES, shape), "weights": rng.dirichlet(np.ones(3), shape)}


@pytest.fixture(scope="module")
def contents():
    """Each file's arrays under its tool's keys; as in the real ones, DECA's and VHAP's points are RingNet's."""
    rng = np.random.default_rng(11)
    points, contour, irises = drawn(rng, 51), drawn(rng, 79, 17), drawn(rng, 2)
    with_eyes, full = {}, drawn(rng, 68)
    full_with_eyes = {key: np.concatenate([full[key], irises[key]]) for key in full}
    with_eyes = {key: np.concatenate([points[key], irises[key]]) for key in points}

    def plain(each, **more):
        return {"lmk_face_idx": each["faces"], "lmk_b_coords": each["weights"], **more}

    def deca(static, whole):
        named = {"static": static, "dynamic": contour, "full": {key: value[None] for key, value in whole.items()}}
        keys = {f"{kind}_lmk_faces_idx": each["faces"] for kind, each in named.items()}
        return keys | {f"{kind}_lmk_bary_coords": each["weights"] for kind, each in named.items()}

    return {
        STATIC: plain(points),
        DYNAMIC: plain(contour),
        ALL_68: plain(drawn(rng, 68)),
        DECA: deca(points, full),
        VHAP: deca(with_eyes, full_with_eyes),
        MEDIAPIPE: plain(drawn(rng, 105), landmark_indices=np.sort(rng.choice(468, 105, replace=False))),
    }


@pytest.fixture(scope="module")
def files(contents, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("landmarks")
    for name, arrays in contents.items():
        if name.endswith(".npz"):
            np.savez(folder / name, **arrays)
        else:  # a dict in an object array, read whatever the ending
            np.save(folder / "part.npy", np.array(arrays), allow_pickle=True)
            (folder / "part.npy").rename(folder / name)
    return {name: folder / name for name in contents}


@pytest.fixture(scope="module")
def model_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("model") / "flame.npz"
    save_model(replace(full_size_model(), landmarks={}), path)
    return path


def contour_of(contents) -> dict:
    return {
        "contour_faces": contents[DYNAMIC]["lmk_face_idx"],
        "contour_barycentric": contents[DYNAMIC]["lmk_b_coords"],
    }


def expected_sets(contents, installed) -> dict[str, dict[str, np.ndarray]]:
    """What is promised of each subset of the files, told from the files themselves."""
    fixed = contents[ALL_68] if ALL_68 in installed else None
    contour = contour_of(contents) if installed & {DYNAMIC, DECA, VHAP} else {}
    points = None
    if installed & {STATIC, DECA}:
        points = contents[STATIC]["lmk_face_idx"], contents[STATIC]["lmk_b_coords"]
    if VHAP in installed:
        points = contents[VHAP]["static_lmk_faces_idx"], contents[VHAP]["static_lmk_bary_coords"]
    sets = {}
    if fixed is not None:
        whole = fixed["lmk_face_idx"], fixed["lmk_b_coords"]
        if points is None and contour:
            points = whole[0][17:], whole[1][17:]
        name = "ibug" if points is None else "ibug_fixed"
        sets[name] = {"static_faces": whole[0], "static_barycentric": whole[1]}
    if points is not None:
        sets["ibug"] = {"static_faces": points[0], "static_barycentric": points[1], **contour}
    if MEDIAPIPE in installed:
        arrays = contents[MEDIAPIPE]
        sets["mediapipe"] = {
            "static_faces": arrays["lmk_face_idx"],
            "static_barycentric": arrays["lmk_b_coords"],
            "indices": arrays["landmark_indices"],
        }
    return sets


def same(found: dict[str, LandmarkEmbedding], expected: dict[str, dict[str, np.ndarray]]) -> bool:
    if found.keys() != expected.keys():
        return False
    for name, arrays in expected.items():
        for key in ("static_faces", "static_barycentric", "contour_faces", "contour_barycentric", "indices"):
            here, there = getattr(found[name], key), arrays.get(key)
            if (here is None) != (there is None):
                return False
            if here is not None and not np.array_equal(here, there.astype(here.dtype)):
                return False
    return True


def test_every_order_and_every_part_of_it(contents, files):
    """720 orders of the six, looked at after each file: what is there depends on which came, not on when."""
    from flame_blender.model_files.embeddings import load_landmarks

    pieces_by_file = {name: pieces_of(load_landmarks(path)) for name, path in files.items()}
    seen = {}
    for order in permutations(files):
        pieces: dict[str, LandmarkEmbedding] = {}
        for count, name in enumerate(order, 1):
            pieces |= pieces_by_file[name]
            there = frozenset(order[:count])
            state = tuple((piece, id(embedding.static_faces)) for piece, embedding in sorted(pieces.items()))
            if (there, state) not in seen:
                seen[there, state] = sets_of(pieces)
                assert same(seen[there, state], expected_sets(contents, there)), order[:count]
    assert {there for there, _ in seen} == {frozenset(part) for part in seen_parts(list(files))}


def seen_parts(names):
    for mask in range(1, 1 << len(names)):
        yield [name for bit, name in enumerate(names) if mask >> bit & 1]


def test_installed_through_the_library(contents, files, model_file, tmp_path):
    rng = np.random.default_rng(3)
    for number in range(6):
        order = rng.permutation(list(files))[: rng.integers(1, 7)].tolist()
        library = Library(tmp_path / str(number))
        library.install([model_file])
        for name in order:
            told = library.install([files[name]])[0]
            assert name in told
        sets = library.load(library.models()[0]).landmarks
        assert same(sets, expected_sets(contents, set(order)))
        assert all(each in told for each in sets)  # the last sentence names all that there is
        ticked = {what: there for what, _, there in library.inventory()}
        assert ticked["68 landmarks"] == ("ibug" in sets)
        assert ticked["Sliding contour"] == bool(set(order) & {DYNAMIC, DECA, VHAP})
        assert ticked["MediaPipe landmarks"] == (MEDIAPIPE in order)


def test_files_of_one_layout_replace_each_other(contents, files, model_file, tmp_path):
    """TF_FLAME's 51 points over RingNet's: other points, the same contour."""
    other = drawn(np.random.default_rng(8), 51)
    np.savez(tmp_path / "tf_flame.npz", lmk_face_idx=other["faces"], lmk_b_coords=other["weights"])
    library = Library(tmp_path / "user")
    library.install([model_file, files[STATIC], files[DYNAMIC], tmp_path / "tf_flame.npz"])
    sets = library.load(library.models()[0]).landmarks
    assert same(
        sets,
        {"ibug": {"static_faces": other["faces"], "static_barycentric": other["weights"], **contour_of(contents)}},
    )


def test_a_contour_alone_says_what_it_needs(files, model_file, tmp_path):
    library = Library(tmp_path / "user")
    library.install([model_file])
    (told,) = library.install([files[DYNAMIC]])
    assert "flame_static_embedding.pkl" in told and not library.load(library.models()[0]).landmarks


def test_a_layout_of_another_tool_leaves_the_68_alone(files, model_file, tmp_path):
    """TEASER's 203 points with MediaPipe's key."""
    rng = np.random.default_rng(5)
    other = drawn(rng, 203)
    np.savez(tmp_path / "203.npz", lmk_face_idx=other["faces"], lmk_b_coords=other["weights"])
    library = Library(tmp_path / "user")
    library.install([model_file, files[DECA], tmp_path / "203.npz"])
    sets = library.load(library.models()[0]).landmarks
    assert {name: each.count for name, each in sets.items()} == {"ibug": 68, "points_203": 203}


@pytest.mark.parametrize("points", [51, 68])
def test_what_earlier_versions_kept_is_read(contents, model_file, tmp_path, points):
    """One merged set, ibug.npz; of 68 points with a contour it was the set of 85 that no fit took."""
    arrays = contents[STATIC if points == 51 else ALL_68]
    library = Library(tmp_path / "user")
    library.install([model_file])
    merged = {"static_faces": arrays["lmk_face_idx"], "static_barycentric": arrays["lmk_b_coords"]}
    save_arrays(tmp_path / "user" / "landmarks" / "ibug.npz", merged | contour_of(contents))
    sets = library.load(library.models()[0]).landmarks
    assert sets["ibug"].count == 68
    np.testing.assert_array_equal(sets["ibug"].static_faces, arrays["lmk_face_idx"][-51:])
