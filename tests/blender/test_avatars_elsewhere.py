"""Avatars in Blender against what knows nothing of it: torch with smplx, and a small rasteriser of splats."""

from __future__ import annotations

import dataclasses
import gc
import os
import subprocess

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.avatars.splat_cloud import new_cloud
from flame_blender.geometry.axes import to_flame
from flame_blender.splats.splats import Splats
from tests.blender.conftest import ROOT, random_fields
from tests.blender.test_avatars import bound_by_chance
from tests.blender.test_import_tools import DEV_PYTHON
from tests.blender.test_turned_colours import vertices_of
from tests.splats.made_up import columns_of, random_splats, write_ply
from tests.splats.rasteriser import rasterised

pytestmark = pytest.mark.newest
SIZE, COUNT, AWAY = 128, 2000, 0.8
SAMPLES = 1024  # Cycles takes a splat or passes it by chance: half as many leave 3/255 of noise in the opacity


@pytest.mark.skipif(not DEV_PYTHON.exists(), reason="no environment with torch and smplx (make .envs/dev/.made)")
def test_posed_splats_are_where_torch_and_smplx_have_them(flame_file, flame_head, tmp_path, rng):
    """A file as GaussianAvatars writes it goes in, posed splats come out: teeth, identity, expression, pose and all.

    Centres are compared with those of smplx's own vertices. Blender keeps vertices in float32, where the corners of a
    triangle of a millimetre are a 10,000th of it off; so sizes and rotations are compared with what torch makes, in
    float64, of the corners that Blender has.
    """
    splats = bound_by_chance(flame_head, True, 2000, 0)
    write_ply(tmp_path / "point_cloud.ply", columns_of(splats))
    made = api.add_avatar(tmp_path / "point_cloud.ply", flame_head).avatar
    fields = random_fields(flame_head, rng) | {"offsets": rng.normal(0, 1e-3, (5023, 3)).astype(np.float32)}
    api.set_params(flame_head, **fields)
    api.export_avatar(made, tmp_path / "posed.ply", axes="FLAME")
    params = dataclasses.asdict(api.get_params(flame_head))
    arrays = {name: np.asarray(value, float) for name, value in params.items() if name in fields}
    arrays["offsets"] = np.concatenate([arrays["offsets"], np.zeros((120, 3))])
    np.savez(tmp_path / "params.npz", **arrays)
    np.save(tmp_path / "corners.npy", to_flame(vertices_of(flame_head, True)))
    names = ("point_cloud.ply", "params.npz", "posed.ply", "corners.npy")
    files = [flame_file, *(tmp_path / name for name in names)]
    done = subprocess.run(
        [DEV_PYTHON, "-m", "tests.splats.compare_posed", *files],
        check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    off, of_scales, of_rotations = map(float, done.stdout.split())
    assert off < 1e-6, off
    assert of_scales < 1e-5, of_scales
    assert of_rotations < 1e-5, of_rotations


def picture_of(splats: Splats, folder) -> np.ndarray:
    """(SIZE, SIZE, 4) linear light and alpha, rows down, as Cycles has it."""
    scene = bpy.context.scene
    obj = bpy.data.objects.new("Splats", new_cloud("Splats", splats))
    scene.collection.objects.link(obj)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.0, -AWAY, 0.0), (np.pi / 2, 0.0, 0.0)
    scene.camera, scene.world = camera, None
    scene.render.engine, scene.cycles.samples, scene.cycles.pixel_filter_type = "CYCLES", SAMPLES, "BOX"
    scene.cycles.filter_width, scene.cycles.use_denoising, scene.cycles.use_adaptive_sampling = 1.0, False, False
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.resolution_percentage, scene.render.film_transparent = 100, True
    scene.render.image_settings.file_format, scene.render.image_settings.color_depth = "OPEN_EXR", "32"
    scene.render.filepath = str(folder / "splats.exr")
    bpy.ops.render.render(write_still=True)
    gc.collect()  # Cycles' engine complains when Python lets go of it after Blender did: now, and not in another test
    image = bpy.data.images.load(scene.render.filepath)
    return np.array(image.pixels).reshape(SIZE, SIZE, 4)[::-1]


def encoded(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("degree", [0, 3])
def test_cycles_shows_what_a_rasteriser_of_the_published_equations_shows(degree, tmp_path):
    """Order, signs and axes of all harmonics included: with degree 3 each splat has another colour from each side."""
    rng, splats = np.random.default_rng(8), random_splats(COUNT, degree, seed=8)
    harmonics = splats.harmonics * np.float32(0.5)
    scales = np.exp(rng.normal(-5.2, 0.4, (COUNT, 3))).astype(np.float32)  # 5 mm, as of a face
    centres = rng.uniform(-0.2, 0.2, (COUNT, 3)).astype(np.float32)
    splats = dataclasses.replace(splats, centres=centres, scales=scales, harmonics=harmonics)
    found = picture_of(splats, tmp_path)
    axes = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # x right, y down, z forward, in columns
    focal = SIZE * bpy.context.scene.camera.data.lens / 36
    wanted = rasterised(splats, np.array([0.0, -AWAY, 0.0]), axes, focal, SIZE)
    assert wanted[..., 3].mean() > 0.3
    off = np.abs(encoded(found[..., :3]) - encoded(wanted[..., :3]))
    assert 255 * off.mean() < 3, 255 * off.mean()
    assert np.abs(found[..., 3] - wanted[..., 3]).mean() < 3 / 255
    if degree:
        flipped = dataclasses.replace(splats, harmonics=harmonics * np.float32([1] + [-1] * 15)[:, None])
        other = rasterised(flipped, np.array([0.0, -AWAY, 0.0]), axes, focal, SIZE)
        assert 255 * np.abs(encoded(found[..., :3]) - encoded(other[..., :3])).mean() > 6, "a wrong sign would be seen"
