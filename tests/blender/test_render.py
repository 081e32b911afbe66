"""Renders show each frame's own face: stills, animations and motion blur."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import deformation, landmarks, live
from flame_blender.keyframes.animation import curves_of

SIZE = 48


@pytest.fixture
def studio(empty_scene):
    """A scene that renders a white head on black in a moment, seen from the side."""
    scene = empty_scene
    world = bpy.data.worlds.new("black")
    if bpy.app.version < (5, 0):
        world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0, 0, 0, 1)
    scene.world = world
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    camera.data.type, camera.data.ortho_scale = "ORTHO", 0.4
    camera.location, camera.rotation_euler = (2, 0, 0), (np.pi / 2, 0, np.pi / 2)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 4, False
    scene.cycles.use_adaptive_sampling = False
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Raw"
    return scene


def white(head: bpy.types.Object) -> None:
    material = bpy.data.materials.new("white")
    if bpy.app.version < (5, 0):
        material.use_nodes = True
    nodes = material.node_tree.nodes
    glow = nodes.new("ShaderNodeEmission")
    output = next(node for node in nodes if node.type == "OUTPUT_MATERIAL")
    material.node_tree.links.new(glow.outputs[0], output.inputs[0])
    for slot in head.material_slots:
        slot.material = material


@pytest.fixture
def nodding(head) -> bpy.types.Object:
    """A head that looks up on frame 1, ahead on frame 3, down on frame 5, evenly."""
    white(head)
    for frame, angle in ((1, -0.8), (5, 0.8)):
        api.set_params(head, neck=(angle, 0, 0), jaw=(0.4, 0, 0))
        api.keyframe(head, frame)
    straighten(head)
    return head


def straighten(head: bpy.types.Object) -> None:
    action = head.animation_data.action
    if hasattr(action, "fcurves"):
        curves = action.fcurves
    else:
        curves = action.layers[0].strips[0].channelbag(head.animation_data.action_slot).fcurves
    for curve in curves:
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"


def picture(path) -> np.ndarray:
    image = bpy.data.images.load(str(path))
    pixels = np.array(image.pixels[:]).reshape(SIZE, SIZE, 4)[..., 0]
    bpy.data.images.remove(image)
    return pixels


def still(scene, path, frame: int) -> np.ndarray:
    scene.frame_set(frame)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return picture(path)


def posed_still(scene, path, head, angle: float) -> np.ndarray:
    """The same head, not animated, at this angle: what a frame must look like."""
    head.animation_data_clear()
    api.set_params(head, neck=(angle, 0, 0), jaw=(0.4, 0, 0))
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return picture(path)


@pytest.mark.every_version
@pytest.mark.parametrize("persistent", [False, True])
def test_an_animation_shows_each_frames_own_face(studio, nodding, tmp_path, persistent):
    studio.render.use_persistent_data = persistent
    studio.frame_start, studio.frame_end = 1, 5
    studio.render.filepath = str(tmp_path / "film_")
    bpy.ops.render.render(animation=True)
    film = [picture(tmp_path / f"film_{frame:04d}.png") for frame in range(1, 6)]
    for frame, angle in ((1, -0.8), (3, 0.0), (5, 0.8)):
        reference = posed_still(studio, tmp_path / "still.png", nodding, angle)
        assert np.abs(film[frame - 1] - reference).mean() < 0.01
    assert np.abs(film[0] - film[4]).mean() > 0.03


def test_a_still_after_frame_set_and_one_after_a_slider(studio, nodding, tmp_path):
    at_five = still(studio, tmp_path / "five.png", 5)
    at_one = still(studio, tmp_path / "one.png", 1)
    assert np.abs(at_one - at_five).mean() > 0.03
    nodding.animation_data_clear()
    nodding.flame.neck = (0.8, 0, 0)
    studio.render.filepath = str(tmp_path / "slider.png")
    bpy.ops.render.render(write_still=True)
    assert np.abs(picture(tmp_path / "slider.png") - at_five).mean() < 0.01


@pytest.mark.every_version
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_motion_blur_smears_the_face(studio, nodding, tmp_path):
    studio.cycles.samples = 32
    sharp = still(studio, tmp_path / "sharp.png", 3)
    studio.render.use_motion_blur, studio.render.motion_blur_shutter = True, 1.0
    blurred = still(studio, tmp_path / "blurred.png", 3)

    def half_lit(pixels):
        return ((pixels > 0.1) & (pixels < 0.9)).sum()

    assert half_lit(blurred) > 2 * half_lit(sharp)
    nodding.modifiers.remove(nodding.modifiers[deformation.NAME])
    unseen = still(studio, tmp_path / "unseen.png", 3)
    assert half_lit(unseen) < 1.5 * half_lit(sharp), "without the pass-through modifier Cycles sees no deformation"


def test_without_its_modifier_the_head_warns_and_is_restored(head):
    """Removed, switched off for renders, and kept by another modifier that deforms."""
    bpy.context.view_layer.objects.active = head
    assert deformation.trouble(head) is None
    head.modifiers[deformation.NAME].show_render = False
    assert "switched off" in deformation.trouble(head)
    assert bpy.ops.flame.restore_deformation() == {"FINISHED"}
    assert deformation.trouble(head) is None
    head.modifiers.clear()
    head.modifiers.new("Subdivision", "SUBSURF")
    assert "missing" in deformation.trouble(head)
    assert bpy.ops.flame.restore_deformation() == {"FINISHED"}
    assert head.modifiers[0].name == deformation.NAME and deformation.trouble(head) is None
    head.modifiers.remove(head.modifiers[0])
    head.modifiers.new("Armature", "ARMATURE")
    assert deformation.trouble(head) is None


def test_two_scenes_and_view_layers_do_not_double_the_work(nodding, monkeypatch):
    """A head that two scenes and two layers show is written once for a frame; the other looks read its values only."""
    other = bpy.data.scenes.new("other")
    other.collection.objects.link(nodding)
    bpy.context.scene.view_layers.new("second")
    written = []
    write = live.mesh.write_positions
    monkeypatch.setattr(live.mesh, "write_positions", lambda *given: (written.append(1), write(*given)))
    bpy.context.scene.frame_set(2)
    other.frame_set(2)
    assert len(written) == 1
    bpy.context.scene.frame_set(4)
    assert len(written) == 2


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_landmarks_follow_while_rendering(studio, nodding, tmp_path):
    """Only a ball that hangs on the chin's empty is lit: each frame of the film has it where that frame's chin is."""
    nodding.visible_camera = False
    api.add_landmarks(nodding)
    bpy.ops.mesh.primitive_ico_sphere_add(radius=0.03)
    ball = bpy.context.object
    ball.parent = landmarks.empties_of(nodding)[8]
    ball.data.materials.append(nodding.material_slots[0].material)
    studio.frame_start, studio.frame_end = 1, 5
    studio.render.filepath = str(tmp_path / "film_")
    bpy.ops.render.render(animation=True)
    film = {frame: picture(tmp_path / f"film_{frame:04d}.png") for frame in (1, 3, 5)}
    for frame, angle in ((1, -0.8), (3, 0.0), (5, 0.8)):
        reference = posed_still(studio, tmp_path / "still.png", nodding, angle)
        assert reference.mean() > 0.005, "the ball is not in the picture"
        assert np.abs(film[frame] - reference).mean() < 0.1 * reference.mean()
    assert np.abs(film[1] - film[5]).mean() > film[1].mean()


SUB_FRAMES = 16


def blur_against_its_mean(scene, head, tmp_path, name: str, samples_each: int = 32) -> tuple[float, float]:
    """Mean difference to the mean of renders at sub-frames, over the swept pixels: blurred, and not blurred."""
    scene.render.use_motion_blur, scene.cycles.samples = False, samples_each
    parts = [
        sharp(scene, tmp_path / f"{name}{index}.png", 3 + (index + 0.5) / SUB_FRAMES) for index in range(SUB_FRAMES)
    ]
    mean = np.mean(parts, axis=0)
    unblurred = sharp(scene, tmp_path / f"{name}_unblurred.png", 3.5)
    scene.render.use_motion_blur, scene.render.motion_blur_shutter = True, 1.0
    scene.render.motion_blur_position = "START"
    head.cycles.use_motion_blur, head.cycles.use_deform_motion, head.cycles.motion_steps = True, True, 5
    scene.cycles.samples = 2048
    blurred = still(scene, tmp_path / f"{name}_blurred.png", 3)
    swept = np.ptp(parts, axis=0) > 0.02
    assert swept.sum() > 50
    return np.abs(blurred - mean)[swept].mean() * 255, np.abs(unblurred - mean)[swept].mean() * 255


def sharp(scene, path, time: float) -> np.ndarray:
    scene.frame_set(int(time), subframe=time % 1)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return picture(path)


@pytest.mark.newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("cached", [False, True])
def test_motion_blur_is_the_mean_of_sub_frames(studio, nodding, tmp_path, cached):
    """A fast nod: Cycles' blur of the head is what 16 renders between the frames come to on average."""
    if cached:
        api.bake_cache(nodding, path=tmp_path / "head.pc2", frames=(1, 5), samples_per_frame=4)
    blurred, unblurred = blur_against_its_mean(studio, nodding, tmp_path, "blur")
    assert blurred <= 2 and blurred <= unblurred / 5, f"{blurred:.2f} blurred, {unblurred:.2f} not"


@pytest.mark.newest
def test_motion_blur_of_named_controls_is_the_mean_of_sub_frames(studio, named_head, tmp_path):
    """A mouth that opens by a keyed score, one control at work with its corrective and the jaw's bone."""
    white(named_head)
    for frame, score in ((1, 0.0), (5, 1.0)):
        api.set_arkit(named_head, {"jawOpen": score, "mouthPucker": score}, frame=frame)
    straighten(named_head)
    studio.camera.data.ortho_scale, studio.camera.location.z = 0.14, -0.08
    blurred, unblurred = blur_against_its_mean(studio, named_head, tmp_path, "scores", samples_each=256)
    # what is left is noise, most of it the sub-frames': of 32 samples each 2.2, of 256 0.6
    assert blurred <= 2 and blurred <= unblurred / 5, f"{blurred:.2f} blurred, {unblurred:.2f} not"


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_ten_frames_live_still_and_baked_are_the_same(studio, nodding, tmp_path):
    """A film of a live head is its stills pixel for pixel; baked it differs in a thousandth of the pixels at most.

    The surface shows its own normal, so that any other shape or shading shows; only on the silhouette may a pixel be
    more than 2/255 off.
    """
    show_normals(nodding.material_slots[0].material)
    studio.frame_start, studio.frame_end = 1, 10
    stretch(nodding, 9 / 4)
    studio.render.filepath = str(tmp_path / "live_")
    bpy.ops.render.render(animation=True)
    live = [picture(tmp_path / f"live_{frame:04d}.png") for frame in range(1, 11)]
    for frame in range(1, 11):
        assert np.array_equal(still(studio, tmp_path / "still.png", frame), live[frame - 1])
    api.bake_cache(nodding, path=tmp_path / "head.pc2")
    studio.render.filepath = str(tmp_path / "baked_")
    bpy.ops.render.render(animation=True)
    baked = [picture(tmp_path / f"baked_{frame:04d}.png") for frame in range(1, 11)]
    off = np.abs(np.stack(live) - np.stack(baked))
    assert (off > 0).mean() <= 0.001
    assert not (off > 2.5 / 255)[~silhouette(np.stack(live))].any()
    assert len(np.unique(live[0])) > 50, "the face is not shaded"
    assert len({frame.tobytes() for frame in live}) == 10


def show_normals(material: bpy.types.Material) -> None:
    """The surface glows as bright as it looks upward: from 0.2 to 1."""
    tree = material.node_tree
    scaled = tree.nodes.new("ShaderNodeVectorMath")
    scaled.operation = "MULTIPLY_ADD"
    scaled.inputs[1].default_value, scaled.inputs[2].default_value = (0.4,) * 3, (0.6,) * 3
    parts = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(tree.nodes.new("ShaderNodeNewGeometry").outputs["Normal"], scaled.inputs[0])
    tree.links.new(scaled.outputs[0], parts.inputs[0])
    glow = next(node for node in tree.nodes if node.type == "EMISSION")
    tree.links.new(parts.outputs["Z"], glow.inputs["Color"])


def silhouette(pictures: np.ndarray) -> np.ndarray:
    """Pixels (N, H, W) of the head with one of the black background next to them, and the other way round."""
    empty = np.pad(pictures < 0.1, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    around = [np.roll(empty, (up, right), (1, 2))[:, 1:-1, 1:-1] for up in (-1, 0, 1) for right in (-1, 0, 1)]
    return np.any(around, axis=0) & ~np.all(around, axis=0)


def stretch(head: bpy.types.Object, factor: float) -> None:
    """Make the nod last longer: keys from frame 1 on move apart."""
    for curve in curves_of(head):
        for point in curve.keyframe_points:
            point.co.x = 1 + (point.co.x - 1) * factor
        curve.update()
