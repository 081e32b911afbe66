"""Pictures of samples beside their labels: blurred ones, colours without light, things before faces."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.datasets.from_files.source_folders import listed
from flame_blender.datasets.labels.classes import CLASSES
from flame_blender.datasets.labels.label_maps import class_mask, seen_triangles
from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.datasets.sample_files import sample_files
from flame_blender.errors import DatasetError
from flame_blender.film.own_data import own_data
from flame_blender.sample_renders.sample_scene import SampleScene
from tests.blender.test_sample_renders import counts

TOP = (
    'name = "shots"\nseed = 2\ncount = 1\nshard_size = 1\n[image]\nwidth = 48\nheight = 40\nsamples = 48\n'
    "denoise = false\n[expression]\nface = 'Joy'\n[background]\nkind = 'plain'\ngrey = 1.0\n"
)
GREEN, RED = (0.05, 0.6, 0.1), (0.7, 0.02, 0.05)


def rendered(folder, text: str) -> list[tuple[np.ndarray, np.ndarray | None, dict[str, bytes], np.ndarray]]:
    """Picture, albedo, files and classes of every picture of sample 0."""
    path = folder / "shots.toml"
    path.write_text(TOP + text)
    found = []
    with own_data() as own:
        recipe = load_recipe(path)
        scene = SampleScene(recipe, None, listed(recipe))
        own.collect()
        for posed in scene.shots(0):
            pixels, albedo = scene.render(folder), scene.render_albedo(folder)
            vertices, surface = posed.in_sight
            seen = seen_triangles(posed.camera, vertices, surface.faces, surface.clear)
            files = sample_files(recipe, posed, pixels, {}, albedo)
            found.append((pixels.astype(int), albedo, files, class_mask(seen, surface)))
        scene.close()
    return found


def save_thing(path, colour, *, flame_class=None, driven: bool = False) -> None:
    """A .blend with a tilted plate of 12 x 8 cm of one colour, a Subdivision modifier on it."""
    mesh = bpy.data.meshes.new("plate")
    corners = [(-0.06, 0, -0.04), (0.06, 0, -0.04), (0.06, 0.02, 0.04), (-0.06, 0.02, 0.04)]
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("plate")
    if bpy.app.version < (5, 0):
        material.use_nodes = True
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (*colour, 1)
    mesh.materials.append(material)
    thing = bpy.data.objects.new("plate", mesh)
    modifier = thing.modifiers.new("finer", "SUBSURF")
    modifier.subdivision_type, modifier.render_levels, modifier.levels = "SIMPLE", 2, 2
    if flame_class is not None:
        thing["flame_class"] = flame_class
    if driven:
        thing.driver_add("location", 0).driver.expression = "__import__('os').getpid()"
    bpy.data.libraries.write(str(path), {thing})
    bpy.data.batch_remove([thing, mesh, material])


def as_srgb(colour) -> np.ndarray:
    return np.array([255 * (1.055 * part ** (1 / 2.4) - 0.055) for part in colour])


def outline(pixels: np.ndarray, head: np.ndarray) -> float:
    """How much brighter two pixels outside a head's outline on the right are than two inside, in the mean of rows.

    The steepest step of each row lies in the grain of a picture without denoising, not at the outline.
    """
    rows = np.arange(5, 20)
    last = head.shape[1] - 1 - head[rows, ::-1].argmax(1)
    bright = [pixels[rows, last + off].sum(1).mean() for off in (-1, 0, 1, 2)]
    return float(bright[2] + bright[3] - bright[0] - bright[1]) / 2


def test_what_moves_and_what_is_out_of_focus_is_blurred_and_labels_are_sharp(tmp_path):
    clip = "[clip]\nframes = 3\nyaw = 60\n[camera]\nfill = 0.8\n"
    sharp, moved, open_wide = (
        rendered(tmp_path, clip + more)[1] for more in ("", "motion_blur = 1.0\n", "aperture = 0.2\n")
    )
    for other in (moved, open_wide):
        assert np.array_equal(sharp[3], other[3])
        assert all(sharp[2][kind] == other[2][kind] for kind in sharp[2] if kind.endswith(("seg.png", "maps.npz")))
    steep, *blurred = (outline(each[0], sharp[3] > 0) for each in (sharp, moved, open_wide))
    for less, most in zip(blurred, (0.7, 0.8), strict=True):
        assert less < most * steep, "the head's outline before white"
    darkness = [(765 - each[0].sum(2)).astype(float) for each in (sharp, moved)]
    columns = np.arange(48)
    middle, other = ((each * columns).sum() / each.sum() for each in darkness)
    assert abs(middle - other) < 0.4, "the frame is the shutter's middle"


def test_things_stand_before_the_face_in_pictures_and_labels(tmp_path):
    """The colours without light tell where a thing is, by Cycles; its class, computed, is there to the pixel."""
    (tmp_path / "things").mkdir()
    save_thing(tmp_path / "things" / "green.blend", GREEN, flame_class="glasses")
    before = counts()
    text = (
        "[occluder]\nfolder = 'things'\nx = 0.03\ny = 0.02\nturn = 20\n[labels]\nalbedo = true\n"
        "[camera]\nviews = 2\nspread = 30\nfocal = 50\n[light]\nworld = {world}\n"
    )
    colours = []
    for world in ("'night'", "'none'"):
        shots = rendered(tmp_path, text.replace("{world}", world))
        for pixels, albedo, files, classes in shots:
            thing = (np.abs(albedo - as_srgb(GREEN)) < 2).all(2)
            assert np.array_equal(thing, classes == CLASSES["glasses"]) and 80 < thing.sum() < 900
            assert np.array_equal(classes > 0, (albedo > 0).any(2))
            assert len(files) == 7 and pixels.shape == albedo.shape
        colours.append([albedo for _, albedo, *_ in shots])
    assert np.array_equal(*colours), "whatever the light"
    right, low = (np.flatnonzero((shots[0][3] == CLASSES["glasses"]).any(axis)).mean() for axis in (0, 1))
    assert right > 26 and low > 22, "to the right and below the middle"
    assert counts() == before
    api.render_shards(tmp_path / "shots.toml", tmp_path / "set")
    api.finish_shards(tmp_path / "set")
    assert "green.blend (1)" in (tmp_path / "set" / "DATA_CARD.md").read_text() and counts() == before


@pytest.mark.oldest_and_newest
def test_files_that_run_code_or_hold_no_mesh_are_refused(tmp_path):
    (tmp_path / "things").mkdir()
    path, thing = tmp_path / "shots.toml", tmp_path / "things" / "thing.blend"
    path.write_text(f"{TOP}[occluder]\nfolder = 'things'\n")
    before = counts()
    save_thing(thing, RED, driven=True)
    with pytest.raises(DatasetError, match=r"thing\.blend: expected no drivers, found one on 'plate'"):
        api.render_shards(path, tmp_path / "set")
    assert counts() == before
    save_thing(thing, RED, flame_class="cup")
    with pytest.raises(DatasetError, match=r"'plate': expected 'flame_class' to be a class such as 'glasses'"):
        api.render_shards(path, tmp_path / "set")
    thing.write_bytes(b"no Blender file")
    with pytest.raises(DatasetError, match=r"thing\.blend: expected a \.blend file, found none"):
        api.render_shards(path, tmp_path / "set")
    assert counts() == before
