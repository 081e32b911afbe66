"""Every Python snippet for Blender in README.md and docs/ runs as it stands, beside files of the names that it uses."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame import FlameModel
from flame_blender.head import models
from tests.blender import mediapipe_stand_in
from tests.blender.conftest import ALL_TESTS, IN_CI, NEWEST, VERSION
from tests.blender.fit_subjects import STATIC_51, face_of, landmarks_of, person, vertices_of
from tests.flame.body_like import body_like
from tests.flame.face_like import face_like_arrays, face_like_model
from tests.flame.flame_files import flame_2020
from tests.package.doc_snippets import Snippet, snippets
from tests.splats.made_up import columns_of, random_splats, write_ply
from tests.texture_models.files import for_head
from tests.textured_meshes.writers import halved, write_deca_detail, write_psbody

SNIPPETS = [each for each in snippets("python") if each.in_blender]


def write_clip(path: Path, model: FlameModel) -> None:
    """Twelve frames of VHAP's tracker."""
    rng = np.random.default_rng(0)
    widths = {"expr": 100, "rotation": 3, "neck_pose": 3, "jaw_pose": 3, "eyes_pose": 6, "translation": 3}
    frames = {key: rng.uniform(0, 0.1, (12, width)).astype(np.float32) for key, width in widths.items()}
    np.savez(path, **frames, shape=rng.normal(size=300).astype(np.float32))


def write_take(path: Path, model: FlameModel) -> None:
    """Half a second of Live Link Face."""
    rows = [",".join(["Timecode", "BlendShapeCount", "JawOpen", "HeadYaw", "HeadPitch", "HeadRoll"])]
    rows += [f"10:00:00:{row:02d}.000,61,{row / 30},0.1,0,0" for row in range(31)]
    path.write_text("\n".join(rows))


def write_mouth_shapes(path: Path, model: FlameModel) -> None:
    """A second of Rhubarb Lip Sync."""
    path.write_text("0.00\tX\n0.10\tB\n0.40\tD\n1.00\tX\n")


def write_speech(folder: Path, model: FlameModel) -> None:
    """Meshes as VOCA writes them: unposed, one OBJ a frame."""
    folder.mkdir()
    opening = model.v_template - np.array([0, 0.005, 0], np.float32)
    faces = "".join(f"f {a} {b} {c}\n" for a, b, c in (model.faces + 1).tolist())
    for index in range(20):
        mesh = model.v_template + (opening - model.v_template) * (index % 10) / 10
        rows = "".join(f"v {x:.7f} {y:.7f} {z:.7f}\n" for x, y, z in mesh.tolist())
        (folder / f"{index:05d}.obj").write_text(rows + faces)


def write_portrait(path: Path, model: FlameModel) -> None:
    """A photo of 256 pixels, and beside it iBUG's landmarks as a .pts."""
    image = bpy.data.images.new("portrait", 256, 256)
    image.filepath_raw, image.file_format = str(path.with_suffix(".png")), "PNG"
    image.save()
    bpy.data.images.remove(image)
    camera = api.Camera([900, 900, 128, 128], 256, 256, np.diag([1.0, -1, -1]), (0, 0, 0.9))
    pixels = camera.project(landmarks_of(model, person(model, np.random.default_rng(0), 0.3)))
    rows = "\n".join(f"{x + 1:.4f} {y + 1:.4f}" for x, y in pixels)
    path.with_suffix(".pts").write_text(f"version: 1\nn_points: {len(pixels)}\n{{\n{rows}\n}}\n")


def write_scan(path: Path, model: FlameModel) -> None:
    """A face in millimetres, Z up, and its landmarks as MeshLab's picked points, in the folder ``picked`` or beside."""
    somebody = person(model, np.random.default_rng(1), 0.3)
    vertices, points = (
        1000 * each @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
        for each in (vertices_of(model, somebody), landmarks_of(model, somebody))
    )
    faces = model.faces[np.isin(model.faces, face_of(model)).all(1)]
    header = f"ply\nformat ascii 1.0\nelement vertex {len(vertices)}\n" + "".join(
        f"property float {axis}\n" for axis in "xyz"
    )
    rows = [" ".join(f"{each:.4f}" for each in vertex) for vertex in vertices]
    rows += [f"3 {a} {b} {c}" for a, b, c in faces]
    end = f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    path.parent.mkdir(exist_ok=True)
    path.write_text(header + end + "\n".join(rows) + "\n")
    picked = path.parent.with_name("picked") if path.parent.name == "scans" else path.parent
    picked.mkdir(exist_ok=True)
    text = "".join(
        f'<point x="{x}" y="{y}" z="{z}" active="1" name="{17 + index}"/>'
        for index, (x, y, z) in enumerate(points[STATIC_51])
    )
    (picked / f"{path.stem}.pp").write_text(f"<!DOCTYPE PickedPoints>\n<PickedPoints>{text}</PickedPoints>\n")


def write_scans(folder: Path, model: FlameModel) -> None:
    """A folder with one of them."""
    write_scan(folder / "first.ply", model)


def write_frames(folder: Path, model: FlameModel) -> None:
    """A folder with two pictures."""
    folder.mkdir()
    for name in ("001.png", "002.png"):
        write_portrait(folder / name, model)


def write_task(path: Path, model: FlameModel) -> None:
    """A file that has to be there, no more."""
    path.write_bytes(b"a model")


def write_texture(path: Path, model: FlameModel) -> None:
    """A texture model for the heads of :data:`FLAME`."""
    head = face_like_model()
    for_head(path, head.v_template, head.faces)


def write_other_flame(path: Path, model: FlameModel) -> None:
    """A file as FLAME's in which all directions point the other way: the same people by other numbers."""
    arrays = face_like_arrays()
    path.write_bytes(flame_2020({**arrays, "shapedirs": -arrays["shapedirs"]}))


def write_body(path: Path, model: FlameModel) -> None:
    """A made-up body of SMPL-X's topology that fits the heads of :data:`FLAME`."""
    body = body_like(face_like_model())
    rows = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in body.vertices]
    # Blender brings in no vertices without faces, of which the made-up body has some and SMPL-X none
    loose = np.setdiff1d(np.arange(len(body.vertices)), body.faces)
    patches = np.stack([loose, np.roll(loose, 1), np.roll(loose, 2)], 1)
    rows += [f"f {a} {b} {c}" for a, b, c in (np.concatenate([body.faces, patches]) + 1).tolist()]
    path.write_text("\n".join(rows) + "\n")


def write_vertex_ids(path: Path, model: FlameModel) -> None:
    """Which of its vertices are the head's."""
    np.save(path, body_like(face_like_model()).ids)


# what lies beside a script: a stand-in for each file and folder that a snippet reads
def write_detail(path: Path, model: FlameModel) -> None:
    """A detail mesh on the model's mean, and the coarse mesh beside it."""
    path.parent.mkdir()
    corners, weights, faces = halved(model.faces)
    dense = (model.v_template[corners] * weights[..., None]).sum(1)
    write_deca_detail(path, dense, faces, np.full(dense.shape, 128))
    write_psbody(path.with_name("face.obj"), model.v_template, model.faces)


FLAME = "flame2023.pkl"  # of the file whose named controls are computed once


def write_splats(path: Path, model: FlameModel) -> None:
    write_ply(path, columns_of(random_splats(200, 1, min(len(model.faces), 9000))))


FILES: dict[str, Callable[[Path, FlameModel], None]] = {
    "tracked_flame_params_30.npz": write_clip,
    "FLAME_texture.npz": write_texture,
    "voca_meshes": write_speech,
    "take.csv": write_take,
    "voice.tsv": write_mouth_shapes,
    "portrait.png": write_portrait,
    "scan.ply": write_scan,
    "scans": write_scans,
    "frames": write_frames,
    "face_landmarker.task": write_task,
    "smplx_body.obj": write_body,
    "SMPL-X__FLAME_vertex_ids.npy": write_vertex_ids,
    "generic_model.pkl": write_other_flame,
    "deca/face_detail.obj": write_detail,
    "somebody.ply": write_splats,
}


@pytest.fixture
def beside(tmp_path, monkeypatch, installed_name, request) -> Callable[[Snippet], Path]:
    """A saved scene that renders quickly, in the folder where a snippet finds its files; a function of the snippet."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (0, -1, 0), (math.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = 16
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    monkeypatch.setitem(sys.modules, "mediapipe", mediapipe_stand_in)
    monkeypatch.chdir(tmp_path)
    model = models.evaluator(models.resolve(api.BUILT_IN).fingerprint).model

    def laid_out(snippet: Snippet) -> Path:
        if f'"{FLAME}"' in snippet.code:
            request.getfixturevalue("computed_once").write(tmp_path / FLAME)
        for name, write in FILES.items():
            if f'"{name}"' in snippet.code:
                write(tmp_path / name, model)
        return tmp_path

    return laid_out


# all in CI's newest Blender, else the README's first
RUN = SNIPPETS if ALL_TESTS or (IN_CI and VERSION == NEWEST) else SNIPPETS[:1]


@pytest.mark.parametrize("snippet", RUN, ids=[each.name for each in RUN])
def test_snippet_runs_as_it_stands(snippet, beside):
    folder = beside(snippet)
    found = snippet.run(folder)
    if "fitted" in found:
        report = found["fitted"].fit.report
        assert report.mean < {"mm": 1.0, "px": 1.0}[report.unit]
    if "reports" in found:
        assert [report["fitted"] for report in found["reports"]] == [True]
        assert (folder / "fitted" / "first.npz").exists()
    if "seed" in found:
        assert len(list(folder.glob("face_*.png"))) == 10
    if "mediapipe" in found:
        action = found["head"].animation_data.action
        assert tuple(action.frame_range) == (1, 2) and api.get_params(found["head"]).jaw[0] > 0.1
