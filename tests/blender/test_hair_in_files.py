"""Hair in files: cards that Blender's importers find where its nodes have the strands."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils.kdtree import KDTree

from flame_blender import api
from flame_blender.bake import rig_hair
from flame_blender.export import scene_files, scene_formats
from tests.blender.test_hair import shown_points

pytestmark = pytest.mark.oldest_and_newest
LOCK = 0.0012  # metres: half the breadth of a card of so few lashes, which is wide
FRAMES = (1, 3)


@pytest.fixture
def blinking(built_in_head) -> bpy.types.Object:
    """The built-in head with hair, its eyes open at frame 1 and shut, its head turned, at 3."""
    api.grow_hair(built_in_head, lashes="LONG", beard="STUBBLE", density=0.3, seed=2)
    for frame, shut in zip(FRAMES, (0.0, 1.0), strict=True):
        api.set_arkit(built_in_head, {"eyeBlinkLeft": shut, "eyeBlinkRight": shut})
        api.set_params(built_in_head, neck=(0.0, 0.3 * shut, 0.1 * shut))
        api.keyframe(built_in_head, frame)
    bpy.context.scene.frame_set(1)
    return built_in_head


def points_of(obj: bpy.types.Object) -> np.ndarray:
    """(V, 3) in the world, of a mesh as it is evaluated."""
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    places = np.empty((len(evaluated.data.vertices), 3), np.float32)
    evaluated.data.vertices.foreach_get("co", places.ravel())
    matrix = np.array(evaluated.matrix_world)
    return places @ matrix[:3, :3].T + matrix[:3, 3]


def away_from(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) metres from each point to the nearest of the others."""
    tree = KDTree(len(others))
    for number, point in enumerate(others):
        tree.insert(point, number)
    tree.balance()
    return np.array([tree.find(point)[2] for point in points])


@pytest.mark.parametrize("suffix", [".glb", ".fbx", ".usdc", ".abc"])
def test_cards_are_read_back_where_the_strands_are(blinking, tmp_path, suffix):
    if scene_files.unavailable(suffix):
        pytest.skip(scene_files.unavailable(suffix))
    scene = bpy.context.scene
    lids = {}
    for frame in FRAMES:
        scene.frame_set(frame)
        lids[frame] = shown_points(api.hair_of(blinking)["LASHES"])
    before = {kind: set(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "materials", "images")}
    written = api.export_scene(blinking, tmp_path / f"head{suffix}", frames=FRAMES)
    assert before == {kind: set(getattr(bpy.data, kind)) for kind in before}
    assert [note for note in written.notes if "Beard" in note and "too short for cards" in note]
    known = set(scene.objects)
    scene_files._call(scene_formats.WAYS[suffix][2], tmp_path / f"head{suffix}", {"use_anim": True, "anim_offset": 0.0})
    cards = next(obj for obj in set(scene.objects) - known if "Hair" in obj.name and obj.type == "MESH")
    assert cards.data.uv_layers
    reach = {}
    for frame in FRAMES:
        scene.frame_set(frame)
        points = points_of(cards)
        assert away_from(points, lids[frame]).max() < LOCK, frame
        reach[frame] = points
    assert np.linalg.norm(reach[3].mean(0) - reach[1].mean(0)) > 0.001, "they moved"
    if suffix != ".abc":
        assert cards.data.materials[0] is not None and rig_hair.NAME in cards.data.materials[0].name.replace("_", " ")


def test_a_rig_has_the_strands(blinking):
    scene, hair = bpy.context.scene, api.hair_of(blinking)
    rig = api.make_rig(blinking, frames=FRAMES)
    assert len(rig.strands) == len(hair) and api.hair_of(blinking) == hair
    for frame in FRAMES:
        scene.frame_set(frame)
        for copy, obj in zip(rig.strands, hair.values(), strict=True):
            assert np.abs(shown_points(copy) - shown_points(obj)).max() < 2e-4, frame
    assert all(each.animation_data is None and each["flame_melanin"] == pytest.approx(0.75) for each in rig.strands)


def test_a_glb_has_its_picture_and_a_mask(blinking, tmp_path):
    api.export_scene(blinking, tmp_path / "head.glb", frames=(1, 1))
    material = next(each for each in gltf_of(tmp_path / "head.glb")["materials"] if rig_hair.NAME in each["name"])
    assert material["alphaMode"] == "MASK" and material["doubleSided"]
    assert "baseColorTexture" in material["pbrMetallicRoughness"]


def gltf_of(path: Path) -> dict:
    """The JSON of a .glb (glTF 2.0, section 4)."""
    raw = path.read_bytes()
    (size,) = struct.unpack_from("<I", raw, 12)
    return json.loads(raw[20 : 20 + size])


def test_edited_strands_are_left_out_and_told(blinking, tmp_path):
    curves = api.hair_of(blinking)["LASHES"].data
    curves.attributes.remove(curves.attributes["flame_offsets"])
    written = api.export_scene(blinking, tmp_path / "head.abc", frames=(1, 1))
    assert [note for note in written.notes if "Lashes was edited" in note]


def test_the_meshs_own_lashes_are_hidden_while_grown_ones_are_there(built_in_head):
    def shown() -> list[str]:
        return [
            slot.material.name.split(".")[0] for slot in built_in_head.material_slots if "Lashes" in slot.material.name
        ]

    assert shown() == ["FLAME Lashes"]
    api.grow_hair(built_in_head, lashes="NATURAL", density=0.1)
    assert shown() == ["FLAME Lashes Hidden"]
    api.grow_hair(built_in_head, brows="NATURAL", density=0.1)
    assert shown() == ["FLAME Lashes"]
    api.grow_hair(built_in_head, lashes="NATURAL", density=0.1)
    api.remove_hair(built_in_head)
    assert shown() == ["FLAME Lashes"]
    assert {slot.link for slot in built_in_head.material_slots if "Lashes" in slot.material.name} == {"DATA"}
