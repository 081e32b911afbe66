"""Every script in examples/ that needs Blender does what its first line says, run as it stands."""

from __future__ import annotations

import csv
import json
import runpy
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame import FlameParams
from flame_blender.head import models
from flame_blender.sequences import FlameSequence, load_sequence, save_sequence
from tests.blender.fit_subjects import STATIC_51, face_of, landmarks_of, person, vertices_of

pytestmark = [pytest.mark.newest, pytest.mark.in_ci]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# tests/package/test_examples.py, tests/streams, tests/engines
WITHOUT_BLENDER = {"vertices_without_blender.py", "fit_with_torch.py", "send_a_take.py"}
WITHOUT_BLENDER |= {"read_a_data_set.py", "train_landmarks.py"}


@pytest.fixture
def run(monkeypatch, installed_name):
    """Run an example with arguments."""
    done = []

    def run(name: str, *arguments: object) -> None:
        monkeypatch.setattr(sys, "argv", ["blender", "--", *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name))
        done.append(name)

    return run


@pytest.fixture
def model():
    return models.evaluator(models.resolve(api.BUILT_IN).fingerprint).model


def head_in_scene() -> bpy.types.Object:
    return next(obj for obj in bpy.context.scene.objects if api.is_head(obj))


def is_picture(path: Path, side: int) -> bool:
    image = bpy.data.images.load(str(path))
    return tuple(image.size) == (side, side) and np.ptp(np.array(image.pixels[:])) > 0.1


def test_add_a_head(run, tmp_path):
    run("add_a_head.py", tmp_path / "head.png")
    assert is_picture(tmp_path / "head.png", 256) and len(head_in_scene().flame.landmarks) == 68


def test_animate_and_export(run, tmp_path, capsys):
    run("animate_and_export.py", tmp_path / "head.glb")
    assert (tmp_path / "head.glb").read_bytes()[:4] == b"glTF" and "off by" in capsys.readouterr().out


def test_import_a_clip(run, tmp_path, rng):
    jaw = np.abs(rng.normal(0, 0.1, (5, 3))).astype(np.float32) * [1, 0, 0]
    save_sequence(FlameSequence(FlameParams(jaw=jaw), fps=24, source="somebody"), tmp_path / "clip.npz")
    run("import_a_clip.py", tmp_path / "clip.npz", tmp_path / "out.blend")
    assert (tmp_path / "out.blend").exists() and list(tmp_path.rglob("*.pc2"))


def test_fit_a_scan(run, tmp_path, model, rng):
    vertices = vertices_of(model, person(model, rng, 0.3))
    faces = model.faces[np.isin(model.faces, face_of(model)).all(1)]
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices]
    (tmp_path / "scan.obj").write_text("\n".join([*lines, *(f"f {a} {b} {c}" for a, b, c in faces + 1)]))
    run("fit_a_scan.py", tmp_path / "scan.obj", tmp_path / "parameters.npz")
    assert load_sequence(tmp_path / "parameters.npz").params.shape.any()


def test_fit_a_photo(run, tmp_path, model, rng):
    camera = api.Camera([900, 900, 128, 128], 256, 256, np.diag([1.0, -1, -1]), (0, 0, 0.9))
    pixels = camera.project(landmarks_of(model, person(model, rng, 0.3)))[STATIC_51]
    image = bpy.data.images.new("photo", 256, 256)
    image.filepath_raw, image.file_format = str(tmp_path / "photo.png"), "PNG"
    image.save()
    (tmp_path / "photo.json").write_text(json.dumps(pixels.tolist()))
    run("fit_a_photo.py", tmp_path / "photo.png", tmp_path / "photo.json", tmp_path / "head.blend")
    assert (tmp_path / "head.blend").exists()


def test_faces_with_ground_truth(run, tmp_path):
    run("faces_with_ground_truth.py", tmp_path / "faces", 2)
    for number in range(2):
        assert is_picture(tmp_path / "faces" / f"{number:05d}.png", 256)
        told = json.loads((tmp_path / "faces" / f"{number:05d}_landmarks.json").read_text())
        assert told
        assert load_sequence(tmp_path / "faces" / f"{number:05d}_parameters.npz").params.shape.any()


def test_arkit_scores(run, tmp_path, capsys):
    with (tmp_path / "scores.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Timecode", "BlendShapeCount", "JawOpen", "MouthSmileLeft", "HeadYaw"])
        rows.writerows([f"00:00:00:{frame:02d}", 61, 0.1 * frame, 0.5, 0.2] for frame in range(4))
    run("arkit_scores.py", tmp_path / "scores.csv", tmp_path / "head.blend")
    assert "4 frames; left out: " in capsys.readouterr().out
    assert bpy.context.scene.frame_end == 4


def test_all_examples_are_tested():
    here = Path(__file__).read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert path.name in WITHOUT_BLENDER or f'run("{path.name}"' in here, path.name
