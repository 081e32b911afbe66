"""Run inside a windowed Blender (with --enable-event-simulate) that has the extension: what FLAME's family brings.

The skin of a texture model, looks of mesh files, a body, rest shapes over time, random heads, a film: each as a
stranger does it, with undo and redo, and a picture of each panel. A timer does it, one step a tick; see use_window.py.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parents[2]))

from panel_pictures import drag_a_slider, keep_picture, picture
from stepping import take
from window import head, in_the_view, press, shows_its_parameters

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.model_files.saving import save_model
from tests.blender.made_bodies import add_body
from tests.flame.face_like import face_like_model
from tests.texture_models.files import for_head
from tests.textured_meshes.writers import cylinder_uvs, halved, upsampled, write_deca, write_deca_detail

TICK = 0.25  # seconds
LONG = 400  # ticks
LEVEL = 1.01 / 255  # sums of other order are rounded to another number where they lie in the middle
FOLDER = Path(tempfile.mkdtemp())
MODEL = face_like_model()


def steps() -> Iterator[None]:
    """What to do, one step between two drawings."""
    from bl_ext.user_default.flame_blender import api, panels

    for obj in list(bpy.data.objects):
        if obj.type == "MESH":
            bpy.data.objects.remove(obj)
    path = FOLDER / "face_like.npz"
    save_model(MODEL, path)
    with in_the_view():
        head = api.add_head(str(path))
        bpy.context.view_layer.objects.active = head
        head.select_set(True)
        bpy.context.space_data.shading.color_type = "TEXTURE"
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
        bpy.ops.ed.undo_push(message="head")
    yield
    for stage in (skin, looks, body, rest_shapes, random_heads, film, reopened):
        print("family:", stage.__name__, flush=True)
        yield from stage(api, panels)
    print(f"family: good in Blender {bpy.app.version_string}", flush=True)
    bpy.ops.wm.quit_blender()


def done(operator: Callable, **given: object) -> Iterator[None]:
    """Call an operator as a button does, and wait until its work is over."""
    with in_the_view():
        operator("EXEC_DEFAULT", True, **given)
    for _ in range(LONG):
        yield
        if not bpy.context.window_manager.windows[0].modal_operators:
            return
    raise AssertionError(f"{operator} never ends")


def undone(redo: bool = False) -> Iterator[None]:
    """One step back, or on again."""
    with in_the_view():
        (bpy.ops.ed.redo if redo else bpy.ops.ed.undo)()
    yield


def skin_texels() -> np.ndarray:
    """(N,) numbers of the skin's picture."""
    return np.array(head().flame.texture_image.pixels[:])


def skin(api: Any, panels: Any) -> Iterator[None]:
    """Install a texture model, give the head its skin, drag a slider, draw a random skin; undo and redo."""
    for entry in api.installed_textures():
        api.remove_texture(entry.name)
    yield from picture(panels.FLAME_PT_skin, "skin_1_none")
    for_head(FOLDER / "FLAME_texture.npz", MODEL.v_template, MODEL.faces, 256, 30)
    yield from done(bpy.ops.flame.install_files, filepath=str(FOLDER / "FLAME_texture.npz"))
    yield from picture(panels.FLAME_PT_skin, "skin_2_installed")
    yield from done(bpy.ops.flame.set_texture, texture=api.installed_textures()[0].fingerprint)
    mean = skin_texels()
    yield from drag_a_slider(head, "flame.texture")
    dragged = skin_texels()
    assert np.abs(dragged - mean).max() > 0.01, "the slider did not change the skin"
    yield from picture(panels.FLAME_PT_skin, "skin_3_dragged")
    yield from done(bpy.ops.flame.randomise_params, seed=3, identity=False, expression=False, texture=True)
    drawn = skin_texels()
    assert np.abs(drawn - dragged).max() > 0.01
    for redo, expected in ((False, dragged), (False, mean), (True, dragged), (True, drawn)):
        yield from undone(redo)
        off = np.abs(skin_texels() - expected).max()
        assert off < LEVEL, f"after undo (redo: {redo}) the skin is off by {off}"
    yield from picture(panels.FLAME_PT_skin, "skin_4_random")


def person() -> np.ndarray:
    """(V, 3) somebody with an expression."""
    rng = np.random.default_rng(5)
    return FlameEvaluator(MODEL).vertices(FlameParams(shape=rng.normal(size=20), expression=rng.normal(size=8)))


def write_deca_files(folder: Path) -> None:
    """face.obj with its pictures, face_detail.obj."""
    folder.mkdir()
    vertices, faces = person(), MODEL.faces
    rng, side = np.random.default_rng(1), 256
    blocks = np.kron(rng.integers(90, 220, (8, 8, 3), np.uint8), np.ones((side // 8, side // 8, 1), np.uint8))
    write_deca(folder / "face.obj", vertices, faces, cylinder_uvs(vertices, faces), blocks)
    corners, weights, finer = halved(faces)
    normals = vertices - vertices.mean(0)
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    heights = 0.0005 * np.sin(400 * (vertices[corners] * weights[..., None]).sum(1)[:, 1])
    made = upsampled(vertices, normals, corners, weights, heights)
    write_deca_detail(folder / "face_detail.obj", made, finer, np.full(made.shape, 180))


def looks(api: Any, panels: Any) -> Iterator[None]:
    """A dropped mesh brings its looks; a detail mesh; each is undone and taken off again."""
    write_deca_files(FOLDER / "deca")
    bpy.context.view_layer.objects.active = head()
    yield from picture(panels.FLAME_PT_mesh_looks, "looks_1_none")
    yield from done(bpy.ops.flame.take_looks, filepath=str(FOLDER / "deca" / "face.obj"))
    yield from picture(panels.FLAME_PT_mesh_looks, "looks_2_taken")
    yield from done(bpy.ops.flame.remove_looks)
    assert not api.has_looks(head())
    for _ in range(2):
        yield from undone()
    dropped = {"directory": f"{FOLDER}/deca/", "files": [{"name": "face_detail.obj"}]}
    with in_the_view():
        bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", **dropped)
    for _ in range(3):
        yield
    keep_picture("looks_3_menu")  # Blender's own importer and the add-on's
    press("ESC")
    yield
    yield from done(bpy.ops.flame.drop_meshes, **dropped)
    assert api.has_detail_mesh(head())
    yield from picture(panels.FLAME_PT_mesh_looks, "looks_4_dropped")
    yield from done(bpy.ops.flame.remove_detail_mesh)
    assert not api.has_detail_mesh(head())
    yield from undone()
    assert api.has_detail_mesh(head())
    yield from undone()
    assert not api.has_detail_mesh(head()) and shows_its_parameters()


def body(api: Any, panels: Any) -> Iterator[None]:
    """Put the head on a body, take it off; undo, redo; what the panel says on the way."""
    made = add_body(MODEL)
    made.mesh.location.x = 0.0
    np.save(FOLDER / "SMPL-X__FLAME_vertex_ids.npy", made.like.ids)
    bpy.context.view_layer.objects.active = head()
    with in_the_view():
        bpy.ops.ed.undo_push(message="body")
    yield from picture(panels.FLAME_PT_body, "body_1_none")
    head().flame_body.chosen = bpy.data.objects["Body"]
    head().flame_body.vertex_ids = str(FOLDER / "SMPL-X__FLAME_vertex_ids.npy")
    with in_the_view():
        bpy.ops.ed.undo_push(message="chosen")
    yield from picture(panels.FLAME_PT_body, "body_2_chosen")
    alone = np.array(head().matrix_world)
    yield from done(bpy.ops.flame.put_on_body)
    assert api.is_on_body(head())
    there = np.array(head().matrix_world)
    with in_the_view():
        bpy.ops.view3d.view_all()
    yield from picture(panels.FLAME_PT_body, "body_3_on")
    yield from undone()
    assert not api.is_on_body(head()) and np.allclose(head().matrix_world, alone, atol=1e-6)
    assert not bpy.data.objects["Body"].modifiers.get("FLAME Hidden Head")
    yield from undone(redo=True)
    assert api.is_on_body(head()) and np.allclose(head().matrix_world, there, atol=1e-6)
    yield from done(bpy.ops.flame.take_off_body)
    assert not api.is_on_body(head()) and np.allclose(head().matrix_world, alone, atol=1e-6)
    yield from done(bpy.ops.flame.put_on_body)


def rest_shapes(api: Any, panels: Any) -> Iterator[None]:
    """A sequence as rest shape, taken off again."""
    for name in ("Body", "SMPLX"):
        bpy.data.objects.remove(bpy.data.objects[name])
    bpy.context.view_layer.objects.active = head()
    yield from picture(panels.FLAME_PT_body, "body_4_gone")
    yield from done(bpy.ops.flame.take_off_body)
    frames = np.repeat(person()[None], 12, 0)
    frames[:, :, 1] += np.linspace(0, 0.01, 12)[:, None]
    np.save(FOLDER / "sentence.npy", frames.reshape(12, -1).astype(np.float32))
    yield from done(bpy.ops.flame.import_meshes, filepath=str(FOLDER / "sentence.npy"), way="TEMPLATE")
    assert api.template_of(head()) is not None and shows_its_parameters()
    bpy.context.scene.frame_end = 12
    yield from picture(panels.FLAME_PT_animation, "rest_shape")
    yield from done(bpy.ops.flame.remove_template)
    assert api.template_of(head()) is None
    yield from undone()
    assert api.template_of(head()) is not None and shows_its_parameters()


def random_heads(_api: Any, _panels: Any) -> Iterator[None]:
    """Random heads are written; the operator's redo panel."""
    folder = FOLDER / "random"
    yield from done(bpy.ops.flame.sample_heads, directory=str(folder), filepath=str(folder), count=5)
    assert len(list(folder.glob("*.ply"))) == 5
    keep_picture("random_heads")
    yield


def film(_api: Any, _panels: Any) -> Iterator[None]:
    """A film stopped by Esc leaves nothing; one that is not is there, rendered by Eevee."""
    for last, stop in ((12, True), (3, False)):
        bpy.context.scene.frame_end = last
        path, scenes = FOLDER / "films" / f"{last}.mp4", len(bpy.data.scenes)
        with in_the_view():
            bpy.ops.flame.film_head("EXEC_DEFAULT", filepath=str(path), width=160, height=160, samples=2)
        for _ in range(3):
            yield
        if stop:
            press("ESC")
        for _ in range(LONG):
            yield
            if not bpy.context.window_manager.windows[0].modal_operators:
                break
        assert path.exists() != stop, f"{path} after {'Esc' if stop else 'the film'}"
        assert len(bpy.data.scenes) == scenes and not list(path.parent.glob("*.part*"))
    assert shows_its_parameters()


def reopened(api: Any, _panels: Any) -> Iterator[None]:
    """Saved and opened again the head has its skin and its rest shapes."""
    path, texels = FOLDER / "shot.blend", skin_texels()
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False)
    yield
    yield
    assert np.array_equal(skin_texels(), texels) and api.texture_of(head()) == "FLAME_texture"
    assert api.template_of(head()) is not None and shows_its_parameters()
    keep_picture("reopened")


if __name__ == "__main__":
    take(steps(), TICK)
