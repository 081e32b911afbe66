"""LAM's and SplattingAvatar's avatars, written as the tools write them, stand on a model where the tools have them."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import AvatarError
from flame_blender.flame.model import FlameModel
from flame_blender.splats.avatar_files import EMBEDDED, LAM, find_avatar
from flame_blender.splats.harmonics import colours
from flame_blender.splats.read_avatars import bound_to, read_avatar, unpacked
from flame_blender.splats.teeth import teeth_of, triangles
from flame_blender.splats.triangle_frames import posed
from tests.splats.made_up import columns_of, random_splats, write_ply
from tests.splats.tool_files import subdivided, write_embedded, write_glb, write_lam, zipped


@pytest.fixture
def person(shared_model: FlameModel) -> np.ndarray:
    """Somebody's vertices in FLAME's axes."""
    return (shared_model.v_template + shared_model.shapedirs[:, :, :10] @ np.linspace(-1.5, 1.5, 10)).astype(np.float64)


def read_on(path, model: FlameModel):
    files = find_avatar(path)
    return bound_to(read_avatar(files), model, model.v_template)


@pytest.mark.parametrize(("sense", "scale"), [(True, 1.0), (False, 1.0), (True, 100.0)])
def test_lams_splats_stand_about_the_person(shared_model, person, tmp_path, sense, scale):
    """The order of vertices told in either sense, in metres and in an FBX's centimetres, Z up."""
    places, seen = write_lam(tmp_path / "p", person, shared_model.faces, sense=sense, scale=scale)
    for path in (tmp_path / "p", tmp_path, tmp_path / "p" / "offset.ply"):
        assert find_avatar(path).layout == LAM and not read_avatar(find_avatar(path)).stands_alone
    splats, offsets, note = read_on(tmp_path, shared_model)
    assert note == "" and len(splats) == 5023 + 14995
    np.testing.assert_allclose(shared_model.v_template + offsets, person, atol=1e-6)
    found = posed(splats, person, shared_model.faces)
    np.testing.assert_allclose(found.centres, places, atol=2e-6)
    np.testing.assert_allclose(found.scales, 1e-3 * random_splats(len(splats), 0, seed=6).scales, rtol=3e-5)  # of
    # triangles of a millimetre, whose corners the .glb rounds
    np.testing.assert_allclose(
        colours(splats.harmonics, np.tile(np.float32([0, 0, 1]), (len(splats), 1))), seen, atol=1e-6
    )
    corners = np.concatenate([shared_model.faces[splats.triangles[:5023]] == np.arange(5023)[:, None]])
    assert corners.any(1).all(), "each vertex's splat is bound to a triangle that has it"


def test_lams_zip(shared_model, person, tmp_path):
    places, _ = write_lam(tmp_path / "p2-1", person, shared_model.faces)
    path = zipped(tmp_path / "p2-1", tmp_path / "p2-1.zip")
    with unpacked(path) as folder:
        files = find_avatar(folder)
        found = read_avatar(files)
        assert sorted(each.name for each in folder.iterdir()) == ["offset.ply", "skin.glb", "vertex_order.json"]
    splats, _, _ = bound_to(found, shared_model, shared_model.v_template)
    np.testing.assert_allclose(posed(splats, person, shared_model.faces).centres, places, atol=2e-6)


def test_lam_with_teeth(shared_model, person, tmp_path):
    """FLAME with GaussianAvatars' teeth, subdivided: its own count tells."""
    whole = np.concatenate([person, teeth_of(person.astype(np.float32))])
    faces = np.concatenate([shared_model.faces, triangles(5023)])
    places, _ = write_lam(tmp_path / "p", whole, faces)
    splats, offsets, note = read_on(tmp_path / "p", shared_model)
    assert note == "" and len(offsets) == 5143 and splats.triangles.max() >= 9976
    np.testing.assert_allclose(posed(splats, whole, faces).centres, places, atol=2e-6)


@pytest.mark.parametrize(
    "how", ["no skin", "damaged skin", "another mesh", "turned askew", "no order", "an order of words"]
)
def test_without_the_persons_mesh_splats_stand_about_the_heads_shape(shared_model, person, tmp_path, how):
    places, _ = write_lam(tmp_path / "p", person, shared_model.faces)
    skin, order = tmp_path / "p" / "skin.glb", tmp_path / "p" / "vertex_order.json"
    match how:
        case "no skin":
            skin.unlink()
        case "damaged skin":
            skin.write_bytes(skin.read_bytes()[:500])
        case "another mesh":
            write_glb(skin, np.random.default_rng(1).normal(size=(20018, 3)))
        case "turned askew":
            order.unlink()
            askew = Rotation.from_euler("x", 45, degrees=True).apply(person)
            write_glb(skin, subdivided(askew, shared_model.faces))
        case "no order":
            order.write_text("[3, 1, 2]")
        case "an order of words":
            order.write_text('["first", [2, 3]]')
    splats, offsets, note = read_on(tmp_path / "p", shared_model)
    assert offsets is None and note.startswith("The splats stand about the head's own shape: ") and note.endswith(".")
    moved = subdivided(shared_model.v_template.astype(float), shared_model.faces) - subdivided(
        person, shared_model.faces
    )
    wanted = places + moved
    np.testing.assert_allclose(posed(splats, shared_model.v_template, shared_model.faces).centres, wanted, atol=2e-6)


def test_splats_with_harmonics_are_none_of_lams(tmp_path):
    """LAM's code has no harmonics: its first three columns of colour are the colours themselves."""
    write_ply(tmp_path / "offset.ply", columns_of(random_splats(20, 2)))
    (tmp_path / "skin.glb").write_bytes(b"glTF")
    (tmp_path / "vertex_order.json").write_text("[0]")
    with pytest.raises(AvatarError, match=r"offset\.ply: expected LAM's offsets, found .* harmonics of degree 2\.$"):
        read_avatar(find_avatar(tmp_path))


def test_lams_count_is_that_of_a_model(shared_model, built_in, person, tmp_path):
    write_lam(tmp_path / "p", person, shared_model.faces)
    with pytest.raises(AvatarError, match=r"expected .* splats, one for each vertex and edge .*, found 20,018; choose"):
        read_on(tmp_path / "p", built_in)


@pytest.mark.parametrize("members", [{}, {"a/offset.ply": b"ply", "b/offset.ply": b"ply"}, {"a/skin.glb": b"x"}])
def test_zips_of_others_are_refused(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with (
        pytest.raises(AvatarError, match=r"expected a zip of LAM's with one offset\.ply, found"),
        unpacked(tmp_path / "a.zip"),
    ):
        pass
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(AvatarError, match="expected a whole zip"), unpacked(tmp_path / "b.zip"):
        pass


def test_damaged_zips_are_refused_or_read(shared_model, person, tmp_path):
    write_lam(tmp_path / "p", person, shared_model.faces)
    raw = zipped(tmp_path / "p", tmp_path / "p.zip").read_bytes()
    rng, refused = np.random.default_rng(3), 0
    for _ in range(60):
        damaged = bytearray(raw)
        for at in rng.integers(0, len(raw), 8):
            damaged[at] ^= 1 << int(rng.integers(8))
        (tmp_path / "d.zip").write_bytes(
            bytes(damaged[: rng.integers(1, len(raw) + 1)] if rng.random() < 0.3 else damaged)
        )
        try:
            with unpacked(tmp_path / "d.zip") as folder:
                read_avatar(find_avatar(folder))
        except AvatarError:
            refused += 1
    assert refused > 30


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_splatting_avatars_splats_stand_about_their_mesh(shared_model, person, tmp_path, scale):
    """The mesh of IMAvatar's FLAME is four times as large; in the frames of triangles that is no matter."""
    folder = tmp_path / "point_cloud" / "iteration_30000"
    places = write_embedded(folder, scale * person, shared_model.faces)
    assert find_avatar(tmp_path).layout == find_avatar(folder / "point_cloud.ply").layout == EMBEDDED
    splats, offsets, note = read_on(tmp_path, shared_model)
    assert offsets is None and note == ""
    found = posed(splats, person, shared_model.faces)
    np.testing.assert_allclose(found.centres, places / scale, atol=2e-6)
    told = json.loads((folder / "embedding.json").read_text())
    np.testing.assert_array_equal(splats.triangles, told["sample_fidxs"])


def test_splatting_avatars_bodies_are_refused(shared_model, built_in, person, tmp_path):
    write_embedded(tmp_path, person, shared_model.faces[:, [1, 2, 0]])
    with pytest.raises(
        AvatarError, match=r"SplattingAvatar's heads need a FLAME file, its bodies have no head here\.$"
    ):
        read_on(tmp_path, shared_model)
    with pytest.raises(AvatarError, match="expected a head with the 9,976 triangles that the avatar was trained on"):
        read_on(tmp_path, built_in)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cano_mesh": 3}, "expected cano_mesh and sample_fidxs as SplattingAvatar writes them"),
        ({"cano_mesh": "../../etc/passwd"}, "passwd: expected a file, found none"),
        ({"sample_fidxs": [0, 1]}, "expected a triangle for each of 400 splats, found 2"),
        ({"sample_fidxs": [0.5] * 400}, "expected a triangle for each of 400 splats, found none"),
        ({"sample_fidxs": [[0], 1]}, "expected a triangle for each of 400 splats, found none"),
        ({"sample_fidxs": [9976] * 400}, "expected triangles 0 to 9975, found 9976 to 9976"),
        ({"sample_fidxs": [-1] * 400}, "expected triangles 0 to 9975, found -1 to -1"),
    ],
)
def test_damaged_embeddings_are_refused(shared_model, person, tmp_path, changed, said):
    write_embedded(tmp_path, person, shared_model.faces)
    path = tmp_path / "embedding.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    with pytest.raises(AvatarError, match=said):
        read_avatar(find_avatar(tmp_path))
