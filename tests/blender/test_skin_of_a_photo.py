"""A skin fitted to a photo: of a head with another texture model's skin, rendered under a sun."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest
from mathutils import Matrix

from flame_blender import api
from flame_blender.clips import clip_camera
from flame_blender.head import models
from flame_blender.model_files import saving
from flame_blender.textures.texels import texels_of_triangles
from tests.blender.fit_subjects import STATIC_51, landmarks_of, person
from tests.flame.face_like import face_like_model, write_face_like_files
from tests.texture_models.files import for_head

WIDTH, HEIGHT, FOCAL, SIZE = 240, 300, 620.0, 160
FIELDS = ("shape", "expression", "global_rotation", "neck", "jaw", "translation")
N_FIT, GAP = 12, 0.3
SKIN = np.array([1.6, -1.2, 0.8, 1.0, -0.9, 0.7, -1.1, 0.6])


@pytest.fixture
def model(tmp_path):
    """A FLAME file of the made-up face, with its UVs and landmarks installed."""
    alone = dataclasses.replace(face_like_model(), display=None, landmarks={}, regions={})
    saving.save_model(alone, tmp_path / "face_like.npz")
    entry = models.resolve(tmp_path / "face_like.npz")
    for path in write_face_like_files(tmp_path / "companions").values():
        api.install(path)
    return models.evaluator(entry.fingerprint).model


def fields(count: int, rng: np.random.Generator) -> np.ndarray:
    """(N, N, count) patches of lighter and darker skin, some to a face."""
    at = np.linspace(0, 2 * np.pi, SIZE)
    across, down = rng.uniform(6, 18, count), rng.uniform(2, 7, count)
    begin = rng.uniform(0, 2 * np.pi, (2, count))
    return np.cos(across * at[None, :, None] + begin[0]) * np.cos(down * at[:, None, None] + begin[1])


def skin_like(path, model, patches: np.ndarray) -> dict[str, np.ndarray]:
    """FLAME_texture.npz with such components, in the skin's own tone."""
    arrays = for_head(path, model.v_template, model.faces, SIZE, 1)
    tone = arrays["mean"].mean((0, 1)) / arrays["mean"].mean()
    arrays["tex_dir"] = (9 * patches[:, :, None] * tone[:, None]).astype(np.float32)
    np.savez(path, **arrays)
    return arrays


def photographed(head: bpy.types.Object, camera: api.Camera, path) -> None:
    """A picture of the head before the camera, under a sun from above and a sky; then the scene is empty."""
    scene = bpy.context.scene
    scene.camera = clip_camera.make_camera("Lens", scene.collection, camera, Matrix())
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.rotation_euler = 1.0, (1.2, 0.0, 0.3)
    scene.collection.objects.link(sun)
    scene.world = bpy.data.worlds.new("Sky")
    scene.world.color = (0.9, 0.9, 1.0)
    render = scene.render
    render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 96, False  # grain as a photo's
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
    scene.view_settings.view_transform = "Standard"
    render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    for obj in (head, scene.camera, sun):
        bpy.data.objects.remove(obj)


@pytest.mark.newest
def test_a_photo_gives_the_skin_across_a_gap(model, tmp_path, rng):
    """Other components made the skin, and a sun lights it: the skin that is found is much nearer than the mean one."""
    own = fields(N_FIT, rng)
    mixed = own @ np.linalg.qr(rng.normal(size=(N_FIT, len(SKIN))))[0] + GAP * fields(len(SKIN), rng)
    known = skin_like(tmp_path / "of_the_photo.npz", model, mixed)
    fitting = skin_like(tmp_path / "of_the_fit.npz", model, own)
    for name in ("of_the_photo", "of_the_fit"):
        api.install(tmp_path / f"{name}.npz")
    subject = person(model, rng)
    head = api.add_head(tmp_path / "face_like.npz")
    api.set_params(head, **{name: getattr(subject, name) for name in FIELDS})
    api.set_texture(head, "of_the_photo", coefficients=SKIN)
    camera = api.Camera([FOCAL, FOCAL, WIDTH / 2, HEIGHT / 2], WIDTH, HEIGHT, np.diag([1.0, -1, -1]), (0, -0.02, 0.8))
    photographed(head, camera, tmp_path / "photo.png")
    pixels = camera.project(landmarks_of(model, subject))[STATIC_51]
    fitted = api.fit_photo(
        tmp_path / "photo.png", pixels, None, STATIC_51, model=tmp_path / "face_like.npz", focal=FOCAL, noise=0.3
    )
    api.project_photo(fitted.head, fitted.cameras[0], size=256)
    found = api.fit_texture(fitted.head, texture="of_the_fit")
    expected = np.linalg.lstsq(own.reshape(-1, N_FIT), (mixed @ SKIN).ravel(), rcond=None)[0]
    assert np.corrcoef(expected, found.coefficients)[0, 1] > 0.75
    visible = (model.v_template[model.faces, 2] > 0.02).all(1)
    front = texels_of_triangles(model.v_template, model.faces, known["vt"][known["ft"]], visible, SIZE).used
    true, mean, skin = (
        (np.clip(each["mean"] + each["tex_dir"] @ numbers, 0, 255) / 255)[::-1].reshape(-1, 3)[front]
        for each, numbers in ((known, SKIN), (fitting, np.zeros(N_FIT)), (fitting, found.coefficients))
    )
    assert off(skin, true) < 0.75 * off(mean, true)
    assert 0.5 < found.error / off(skin, true) < 2.0 and found.seen > 0.15, "the error that is told is the known one"


def off(skin: np.ndarray, true: np.ndarray) -> float:
    """Root mean square of what is left of (n, 3), beside how bright each colour is, which a photo does not tell."""
    gain = (skin * true).sum(0) / (skin * skin).sum(0)
    return float(np.sqrt(((gain * skin - true) ** 2).mean()))
