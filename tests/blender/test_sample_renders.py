"""Samples of data sets rendered: labels against Blender's ray casts, cameras and pictures; shards that never vary."""

from __future__ import annotations

import json
import re
import signal
import tarfile
from types import SimpleNamespace

import bpy
import mathutils
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view

from flame_blender import api, command_line
from flame_blender.datasets.data_folder import begin_folder
from flame_blender.datasets.labels.classes import CLASSES
from flame_blender.datasets.labels.label_maps import seen_triangles
from flame_blender.datasets.recipe_files import read_recipe
from flame_blender.errors import WriteError
from flame_blender.film.own_data import own_data
from flame_blender.film.still import view_by
from flame_blender.geometry.axes import to_blender
from flame_blender.sample_renders.devices import used_device
from flame_blender.sample_renders.sample_scene import SampleScene
from tests.blender.conftest import little_room

TOP = 'name = "tried"\nseed = 5\ncount = 3\nshard_size = 2\n'
SIZE = 64
VARIED = """
[image]
width = 64
height = 48
samples = 2
denoise = false
[identity]
strength = 1.0
[expression]
strength = 0.2
[pose]
yaw = { uniform = [-50, 50] }
pitch = { uniform = [-20, 20] }
jaw = { uniform = [0, 20] }
[gaze]
yaw = { uniform = [-20, 20] }
[camera]
roll = { uniform = [-20, 20] }
yaw = { uniform = [-20, 20] }
focal = { uniform = [30, 120] }
shift_x = { uniform = [-0.1, 0.1] }
shift_y = { uniform = [-0.1, 0.1] }
fill = 0.9
[eyes]
iris = { choice = ["brown", "blue", "default"] }
[skin]
value = { uniform = [0.4, 1.2] }
"""
HAIR = """
[hair]
scalp = { choice = ["crop", "bob"] }
beard = { choice = ["none", "short"] }
"""


def counts() -> dict[str, int]:
    kinds = ("scenes", "objects", "meshes", "materials", "worlds", "lights", "cameras", "node_groups")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def recipe_of(name: str, more: str = VARIED):
    return read_recipe(f'{TOP}[model]\nname = "{name}"\n{more}')


@pytest.mark.parametrize("index", [0, 1])
def test_labels_are_what_blenders_rays_meet(any_model, index):
    """Rays of the Blender camera through the pixels' centres, cast at the mesh that is rendered."""
    of_file = "" if any_model == api.BUILT_IN else "[labels]\nmasks = ['material']\n"  # its regions are not installed
    with own_data():
        scene = SampleScene(recipe_of(any_model, VARIED + of_file), None)
        posed = scene.pose(index)
        seen = seen_triangles(posed.camera, posed.vertices, posed.model.faces, posed.surface.clear)
        scene.scene.view_layers[0].update()
        camera = scene.scene.camera
        head = next(each for each in scene.scene.objects if each.type == "MESH")
        faces = posed.model.faces[~posed.surface.clear]
        vertices = [each.co.copy() for each in head.data.vertices]
        tree = mathutils.bvhtree.BVHTree.FromPolygons(vertices, faces.tolist(), all_triangles=True)
        numbers = np.flatnonzero(~posed.surface.clear)
        corners = [camera.matrix_world @ each for each in camera.data.view_frame(scene=scene.scene)]
        right_top, _, left_bottom, left_top = corners
        origin, width, height = camera.matrix_world.translation, posed.camera.width, posed.camera.height
        forward = camera.matrix_world.to_3x3() @ mathutils.Vector((0, 0, -1))
        hits = same = 0
        misses = []
        for row in range(0, height, 3):
            for column in range(0, width, 3):
                across, down = (column + 0.5) / width, (row + 0.5) / height
                place = left_top + (right_top - left_top) * across + (left_bottom - left_top) * down
                place, _, face, _ = tree.ray_cast(origin, (place - origin).normalized())
                ours = seen.triangle[row, column]
                if (place is None) != (ours < 0):
                    misses.append((row, column))
                elif place is not None:
                    hits += 1
                    same += numbers[face] == ours
                    assert abs((place - origin).dot(forward) - seen.depth[row, column]) < 5e-5
        assert hits > 100 and len(misses) <= hits // 200 and same >= 0.98 * hits
        points = to_blender(posed.vertices[::97])
        seen_by_blender = np.array(
            [world_to_camera_view(scene.scene, camera, mathutils.Vector(p)) for p in points.tolist()]
        )
        pixels = np.stack([seen_by_blender[:, 0] * width, (1 - seen_by_blender[:, 1]) * height], 1)
        assert np.abs(pixels - posed.camera.project(posed.vertices[::97])).max() < 2e-3


@pytest.mark.every_version
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_picture_shows_the_head_where_its_mask_is(any_model, tmp_path):
    """A head with hair, without light before white: what is dark is the head."""
    dark = "[light]\nworld = 'none'\n[background]\nkind = 'plain'\ngrey = 1.0\n"
    with own_data():
        scene = SampleScene(recipe_of(any_model, VARIED.replace("samples = 2", "samples = 32") + HAIR + dark), None)
        scene.scene.view_settings.view_transform = "Standard"
        posed = scene.pose(0)
        pixels = scene.render(tmp_path)
        vertices, surface = posed.in_sight
        seen = seen_triangles(posed.camera, vertices, surface.faces, surface.clear)
    head = seen.triangle >= 0
    assert {CLASSES["hair"], CLASSES["skin"]} <= set(surface.classes[seen.triangle[head]].tolist())
    assert pixels.shape == (48, SIZE, 3) and 0.1 < head.mean() < 0.9
    bare = head & ~np.isin(surface.classes[seen.triangle], (CLASSES["hair"], CLASSES["beard"]))
    around, skin = (np.lib.stride_tricks.sliding_window_view(each, (3, 3)).all((2, 3)) for each in (head, bare))
    outside = np.lib.stride_tricks.sliding_window_view(~head, (3, 3)).all((2, 3))
    inner = pixels[1:-1, 1:-1]
    assert skin.sum() > 200 and (inner[skin] < 60).all() and (inner[outside] > 200).all()
    assert (inner[around] < 60).mean() > 0.97, "between strips of hair it is white"
    covered = 1 - np.where(pixels < 11, pixels / 255 / 12.92, ((pixels / 255 + 0.055) / 1.055) ** 2.4).mean(2)
    rows, columns = np.mgrid[:48, :SIZE]
    for share in (rows, columns):
        assert abs((covered * share).sum() / covered.sum() - share[head].mean()) < 0.1, "not a tenth of a pixel aside"


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_shards_are_the_same_bytes_whoever_renders_them(any_model, tmp_path):
    path = tmp_path / "tried.toml"
    path.write_text(f'{TOP}[model]\nname = "{any_model}"\n{VARIED}{HAIR}')
    before, shares = counts(), []
    found = api.render_shards(path, tmp_path / "one", threads=1, progress=shares.append)
    assert (found.n_shards, found.n_left, found.n_samples) == (2, 0, 3) and shares == [1 / 3, 2 / 3, 1]
    assert counts() == before, "nothing of it stays in the file"
    assert api.render_shards(path, tmp_path / "two", shards="1", threads=2).n_samples == 1
    steps = api.rendering_shards(path, tmp_path / "two", api.RenderOptions(threads=2))
    next(steps)
    steps.close()  # as Esc does, in the middle of the first shard
    assert counts() == before
    assert sorted(each.name for each in (tmp_path / "two").iterdir()) == ["recipe.json", "tried-000001.tar"]
    again = api.render_shards(path, tmp_path / "two")
    assert (again.n_shards, again.n_left) == (1, 1)
    for name in ("tried-000000.tar", "tried-000001.tar"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    whole = api.finish_shards(tmp_path / "one")
    assert (whole.n_samples, whole.n_shards) == (3, 2)
    with tarfile.open(tmp_path / "one" / "tried-000000.tar") as tar:
        told = json.load(tar.extractfile("000000001.json"))
    assert told["made_with"]["blender"] == ".".join(map(str, bpy.app.version))
    assert told["model"] == any_model and len(told["landmarks"]["ibug"]) == 68


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_a_shard_or_a_sample_alone_is_the_same(any_model, tmp_path):
    path = tmp_path / "tried.toml"
    path.write_text(f'{TOP}[model]\nname = "{any_model}"\n{VARIED}{HAIR}')
    before, shares = counts(), []
    assert api.render_shard(path, tmp_path / "set", 0).n_samples == 2
    found = api.render_samples(path, tmp_path / "loose", "1", threads=1, progress=shares.append)
    assert found.pictures == (tmp_path / "loose" / "000000001.png",) and shares == [1] and counts() == before
    assert "rendered 1 samples at " in found.summary()
    with tarfile.open(tmp_path / "set" / "tried-000000.tar") as tar:
        files = {each: tar.extractfile(each).read() for each in tar.getnames() if each.startswith("000000001.")}
    assert files == {each.name: each.read_bytes() for each in (tmp_path / "loose").iterdir()}
    for samples, told in (("3", "samples: expected some of 0 to 2"), ("x", "samples: expected numbers")):
        with pytest.raises(api.DatasetError, match=told):
            api.render_samples(path, tmp_path / "none", samples)
    assert not (tmp_path / "none").exists()
    steps = api.rendering_samples(path, tmp_path / "stopped", "0-2")
    next(steps)
    steps.close()
    assert counts() == before and len(list((tmp_path / "stopped").glob("*[0-9].png"))) == 1


@pytest.mark.oldest_and_newest
def test_a_card_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "tried.toml"
    cycles = bpy.context.preferences.addons["cycles"].preferences
    absent = [kind for kind in ("CUDA", "HIP", "METAL") if not cycles.get_devices_for_type(kind)]
    for kind in absent:
        path.write_text(f"{TOP}[image]\ndevice = '{kind}'\n")
        before = counts()
        with pytest.raises(api.DatasetError, match=f"^image.device: expected a graphics card .* by {kind}, found none"):
            api.render_shards(path, tmp_path / "set")
        assert counts() == before and not list((tmp_path / "set").glob("*.tar"))
    assert absent, "a machine with every kind of card"


@pytest.mark.oldest_and_newest
def test_all_cards_of_a_kind_are_used_and_the_users_choice_comes_back():
    """With a stand-in for Cycles' preferences: there is no card here."""
    cards = [SimpleNamespace(type="CUDA", use=use) for use in (False, True)]
    processor = SimpleNamespace(type="CPU", use=False)
    cycles = SimpleNamespace(compute_device_type="NONE", get_devices_for_type=lambda _kind: [*cards, processor])
    with used_device("CUDA", cycles):
        assert cycles.compute_device_type == "CUDA" and all(each.use for each in cards) and not processor.use
    assert cycles.compute_device_type == "NONE" and [each.use for each in cards] == [False, True]


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_the_command_renders_what_is_not_there(any_model, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command_line, "TOLD_EVERY", 0.0)
    path = tmp_path / "tried.toml"
    path.write_text(
        f'{TOP}[model]\nname = "{any_model}"\n[image]\nwidth = 16\nheight = 16\nsamples = 1\ndenoise = false\n'
    )
    words = ["render", str(path), "--out", str(tmp_path / "set"), "--threads", "1"]
    assert command_line.run([*words, "--shards", "1"]) == 0
    assert "rendered 1 samples in 1 shards" in capsys.readouterr().out
    assert command_line.run([*words, "--samples", "2"]) == 0 and (tmp_path / "set" / "000000002.seg.png").exists()
    assert "rendered 1 samples at " in capsys.readouterr().out
    assert command_line.run(words) == 0 and command_line.run(["finish", str(tmp_path / "set")]) == 0
    told, progress = capsys.readouterr()
    assert "rendered 2 samples in 1 shards" in told and "1 were there" in told and "3 samples in 2 shards" in told
    assert re.search(r"^100\.0 % done, \d+ samples an hour, 0 min left(, \d+ MB)?$", progress, re.MULTILINE)
    assert command_line.run([*words, "--shards", "9"]) == 1
    assert capsys.readouterr().err == "shards: expected some of 0 to 1, found '9'.\n"


@pytest.mark.oldest_and_newest
def test_what_is_missing_is_told_and_nothing_stays(tmp_path):
    before = counts()
    path = tmp_path / "tried.toml"
    for more, told in (
        ('[model]\nname = "nobody"\n', "expected an installed model \\('Built-in Head'"),
        ("[pose]\nyaw = 900\n", r"tried\.toml: pose\.yaw \(line 6\)"),
    ):
        path.write_text(TOP + more)
        with pytest.raises(api.DatasetError, match=told):
            api.render_shards(path, tmp_path / "set")
    path.write_text(TOP)
    with pytest.raises(api.DatasetError, match="shards: expected some of 0 to 1"):
        api.render_shards(path, tmp_path / "other", shards="2")
    (tmp_path / "set" / "tried-000000.tar").write_bytes(b"")
    with pytest.raises(api.DatasetError, match="expected the recipe"):
        api.render_shards(path, tmp_path / "set")  # of the recipe that was tried first
    assert counts() == before


TINY = "[image]\nwidth = 32\nheight = 32\nsamples = 1\ndenoise = false\n"


@pytest.mark.oldest_and_newest
def test_a_picture_without_room_is_no_black_sample(tmp_path):
    """Blender writes half a picture and says nothing."""
    with own_data():
        scene = SampleScene(read_recipe(TOP + TINY), None)
        scene.pose(0)
        with little_room(1000), pytest.raises(WriteError, match="no room for the pictures"):
            scene.render(tmp_path)


def test_a_shard_comes_to_no_folder_that_has_become_anothers(tmp_path):
    path, before = tmp_path / "tried.toml", counts()
    path.write_text(TOP + TINY)
    steps = api.rendering_shards(path, tmp_path / "set")
    next(steps)
    begin_folder(tmp_path / "set", read_recipe(TOP.replace("seed = 5", "seed = 6")))
    with pytest.raises(api.DatasetError, match="expected the recipe"):
        list(steps)
    assert not list((tmp_path / "set").glob("*.tar")) and counts() == before


def test_colours_by_another_management_are_told():
    with pytest.raises(api.FlameError, match="whose view 'ACES' pictures are rendered by"):
        view_by(bpy.context.scene, "ACES")


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_ctrl_c_within_a_render_stops_after_the_sample(any_model, tmp_path, capsys):
    """Raised there, Cycles' own Python would swallow it and the rest be rendered."""
    path = tmp_path / "tried.toml"
    path.write_text(f'{TOP}[model]\nname = "{any_model}"\n{VARIED}')
    before, pressed = counts(), []

    def press(*_):
        if not pressed:
            pressed.append(True)
            signal.raise_signal(signal.SIGINT)

    bpy.app.handlers.render_pre.append(press)
    was = signal.getsignal(signal.SIGINT)
    try:
        assert command_line.run(["render", str(path), "--out", str(tmp_path / "set")]) == 130
    finally:
        bpy.app.handlers.render_pre.remove(press)
    assert pressed and signal.getsignal(signal.SIGINT) == was and counts() == before
    assert [each.name for each in (tmp_path / "set").iterdir()] == ["recipe.json"]
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "Stopped; files that are whole stay, and the same command goes on."
