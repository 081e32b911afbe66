"""The built-in head carried over to other heads: on one where everything is known, and on FLAME's real template."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from flame_blender.correspondence.correspondence import Correspondence
from flame_blender.correspondence.corresponding import corresponding
from flame_blender.correspondence.movements import carried_over
from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.correspondence.starting import Known, known_landmarks
from flame_blender.errors import ModelError
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.triangles import edges_of
from flame_blender.long_work import result_of
from tests.correspondence.conftest import REAL
from tests.correspondence.found import corresponding_once
from tests.fitting.surface_search import nearest_surface
from tests.flame.face_like import carried_landmarks, movement

FLAME_MASKS = {  # how many of FLAME's vertices each of the released regions has
    "face": 1787, "forehead": 133, "scalp": 489, "nose": 379, "lips": 254, "neck": 253, "boundary": 114,
    "left_ear": 588, "right_ear": 588, "eye_region": 751, "left_eye_region": 287, "right_eye_region": 287,
    "left_eyeball": 546, "right_eyeball": 546,
}  # fmt: skip
NAMED = ("eyeBlinkLeft", "mouthSmileRight", "mouthPucker", "browInnerUp", "mouthLowerDownLeft", "cheekPuff")


def movements_of(model: FlameModel, names: tuple[str, ...]) -> np.ndarray:
    """(M, V, 3) metres."""
    all_names = [direction.name for direction in model.expression_directions]
    rows = [model.n_identity + all_names.index(name) for name in names]
    return model.shapedirs[:, :, rows].transpose(2, 0, 1).astype(np.float64)


def points_of(model: FlameModel, embedding: LandmarkEmbedding) -> np.ndarray:
    corners = model.v_template[model.faces[embedding.static_faces]]
    return (corners * embedding.static_barycentric[..., None]).sum(1)


def off_face(found: Correspondence, source: FlameModel, target: FlameModel) -> np.ndarray:
    """How far the face, as it can be seen, lies from the warped head, in mm."""
    face = np.isin(source.faces[found.triangles], source.regions["face"]).sum(1) >= 2
    return 1000 * found.distances[face & RestSkin(target).seen[found.vertices]]


def flaws(target: FlameModel, moved: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each movement where triangles turn over and where edges grow to three times their length: middles at rest."""
    rest, edges = target.v_template.astype(np.float64), edges_of(target.faces)
    lengths = np.linalg.norm(rest[edges[:, 0]] - rest[edges[:, 1]], axis=1)
    found = []
    for each in moved:
        there = rest + each
        flipped = (normals(rest, target.faces) * normals(there, target.faces)).sum(1) < 0
        long = np.linalg.norm(there[edges[:, 0]] - there[edges[:, 1]], axis=1) > 3 * lengths
        found.append((rest[target.faces[flipped]].mean(1), rest[edges[long]].mean(1)))
    return found


def near(places: np.ndarray, points: np.ndarray, distance: float) -> bool:
    """Whether any of ``places`` (n, 3) is nearer to any of ``points`` (m, 3)."""
    return bool((np.linalg.norm(places[:, None] - points, axis=2) < distance).any())


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = vertices[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_movements_are_those_that_were_carried_over_exactly(built_in, face_like, on_face_like):
    """The face-like head is the built-in one's own surface with other vertices, so each movement is known there."""
    carried = carried_over(on_face_like, built_in, face_like, movements_of(built_in, NAMED))
    seen = RestSkin(face_like).seen
    for name, each in zip(NAMED, carried, strict=True):
        true = movement(name)
        off = np.linalg.norm(each - true, axis=1)[seen]
        moves = np.linalg.norm(true, axis=1)[seen]
        left = (off**2).sum() / (moves**2).sum()
        assert left < 0.03, f"{name}: {left:.3f} of the movement's energy is lost"
    eyeballs = np.setdiff1d(np.arange(face_like.n_vertices), on_face_like.vertices)
    assert len(eyeballs) and not carried[:, eyeballs].any()


def test_landmarks_and_regions_come_back(built_in, face_like, on_face_like):
    for name in ("ibug", "mediapipe"):
        carried = on_face_like.landmarks[name]
        off = np.linalg.norm(points_of(face_like, carried) - points_of(face_like, face_like.landmarks[name]), axis=1)
        assert off.mean() < 0.5e-3 and off.max() < 3e-3, name
        carried.validate(len(face_like.faces))
    assert on_face_like.landmarks["ibug"].contour_faces.shape == built_in.landmarks["ibug"].contour_faces.shape
    for name in ("face", "lips", "nose", "scalp", "neck", "left_ear"):
        ours, theirs = set(on_face_like.regions[name].tolist()), set(face_like.regions[name].tolist())
        assert len(ours & theirs) / len(ours | theirs) > 0.75, name


def test_a_head_corresponds_to_itself(built_in):
    found = result_of(corresponding(built_in, built_in, nearest_surface))
    rest = built_in.v_template.astype(np.float64)
    place = (rest[built_in.faces[found.triangles]] * found.barycentric[..., None]).sum(1)
    seen = RestSkin(built_in).seen[found.vertices]
    off = np.linalg.norm(place - rest[found.vertices], axis=1)[seen]
    assert np.percentile(off, 99) < 1e-9 and off.max() < 2e-3, "but a few that lie beside a sharp edge"


def test_the_share_that_is_done_rises_to_the_end(on_face_like, shares):
    assert len(shares) > 4 and shares == sorted(shares) and shares[0] >= 0 and 0.9 < shares[-1] <= 1


def test_a_source_without_landmarks_is_refused(built_in, face_like):
    with pytest.raises(ModelError, match="'ibug' and a region 'face', found face"):
        next(corresponding(replace(built_in, landmarks={}), face_like, nearest_surface))


def test_what_is_no_head_is_refused(built_in, face_like):
    bare = replace(face_like, landmarks={})
    in_millimetres = replace(bare, v_template=1000 * bare.v_template)
    with pytest.raises(ModelError, match=r"a head's size in metres, found one 3\d\d m high"):
        next(corresponding(built_in, in_millimetres, nearest_surface))
    ball = np.random.default_rng(1).normal(size=(400, 3))
    ball *= 0.1 / np.linalg.norm(ball, axis=1, keepdims=True)
    model = replace(bare, v_template=ball.astype(np.float32), faces=ConvexHull(ball).simplices)
    with pytest.raises(ModelError, match="not recognised as a head with a face"):
        result_of(corresponding(built_in, model, nearest_surface))


def test_eyeballs_are_regions(face_like, on_face_like):
    for side in ("left", "right"):
        name = f"{side}_eyeball"
        assert np.array_equal(np.sort(on_face_like.regions[name]), np.sort(face_like.regions[name]))


def test_flames_real_template(built_in, real_template, on_real):
    """Nothing of that head is ours: bounds of what two heads by different hands can have in common."""
    off = off_face(on_real, built_in, real_template)
    aside = 0 if REAL.is_dir() else 1  # a vertex of a lid whose landmarks were drawn aside, each for itself
    assert np.median(off) < 0.3 and np.percentile(off, 90) < 1.0 and np.sort(off)[-1 - aside] < 4.0
    names = tuple(each.name for each in built_in.expression_directions if each.name != "mouthClose")
    found = flaws(real_template, carried_over(on_real, built_in, real_template, movements_of(built_in, names)))
    flipped, long = (sum(map(len, each)) for each in zip(*found, strict=True))
    assert flipped <= (8 if REAL.is_dir() else 40) and long <= 12, "a mesh made at random has thin triangles"
    fixed = points_of(real_template, on_real.landmarks["ibug"])[-51:]
    corners, lids = fixed[[31, 37]], fixed[19:31]
    for name, (turned, stretched) in zip(names, found, strict=True):
        assert not near(np.concatenate([turned, stretched]), lids, 8e-3), name
        if REAL.is_dir():
            assert not near(np.concatenate([turned, stretched]), corners, 15e-3), name


def test_flames_real_template_without_any_landmarks(built_in, real_template, on_real_free):
    """Points that the shape alone tells begin it; what is carried over lies where RingNet's and the release's sets do.

    A stranger has the built-in head's own surface under waves, so that each point of it is known.
    """
    found = on_real_free
    off = off_face(found, built_in, real_template)
    assert np.median(off) < 0.3 and np.percentile(off, 90) < 1.0 and off.max() < 4.0
    there = replace(real_template, landmarks=where_they_belong(built_in, real_template))
    for name in there.landmarks:
        away = 1000 * away_from_own(there, found, name)
        eyes_and_lips = of_parts(found, name, "eye", "lips")
        assert away.mean() < 3.0 and away.max() < 8.0 and away[eyes_and_lips].mean() < 2.0, name


def where_they_belong(built_in: FlameModel, model: FlameModel) -> dict[str, LandmarkEmbedding]:
    """The released sets of FLAME's template; on a stranger, where the built-in head has what FLAME's tools look for."""
    if REAL.is_dir():
        return dict(model.landmarks)
    return carried_landmarks(known_landmarks(built_in, replace(model, landmarks={})).sets)


def test_regions_are_those_of_flame_masks(real_template, on_real_free):
    """Of the released masks what their sizes tell: 114 are four rows at the neck's end, 254 eight from the mouth's.

    A stranger has the built-in head's own surface under waves, so that each vertex's regions are known.
    """
    regions, ends = on_real_free.regions, open_ends(real_template)
    neck = min(ends, key=lambda ids: real_template.v_template[ids, 1].mean())
    assert set(regions["boundary"].tolist()) == rows_from(real_template, neck, 3)
    if not REAL.is_dir():
        for name in set(FLAME_MASKS) - {"boundary", "left_eyeball", "right_eyeball"}:  # waves leave no balls
            least = 0.6 if "eye" in name else 0.85  # where lids lie on each other
            assert overlap(regions[name], real_template.regions[name]) > least, name
        return
    for name, size in FLAME_MASKS.items():
        least = 0.55 if name == "scalp" else 0.9  # ours ends where scans are told hair by
        assert min(len(regions[name]), size) / max(len(regions[name]), size) > least, name
    mouth = max(ends, key=lambda ids: real_template.v_template[ids, 1].mean())
    lips = rows_from(real_template, mouth, 7)
    assert len(lips) == FLAME_MASKS["lips"] and len(regions["boundary"]) == FLAME_MASKS["boundary"]
    assert overlap(regions["lips"], np.array(sorted(lips))) > 0.85


def overlap(ones: np.ndarray, others: np.ndarray) -> float:
    """What two sets of vertices share, of all that are in either."""
    return len(np.intersect1d(ones, others)) / len(np.union1d(ones, others))


def open_ends(model: FlameModel) -> list[list[int]]:
    """Vertices around each hole of the mesh."""
    sides = Counter(tuple(sorted(side)) for a, b, c in model.faces.tolist() for side in ((a, b), (b, c), (c, a)))
    open_, ends = [side for side, count in sides.items() if count == 1], []
    while open_:
        end = set(open_.pop())
        while joined := [side for side in open_ if end & set(side)]:
            end |= {vertex for side in joined for vertex in side}
            open_ = [side for side in open_ if side not in joined]
        ends.append(sorted(end))
    return ends


def rows_from(model: FlameModel, start: list[int], steps: int) -> set[int]:
    reached = set(start)
    for _ in range(steps):
        reached |= {vertex for face in model.faces.tolist() if reached & set(face) for vertex in face}
    return reached


def test_landmarks_carried_over_lie_on_their_sides_as_mirror_images(built_in, real_template, on_real_free):
    """Within what the head itself is lopsided by: FLAME's by little, a stranger as its waves are."""
    there = where_they_belong(built_in, real_template)
    for name, carried in on_real_free.landmarks.items():
        points, sides = points_of(real_template, carried), sides_of(carried)
        assert (points[sides == "left", 0] > 0).all() and (points[sides == "right", 0] < 0).all(), name
        lopsided = 4e-3 if REAL.is_dir() else 1e-3 + off_mirror(points_of(real_template, there[name]))
        assert off_mirror(points) < lopsided


def off_mirror(points: np.ndarray) -> float:
    """How far, at most, a point's mirror image lies from the next of the points."""
    return float(np.linalg.norm(points[:, None] * (-1, 1, 1) - points, axis=2).min(1).max())


def test_where_one_set_is_installed_the_other_follows_it(built_in, face_like, real_template):
    """Points of iBUG alone are known; of FLAME's the release tells where MediaPipe's are.

    A stranger's own iBUG points lie aside of the built-in head's by some millimetres, other ones for each part of the
    face: MediaPipe's of the same part go with them.
    """
    alone = replace(real_template, landmarks={"ibug": real_template.landmarks["ibug"]})
    found = result_of(corresponding_once(built_in, alone, nearest_surface))
    if REAL.is_dir():
        assert 1000 * away_from_own(real_template, found, "ibug").mean() < 0.5
        away = 1000 * away_from_own(real_template, found, "mediapipe")
        assert away.mean() < 3.0 and away.max() < 8.0 and away[of_parts(found, "mediapipe", "eye", "lips")].mean() < 2.0
        return
    assert 1000 * away_from_own(real_template, found, "ibug").mean() < 1.0
    aside, followed = (
        moved_by_part(built_in, real_template, face_like.landmarks, sets)
        for sets in (real_template.landmarks, {"mediapipe": found.landmarks["mediapipe"]})
    )
    left = [np.linalg.norm(followed[part] - aside[part]) for part in aside]
    there = [np.linalg.norm(each) for each in aside.values()]
    assert len(aside) == len(followed) == 7 and np.mean(there) > 2
    assert np.mean(left) < 0.4 * np.mean(there) and max(left) < 2.5, (left, there)


def moved_by_part(
    built_in: FlameModel, model: FlameModel, before: dict[str, LandmarkEmbedding], now: dict[str, LandmarkEmbedding]
) -> dict[str, np.ndarray]:
    """(3,) mm, for each part of the face: how points of ``now``, one set, lie aside of those ``before`` on a head."""
    ((name, embedding),) = now.items()
    ids = built_in.landmarks[name].indices
    order = slice(None) if ids is None else np.searchsorted(np.sort(ids), ids)
    own, other = points_of(model, embedding), points_of(model, before[name])
    if embedding.indices is not None:
        own, other = own[embedding.indices.argsort()][order], other[before[name].indices.argsort()][order]
    fixed = built_in.landmarks[name].names[-len(own) :]
    parts = np.array([each.split(maxsplit=1)[1] for each in fixed])
    return {part: 1000 * (own - other)[parts == part].mean(0) for part in np.unique(parts).tolist()}


def test_of_two_conventions_the_targets_begins(built_in, face_like):
    """The face-like head has the built-in one's own points; a head that has the tools' is given them."""
    own = known_landmarks(built_in, face_like)
    assert own.by_sets is None and own.sets == built_in.landmarks
    flames = replace(built_in, landmarks=built_in.tool_landmarks)
    tools = known_landmarks(built_in, flames)
    for name, each in built_in.tool_landmarks.items():
        assert np.array_equal(tools.sets[name].static_faces, each.static_faces)
    assert np.array_equal(tools.sets["ibug"].contour_faces, built_in.landmarks["ibug"].contour_faces)
    assert np.allclose(*tools.by_sets)
    off = np.linalg.norm(tools.held[0] - tools.held[1], axis=1)
    by_number = built_in.landmarks["mediapipe"].indices.argsort()
    brows = np.concatenate([of_parts(tools, "ibug", "brow"), of_parts(tools, "mediapipe", "brow")[by_number]])
    assert (off[brows] > 2e-3).mean() > 0.8 and off[~brows].max() < 1e-9, "brow on brow, all else where it lies"
    without = known_landmarks(built_in, replace(face_like, landmarks={}))
    assert without.held is None and np.array_equal(without.sets["ibug"].static_faces, tools.sets["ibug"].static_faces)


def of_parts(found: Correspondence | Known, name: str, *parts: str) -> np.ndarray:
    """(L,) which of a set's fixed points are of these parts of the face."""
    sets = found.sets if isinstance(found, Known) else found.landmarks
    names = sets[name].names[-len(sets[name].static_faces) :]
    return np.array([each.endswith(parts) for each in names])


def sides_of(embedding: LandmarkEmbedding) -> np.ndarray:
    """(L,) "left", "right" or another word for each fixed point: that of brows and eyes."""
    return np.array([name.split()[1] for name in embedding.names[-len(embedding.static_faces) :]])


def away_from_own(model: FlameModel, found: Correspondence, name: str) -> np.ndarray:
    """(L,) metres between landmarks that were carried over and the model's own."""
    ones, others = found.landmarks[name], model.landmarks[name]
    away = points_of(model, ones)
    if ones.indices is None:
        return np.linalg.norm(away - points_of(model, others), axis=1)
    order = others.indices.argsort()
    there = order[np.searchsorted(others.indices, ones.indices, sorter=order)]
    return np.linalg.norm(away - points_of(model, others)[there], axis=1)
