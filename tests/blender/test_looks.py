"""How a head of a FLAME file looks: the painted skin by one button, round eyes, quads."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import ParameterError
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.head import models
from flame_blender.looks.gaze import IRIS_ANGLE, PUPIL_ANGLE, eye_colours
from flame_blender.shading.eye_material import EYE, EYE_IRIS, EYE_PUPIL, EYES, GAZE
from tests.blender.computed_face import ComputedFace

pytestmark = pytest.mark.oldest_and_newest
PUPIL_BEHIND_THE_CORNEA = 10.9 / 13  # of the eyeball's radius, in the built-in head
PAINTED = {"FLAME Skin (face_like)", "FLAME Lips (face_like)", "FLAME Mouth", *EYES}


@pytest.fixture
def installed(computed_face: ComputedFace) -> ComputedFace:
    computed_face.install()
    return computed_face


@pytest.fixture
def painted_head(installed) -> bpy.types.Object:
    return api.add_head("face_like")


def slots_of(head: bpy.types.Object) -> set[str]:
    return {slot.material.name for slot in head.material_slots}


def corner_uvs(head: bpy.types.Object) -> set[tuple[int, float, float]]:
    """Vertex and UV of each corner."""
    layer = head.data.uv_layers[0]
    return {(loop.vertex_index, *np.round(layer.uv[loop.index].vector, 5).tolist()) for loop in head.data.loops}


def test_a_new_head_is_painted(painted_head):
    assert slots_of(painted_head) == PAINTED and not api.lacks_looks(painted_head)
    (image,) = [image for image in bpy.data.images if image.name == "face_like Skin"]
    assert tuple(image.size) == (2048, 2048) and image.packed_file is not None
    assert [layer.name for layer in painted_head.data.uv_layers] == ["UVMap"]
    other = api.add_head("face_like")
    assert slots_of(other) == PAINTED and api.missing_parts(other) == ()


def test_a_cornea_is_over_the_iris(painted_head):
    """A clear coat of the cornea's index on the eyeballs of a FLAME file, domed by its own relief over the iris."""
    (slot,) = (n for n, each in enumerate(painted_head.material_slots) if each.material.name == EYE)
    assert sum(polygon.material_index == slot for polygon in painted_head.data.polygons) > 500
    nodes = painted_head.material_slots[slot].material.node_tree.nodes
    (shader,) = (node for node in nodes if node.type == "BSDF_PRINCIPLED")
    assert shader.inputs["Coat Weight"].default_value == 1
    assert shader.inputs["Coat IOR"].default_value == pytest.approx(1.376)
    coat, below = (shader.inputs[name].links[0].from_node for name in ("Coat Normal", "Normal"))
    assert coat != below and coat.inputs["Distance"].default_value == pytest.approx(1.1e-3)
    assert coat.inputs["Height"].is_linked and below.inputs["Height"].is_linked


def test_the_button_paints_heads_that_are_plain(installed, small_paintings):
    for path in (models.user_folder() / "looks").iterdir():
        path.unlink()
    plain, own = api.add_head("face_like"), api.add_head("face_like")
    own.data.materials[0] = bpy.data.materials.new("Mine")
    assert slots_of(plain) == {"FLAME Skin", *EYES} and api.lacks_looks(plain)
    bpy.context.view_layer.objects.active = plain
    assert bpy.ops.flame.compute_looks() == {"FINISHED"}
    assert slots_of(plain) == PAINTED and plain.data.uv_layers
    assert slots_of(own) == {"Mine", *EYES} and not own.data.uv_layers
    assert not bpy.ops.flame.compute_looks.poll()
    with pytest.raises(ParameterError, match="brings its own"):
        api.compute_looks(api.BUILT_IN)


def test_quads_and_back(painted_head):
    mesh = painted_head.data
    triangles = {frozenset(polygon.vertices) for polygon in mesh.polygons}
    before = corner_uvs(painted_head)
    positions = np.array([vertex.co[:] for vertex in mesh.vertices])
    painted_head.shape_key_add(name="Basis")
    key = painted_head.shape_key_add(name="Key")
    key.data[7].co.x += 0.01
    painted_head.vertex_groups.new(name="Mine").add([3, 4], 0.5, "REPLACE")
    keyed = np.array([point.co[:] for point in key.data])
    count = api.show_quads(painted_head)
    sizes = [len(polygon.vertices) for polygon in mesh.polygons]
    assert sizes.count(4) == count > 3500 and sizes.count(3) == len(triangles) - 2 * count
    area = sum(polygon.area for polygon in mesh.polygons)
    assert np.array_equal(np.array([vertex.co[:] for vertex in mesh.vertices]), positions)
    assert np.array_equal([point.co[:] for point in mesh.shape_keys.key_blocks["Key"].data], keyed)
    assert painted_head.vertex_groups["Mine"].weight(4) == 0.5 and corner_uvs(painted_head) == before
    assert api.missing_parts(painted_head) == () and slots_of(painted_head) == PAINTED
    api.set_params(painted_head, jaw=(0.2, 0, 0))
    api.reset_params(painted_head)
    assert api.show_quads(painted_head, join=False) == 0
    assert {frozenset(polygon.vertices) for polygon in mesh.polygons} == triangles
    assert corner_uvs(painted_head) == before and GAZE in mesh.attributes
    assert sum(polygon.area for polygon in mesh.polygons) == pytest.approx(area, rel=0.01)


def test_a_head_of_quads_has_none_to_join(built_in_head):
    with pytest.raises(ParameterError, match="quads of its own"):
        api.show_quads(built_in_head)


@pytest.mark.usefixtures("flame_model")
@pytest.mark.parametrize("any_model", ["built-in", "flame"], indirect=True)
def test_the_gaze_is_seen_in_solid_view(any_model):
    """Dark polygons in the middle of coloured ones, both round and about as large as in a render, look with the eye."""
    head = api.add_head(any_model)
    left, _right = eyeballs_of(api.model(head).v_template, api.model(head).faces)
    for turn in (0.0, 25.0):
        api.set_params(head, left_eye=(0, np.radians(turn), 0))
        seen = solid_eye(head, left, turn)
        for name, angle in ((EYE_PUPIL, PUPIL_ANGLE), (EYE_IRIS, IRIS_ANGLE)):
            off, shown = seen[name]
            assert 0.55 * angle < off.max() < 1.2 * angle, (name, turn)  # FLAME's rings are 6 to 7 degrees apart
            brightness = sum(shown[:3])
            assert brightness < 0.1 if name == EYE_PUPIL else brightness < 0.7 * sum(seen[EYE][1][:3])
        assert seen[EYE][0].min() > 0.75 * IRIS_ANGLE


def solid_eye(head: bpy.types.Object, ball, turn: float) -> dict[str, tuple[np.ndarray, tuple[float, ...]]]:
    """By material: angles of the left eye's corners from where it looks, and the colour in Solid view."""
    direction = np.array([np.sin(np.radians(turn)), -np.cos(np.radians(turn)), 0.0])
    centre = np.array([ball.centre[0], -ball.centre[2], ball.centre[1]])
    found = {}
    for number, slot in enumerate(head.material_slots):
        polygons = [each for each in head.data.polygons if each.material_index == number]
        corners = np.array([head.data.vertices[v].co for each in polygons for v in each.vertices if each.center.x > 0])
        if slot.material.name in EYES and len(corners):
            away = corners - centre
            away /= np.linalg.norm(away, axis=1, keepdims=True)
            found[slot.material.name] = np.arccos(np.clip(away @ direction, -1, 1)), slot.material.diffuse_color[:]
    return found


@pytest.mark.usefixtures("flame_model")
@pytest.mark.parametrize("any_model", ["built-in", "flame"], indirect=True)
def test_eyes_that_were_all_white_show_their_gaze_once_updated(any_model):
    """As heads of earlier versions are; a polygon with a material of the user's own keeps it."""
    head = api.add_head(any_model)
    mesh = head.data
    slots = np.array([polygon.material_index for polygon in mesh.polygons])
    rows = {slot.material.name: number for number, slot in enumerate(head.material_slots)}
    iris, pupil = np.flatnonzero(slots == rows[EYE_IRIS]), np.flatnonzero(slots == rows[EYE_PUPIL])
    mesh.materials.append(bpy.data.materials.new("Glass"))
    mesh.materials[rows[EYE_IRIS]] = mesh.materials[rows[EYE_PUPIL]] = mesh.materials[rows[EYE]]
    slots[iris[3]] = len(mesh.materials) - 1
    mesh.polygons.foreach_set("material_index", slots)
    assert api.missing_parts(head) == ("eyes",) == api.update_head(head)
    names = [head.material_slots[polygon.material_index].material.name for polygon in mesh.polygons]
    assert {names[each] for each in np.delete(iris, 3)} == {EYE_IRIS} and names[iris[3]] == "Glass"
    assert {names[each] for each in pupil} == {EYE_PUPIL} and api.missing_parts(head) == ()


@pytest.mark.usefixtures("flame_model")
@pytest.mark.parametrize("any_model", ["built-in", "flame"], indirect=True)
@pytest.mark.parametrize("turn", [0.0, 25.0])
def test_pupil_and_iris_are_round(any_model, turn, tmp_path):
    """Seen along the gaze, from a render: as wide as high, as large as their angles say, however the eye is turned."""
    head = api.add_head(any_model)
    model = api.model(head)
    left = eyeballs_of(model.v_template, model.faces)[0]
    api.set_params(head, left_eye=(0, np.radians(turn), 0))
    seen = rendered_eye(head, left, turn, tmp_path)
    place = (np.arange(96) + 0.5) / 48 - 1
    dark = (seen[..., :3].sum(-1) < 0.12) & (np.hypot(*np.meshgrid(place, place)) < 0.6)
    widths = np.ptp(np.argwhere(dark), axis=0) + 1
    pixel = 2 * left.radius / len(seen)
    depth = np.cos(PUPIL_ANGLE) if any_model != api.BUILT_IN else PUPIL_BEHIND_THE_CORNEA
    wanted = 2 * left.radius * depth * np.tan(PUPIL_ANGLE) / pixel
    assert abs(widths[0] - widths[1]) <= 2
    np.testing.assert_allclose(widths, wanted, rtol=0.12)
    blue = seen[..., 2] > 1.15 * seen[..., 0]
    across = np.ptp(np.argwhere(blue), axis=0) + 1
    assert abs(across[0] - across[1]) <= 0.06 * across[0]
    np.testing.assert_allclose(across, 2 * left.radius * np.sin(IRIS_ANGLE) / pixel, rtol=0.12)


def rendered_eye(head: bpy.types.Object, ball, turn: float, folder: Path) -> np.ndarray:
    """(96, 96, 4) linear colours of the left eyeball alone, seen along its gaze, its material's colour given off."""
    mesh = head.data
    for name in EYES:
        tree = bpy.data.materials[name].node_tree
        (shown,) = (node for node in tree.nodes if node.type == "GROUP")
        glow = tree.nodes.new("ShaderNodeEmission")
        output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
        tree.links.new(shown.outputs["Color"], glow.inputs["Color"])
        tree.links.new(glow.outputs[0], output.inputs["Surface"])
    clear = bpy.data.materials.new("Clear")
    if bpy.app.version < (5, 0):
        clear.use_nodes = True
    tree = clear.node_tree
    nothing = tree.nodes.new("ShaderNodeBsdfTransparent")
    tree.links.new(nothing.outputs[0], next(n for n in tree.nodes if n.type == "OUTPUT_MATERIAL").inputs["Surface"])
    for slot, material in enumerate(mesh.materials):
        if material.name not in EYES:
            mesh.materials[slot] = clear
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    bpy.context.scene.collection.objects.link(camera)
    camera.data.type, camera.data.ortho_scale = "ORTHO", 2 * ball.radius
    angle = np.radians(turn)
    x, y, z = ball.centre
    away = 0.05 * np.array([np.sin(angle), -np.cos(angle), 0])
    camera.location = np.array([x, -z, y]) + away
    camera.rotation_euler = (np.pi / 2, 0, angle)
    camera.data.clip_start = 0.001
    scene = bpy.context.scene
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 8
    scene.cycles.use_denoising, scene.cycles.transparent_max_bounces = False, 32
    scene.render.resolution_x = scene.render.resolution_y = 96
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.filepath = str(folder / "eye.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.empty(96 * 96 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(96, 96, 4)


def test_the_shader_shows_what_the_picture_for_files_shows(flame_head, tmp_path):
    """Nodes against NumPy, over the front of an eye, in a colour of the user's."""
    flame_head.flame.iris_colour, flame_head.flame.iris_centre = (0.35, 0.12, 0.03), (0.1, 0.3, 0.05)
    flame_head.flame.iris_centre_amount = 0.5
    model = api.model(flame_head)
    left = eyeballs_of(model.v_template, model.faces)[0]
    seen = rendered_eye(flame_head, left, 0.0, tmp_path)[..., :3]
    place = (np.arange(96) + 0.5) / 48 - 1
    x, y = np.meshgrid(place, place)
    inside = np.hypot(x, y) < 0.8
    directions = np.stack([x, y, np.sqrt(np.maximum(1 - x * x - y * y, 0))], -1)
    wanted = eye_colours(directions[inside], (0.35, 0.12, 0.03), (0.225, 0.21, 0.04))
    off = np.abs(seen[inside] - wanted)
    assert np.median(off) < 0.02 and np.percentile(off, 90) < 0.12
