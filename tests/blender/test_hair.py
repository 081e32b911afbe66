"""Hair of heads in a scene: it follows what Blender evaluates the head to, and goes without a trace."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import ParameterError
from flame_blender.hair import following_nodes, hair_material
from flame_blender.hair_strands.melanin import colour_of
from flame_blender.operators.grow_hair import FLAME_OT_grow_hair
from tests.blender.conftest import random_fields

pytestmark = pytest.mark.oldest_and_newest  # nodes and curves of the versions between: once more

CLOSE = 3e-6  # metres
THIN = {"density": 0.02, "seed": 5}
PIECES = {"scalp": "CROP", "brows": "NATURAL", "lashes": "LONG", "beard": "FULL", "moustache": "NATURAL"}


@pytest.fixture
def head(computed_face) -> bpy.types.Object:
    """A FLAME file's head with hair everywhere."""
    computed_face.install()
    made = api.add_head("face_like")
    api.grow_hair(made, **PIECES, **THIN)
    return made


def values_of(curves: bpy.types.Curves, name: str) -> np.ndarray:
    """(n, 3) of an attribute, for each point; those of strands are repeated."""
    attribute = curves.attributes[name]
    values = np.empty((len(attribute.data), 3), np.float32)
    attribute.data.foreach_get("vector", values.ravel())
    if attribute.domain == "CURVE":
        values = np.repeat(values, [each.points_length for each in curves.curves], 0)
    return values


def shown_points(obj: bpy.types.Object) -> np.ndarray:
    """(n, 3) in the world, as views show them: the first strands."""
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    matrix = np.array(evaluated.matrix_world)
    return values_of(evaluated.data, "position") @ matrix[:3, :3].T + matrix[:3, 3]


def expected(obj: bpy.types.Object, head: bpy.types.Object) -> np.ndarray:
    """(n, 3) in the world: each point in the frame of its triangle of the evaluated head, worked out for each."""
    curves = obj.data
    evaluated = head.evaluated_get(bpy.context.evaluated_depsgraph_get())
    vertices = np.empty((len(evaluated.data.vertices), 3), np.float32)
    evaluated.data.vertices.foreach_get("co", vertices.ravel())
    matrix = np.array(evaluated.matrix_world, np.float64)
    own = np.array(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world, np.float64)
    both = np.linalg.inv(own) @ matrix
    vertices = vertices @ both[:3, :3].T + both[:3, 3]
    corners = values_of(curves, following_nodes.CORNERS).astype(int)
    a, b, c = (vertices[corners[:, k]] for k in range(3))
    weights, offsets = (values_of(curves, each) for each in (following_nodes.WEIGHTS, following_nodes.OFFSETS))
    along = (b - a) / np.linalg.norm(b - a, axis=1, keepdims=True)
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    points = weights[:, :1] * a + weights[:, 1:2] * b + weights[:, 2:] * c
    points += offsets[:, :1] * along + offsets[:, 1:2] * np.cross(normal, along) + offsets[:, 2:] * normal
    return points @ own[:3, :3].T + own[:3, 3]


def follows(head: bpy.types.Object) -> bool:
    found = []
    bpy.context.view_layer.update()
    for obj in api.hair_of(head).values():
        points = shown_points(obj)
        found.append(len(points) > 0 and np.abs(points - expected(obj, head)[: len(points)]).max() < CLOSE)
    return len(found) == len(PIECES) and all(found)


def grown_at(obj: bpy.types.Object) -> np.ndarray:
    return values_of(obj.data, "position")


def test_it_grows_on_the_head_as_its_children(head):
    made = api.hair_of(head)
    assert list(made) == ["SCALP", "BROWS", "LASHES", "BEARD", "MOUSTACHE"]
    assert all(obj.parent == head and obj.type == "CURVES" and obj.material_slots[0].material for obj in made.values())
    assert {name: getattr(head.flame_hair, name) for name in PIECES} == PIECES
    for obj in made.values():
        points = shown_points(obj)
        assert np.abs(points - grown_at(obj)[: len(points)]).max() < CLOSE, "at rest it is where it grew"
    assert follows(head)


def test_it_follows_whatever_moves_the_head(head, rng):
    before = {piece: shown_points(obj) for piece, obj in api.hair_of(head).items()}
    api.set_params(head, **random_fields(head, rng))
    assert follows(head)
    moved = {piece: np.abs(shown_points(obj) - before[piece]).max() for piece, obj in api.hair_of(head).items()}
    assert min(moved.values()) > 0.001
    head.location, head.rotation_euler, head.scale = (0.3, -1, 2), (0.4, 0.2, -1), (2, 2, 2)
    assert follows(head)
    head.flame.keyframe_insert("jaw", frame=1)
    head.flame.jaw[0] = 0.4
    head.flame.keyframe_insert("jaw", frame=11)
    for frame in (1, 6, 11):
        bpy.context.scene.frame_set(frame)
        assert follows(head), frame


def test_lashes_go_down_when_the_eyes_shut(head):
    made = api.hair_of(head)["LASHES"]
    bpy.context.view_layer.update()
    before = shown_points(made)
    api.set_arkit(head, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    assert follows(head)
    down = (before - shown_points(made))[:, 2]
    assert np.quantile(down, 0.9) > 0.003


def test_applied_transforms(head):
    head.rotation_euler, head.scale, head.location = (0.3, 0.1, 0.7), (1.5, 1.5, 1.5), (0.1, 0.2, 0.3)
    bpy.context.view_layer.update()
    before = {piece: shown_points(obj) for piece, obj in api.hair_of(head).items()}
    with bpy.context.temp_override(active_object=head, selected_editable_objects=[head], selected_objects=[head]):
        bpy.ops.object.transform_apply()
    bpy.context.view_layer.update()
    bpy.context.view_layer.update()
    assert follows(head)
    for piece, obj in api.hair_of(head).items():
        assert np.abs(shown_points(obj) - before[piece]).max() < 2e-5, piece
    api.grow_hair(head, scalp="CROP", **THIN)
    bpy.context.view_layer.update()
    grown = shown_points(api.hair_of(head)["SCALP"])
    assert np.abs(grown - before["SCALP"]).max() < 2e-5, "grown anew in the head's own frame"


def test_it_is_saved_and_needs_no_add_on_to_follow(head, tmp_path):
    path = tmp_path / "hair.blend"
    api.set_params(head, jaw=(0.3, 0, 0))
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    (head,) = [obj for obj in bpy.data.objects if api.is_head(obj)]
    assert follows(head)
    api.set_params(head, jaw=(0.1, 0, 0))
    assert follows(head)
    assert {
        node.bl_idname for group in bpy.data.node_groups for node in group.nodes if "FLAME" in node.bl_idname
    } == set()


def test_it_is_appended_with_the_head(head, tmp_path):
    path = tmp_path / "hair.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    names = [head.name, *(obj.name for obj in api.hair_of(head).values())]
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(path)) as (_, wanted):
        wanted.objects = names
    for obj in wanted.objects:
        bpy.context.collection.objects.link(obj)
    api.set_params(wanted.objects[0], jaw=(0.2, 0, 0))
    assert follows(wanted.objects[0])


def test_a_copy_of_both_has_its_own_hair_and_a_copy_of_the_head_none(head):
    bpy.context.view_layer.update()
    for obj in bpy.context.view_layer.objects:
        obj.select_set(head in {obj, obj.parent})
    bpy.context.view_layer.objects.active = head
    bpy.ops.object.duplicate()
    copy = bpy.context.view_layer.objects.active
    assert copy != head and len(api.hair_of(copy)) == len(PIECES)
    assert not set(api.hair_of(copy).values()) & set(api.hair_of(head).values())
    api.set_params(copy, jaw=(0.4, 0, 0))
    assert follows(copy) and follows(head)
    alone = copy.copy()
    bpy.context.collection.objects.link(alone)
    assert api.hair_of(alone) == {} and api.hair_options(alone) == api.hair_options(head)


def test_it_goes_without_a_trace():
    made = api.add_head(api.BUILT_IN)
    before = {name: set(getattr(bpy.data, name)) for name in ("objects", "hair_curves", "actions")}
    api.grow_hair(made, **PIECES, **THIN)
    assert len(bpy.data.hair_curves) == len(PIECES)
    api.grow_hair(made, scalp="BUZZ", **THIN)
    assert len(bpy.data.hair_curves) == 1, "what was there is replaced"
    assert api.remove_hair(made) == 1
    assert before == {name: set(getattr(bpy.data, name)) for name in before}
    assert made.flame_hair.scalp == "NONE" and api.remove_hair(made) == 0


def test_undo_and_redo():
    made = api.add_head(api.BUILT_IN)
    name = made.name
    bpy.context.view_layer.objects.active = made
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.flame.grow_hair(scalp="BUZZ", density=0.02) == {"FINISHED"}
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    assert api.hair_of(bpy.data.objects[name]) == {} and len(bpy.data.hair_curves) == 0
    bpy.ops.ed.redo()
    assert list(api.hair_of(bpy.data.objects[name])) == ["SCALP"]


def test_heads_have_none_unless_it_is_grown(built_in_head):
    assert api.hair_of(built_in_head) == {}
    assert {getattr(built_in_head.flame_hair, name) for name in PIECES} == {"NONE"}


def test_the_same_settings_grow_the_same_hair(head):
    before = {piece: grown_at(obj) for piece, obj in api.hair_of(head).items()}
    bpy.context.view_layer.objects.active = head
    options = api.hair_options(head)
    list(api.growing_hair(head))
    assert api.hair_options(head) == options
    for piece, obj in api.hair_of(head).items():
        assert np.array_equal(grown_at(obj), before[piece])


def test_closed_early_nothing_has_changed(head):
    before = api.hair_of(head)
    steps = api.growing_hair(head, api.HairOptions(scalp="BUZZ", density=0.02))
    for _ in range(4):
        next(steps)
    steps.close()
    assert api.hair_of(head) == before and head.flame_hair.scalp == "CROP"


def test_its_colour_is_the_heads_and_can_be_keyed(head):
    settings, made = head.flame_hair, api.hair_of(head)["BEARD"]
    settings.greyness = 0.0
    settings.keyframe_insert("greyness", frame=1)
    settings.greyness = 1.0
    settings.keyframe_insert("greyness", frame=11)
    settings.melanin = 0.3
    bpy.context.scene.frame_set(6)
    bpy.context.view_layer.update()
    evaluated = made.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert evaluated[hair_material.GREYNESS] == pytest.approx(0.5, abs=0.05)
    assert evaluated[hair_material.MELANIN] == pytest.approx(0.3)


def test_views_show_a_share_of_the_strands_and_renders_all(head):
    made = api.hair_of(head)
    counts = {piece: (len(shown_points(obj)), len(obj.data.points)) for piece, obj in made.items()}
    for piece, (shown, all_of_them) in counts.items():
        share = 0.3 if piece in ("SCALP", "BEARD") else 1.0
        assert shown / all_of_them == pytest.approx(share, abs=0.02), piece


@pytest.mark.newest
def test_a_render_shows_it_in_its_colour(tmp_path):
    """A head from behind in Cycles: dark with black hair, light with white, and as it is without."""
    made, scene = api.add_head(api.BUILT_IN), bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (0, 0.5, 0.07), (np.pi / 2, 0, np.pi)
    scene.collection.objects.link(camera)
    scene.camera, scene.render.engine = camera, "CYCLES"
    scene.render.resolution_x = scene.render.resolution_y = 24
    scene.cycles.samples, scene.view_settings.view_transform = 4, "Raw"
    scene.world = bpy.data.worlds.new("World")
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (1, 1, 1, 1)
    seen = {}
    for name, melanin in (("black", 1.0), ("white", 0.0)):
        api.grow_hair(made, scalp="BUZZ", density=1.5, melanin=melanin)
        seen[name] = middle_of_render(scene, tmp_path / f"{name}.exr")
    assert seen["black"] < 0.6 * seen["white"]


def middle_of_render(scene: bpy.types.Scene, path: Path) -> float:
    scene.render.image_settings.file_format, scene.render.filepath = "OPEN_EXR", str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    return float(pixels.reshape(24, 24, -1)[10:16, 9:15, :3].mean())


def test_grown_brows_take_the_place_of_the_painted_ones(built_in_head):
    api.grow_hair(built_in_head, brows="THIN", **THIN)
    assert built_in_head.flame.painted_brows == 0
    api.grow_hair(built_in_head, brows="NATURAL", **THIN)
    assert built_in_head.flame.painted_brows == 0
    api.grow_hair(built_in_head, scalp="BUZZ", **THIN)
    assert built_in_head.flame.painted_brows == 1
    built_in_head.flame.painted_brows = 0.5
    api.grow_hair(built_in_head, brows="NATURAL", **THIN)
    api.remove_hair(built_in_head)
    assert built_in_head.flame.painted_brows == 0.5, "chosen by hand"


def test_what_cannot_be_grown_is_told(head):
    for wrong in ({"scalp": "MOHAWK"}, {"melanin": 2.0}, {"density": -1.0}):
        with pytest.raises(ParameterError, match=next(iter(wrong))):
            api.grow_hair(head, **wrong)
    assert len(api.hair_of(head)) == len(PIECES)
    with pytest.raises(ParameterError, match="FLAME head"):
        api.grow_hair(bpy.data.objects.new("Empty", None))


def test_the_operator_takes_what_the_panel_has(head):
    bpy.context.view_layer.objects.active = head
    operator = SimpleNamespace(properties=SimpleNamespace(is_property_set=lambda name: name == "seed"), seed=9)
    operator.execute = lambda _context: {"FINISHED"}
    assert FLAME_OT_grow_hair.invoke(operator, bpy.context, None) == {"FINISHED"}
    asked = api.HairOptions(**{name: getattr(operator, name) for name in api.HairOptions.__dataclass_fields__})
    assert asked == dataclasses.replace(api.hair_options(head), seed=9)
    assert bpy.ops.flame.remove_hair() == {"FINISHED"} and not bpy.ops.flame.remove_hair.poll()


def test_colours_as_the_nodes_have_them():
    """The arithmetic of the nodes for EEVEE, followed link by link, is that of Python."""
    material = hair_material.hair_material()
    output = next(
        node for node in material.node_tree.nodes if node.type == "OUTPUT_MATERIAL" and node.target == "EEVEE"
    )
    shader = output.inputs["Surface"].links[0].from_node
    colour = shader.inputs["Base Color"].links[0].from_node
    given = {hair_material.MELANIN: 0.6, hair_material.REDNESS: 0.4, hair_material.GREYNESS: 0.0}
    found = [worked_out(each.links[0].from_socket, given) for each in colour.inputs]
    assert found == pytest.approx(colour_of(0.6, 0.4), rel=1e-4)


def worked_out(socket: bpy.types.NodeSocket, given: dict[str, float]) -> float:
    node = socket.node
    if node.type == "ATTRIBUTE":
        return given[node.attribute_name]
    if node.type == "HAIR_INFO":
        return 0.5
    values = [worked_out(e.links[0].from_socket, given) if e.is_linked else e.default_value for e in node.inputs]
    return {
        "ADD": lambda a, b, *_: a + b, "SUBTRACT": lambda a, b, *_: a - b, "MULTIPLY": lambda a, b, *_: a * b,
        "MAXIMUM": lambda a, b, *_: max(a, b), "SQRT": lambda a, *_: a**0.5, "EXPONENT": lambda a, *_: np.exp(a),
        "LOGARITHM": lambda a, b, *_: np.log(a) / np.log(b), "LESS_THAN": lambda a, b, *_: float(a < b),
    }[node.operation](*values)  # fmt: skip


def test_a_strangers_hair_goes_by_the_head(built_in_head):
    built_in_head.flame.skin_age, built_in_head.flame.skin_tone = 75.0, 0.9
    sex = next(item for item in built_in_head.flame.shape if item.name == "Sex")
    drawn = {}
    for value in (-3.0, 3.0):
        sex.value = value
        drawn[value] = [api.drawn_hair(built_in_head, seed) for seed in range(40)]
        assert drawn[value] == [api.drawn_hair(built_in_head, seed) for seed in range(40)]
    assert {each.beard for each in drawn[-3.0]} == {"NONE"} and len({each.beard for each in drawn[3.0]}) > 2
    assert np.mean([each.greyness for each in drawn[3.0]]) > 0.3
    assert np.mean([each.melanin for each in drawn[3.0]]) > 0.85
    for wrong in (-1, 1.5):
        with pytest.raises(ParameterError, match="seed must be a whole number"):
            api.drawn_hair(built_in_head, wrong)


def test_randomise_grows_a_strangers_hair_where_there_is_hair(built_in_head):
    bpy.context.view_layer.objects.active = built_in_head
    bpy.ops.flame.randomise_params(seed=5)
    assert api.hair_of(built_in_head) == {}
    bpy.ops.flame.randomise_params(seed=5, hair=True)
    found, drawn = api.hair_options(built_in_head), api.drawn_hair(built_in_head, 5)
    assert [getattr(found, name) for name in (*PIECES, "seed")] == [getattr(drawn, name) for name in (*PIECES, "seed")]
    assert found.melanin == pytest.approx(drawn.melanin) and api.hair_of(built_in_head)
    bpy.ops.flame.randomise_params(seed=6, looks=False)
    assert built_in_head.flame_hair.seed == 5, "a script says what it wants"
    bpy.ops.flame.randomise_params()
    assert built_in_head.flame_hair.seed != 5, "a click draws for heads with hair"
