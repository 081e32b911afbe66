"""Renders a skin that is fitted to a photo: the photo, what it shows of the head, the whole skin, the person's own.

make skin-fit-picture

The photo is a render of another head. The texture model that is fitted (made_up_skin.py) knows not its moles nor all
of its blotches.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, flame_file
from bpy_extras.object_utils import world_to_camera_view
from labels import add_label, frame_label
from made_up_skin import SIZE, made_up_texture, places_of
from mathutils import Vector
from sheet import beside, pixels_of, rendered, save_picture
from studio import CLAY, api, make_studio

TILE, SAMPLES, PHOTO = (330, 400), 16, 440
STATIC_51 = np.arange(17, 68)
PERSON, NOISE, TURN = 21, 0.7, 0.4  # seed; pixels, of the landmarks; radians: the photo shows one side
SKIN = np.array([0.25, 0.3, 0.2, 1.5, 1.4, 1.5, 2.2, 0.3, 0.9, 0.5, -0.5, 0.4, -0.6, 2.4, 0.9, -0.8, 0.7, -0.9, 2.0])
OTHER_SEED, BLOTCHES = 8, slice(9, 13)  # of blotches that only the photo's model has
MOLES = ((-0.034, 0.012, 0.0017), (-0.046, -0.028, 0.0014), (0.022, -0.056, 0.0015))  # beside the nose's tip, metres
SIDE = -34.0  # degrees: where the head is looked at from, on the side that the photo does not show


def main(out: Path) -> None:
    """One row."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples, studio = SAMPLES, scene.camera
    person: Any = character(flame_file())
    rendered_smooth(person)
    with tempfile.TemporaryDirectory() as folder:
        own, other = (Path(folder) / f"{name}.npz" for name in ("made_up", "of_the_photo"))
        model = api.model(person)
        np.savez(own, **made_up_texture(model))
        np.savez(other, **with_more(made_up_texture(model), model))
        api.randomise(person, PERSON, 0.8)
        api.set_texture(person, other, SKIN)
        matt(person)
        photo, pixels = take_photo(scene, person, Path(folder))
        fitted = api.fit_photo(photo, pixels, indices=STATIC_51, model=flame_file(), noise=NOISE)
        print("\n".join(fitted.summary()), flush=True)
        head: Any = fitted.head
        api.show_quads(head)
        api.add_mouth(head)
        rendered_smooth(head)
        projected = api.project_photo(head, size=1024)
        scene.camera = studio
        label, tiles = add_label(scene), [fitting_tile(pixels_of(str(photo)))]
        seen = f"of the photo: {100 * projected.seen:.0f} % of the skin"
        tiles.append(tile(scene, label, head, person, seen, projected))
        found = api.fit_texture(head, texture=str(own))
        matt(head)
        tiles.append(tile(scene, label, head, person, "the skin that is fitted"))
        tiles.append(tile(scene, label, person, head, "the person"))
    print(f"told: {100 * found.error:.1f} % of white; seen {100 * found.seen:.0f} %")
    save_picture(beside(tiles), out)


def rendered_smooth(head: bpy.types.Object) -> None:
    """Subdivided in renders."""
    modifier: Any = head.modifiers.new("Subdivision", "SUBSURF")
    modifier.levels, modifier.render_levels = 0, 1


def matt(head: Any) -> None:
    """Its skin shines less than a texture model's does, as before a photographer's powder."""
    for slot in head.material_slots:
        if slot.link == "OBJECT" and slot.material is not None:
            shader = next(node for node in slot.material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
            shader.inputs["Roughness"].default_value = 0.65


def with_more(arrays: dict[str, np.ndarray], model: Any) -> dict[str, np.ndarray]:
    """The texture model with five components more, which the fitted one has not: blotches and moles."""
    places = places_of(model)
    tip = model.v_template[model.v_template[:, 2].argmax()]
    dark = np.zeros((SIZE, SIZE))
    for across, up, width in MOLES:
        away = np.hypot(places[..., 0] - tip[0] - across, places[..., 1] - tip[1] - up)
        dark += np.exp(-((away / width) ** 4)) * (places[..., 2] > 0)
    moles = (-55 * dark[..., None] * [1.0, 1.0, 0.9])[::-1, :, ::-1]
    blotches = made_up_texture(model, OTHER_SEED)["tex_dir"][..., BLOTCHES]
    arrays["tex_dir"] = np.concatenate([arrays["tex_dir"], blotches, moles[..., None]], -1).astype(np.float32)
    return arrays


def take_photo(scene: Any, person: bpy.types.Object, folder: Path) -> tuple[Path, np.ndarray]:
    """A picture of the person, who looks aside, and (51, 2) landmarks that are a little off."""
    api.set_params(person, global_rotation=(0.05, TURN, -0.04))
    camera = bpy.data.objects.new("Lens", bpy.data.cameras.new("Lens"))
    camera.data.lens, camera.location, camera.rotation_euler = 85.0, (0, -0.8, -0.01), (math.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera, scene.render.resolution_x, scene.render.resolution_y = camera, PHOTO, PHOTO
    look, scene.view_settings.view_transform = scene.view_settings.look, "Standard"
    scene.objects["Rim"].hide_render = True
    scene.render.filepath = str(folder / "photo.png")
    bpy.ops.render.render(write_still=True)
    scene.objects["Rim"].hide_render = False
    scene.view_settings.view_transform, scene.view_settings.look = "AgX", look
    views = [world_to_camera_view(scene, camera, Vector(each)) for each in api.landmarks(person, space="world")]
    pixels = np.array([(view.x, 1 - view.y) for view in views])[STATIC_51] * PHOTO
    api.set_params(person, global_rotation=(0, 0, 0), neck=(0, 0, 0))
    person.hide_render = True
    return folder / "photo.png", pixels + NOISE * np.random.default_rng(PERSON).normal(size=pixels.shape)


def fitting_tile(photo: np.ndarray) -> np.ndarray:
    """The middle of the photo, as high as a tile."""
    width, height = TILE
    rows = np.linspace(0, PHOTO - 1, height).round().astype(int)
    left = (height - width) // 2
    return photo[np.ix_(rows, rows[left : left + width])]


def tile(scene: Any, label: Any, shown: Any, hidden: Any, caption: str, projected: Any = None) -> np.ndarray:
    """A head from the side that the photo does not show; of a projected photo nothing but what was seen."""
    api.set_params(shown, global_rotation=(0, 0, 0), neck=(0, 0, 0), translation=(0, 0, 0))
    for head, is_hidden in ((shown, False), (hidden, True)):
        for each in (head, api.mouth_of(head)):
            each.hide_render = is_hidden
    shown.location, shown.rotation_mode, shown.rotation_euler = (0, 0, 0), "XYZ", (0, 0, math.radians(SIDE))
    scene.render.resolution_x, scene.render.resolution_y = TILE  # a fit to a photo renders as large as that
    frame_label(scene, label, caption)
    if projected is not None:
        grey_where_unseen(projected)
    return rendered(scene)


def grey_where_unseen(projected: Any) -> None:
    """Clay where the photo shows nothing of the head."""
    tree = projected.material.node_tree
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    mask, mix = tree.nodes.new("ShaderNodeTexImage"), tree.nodes.new("ShaderNodeMix")
    mask.image, mix.data_type = projected.mask, "RGBA"
    sockets = {socket.identifier: socket for socket in mix.inputs}
    sockets["A_Color"].default_value = CLAY
    tree.links.new(mask.outputs["Color"], sockets["Factor_Float"])
    tree.links.new(shader.inputs["Base Color"].links[0].from_socket, sockets["B_Color"])
    tree.links.new(next(each for each in mix.outputs if each.identifier == "Result_Color"), shader.inputs["Base Color"])


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
