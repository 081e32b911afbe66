"""Heads that take over a mesh file's looks: UVs, pictures, colours; beside what Blender itself bakes and evaluates."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bake.plain_copy import plain_copy_of
from flame_blender.errors import FlameError, ModelError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.axes import to_blender
from flame_blender.head import materials
from flame_blender.textures.texels import texels_of_triangles
from tests.texture_models.files import for_head
from tests.textured_meshes.writers import (
    Unwrapped,
    cylinder_uvs,
    write_deca,
    write_deca_detail,
    write_mat,
    write_psbody,
)

SIZE, BLOCK = 32, 8


@pytest.fixture
def person(flame_head, rng):
    """Vertices of somebody with an expression, and the model's triangles."""
    params = FlameParams(shape=rng.normal(size=20), expression=rng.normal(size=10) * 0.5, jaw=np.array([0.15, 0, 0]))
    model = api.model(flame_head)
    return FlameEvaluator(model).vertices(params), model.faces


@pytest.fixture
def picture(rng):
    """In blocks, between which alone a renderer mixes texels."""
    return np.kron(rng.integers(0, 256, (SIZE // BLOCK,) * 2 + (3,), np.uint8), np.ones((BLOCK, BLOCK, 1), np.uint8))


@pytest.fixture
def deca(person, picture, tmp_path):
    """face.obj with its pictures; the normal map is of the surface's own normals, FLAME's axes, and a little bent."""
    vertices, faces = person
    return write_deca(tmp_path / "face.obj", vertices, faces, cylinder_uvs(vertices, faces), picture)


def looks_of(obj):
    """All of a head that looks of a file could change."""
    mesh = obj.data
    return (
        [(slot.link, slot.material) for slot in obj.material_slots],
        list(mesh.materials),
        [(each.name, each.active, each.active_render) for each in mesh.uv_layers],
        [each.name for each in mesh.color_attributes],
        mesh.color_attributes.active_color_name,
    )


def corner_uvs(obj, name):
    uvs = np.empty((len(obj.data.loops), 2), np.float32)
    obj.data.uv_layers[name].uv.foreach_get("vector", uvs.ravel())
    return uvs


def corner_vertices(obj):
    corners = np.empty(len(obj.data.loops), np.int32)
    obj.data.loops.foreach_get("vertex_index", corners)
    return corners


def skin_material(obj):
    return obj.material_slots[materials.painted_slots(obj.data, api.model(obj))[0]].material


def test_an_import_takes_texture_and_uvs(flame_head, deca, person, picture):
    """Every corner has the file's UV, the picture's texels are those of the .png, in sRGB, and other slots stay."""
    vertices, faces = person
    eyes = [slot.material for slot in flame_head.material_slots][1:]
    made = api.import_meshes(deca, flame_head)
    uvs = cylinder_uvs(vertices, faces)
    assert made.obj == flame_head and made.looks.notes == ()
    assert np.array_equal(corner_vertices(flame_head), faces.ravel())
    assert np.abs(corner_uvs(flame_head, made.looks.shown.uv_map) - uvs.vt[uvs.ft.ravel()]).max() < 1e-6
    image = made.looks.shown.colour
    texels = np.empty(SIZE * SIZE * 4, np.float32)
    image.pixels.foreach_get(texels)
    assert np.abs(texels.reshape(SIZE, SIZE, 4)[::-1, :, :3] * 255 - picture).max() < 1e-3
    assert image.colorspace_settings.name == "sRGB" and image.packed_file is not None
    assert skin_material(flame_head) == made.looks.shown.material
    assert [slot.material for slot in flame_head.material_slots][1:] == eyes


@pytest.mark.newest
@pytest.mark.parametrize("quads", [False, True])
def test_two_layouts_of_uvs(flame_head, person, picture, tmp_path, quads):
    """Another release's become a map of their own, the same in another order none; joined to quads they lie as well."""
    vertices, faces = person
    if quads:
        api.show_quads(flame_head)
    first = cylinder_uvs(vertices, faces)
    turned = first.vt[::-1]
    path = write_psbody(tmp_path / "a.obj", vertices, faces, first, picture)
    one = api.take_looks(flame_head, path)
    again = write_psbody(tmp_path / "b.obj", vertices, faces, Unwrapped(turned, len(turned) - 1 - first.ft), picture)
    assert api.take_looks(flame_head, again).uv_map == one.uv_map and len(flame_head.data.uv_layers) == 1
    flame_head.data.uv_layers[0].name = "Own"
    own = corner_uvs(flame_head, "Own")
    other = Unwrapped(first.vt[:, ::-1] * 0.9, first.ft)
    two = api.take_looks(flame_head, write_psbody(tmp_path / "c.obj", vertices, faces, other, picture))
    assert two.uv_map != "Own" and len(flame_head.data.uv_layers) == 2
    of_vertex = {}
    for corners, uv in zip(faces, other.ft, strict=True):
        for vertex, row in zip(corners, uv, strict=True):
            of_vertex.setdefault(int(vertex), []).append(other.vt[row])
    found = zip(corner_vertices(flame_head), corner_uvs(flame_head, two.uv_map), strict=True)
    assert max(min(np.abs(uv - each).max() for each in of_vertex[int(vertex)]) for vertex, uv in found) < 1e-6
    assert np.array_equal(corner_uvs(flame_head, "Own"), own)


def covered(vertices, faces):
    """(S, S) the texels whose centres lie in a triangle, rows up."""
    uvs = cylinder_uvs(vertices, faces)
    return texels_of_triangles(vertices, faces, uvs.vt[uvs.ft], np.ones(len(faces), bool), SIZE).inside


def bake(obj, material, kind, size=SIZE):
    """(S, S, 3) of what Cycles bakes into a new picture in the object's active UVs, rows up."""
    image = bpy.data.images.new("Baked", size, size, float_buffer=True, is_data=True)
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    material.node_tree.nodes.active = node
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.bake.margin = 0
    for each in obj.material_slots:
        each.material = material
    bpy.context.view_layer.objects.active = obj
    obj.select_set(True)
    if kind == "EMIT":  # a diffuse surface is darker by what it mirrors
        shader = next(each for each in material.node_tree.nodes if each.type == "BSDF_PRINCIPLED")
        colour = shader.inputs["Base Color"].links[0].from_socket
        material.node_tree.links.new(colour, shader.inputs["Emission Color"])
        shader.inputs["Emission Strength"].default_value = 1.0
    bpy.ops.object.bake(type=kind, normal_space="OBJECT", pass_filter={"COLOR"}, use_clear=True)
    texels = np.empty(size * size * 4, np.float32)
    image.pixels.foreach_get(texels)
    return texels.reshape(size, size, 4)


@pytest.mark.oldest_and_newest
def test_a_render_sees_the_texels_of_the_file(flame_head, deca, person, picture):
    """What Cycles bakes at a texel's centre is the .png's texel there, made light as sRGB says."""
    made = api.take_looks(flame_head, deca)
    baked = bake(flame_head, made.material, "EMIT")
    stored = picture[::-1] / 255
    light = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    inner = np.arange(SIZE) % BLOCK > 0, np.arange(SIZE) % BLOCK < BLOCK - 1
    seen = covered(*person) & np.outer(inner[0] & inner[1], inner[0] & inner[1])
    assert seen.sum() > 200 and np.abs(baked[..., :3] - light)[seen].max() < 2e-3


@pytest.mark.oldest_and_newest
def test_decas_normal_map_shows_its_directions(flame_head, person, tmp_path, rng, picture):
    """Of the object's directions in FLAME's axes: Blender bakes them again from the map of the surface's."""
    vertices, faces = person
    api.import_meshes(
        write_psbody(tmp_path / "shape.obj", vertices, faces), flame_head
    )  # the head stands as in the file
    uvs = cylinder_uvs(vertices, faces)
    u, v = np.meshgrid((np.arange(SIZE) + 0.5) / SIZE, (np.arange(SIZE) + 0.5) / SIZE)
    around = 2 * np.pi * ((u - 0.1) / 0.55 - 0.5)
    directions = np.stack([np.sin(around), 0.3 * np.cos(9 * v), np.cos(around)], -1)
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    stored = np.round((0.5 + 0.5 * directions)[::-1] * 255).astype(np.uint8)
    made = api.take_looks(flame_head, write_deca(tmp_path / "face.obj", vertices, faces, uvs, picture, stored))
    assert made.normals.colorspace_settings.name == "Non-Color" and made.notes == ()
    baked = bake(flame_head, made.material, "NORMAL")
    found = 2 * baked[..., :3] - 1
    expected = to_blender(directions)
    seen = covered(vertices, faces)
    cosines = (found * expected).sum(-1)[seen] / np.linalg.norm(found, axis=-1)[seen]
    assert seen.mean() > 0.3 and np.median(np.degrees(np.arccos(np.clip(cosines, -1, 1)))) < 2


def test_colours_of_vertices_are_seen(flame_head, person, tmp_path, rng):
    """SRGB of 0 to 255 as an attribute that shaders see as light."""
    vertices, faces = person
    colours = rng.integers(0, 256, vertices.shape)
    made = api.take_looks(flame_head, write_deca_detail(tmp_path / "coloured.obj", vertices, faces, colours))
    attribute = flame_head.data.color_attributes[
        next(n for n in made.material.node_tree.nodes if n.type == "VERTEX_COLOR").layer_name
    ]
    light = np.empty(len(vertices) * 4, np.float32)
    attribute.data.foreach_get("color", light)
    stored = colours / 255
    expected = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    assert np.abs(light.reshape(-1, 4)[:, :3] - expected).max() < 1e-4


@pytest.mark.newest
def test_looks_that_cannot_be(flame_head, built_in_head, deca, person, tmp_path, picture):
    """One sentence, and the head as it was; a damaged picture is left out of an import that goes on."""
    vertices, faces = person
    before = [slot.material for slot in flame_head.material_slots]
    plain = write_psbody(tmp_path / "plain.obj", vertices, faces)
    with pytest.raises(ModelError, match="expected a mesh with looks, found none"):
        api.take_looks(flame_head, plain)
    with pytest.raises(ModelError, match="it has 5023 vertices" if len(vertices) == 5023 else "vertices"):
        api.take_looks(built_in_head, deca)
    with pytest.raises(FlameError, match="FLAME head"):
        api.take_looks(bpy.data.objects.new("Empty", None), deca)
    other = faces[:, [1, 2, 0]].copy()
    other[:, 0] = faces[::-1, 0]
    odd = write_psbody(tmp_path / "odd.obj", vertices, other, cylinder_uvs(vertices, other), picture)
    with pytest.raises(ModelError, match=r"The triangles of odd\.obj are not those"):
        api.take_looks(flame_head, odd)
    assert [slot.material for slot in flame_head.material_slots] == before and not flame_head.data.uv_layers
    png = deca.with_suffix(".png")
    png.write_bytes(png.read_bytes()[:60])
    made = api.import_meshes(deca, flame_head)
    assert "found a damaged one" in " ".join(made.summary()) and made.looks.shown.colour is None


def test_a_mesh_without_room_for_uvs_is_told(flame_head, deca):
    while flame_head.data.uv_layers.new() is not None:
        pass
    before = skin_material(flame_head)
    with pytest.raises(ModelError, match="as many UV maps as a mesh can have"):
        api.take_looks(flame_head, deca)
    made = api.import_meshes(deca, flame_head)
    assert "as many UV maps" in made.looks.notes[0] and skin_material(flame_head) == before


def test_a_linked_head_is_left_alone(flame_head, deca, tmp_path):
    """What is added to it would be gone when the file is opened again."""
    bpy.data.libraries.write(str(tmp_path / "away.blend"), {flame_head})
    with bpy.data.libraries.load(str(tmp_path / "away.blend"), link=True) as (_, here):
        here.objects = [flame_head.name]
    linked = here.objects[0]
    for add in (api.take_looks, api.add_detail_mesh, api.add_displacement):
        with pytest.raises(FlameError, match="comes from another file"):
            add(linked, deca)
    assert not linked.children and len(linked.modifiers) == len(flame_head.modifiers) and not linked.hide_render


def test_files_and_films_have_none_of_what_is_kept_to_put_looks_back(flame_head, deca):
    """Other programs would show it as properties of the object."""
    api.take_looks(flame_head, deca)
    copy = plain_copy_of(flame_head, bpy.context.collection)
    groups = {"flame_body", "flame_fit"}  # Blender 4.2 has them among the keys
    assert not {key for each in (copy, copy.data) for key in each.keys() if key.startswith("flame_")} - groups  # noqa: SIM118
    assert api.has_looks(flame_head)


def test_without_looks_the_head_keeps_its_own(flame_head, deca):
    before = [slot.material for slot in flame_head.material_slots]
    assert api.import_meshes(deca, flame_head, looks=False).looks is None
    assert [slot.material for slot in flame_head.material_slots] == before


def test_a_plain_mesh_has_them_too(person, tmp_path, rng, picture):
    """Of a topology that no model has."""
    vertices, faces = person[0][:1000], person[1][(person[1] < 1000).all(1)]
    made = api.import_meshes(
        write_psbody(tmp_path / "part.obj", vertices, faces, cylinder_uvs(vertices, faces), picture)
    )
    assert not api.is_head(made.obj) and made.obj.material_slots[0].material == made.looks.shown.material


def test_a_fit_brings_looks(flame_head, flame_model, deca):
    """And tells what it left out in its notes."""
    deca.with_suffix(".png").unlink()
    deca.with_suffix(".png").mkdir()
    fitted = api.fit_mesh(deca, flame_head)
    assert "found a folder" in " ".join(fitted.notes)
    deca.with_suffix(".png").rmdir()


@pytest.mark.newest
def test_a_glb_has_texture_and_normal_map(flame_head, person, picture, tmp_path):
    """As the format says it: a base colour and a normal texture, for UVs of the file."""
    vertices, faces = person
    normals = np.full((SIZE, SIZE, 3), (128, 128, 255), np.uint8)
    api.take_looks(
        flame_head, write_deca(tmp_path / "f.obj", vertices, faces, cylinder_uvs(vertices, faces), picture, normals)
    )
    api.export_scene(flame_head, tmp_path / "head.glb", frames=(1, 1))
    raw = (tmp_path / "head.glb").read_bytes()
    found = json.loads(raw[20 : 20 + int.from_bytes(raw[12:16], "little")])
    material = next(each for each in found["materials"] if "normalTexture" in each)
    colour = material["pbrMetallicRoughness"]["baseColorTexture"]
    used = [found["textures"][each["index"]]["source"] for each in (colour, material["normalTexture"])]
    assert [found["images"][source]["name"].split(".")[0] for source in used] == ["f", "f_normals"]


def test_buttons_and_drops(flame_head, deca, person, tmp_path, rng):
    """Each calls its function of the api, says what it did, and can be undone; what cannot be is greyed out or told."""
    vertices, faces = person
    detail = write_deca_detail(tmp_path / "face_detail.obj", vertices, faces, np.full(vertices.shape, 99))
    heights = write_mat(tmp_path / "face.mat", verts=vertices, displacement_map=np.full((4, 4), 1e-3))
    name = flame_head.name
    bpy.context.view_layer.objects.active = flame_head
    assert not bpy.ops.flame.remove_detail_mesh.poll() and not bpy.ops.flame.remove_displacement.poll()
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.flame.take_looks(filepath=str(deca)) == {"FINISHED"}
    assert bpy.ops.flame.add_detail_mesh(filepath=str(detail)) == {"FINISHED"}
    assert bpy.ops.flame.add_displacement(filepath=str(heights), levels=1) == {"FINISHED"}
    assert api.has_detail_mesh(flame_head) and api.has_displacement(flame_head)
    assert bpy.ops.flame.remove_detail_mesh() == {"FINISHED"} and bpy.ops.flame.remove_displacement() == {"FINISHED"}
    assert not api.has_detail_mesh(flame_head) and not api.has_displacement(flame_head)
    for operator, path in (("take_looks", heights), ("add_detail_mesh", heights), ("add_displacement", detail)):
        with pytest.raises(RuntimeError, match="expected"):
            getattr(bpy.ops.flame, operator)(filepath=str(path))
    bpy.ops.ed.undo_push(message="dropped")
    assert bpy.ops.flame.drop_meshes(directory=f"{tmp_path}/", files=[{"name": detail.name}]) == {"FINISHED"}
    assert api.has_detail_mesh(bpy.data.objects[name])
    with pytest.raises(RuntimeError, match="expected"):
        bpy.ops.flame.drop_meshes(directory=f"{tmp_path}/", files=[{"name": "none.obj"}])
    with pytest.raises(RuntimeError, match="found none"):
        bpy.ops.flame.drop_meshes(directory=f"{tmp_path}/")
    bpy.ops.ed.undo()
    assert not api.has_detail_mesh(bpy.data.objects[name])


def test_removed_looks_leave_the_head_as_it_was(flame_head, deca, person, picture, tmp_path, rng):
    """Taken once, or twice of several files, with a material of the user's own among those of before; and undo."""
    vertices, faces = person
    mine = bpy.data.materials.new("Mine")
    flame_head.material_slots[0].link, flame_head.material_slots[0].material = "OBJECT", mine
    bpy.context.view_layer.objects.active = flame_head
    before, images = looks_of(flame_head), {each.name for each in bpy.data.images}
    assert not api.remove_looks(flame_head)
    api.take_looks(flame_head, deca)
    coloured = write_deca_detail(tmp_path / "c.obj", vertices, faces, rng.integers(0, 256, (len(vertices), 3)))
    api.take_looks(flame_head, coloured)
    assert api.has_looks(flame_head) and skin_material(flame_head) != mine
    bpy.ops.ed.undo_push(message="looks")
    name = flame_head.name
    assert bpy.ops.flame.remove_looks("EXEC_DEFAULT", True) == {"FINISHED"}
    assert looks_of(flame_head) == before and not api.has_looks(flame_head)
    assert {each.name for each in bpy.data.images} <= {*images, "face.png"}
    bpy.ops.ed.undo()
    head = bpy.data.objects[name]
    assert api.has_looks(head) and skin_material(head).name == f"{name} File Looks"
    assert api.remove_looks(head)
    mine = bpy.data.materials["Mine"]
    assert (head.material_slots[0].link, head.material_slots[0].material) == ("OBJECT", mine)


@pytest.mark.oldest_and_newest
def test_removed_looks_over_a_skin_show_the_skin(flame_head, deca, tmp_path):
    """And the head's own material where the texture model was taken off in between; a displacement keeps its UVs."""
    model = api.model(flame_head)
    for_head(tmp_path / "FLAME_texture.npz", model.v_template, model.faces, 16, 3)
    api.install(tmp_path / "FLAME_texture.npz")
    own = looks_of(flame_head)
    api.set_texture(flame_head)
    skin = looks_of(flame_head)
    api.take_looks(flame_head, deca)
    assert api.remove_looks(flame_head) and looks_of(flame_head) == skin
    api.take_looks(flame_head, deca)
    api.set_texture(flame_head, None)
    assert api.remove_looks(flame_head) and looks_of(flame_head)[:2] == own[:2]
    api.take_looks(flame_head, deca)
    flame_head.modifiers.new("Map", "DISPLACE").uv_layer = "File UVs"
    assert api.remove_looks(flame_head) and "File UVs" in flame_head.data.uv_layers
    assert looks_of(flame_head)[:2] == own[:2]
