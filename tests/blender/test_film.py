"""Films of heads and files: how many frames, how large, with sound, not blank; the scene is left as it was."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import wave
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.clips.sound import add_sound
from flame_blender.errors import FlameError, WriteError
from flame_blender.export.mesh_files import write_obj
from flame_blender.export.uvs import FaceUvs
from flame_blender.head.under_work import kinds
from tests.blender.check_pictures import LEAST_MOTION, LEAST_SPREAD, film_frames
from tests.blender.conftest import IS_MODULE, little_room, shown

CHECK = Path(__file__).with_name("check_pictures.py")
SOUND = bpy.app.build_options.audaspace
SMALL = {"width": 64, "height": 48, "samples": 1, "engine": "CYCLES"}
RENDERED = "Render Result"  # which Blender keeps of any render


def everything() -> dict[str, set[str]]:
    return {kind: {each.name for each in getattr(bpy.data, kind)} - {RENDERED} for kind in kinds()}


def boxes(path) -> set[str]:
    """What kinds of tracks an .mp4 has, as its handler boxes say."""
    return {kind.decode() for kind in re.findall(rb"hdlr.{8}(soun|vide)", path.read_bytes(), re.DOTALL)}


def opened(path: Path) -> tuple[int, tuple[int, int], float]:
    """Frames, size and rate, as the boxes of the film's track tell them (ISO/IEC 14496-12).

    Blender 5.3's own reader of clips has crashed once, in a thousand films.
    """
    raw = path.read_bytes()
    track = next(each for each in raw.split(b"trak")[1:] if b"vide" in each)
    header, media, times = (track.index(kind) + 4 for kind in (b"tkhd", b"mdhd", b"stts"))
    width, height = struct.unpack_from(">2I", track, header + 76)  # 16.16
    (scale,) = struct.unpack_from(">I", track, media + 12)
    (runs,) = struct.unpack_from(">I", track, times + 4)
    counts, steps = zip(*struct.iter_unpack(">2I", track[times + 8 : times + 8 + 8 * runs]), strict=True)
    return sum(counts), (width >> 16, height >> 16), scale / steps[0]


def write_sound(path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes((np.sin(np.arange(16000) * 0.2) * 9000).astype("<i2").tobytes())


@pytest.fixture
def talking(built_in_head):
    for frame, turn in ((1, 0.0), (4, 0.4)):
        api.set_params(built_in_head, jaw=(turn, 0, 0), neck=(0, turn, 0))
        api.keyframe(built_in_head, frame)
    built_in_head.location = (1, 2, 3)
    bpy.context.scene.frame_set(2)
    return built_in_head


def write_meshes(folder, model, count=3):
    """An .npy as FaceFormer writes it."""
    folder.mkdir(exist_ok=True)
    meshes = np.repeat(model.v_template[None], count, 0)
    meshes[:, : len(meshes[0]) // 2, 1] += np.linspace(0, 0.03, count)[:, None]
    np.save(folder / "sentence.npy", meshes.reshape(count, -1))
    return folder / "sentence.npy"


def frames_of(path, folder):
    """(n, P) brightness of a few of a film's frames, read in a process of their own: see ``film_frames``."""
    if not IS_MODULE:
        return np.array(film_frames(path))
    subprocess.run([sys.executable, CHECK, "--frames", folder / "frames.npy", path], check=True, stdout=subprocess.PIPE)
    return np.load(folder / "frames.npy")


@pytest.mark.every_version
def test_a_head_as_a_film(talking, tmp_path):
    """The frames asked for, at the scene's rate; nothing of it stays, and the head is as it was."""
    before, there = everything(), shown(talking)
    sound = None
    if SOUND:
        sound = tmp_path / "speech.wav"
        write_sound(sound)
    path = tmp_path / "films" / "head.mp4"
    made = api.film(talking, path, sound=sound, frames=(1, 4), **SMALL)
    assert everything() == before and np.array_equal(shown(talking), there)
    assert bpy.context.scene.frame_current == 2 and talking.flame.live and list(path.parent.iterdir()) == [path]
    assert opened(path) == (4, (64, 48), 24.0)
    assert boxes(path) == ({"soun", "vide"} if SOUND else {"vide"})
    assert (made.path, made.n_frames, made.fps, made.sound) == (path, 4, 24.0, sound) and path.name in made.summary()
    pictures = frames_of(path, tmp_path)
    assert min(picture.std() for picture in pictures) > LEAST_SPREAD
    assert np.abs(pictures[-1] - pictures[0]).mean() > LEAST_MOTION
    for picture in pictures:  # all of the head is seen: the edges are the background
        rows = picture.reshape(48, 64)
        assert np.ptp(np.concatenate([rows[0], rows[-1], rows[:, 0], rows[:, -1]])) < 0.1


@contextmanager
def at_each_render(look):
    """``look(scene)`` as a render begins."""

    def handler(scene, *_):
        look(scene)

    bpy.app.handlers.render_init.append(handler)
    try:
        yield
    finally:
        bpy.app.handlers.render_init.remove(handler)


def test_what_moves_the_heads_object_moves_it_in_the_frames_that_are_filmed(built_in_head, tmp_path):
    for frame, x in ((1, 0.0), (11, 10.0)):
        built_in_head.location.x = x
        built_in_head.keyframe_insert("location", frame=frame)
    built_in_head.parent = carrier = bpy.data.objects.new("carrier", None)
    bpy.context.collection.objects.link(carrier)
    carrier.location.z = 7.0
    seen = []

    def look(scene):
        seen.extend(tuple(each.matrix_world.translation) for each in scene.objects if each.type == "MESH")

    with at_each_render(look):
        api.film(built_in_head, tmp_path / "head.mp4", frames=(11, 12), **SMALL)
    assert seen == [(10.0, 0.0, 7.0), (10.0, 0.0, 7.0)]


def test_a_head_is_filmed_as_it_renders(built_in_head, tmp_path):
    """Its subdivision, and in its place the detail mesh that it is hidden behind."""
    model = api.model(built_in_head)
    write_obj(tmp_path / "detail.obj", model.v_template, model.faces)
    api.add_detail_mesh(built_in_head, tmp_path / "detail.obj")
    built_in_head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    seen = []

    def look(scene):
        seen.extend((each.hide_render, each.modifiers[-1].type) for each in scene.objects if each.type == "MESH")

    with at_each_render(look):
        api.film(built_in_head, tmp_path / "head.mp4", frames=(1, 1), **SMALL)
    assert seen[:2] == [(True, "SUBSURF"), (False, "NODES")]
    assert built_in_head.hide_render and api.has_detail_mesh(built_in_head)


def test_a_files_meshes_with_the_sound_beside_them(built_in_head, tmp_path):
    """The sound belongs to the file: a part of its frames has that part of it."""
    source = write_meshes(tmp_path / "clip", api.model(built_in_head))
    write_sound(source.with_suffix(".wav"))
    starts = []

    def look(scene):
        if scene.sequence_editor is not None:
            strips = getattr(scene.sequence_editor, "strips", None) or scene.sequence_editor.sequences
            starts.extend(strip.frame_start for strip in strips if strip.type == "SOUND")

    with at_each_render(look):
        made = api.film(source, tmp_path / "meshes.mov", frames=(2, 3), **SMALL)
    assert starts == ([0] if SOUND else [])  # the first frame of the film is 1
    assert opened(made.path)[::2] == (2, 30.0)
    assert made.sound == (source.with_suffix(".wav") if SOUND else None)
    assert SOUND or "without sound" in made.summary()
    assert list(source.parent.iterdir()) and not (source.parent / "flame_cache").exists()


@pytest.mark.oldest_and_newest
def test_a_clip_of_parameters(built_in_head, tmp_path):
    """The model for new heads shows them; the film's rate is the one that is asked for."""
    np.savez(tmp_path / "clip.npz", expression=np.zeros((2, 5)), jaw=np.array([[0, 0, 0], [0.3, 0, 0]]), fps=25.0)
    made = api.film(tmp_path / "clip.npz", tmp_path / "clip.mkv", fps=12, **SMALL)
    assert made.n_frames == 2 and made.fps == 12 and "Built-in" in made.summary()
    assert (tmp_path / "clip.mkv").read_bytes()[:4] == b"\x1a\x45\xdf\xa3"


def test_the_picture_lies_on_the_templates_uvs(built_in_head, tmp_path):
    """A picture that is red left and green right, on UVs that tell left from right: so is the face."""
    model = api.model(built_in_head)
    faces = model.faces
    place = (model.v_template[:, 0] > 0).astype(np.float32) * 0.5 + 0.25
    uvs = FaceUvs(np.stack([place, place * 0 + 0.5], 1), faces)
    write_obj(tmp_path / "template.obj", model.v_template, faces, uvs)
    image = bpy.data.images.new("halves", 8, 8)
    pixels = np.zeros((8, 8, 4), np.float32)
    pixels[:, :4], pixels[:, 4:] = (1, 0, 0, 1), (0, 1, 0, 1)
    image.pixels.foreach_set(pixels.ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "halves.png"), "PNG"
    image.save()
    source = write_meshes(tmp_path / "clip", model, 1)
    seen = []

    def look(scene, *_):
        seen.append(scene.render.filepath)
        picture = bpy.data.images.load(scene.render.filepath)
        colours = np.empty(len(picture.pixels), np.float32)
        picture.pixels.foreach_get(colours)
        bpy.data.images.remove(picture)
        seen.append(colours.reshape(48, 64, 4)[20:30])

    bpy.app.handlers.render_write.append(look)
    try:
        api.film(
            source,
            tmp_path / "halves.mp4",
            uv_template=tmp_path / "template.obj",
            texture=tmp_path / "halves.png",
            **SMALL,
        )
    finally:
        bpy.app.handlers.render_write.remove(look)
    rows = seen[1]
    redder, greener = rows[..., 0] > rows[..., 1] + 0.2, rows[..., 1] > rows[..., 0] + 0.2
    assert redder[:, :31].sum() > 30 and greener[:, 33:].sum() > 30  # the head's left is seen right
    assert not redder[:, 34:].any() and not greener[:, :30].any()


def test_a_picture_without_room_is_no_blank_frame(talking, tmp_path):
    """Blender writes half a picture and says nothing."""
    before = everything()
    steps = api.filming(talking, tmp_path / "film.mp4", api.FilmOptions(frames=(1, 4), **SMALL))
    while len(bpy.data.scenes) == 1:
        next(steps)
    with little_room(1000), pytest.raises(WriteError, match="no room for the pictures"):
        next(steps)
    assert everything() == before and not list(tmp_path.iterdir())


def test_a_film_without_room_is_none(talking, tmp_path):
    before = everything()
    steps = api.filming(talking, tmp_path / "film.mp4", api.FilmOptions(frames=(1, 4), **SMALL))
    while next(steps) < 0.97:
        pass
    with little_room(800), pytest.raises(WriteError, match="cannot be written"):
        next(steps)
    assert everything() == before and not list(tmp_path.iterdir())


@pytest.fixture
def source(built_in_head, tmp_path):
    return write_meshes(tmp_path / "clip", api.model(built_in_head))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"path": "film.avi"}, "expected a name ending in .mp4, .mov, .mkv"),
        ({"width": 63}, "width: expected an even number"),
        ({"height": 8}, "height: expected 16 to 16384"),
        ({"frames": (2, 9)}, "expected some of 1 to 3"),
        ({"sound": "none.wav"}, "expected a file, found none"),
        ({"sound": "text.wav"}, "expected a sound, found none" if SOUND else "built without sound"),
        ({"texture": "text.wav", "uv_template": "good.obj"}, "expected a picture, found none"),
        ({"uv_template": "text.wav"}, "expected an .obj with v and f lines"),
        ({"uv_template": "few.obj"}, "expected a template of"),
        ({"uv_template": "bare.obj"}, "expected a template with UVs"),
        ({"engine": "WORKBENCH"}, "engine: expected one of"),
        ({"shown": "text.wav"}, "expected"),
        ({"path": "in_the_way/film.mp4"}, "file stands where a folder should be"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_leaves_nothing(source, built_in_head, tmp_path, wrong, said):
    model = api.model(built_in_head)
    (tmp_path / "text.wav").write_text("no sound, no picture\n" * 10)
    (tmp_path / "in_the_way").write_text("")
    faces = corners = model.faces
    write_obj(tmp_path / "bare.obj", model.v_template, faces)
    write_obj(tmp_path / "good.obj", model.v_template, faces, FaceUvs(model.v_template[:, :2], corners))
    write_obj(tmp_path / "few.obj", model.v_template[:3], np.array([[0, 1, 2]]))
    given = {key: tmp_path / value if "." in str(value) else value for key, value in wrong.items()}
    before, files = everything(), sorted(tmp_path.rglob("*"))
    with pytest.raises(FlameError) as caught:
        api.film(given.pop("shown", source), given.pop("path", tmp_path / "film.mp4"), **{**SMALL, **given})
    message = str(caught.value)
    assert said in message and message.endswith(".") and message.isprintable()
    assert everything() == before and sorted(tmp_path.rglob("*")) == files


def test_stopped_nothing_is_left(talking, tmp_path):
    before = everything()
    steps = api.filming(talking, tmp_path / "film.mp4", api.FilmOptions(frames=(1, 4), **SMALL))
    shares = [next(steps)]
    while len(bpy.data.scenes) == 1:
        shares.append(next(steps))
    shares.append(next(steps))
    assert len(bpy.data.scenes) == 3 and shares == sorted(shares) and shares[-1] < 1
    steps.close()
    assert everything() == before and not list(tmp_path.iterdir())


def test_the_button(talking, tmp_path):
    bpy.context.view_layer.objects.active = talking
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 2
    done = bpy.ops.flame.film_head(filepath=str(tmp_path / "film"), width=32, height=32, samples=1, engine="CYCLES")
    assert done == {"FINISHED"} and opened(tmp_path / "film.mp4")[:2] == (2, (32, 32))
    with pytest.raises(FlameError, match="file of meshes to put them on, found a head"):
        api.film(talking, tmp_path / "other.mp4", texture=tmp_path / "film.mp4")


@pytest.mark.skipif(not SOUND, reason="this build of Blender has no sound")
def test_a_text_is_no_sound(empty_scene, tmp_path):
    """Beside a clip it is left out in a sentence, and nothing of it stays."""
    (tmp_path / "speech.wav").write_text("no sound\n" * 10)
    (told,) = add_sound(empty_scene, tmp_path / "speech.wav", 1)
    assert told == "speech.wav is left out: expected a sound, found none that Blender plays; choose another file."
    editor = empty_scene.sequence_editor
    assert not len(editor.strips if hasattr(editor, "strips") else editor.sequences) and not bpy.data.sounds


@pytest.mark.skipif(not SOUND, reason="this build of Blender has no sound")
def test_a_sound_of_a_relative_path_is_found_wherever_blender_is_started(empty_scene, tmp_path, monkeypatch):
    write_sound(tmp_path / "speech.wav")
    monkeypatch.chdir(tmp_path)
    for _ in range(2):  # the second moves the strip of the first
        assert add_sound(empty_scene, Path("speech.wav"), 1) == ()
    assert [each.filepath for each in bpy.data.sounds] == [str(tmp_path / "speech.wav")]
