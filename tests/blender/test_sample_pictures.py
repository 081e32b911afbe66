"""Pictures of a user's own in samples: behind the head, and round it as its light."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.datasets.contact_sheet import contact_sheet
from flame_blender.datasets.from_files.source_folders import listed
from flame_blender.datasets.labels.classes import CLASSES
from flame_blender.datasets.labels.label_maps import seen_triangles
from flame_blender.datasets.recipe_files import load_recipe
from flame_blender.errors import DatasetError
from flame_blender.film.own_data import own_data
from flame_blender.looks.complexion import tone_colour
from flame_blender.sample_renders.sample_scene import SampleScene
from flame_blender.texture_models.encoding import as_light
from flame_blender.textures.png import png_bytes

SMALL = (
    'name = "pictures"\nseed = 2\ncount = 1\nshard_size = 1\n[image]\nwidth = 48\nheight = 32\nsamples = 16\n'
    "denoise = false\n[camera]\nfill = 0.9\n[background]\nfolder = 'photos'\n"
)
SIDES = np.array([[220, 20, 30], [10, 200, 40]], np.uint8)  # left and right


def counts() -> tuple[int, ...]:
    """Without the picture that Blender keeps of any render."""
    images = [each for each in bpy.data.images if each.type != "RENDER_RESULT"]
    return len(images), len(bpy.data.scenes), len(bpy.data.meshes), len(bpy.data.worlds)


def save_light(path, colour) -> None:
    """An .exr of one colour, as Blender writes it."""
    image = bpy.data.images.new("light", 8, 4, float_buffer=True)
    image.pixels.foreach_set(np.tile(np.array([*colour, 1], np.float32), 32))
    image.file_format, image.filepath_raw = "OPEN_EXR", str(path)
    image.save()
    bpy.data.images.remove(image)


def test_own_pictures_are_behind_the_head_and_light_it(tmp_path):
    (tmp_path / "photos").mkdir()
    photo = np.repeat(np.repeat(SIDES[None], 60, 0), 60, 1)  # 60 x 120: cut to the middle 90
    (tmp_path / "photos" / "sides.png").write_bytes(png_bytes(photo))
    (tmp_path / "light").mkdir()
    save_light(tmp_path / "light" / "red.exr", (1.0, 0.0, 0.0))
    path = tmp_path / "set.toml"
    path.write_text(f"{SMALL}[light]\nfolder = 'light'\n")
    before = counts()
    with own_data() as own:
        recipe = load_recipe(path)
        scene = SampleScene(recipe, None, listed(recipe))
        own.collect()
        posed, pixels = scene.pose(0), None
        pixels = scene.render(tmp_path).astype(int)
        head = seen_triangles(posed.camera, posed.vertices, posed.model.faces, posed.surface.clear).triangle >= 0
        scene.close()
    assert counts() == before
    outside = np.lib.stride_tricks.sliding_window_view(~np.pad(head, 2), (5, 5)).all((2, 3))
    assert outside.sum() > 300
    for side, half in ((0, np.s_[:, :24]), (1, np.s_[:, 24:])):
        assert np.array_equal(np.unique(pixels[half][outside[half]], axis=0), SIDES[side : side + 1])
    shown = pixels[head & (pixels.sum(2) > 60)]
    assert (shown[:, 0] > 2 * shown[:, 1:].max(1)).mean() > 0.5, "lit red"
    found = api.render_shards(path, tmp_path / "set")
    assert found.n_samples == 1 and contact_sheet(tmp_path / "set").shape[2] == 3
    api.finish_shards(tmp_path / "set")
    told = (tmp_path / "set" / "DATA_CARD.md").read_text()
    assert "Files of background.folder" in told and "sides.png (1)" in told and "red.exr (1)" in told


def test_skins_have_the_tones_of_people(tmp_path):
    """Without light, of one sample: as dark as the tone's colour is, and freckles and age beside, no label else."""
    light = {}
    for number, skin in enumerate(("", "tone = 0.0", "tone = 0.9", "tone = 0.9\nage = 70\nfreckles = 1.0")):
        path = tmp_path / f"{number}.toml"
        path.write_text(SMALL.partition("[background]")[0] + f"[labels]\nalbedo = true\n[skin]\n{skin}\n")
        with own_data() as own:
            scene = SampleScene(load_recipe(path), None)
            own.collect()
            posed = scene.pose(0)
            seen = seen_triangles(posed.camera, posed.vertices, posed.model.faces, posed.surface.clear).triangle
            pixels = as_light(scene.render_albedo(tmp_path) / 255.0)
            scene.close()
        shown = (seen >= 0) & (posed.surface.classes[seen] == CLASSES["nose"])
        light[number] = np.median(pixels[shown], axis=0)
    lightest, darkest = tone_colour(0.0), tone_colour(0.9)
    assert np.abs(light[2] / light[1] / (darkest / lightest) - 1).max() < 0.2
    assert (light[0] < light[1]).all() and (light[3] < light[2]).all()


@pytest.mark.oldest_and_newest
def test_a_broken_picture_is_told_in_one_sentence(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    path = tmp_path / "set.toml"
    path.write_text(SMALL)
    before = counts()
    with pytest.raises(DatasetError, match=r"background\.folder: .*broken\.jpg: expected a picture, found none"):
        api.render_shards(path, tmp_path / "set")
    (tmp_path / "light").mkdir()
    (tmp_path / "light" / "broken.hdr").write_bytes(b"#?RADIANCE\n")
    path.write_text(SMALL.replace("[background]\nfolder = 'photos'", "[light]\nfolder = 'light'"))
    with pytest.raises(DatasetError, match=r"light\.folder: .*broken\.hdr: expected a picture, found none"):
        api.render_shards(path, tmp_path / "set")
    assert counts() == before
    assert [each.name for each in (tmp_path / "set").glob("*.tar")] == []
