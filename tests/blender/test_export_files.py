"""Files that carry a head out of Blender hold what the head shows, and leave the scene as it was."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError
from flame_blender.export import scene_files
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.head import models
from tests.blender.conftest import ROOT, expression_of, little_room

FIVE = (1, 2, 3, 4, 5)
DEV_PYTHON = Path(os.environ.get("FLAME_DEV_PYTHON", ROOT / ".envs" / "dev" / "bin" / "python"))


def again(suffix: str):
    """A file of an exporter that is asked for another one in every version."""
    return pytest.param(suffix, marks=pytest.mark.newest)


@pytest.fixture
def moving(head, rng):
    """Keys on everything but the identity, a head that stands elsewhere.

    The built-in head has regions as vertex groups, one of which is called as a bone is, and seams in its UVs.
    """
    assert ("neck" in head.vertex_groups) == (head.flame.model_name == models.BUILT_IN)
    api.set_params(head, shape=rng.normal(size=api.model(head).n_identity))
    for frame in (1, 3, 5):
        turns = {
            name: rng.uniform(-0.4, 0.4, 3) for name in ("neck", "jaw", "left_eye", "right_eye", "global_rotation")
        }
        api.set_params(
            head,
            expression=rng.uniform(-1.5, 1.5, api.model(head).n_expression),
            translation=rng.normal(size=3) * 0.1,
            **turns,
        )
        api.keyframe(head, frame)
    head.location = (0.3, -0.2, 1.5)
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = 1, 5
    bpy.context.view_layer.objects.active = head
    bpy.context.view_layer.update()
    return head


def state(obj):
    scene = bpy.context.scene
    kinds = (bpy.data.objects, bpy.data.meshes, bpy.data.armatures, bpy.data.actions, bpy.data.materials)
    data = [sorted(each.name for each in kind) for kind in kinds]
    return (
        data,
        scene.frame_current,
        scene.frame_start,
        scene.frame_end,
        scene.render.fps,
        obj.flame.live,
        list(obj.modifiers),
    )


@pytest.mark.every_version
@pytest.mark.parametrize("suffix", [".glb", again(".gltf"), ".fbx", ".usdc", again(".usda"), ".abc"])
def test_the_file_is_the_head_and_the_scene_as_before(moving, tmp_path, suffix):
    if scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    before = state(moving)
    written = api.export_scene(moving, tmp_path / f"head{suffix}")
    assert written.deviation_mm <= 0.1 and (tmp_path / f"head{suffix}").stat().st_size > 10_000
    assert state(moving) == before


@pytest.mark.newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("engine", scene_files.FBX_OF_ENGINE)
def test_fbx_for_each_engine_is_the_head(moving, tmp_path, engine):
    """Other scales and axes, the same head when it is read back."""
    assert api.export_scene(moving, tmp_path / "head.fbx", engine=engine).deviation_mm <= 0.1


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("suffix", [".obj", again(".stl"), ".glb", again(".gltf"), ".fbx", ".usdc", ".abc"])
# Blender's glTF exporter leaves its file to Python to close
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_told_and_leaves_no_file(moving, tmp_path, suffix):
    if suffix not in (".obj", ".stl") and scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    before, path = state(moving), tmp_path / "out" / f"head{suffix}"
    export = api.export_meshes if suffix in (".obj", ".stl") else api.export_scene
    room = 600_000 if suffix in (".usdc", ".abc") else 100_000  # the vertices that they are written from fit
    with little_room(room), pytest.raises(FlameError, match=rf"head\{suffix}: "):
        export(moving, path)
    assert not list(path.parent.iterdir()) and state(moving) == before


@pytest.mark.oldest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("suffix", [".glb", ".abc"])  # of Python and of Blender; test_writers.py has the others
def test_what_was_there_stays_until_the_new_file_is_whole(moving, tmp_path, monkeypatch, suffix):
    """Also what a format keeps beside its file; the error names the file that was asked for."""
    if scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    names = {f"head{suffix}", "head.bin", "textures"}
    (tmp_path / "textures").mkdir()
    for name in names - {"textures"}:
        (tmp_path / name).write_text("the user's")
    with monkeypatch.context() as patch:
        patch.setattr(scene_files, "_deviation", lambda *_: 1.0)
        with pytest.raises(FlameError, match=rf"^{re.escape(str(tmp_path / f'head{suffix}'))}: .* off by 1e\+03 mm"):
            api.export_scene(moving, tmp_path / f"head{suffix}")
    assert {each.name for each in tmp_path.iterdir()} == names
    assert not list((tmp_path / "textures").iterdir())
    assert all((tmp_path / name).read_text() == "the user's" for name in names - {"textures"})
    api.export_scene(moving, tmp_path / f"head{suffix}")
    assert (tmp_path / f"head{suffix}").stat().st_size > 10_000


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_folder_in_the_place_of_the_file_stays(moving, tmp_path):
    (tmp_path / "head.glb").mkdir()
    with pytest.raises(FlameError, match=r"head\.glb: expected an ordinary file to write, found a folder"):
        api.export_scene(moving, tmp_path / "head.glb")
    assert (tmp_path / "head.glb").is_dir()


READ = """
import sys, numpy as np, trimesh
glb = trimesh.load(sys.argv[1], force="mesh", process=False)
expected = np.load(sys.argv[2])
assert len(glb.faces) == len(expected["faces"]), len(glb.faces)
near = trimesh.proximity.ProximityQuery(trimesh.Trimesh(expected["rest"], expected["faces"], process=False))
print(len(glb.vertices), near.vertex(glb.vertices)[0].max())
assert near.vertex(glb.vertices)[0].max() < 1e-6
stl = trimesh.load(sys.argv[3])
assert stl.is_watertight and stl.is_winding_consistent and stl.is_volume
print(stl.extents)
assert 150 < stl.extents.max() < 450
"""


@pytest.mark.newest
@pytest.mark.skipif(not DEV_PYTHON.exists(), reason="no environment with trimesh (make .envs/dev/.made)")
def test_trimesh_reads_the_glb_and_the_stl(head, tmp_path, rng):
    """The GLB's faces and rest shape; the STL of an open mouth is one watertight solid in millimetres."""
    api.set_params(head, shape=rng.normal(size=len(head.flame.shape)))
    rest = api.evaluate(head)
    api.set_params(head, jaw=(0.3, 0.05, 0), neck=(0.2, 0.3, 0))
    api.export_scene(head, tmp_path / "head.glb", frames=(1, 3))
    api.export_meshes(head, tmp_path / "head.stl")
    np.savez(tmp_path / "expected.npz", rest=rest, faces=api.model(head).faces)
    (tmp_path / "read.py").write_text(READ)
    files = [tmp_path / name for name in ("read.py", "head.glb", "expected.npz", "head.stl")]
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run([DEV_PYTHON, *files], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_head_that_differs_from_the_file_is_told(moving, tmp_path, monkeypatch):
    """The comparison can fail: the same file beside a head that has been changed."""
    monkeypatch.setattr(scene_files, "_expected", shifted(scene_files._expected))
    with pytest.raises(FlameError, match="off by 1 mm"):
        api.export_scene(moving, tmp_path / "head.fbx")


def shifted(expected):
    return lambda *arguments, **named: [shape + 0.001 for shape in expected(*arguments, **named)]


def accessor(document, binary, index):
    """An array of a GLB, by the glTF 2.0 specification: zeros where it has no view, and sparse rows written over it."""
    found = document["accessors"][index]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}[found["type"]]
    kinds = {5121: "u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}

    def rows(part, kind, count, width):
        view = document["bufferViews"][part["bufferView"]]
        start = view.get("byteOffset", 0) + part.get("byteOffset", 0)
        return np.frombuffer(binary, kind, count * width, start).reshape(-1, width)

    kind, count = kinds[found["componentType"]], found["count"]
    dense = rows(found, kind, count, width) if "bufferView" in found else np.zeros((count, width), kind)
    if sparse := found.get("sparse"):
        chosen = rows(sparse["indices"], kinds[sparse["indices"]["componentType"]], sparse["count"], 1)[:, 0]
        dense = dense.copy()
        dense[chosen] = rows(sparse["values"], kind, sparse["count"], width)
    return dense.astype(np.float64) if kind == "<f4" else dense


def matrix_of(node):
    from mathutils import Matrix, Quaternion, Vector

    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    place, scale = Vector(node.get("translation", (0, 0, 0))), Vector(node.get("scale", (1, 1, 1)))
    return np.array(Matrix.LocRotScale(place, Quaternion((w, x, y, z)), scale), np.float64)


def glb_shape(document, binary, seconds):
    """(N, 3) the skinned, morphed mesh of a GLB at a time, evaluated here and not by Blender."""
    nodes = [dict(node) for node in document["nodes"]]
    weights = {}
    for channel in document["animations"][0]["channels"]:
        sampler = document["animations"][0]["samplers"][channel["sampler"]]
        times = accessor(document, binary, sampler["input"])[:, 0]
        values = accessor(document, binary, sampler["output"])
        target, path = channel["target"]["node"], channel["target"]["path"]
        nearest = int(np.abs(times - seconds).argmin())
        assert len(times) == 1 or abs(times[nearest] - seconds) < 1e-4
        if path == "weights":
            weights[target] = values.reshape(len(times), -1)[nearest]
        else:
            nodes[target][path] = values[nearest]
    parents = {child: index for index, node in enumerate(nodes) for child in node.get("children", ())}

    def world(index):
        own = matrix_of(nodes[index])
        return world(parents[index]) @ own if index in parents else own

    skinned = next(index for index, node in enumerate(nodes) if "skin" in node)
    skin = document["skins"][nodes[skinned]["skin"]]
    inverse = accessor(document, binary, skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    joints = np.stack([world(joint) for joint in skin["joints"]]) @ inverse
    points = []
    for primitive in document["meshes"][nodes[skinned]["mesh"]]["primitives"]:
        position = accessor(document, binary, primitive["attributes"]["POSITION"]).copy()
        for weight, target in zip(weights[skinned], primitive["targets"], strict=True):
            position += weight * accessor(document, binary, target["POSITION"])
        blended = np.zeros((len(position), 4, 4))
        for which in range(4):
            if f"JOINTS_{which}" in primitive["attributes"]:
                carriers = accessor(document, binary, primitive["attributes"][f"JOINTS_{which}"])
                shares = accessor(document, binary, primitive["attributes"][f"WEIGHTS_{which}"])
                blended += (shares[..., None, None] * joints[carriers]).sum(1)
        points.append((blended[:, :3, :3] @ position[..., None])[..., 0] + blended[:, :3, 3])
    return np.concatenate(points)


def test_the_glb_read_without_blender_is_the_head(moving, tmp_path):
    """Skin, morph targets and animation evaluated from the file's bytes by glTF's own rules, at five frames."""
    api.export_scene(moving, tmp_path / "head.glb")
    raw = (tmp_path / "head.glb").read_bytes()
    length = struct.unpack_from("<I", raw, 12)[0]
    document, binary = json.loads(raw[20 : 20 + length]), raw[28 + length :]
    names = document["meshes"][0]["extras"]["targetNames"]
    assert names[0] == expression_of(moving)[0].name and len(names) == len(expression_of(moving)) + 36
    from mathutils.kdtree import KDTree

    for frame in FIVE:
        bpy.context.scene.frame_set(frame)
        vertices = FlameEvaluator(api.model(moving)).vertices(api.get_params(moving)).astype(np.float64)
        place = np.array([0.3, 1.5, 0.2])  # where the head stands, in glTF's axes, which are FLAME's
        found = glb_shape(document, binary, frame / bpy.context.scene.render.fps)
        tree = KDTree(len(vertices))
        for index, point in enumerate(vertices + place):
            tree.insert(point, index)
        tree.balance()
        assert max(tree.find(point)[2] for point in found) < 1e-4, frame


@pytest.mark.parametrize("suffix", [".obj", ".ply"])
def test_numbered_meshes_are_the_layers(moving, tmp_path, suffix):
    """Also read by Blender's own importer."""
    written = api.export_meshes(moving, tmp_path / f"head{suffix}", frames=FIVE)
    assert [path.name for path in written.paths] == [f"head_{frame:04d}{suffix}" for frame in FIVE]
    assert written.deviation_mm <= 1e-3
    for frame, path in zip(FIVE, written.paths, strict=True):
        bpy.context.scene.frame_set(frame)
        expected = api.evaluate(moving)
        importer = bpy.ops.wm.obj_import if suffix == ".obj" else bpy.ops.wm.ply_import
        importer(filepath=str(path), forward_axis="Y", up_axis="Z")
        found = np.empty((len(expected), 3), np.float32)
        bpy.context.object.data.vertices.foreach_get("co", found.ravel())
        assert np.abs(found - expected).max() < 1e-6
        bpy.data.objects.remove(bpy.context.object)


def test_the_present_shape_and_an_stl(moving, tmp_path):
    written = api.export_meshes(moving, tmp_path / "head.stl")
    assert written.paths == (tmp_path / "head.stl",) and written.deviation_mm < 1e-3
    assert "mm at most" in written.summary()


def test_wrong_names_and_frames_are_told(moving, tmp_path):
    for call, said in (
        (lambda: api.export_meshes(moving, tmp_path / "head.xyz"), "ending in .obj"),
        (lambda: api.export_scene(moving, tmp_path / "head.xyz"), "ending in .glb"),
        (lambda: api.export_meshes(moving, tmp_path / "head.obj", frames=[]), "at least one frame"),
        (lambda: api.export_scene(moving, tmp_path / "head.glb", frames=(5, 2)), "found 5 to 2"),
        (lambda: api.export_scene(moving, tmp_path / "head.fbx", engine="QUAKE"), "QUAKE"),
    ):
        with pytest.raises(FlameError, match=said):
            call()


def test_an_unwritable_place_is_told_and_the_scene_stays(moving, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    before = state(moving)
    for name in ("head.obj", "head.glb", "head.usdc"):
        with pytest.raises(FlameError):
            (api.export_meshes if name.endswith("obj") else api.export_scene)(moving, tmp_path / "file" / name)
        assert state(moving) == before


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("suffix", ["glb", "fbx", "usd", "alembic", "obj", "ply", "stl"])
def test_every_operator_writes(moving, tmp_path, suffix):
    operator = getattr(bpy.ops.flame, f"export_{suffix}")
    if not operator.poll():
        pytest.skip("this Blender lacks the exporter")
    assert operator(filepath=str(tmp_path / "head")) == {"FINISHED"}
    assert len(list(tmp_path.glob("head.*"))) == 1


def test_an_exporter_that_is_missing_is_greyed_out_with_the_reason(moving, monkeypatch):
    monkeypatch.setattr(scene_files, "_exists", lambda name: "alembic" not in name)
    assert not bpy.ops.flame.export_alembic.poll()
    assert bpy.ops.flame.export_usd.poll()
    assert "alembic_export" in scene_files.unavailable(".abc")


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("suffix", [".usda", ".gltf"])
def test_nothing_of_the_add_on_is_in_the_file(any_head, tmp_path, suffix):
    """What it keeps on meshes is nobody else's: as text, neither checksums nor values are there."""
    if scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    api.set_params(any_head, jaw=(0.1, 0, 0))
    api.export_scene(any_head, tmp_path / f"head{suffix}", frames=(1, 2))
    assert b"flame_" not in (tmp_path / f"head{suffix}").read_bytes()
