"""Detail meshes on heads: exact at rest, and following beside DECA's own rule; displacement beside plain arithmetic."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError, ModelError
from flame_blender.export import scene_files
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.axes import to_blender, to_flame
from tests.blender.conftest import shown
from tests.textured_meshes.writers import (
    cylinder_uvs,
    halved,
    upsampled,
    write_deca,
    write_deca_detail,
    write_mat,
    write_psbody,
)


def area_normals(vertices, faces):
    """DECA's vertex_normals."""
    corners = vertices[faces].astype(float)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros(vertices.shape)
    np.add.at(normals, faces, across[:, None])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


class Deca:
    """Somebody as DECA writes him: face.obj, face_detail.obj and face.mat."""

    def __init__(self, head, folder, rng):
        self.model = api.model(head)
        self.faces = self.model.faces
        self.evaluator = FlameEvaluator(self.model)
        self.fields = {"shape": rng.normal(size=20), "expression": rng.normal(size=10) * 0.5, "jaw": [0.1, 0, 0]}
        self.vertices = self.evaluator.vertices(FlameParams(**self.fields))
        self.corners, self.weights, self.dense_faces = halved(self.faces)
        places = (self.vertices[self.corners] * self.weights[..., None]).sum(1)
        self.heights = 0.001 * np.sin(150 * places).prod(1) + rng.normal(0, 2e-5, len(places))
        self.colours = rng.integers(0, 256, (len(self.corners), 3))
        self.uvs = cylinder_uvs(self.vertices, self.faces)
        picture = rng.integers(0, 256, (8, 8, 3), np.uint8)
        self.obj = write_deca(folder / "face.obj", self.vertices, self.faces, self.uvs, picture)
        self.dense = self.dense_at(self.vertices)
        self.detail = write_deca_detail(folder / "face_detail.obj", self.dense, self.dense_faces, self.colours)

    def dense_at(self, vertices):
        return upsampled(vertices, area_normals(vertices, self.faces), self.corners, self.weights, self.heights)


@pytest.fixture
def deca(flame_head, tmp_path, rng):
    return Deca(flame_head, tmp_path, rng)


def test_at_rest_it_is_the_file(flame_head, deca):
    """To float32's steps, with the coarse mesh playing; coloured, and the head out of renders."""
    made = api.import_meshes(deca.detail, flame_head)
    obj = made.looks.detail.obj
    assert obj.parent == flame_head and len(obj.data.vertices) == len(deca.dense)
    assert np.abs(shown(obj) - np.asarray(deca.dense, np.float32)).max() < 5e-7
    assert flame_head.hide_render and 0 < made.looks.detail.distance < 0.001
    light = np.empty(len(deca.dense) * 4, np.float32)
    obj.data.color_attributes[0].data.foreach_get("color_srgb", light)
    assert np.abs(light.reshape(-1, 4)[:, :3] * 255 - deca.colours).max() < 0.51


def test_it_follows_as_deca_would_lift_it(flame_head, deca):
    """Identity, expression and pose of the head: what upsample_mesh makes of the coarse mesh then; 99 % to 0.2 mm."""
    made = api.add_detail_mesh(flame_head, deca.detail)
    changed = {"shape": [1.0, -1.0], "expression": [0.0, 1.2], "jaw": [0.3, 0, 0], "neck": [0.1, 0.3, 0]}
    for fields in (deca.fields, changed):
        api.reset_params(flame_head)
        api.set_params(flame_head, **fields)
        vertices = shown(flame_head)
        off = np.linalg.norm(shown(made.obj) - deca.dense_at(vertices), axis=1)
        assert np.median(off) < 2e-6 and np.percentile(off, 99) < 2e-4
        assert (off > 3e-3).sum() <= 1, "of 20,018; where skins touch, behind an ear, one may go with the other"


def test_quads_subdivision_and_caches_do_not_disturb_it(flame_head, deca, tmp_path):
    """The head's vertices keep their numbers; a bake plays it."""
    made = api.add_detail_mesh(flame_head, deca.detail)
    api.set_params(flame_head, **deca.fields)
    before = shown(made.obj)
    api.show_quads(flame_head)
    assert np.percentile(np.abs(shown(made.obj) - before), 99) < 1e-4
    api.show_quads(flame_head, False)
    assert np.abs(shown(made.obj) - before).max() < 1e-7
    simple = flame_head.modifiers.new("Subdivision", "SUBSURF")
    simple.subdivision_type = "SIMPLE"
    assert np.percentile(np.abs(shown(made.obj) - before), 99) < 1e-4
    flame_head.modifiers.remove(simple)
    api.bake_cache(flame_head, frames=(1, 2), path=tmp_path / "a.pc2")
    api.set_params(flame_head, jaw=(0.5, 0, 0))
    assert np.abs(shown(made.obj) - before).max() < 1e-6


def test_saved_duplicated_undone_and_removed(flame_head, deca, tmp_path):
    """A copy of both follows the copy; the file opens as it was saved; removing shows the head again."""
    made = api.add_detail_mesh(flame_head, deca.detail)
    name, detail = flame_head.name, made.obj.name
    bpy.ops.object.select_all(action="DESELECT")
    for obj in (flame_head, made.obj):
        obj.select_set(True)
    bpy.context.view_layer.objects.active = flame_head
    bpy.ops.object.duplicate()
    copy = next(obj for obj in bpy.context.selected_objects if api.is_head(obj))
    of_copy = next(obj for obj in bpy.context.selected_objects if obj != copy)
    at_rest = shown(made.obj)
    api.set_params(copy, jaw=(0.4, 0, 0))
    assert np.abs(shown(made.obj) - at_rest).max() < 1e-7 and np.abs(shown(of_copy) - at_rest).max() > 0.01
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    head, obj = bpy.data.objects[name], bpy.data.objects[detail]
    assert api.has_detail_mesh(head) and np.abs(shown(obj) - at_rest).max() < 1e-7
    api.set_params(head, jaw=(0.4, 0, 0))
    assert np.abs(shown(obj) - at_rest).max() > 0.01
    api.add_detail_mesh(head, deca.detail)
    assert sum(each.parent == head for each in bpy.data.objects) == 1
    assert api.remove_detail_mesh(head) and not head.hide_render and head.display_type == "TEXTURED"
    assert not api.remove_detail_mesh(head) and not api.has_detail_mesh(head)


def test_an_overridden_head_is_shown_again_as_it_was(flame_head, deca, tmp_path):
    """Saved and opened between: what is added to a linked head is no part of the file, what is changed of it is."""
    flame_head.display_type, name = "SOLID", flame_head.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, here):
        here.objects = [name]
    bpy.context.collection.objects.link(here.objects[0])
    api.add_detail_mesh(here.objects[0].override_create(remap_local_usages=True), deca.detail)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
    head = next(obj for obj in bpy.data.objects if obj.override_library)
    assert head.hide_render and head.display_type == "BOUNDS" and api.has_detail_mesh(head)
    assert api.remove_detail_mesh(head) and not head.hide_render and head.display_type == "SOLID"


@pytest.mark.parametrize("suffix", [".usdc", ".abc"])
@pytest.mark.oldest
def test_exported_files_have_it(flame_head, deca, tmp_path, suffix):
    """Moving with the head: read back each frame is what the scene shows."""
    made = api.add_detail_mesh(flame_head, deca.detail)
    for frame, jaw in ((1, 0.0), (3, 0.4)):
        api.set_params(flame_head, jaw=(jaw, 0, 0))
        api.keyframe(flame_head, frame)
    expected = []
    for frame in (1, 3):
        bpy.context.scene.frame_set(frame)
        expected.append(shown(made.obj))
    path = tmp_path / f"moving{suffix}"
    api.export_scene(flame_head, path, frames=(1, 3))
    before = set(bpy.data.objects)
    importer = bpy.ops.wm.usd_import if suffix == ".usdc" else bpy.ops.wm.alembic_import
    importer(filepath=str(path))
    found = [obj for obj in bpy.data.objects if obj not in before and obj.type == "MESH"]
    (dense,) = (obj for obj in found if len(obj.data.vertices) == len(deca.dense))
    for frame, wanted in zip((1, 3), expected, strict=True):
        bpy.context.scene.frame_set(frame)
        place = np.array(dense.matrix_world)
        there = to_flame((to_blender(shown(dense)) @ place[:3, :3].T + place[:3, 3]).astype(np.float32))
        assert np.abs(there - wanted).max() < 1e-5


@pytest.mark.oldest
def test_a_native_rig_has_it(flame_head, deca):
    """A copy on the rig's skin; the rig's jaw moves it."""
    made = api.add_detail_mesh(flame_head, deca.detail)
    api.set_params(flame_head, **deca.fields)
    rig = api.make_rig(flame_head, animated=False)
    assert scene_files.DETAIL_LEFT_OUT in scene_files._left_out(flame_head, api.get_params(flame_head)), "GLB and FBX"
    assert np.abs(shown(rig.detail) - shown(made.obj)).max() < 2e-4
    before = shown(rig.detail)
    rig.armature.pose.bones["jaw"].rotation_quaternion = (0.9, 0.3, 0, 0)
    assert np.abs(shown(rig.detail) - before).max() > 0.01
    assert np.abs(shown(made.obj) - before).max() < 2e-4


@pytest.mark.oldest
def test_what_is_no_detail_of_the_head(flame_head, built_in_head, deca, tmp_path):
    """One sentence, nothing changed."""
    before = set(bpy.data.objects)
    far = write_deca_detail(tmp_path / "far_detail.obj", deca.dense + 0.3, deca.dense_faces, deca.colours)
    with pytest.raises(ModelError, match="mm off"):
        api.add_detail_mesh(flame_head, far)
    with pytest.raises(ModelError, match="mm off"):
        api.add_detail_mesh(flame_head, far, coarse=deca.obj)
    with pytest.raises(ModelError, match="expected the head's own mesh"):
        api.add_detail_mesh(built_in_head, deca.detail)
    with pytest.raises(FlameError, match="expected a mesh with faces"):
        api.add_detail_mesh(flame_head, tmp_path / "face.npy")
    assert set(bpy.data.objects) == before and not flame_head.hide_render


@pytest.mark.oldest
def test_emocas_coarse_mesh_is_found_beside(flame_head, deca, tmp_path):
    """EMOCA writes mesh_coarse.obj and mesh_detail.obj: bound by the former though the head is another person's."""
    deca.obj.rename(tmp_path / "mesh_coarse.obj")
    made = api.add_detail_mesh(flame_head, deca.detail.rename(tmp_path / "mesh_detail.obj"))
    assert made.notes[0] == "Bound by mesh_coarse.obj."
    api.set_params(flame_head, **deca.fields)
    assert np.abs(shown(made.obj) - deca.dense).max() < 1e-6


@pytest.mark.oldest
def test_without_a_coarse_mesh_the_head_is_taken_as_it_is(flame_head, deca, tmp_path):
    lone = tmp_path / "elsewhere" / "face_detail.obj"
    lone.parent.mkdir()
    lone.write_bytes(deca.detail.read_bytes())
    api.set_params(flame_head, **deca.fields)
    made = api.add_detail_mesh(flame_head, lone)
    assert "no coarse mesh" in made.notes[0]
    assert np.abs(shown(made.obj) - np.asarray(deca.dense, np.float32)).max() < 1e-6


@pytest.mark.oldest
def test_a_fit_brings_the_detail_mesh(flame_head, deca):
    """The head fits the coarse mesh, and the detail mesh lies on it in the world as in the file."""
    api.fit_mesh(deca.detail, flame_head)
    obj = next(child for child in flame_head.children)
    bpy.context.view_layer.update()
    place = np.array(obj.matrix_world)
    off = to_blender(shown(obj)) @ place[:3, :3].T + place[:3, 3] - deca.dense
    assert np.abs(off).max() < 2e-4


def smooth_map(size=64):
    """Heights that bilinear reading follows: metres, top row first."""
    u = (np.arange(size) + 0.5) / size
    return (0.002 * np.sin(7 * u)[None, :] * np.cos(5 * u)[:, None] - 0.001).astype(np.float32)


@pytest.mark.every_version
@pytest.mark.parametrize("quads", [False, True])
def test_a_displacement_lifts_by_metres(flame_head, deca, tmp_path, quads):
    """Where the map is smooth: each vertex of the subdivided head by the map's number at its UV, along its normal."""
    if quads:
        api.show_quads(flame_head)
    heights = smooth_map()
    path = write_mat(tmp_path / "face.mat", displacement_map=heights[None])
    api.set_params(flame_head, **deca.fields)
    made = api.add_displacement(flame_head, path, levels=1)
    assert [each.type for each in flame_head.modifiers][-2:] == ["SUBSURF", "DISPLACE"]
    assert made.image.is_float and made.image.colorspace_settings.name == "Non-Color" and made.image.packed_file
    assert made.largest == pytest.approx(float(np.abs(heights).max()))
    displaced = shown(flame_head)
    made.modifier.show_viewport = False
    evaluated = flame_head.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    count = len(evaluated.vertices)
    points, normals = np.empty((2, count, 3), np.float32)
    evaluated.vertices.foreach_get("co", points.ravel())
    evaluated.vertex_normals.foreach_get("vector", normals.ravel())
    corners, uvs = np.empty(len(evaluated.loops), np.int32), np.empty((len(evaluated.loops), 2), np.float32)
    evaluated.loops.foreach_get("vertex_index", corners)
    evaluated.uv_layers[made.modifier.uv_layer].uv.foreach_get("vector", uvs.ravel())
    of_vertex = np.zeros((count, 2))
    of_vertex[corners] = uvs
    # beyond the outermost texels' centres they count
    u, v = np.clip(of_vertex.T, 0.5 / len(heights), 1 - 0.5 / len(heights))
    expected = 0.002 * np.sin(7 * u) * np.cos(5 * (1 - v)) - 0.001
    lifted = ((to_blender(displaced) - points) * normals).sum(1)
    one_uv = np.ones(count, bool)
    one_uv[corners[np.abs(of_vertex[corners] - uvs).max(1) > 1e-6]] = False
    assert one_uv.mean() > 0.9 and np.abs(lifted - expected)[one_uv].max() < 3e-5
    assert np.abs(to_blender(displaced) - points - lifted[:, None] * normals).max() < 1e-6


def test_a_displacement_behind_the_users_subdivision(flame_head, deca, tmp_path):
    """Which stays as it is, and stays when the displacement goes."""
    mine = flame_head.modifiers.new("Mine", "SUBSURF")
    flame_head.modifiers.new("Bend", "SIMPLE_DEFORM")
    path = write_mat(tmp_path / "face.mat", displacement_map=smooth_map())
    api.add_displacement(flame_head, path)
    api.add_displacement(flame_head, path)
    names = [each.name for each in flame_head.modifiers if each.name != "FLAME Deformation"]
    assert names == ["Mine", "FLAME Displacement", "Bend"] and mine.levels == 1
    assert api.remove_displacement(flame_head) and not api.remove_displacement(flame_head)
    assert "Mine" in flame_head.modifiers and not bpy.data.textures
    api.add_displacement(flame_head, path, levels=3)
    flame_head.modifiers.remove(mine)
    api.remove_displacement(flame_head)
    api.add_displacement(flame_head, path, levels=3)
    assert flame_head.modifiers["FLAME Subdivision"].levels == 3
    assert api.has_displacement(flame_head) and api.remove_displacement(flame_head)
    assert "FLAME Subdivision" not in flame_head.modifiers


@pytest.mark.newest
def test_a_painted_skin_stays_in_its_own_uvs(flame_head, deca, tmp_path):
    """A displacement and a mesh without pictures bring UVs: renders go on with those that the head's skin lies in."""
    flame_head.data.uv_layers.new(name="Painted")
    path = write_mat(tmp_path / "face.mat", displacement_map=smooth_map())
    made = api.add_displacement(flame_head, path)
    plain = write_psbody(
        tmp_path / "plain.obj", deca.vertices, deca.faces, cylinder_uvs(0.9 * deca.vertices, deca.faces)
    )
    api.import_meshes(plain, flame_head)
    layers = flame_head.data.uv_layers
    assert len(layers) > 1 and layers["Painted"].active_render and layers.active.name == "Painted"
    assert made.modifier.uv_layer != "Painted"
    colour = np.full((3, 16, 16), 0.5, np.float32)
    again = api.add_displacement(flame_head, write_mat(path, displacement_map=smooth_map(), uv_texture_gt=colour))
    assert layers[again.modifier.uv_layer].active_render, "where the file's own texture is shown, its UVs are rendered"


@pytest.mark.oldest
def test_an_imported_mat_displaces_and_colours(flame_head, deca, tmp_path, rng):
    """Saved and opened again the map's floats are the same."""
    heights = rng.normal(0, 0.002, (1, 256, 256)).astype(np.float32)
    texture = rng.uniform(0, 1, (3, 16, 16)).astype(np.float32)
    path = write_mat(tmp_path / "face.mat", verts=deca.vertices, displacement_map=heights, uv_texture_gt=texture)
    made = api.import_meshes(path, flame_head)
    assert made.looks.notes == () and api.has_displacement(flame_head)
    name = flame_head.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    image = bpy.data.objects[name].modifiers["FLAME Displacement"].texture.image
    texels = np.empty(256 * 256 * 4, np.float32)
    image.pixels.foreach_get(texels)
    assert np.array_equal(texels.reshape(256, 256, 4)[::-1, :, 0], heights[0])


def test_displacements_that_cannot_be(flame_head, built_in_head, deca, tmp_path):
    """One sentence each; an import goes on without."""
    heights = smooth_map()
    elsewhere = write_mat(tmp_path / "other.mat", verts=deca.vertices, displacement_map=heights)
    for head, path, said in (
        (built_in_head, elsewhere, "expected a FLAME head"),
        (flame_head, elsewhere, "no UVs of FLAME"),
        (flame_head, write_mat(tmp_path / "none.mat", verts=deca.vertices), "expected DECA's array displacement_map"),
    ):
        with pytest.raises(FlameError, match=said):
            api.add_displacement(head, path)
        assert not api.has_displacement(head)
    with pytest.raises(FlameError, match="Levels of subdivision must be 1 to 6"):
        api.add_displacement(flame_head, elsewhere, levels=9)
    made = api.import_meshes(elsewhere, flame_head)
    assert "no UVs of FLAME" in " ".join(made.summary())
    assert np.abs(shown(flame_head) - to_flame(to_blender(deca.vertices))).max() < 1e-6
