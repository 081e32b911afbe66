"""Random heads as files: drawn as the scripts draw them, and read back by other readers in FLAME's order."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from flame_blender.errors import FlameError, WriteError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS
from flame_blender.long_work import result_of
from flame_blender.model_files.loading import load_model
from flame_blender.samples.drawing import drawn
from flame_blender.samples.mesh_bytes import FORMATS
from flame_blender.samples.sampling import SampleOptions, Samples, sampling
from flame_blender.sequences import load_sequence
from tests.flame.smplx_reference import smplx_arguments

BUILT_IN = Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz"


@pytest.fixture(scope="module")
def evaluator(shared_model: FlameModel) -> FlameEvaluator:
    return FlameEvaluator(shared_model)


def sample(evaluator: FlameEvaluator, n: int, out: Path, **options) -> Samples:
    return result_of(sampling(evaluator, n, out, SampleOptions(**options)))


def psbody_ply(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """As a reader of a fixed layout takes it: header lines, then 12 bytes a vertex and 13 a face."""
    raw = path.read_bytes()
    header, _, rest = raw.partition(b"end_header\n")
    lines = header.decode("ascii").splitlines()
    assert lines[:2] == ["ply", "format binary_little_endian 1.0"]
    n_vertices, n_faces = (int(re.search(rf"element {kind} (\d+)", header.decode())[1]) for kind in ("vertex", "face"))
    assert len(rest) == 12 * n_vertices + 13 * n_faces
    vertices = np.array(struct.unpack_from(f"<{3 * n_vertices}f", rest), np.float32).reshape(-1, 3)
    rows = [struct.unpack_from("<B3i", rest, 12 * n_vertices + 13 * face) for face in range(n_faces)]
    assert {row[0] for row in rows} == {3}
    return vertices, np.array([row[1:] for row in rows])


def psbody_obj(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Line by line: words parted by one space."""
    rows = [line.split(" ") for line in path.read_text("ascii").splitlines()]
    assert {(row[0], len(row)) for row in rows} == {("v", 4), ("f", 4)}
    vertices = np.array([[float(word) for word in row[1:]] for row in rows if row[0] == "v"])
    return vertices, np.array([[int(word) - 1 for word in row[1:]] for row in rows if row[0] == "f"])


@pytest.mark.parametrize(("suffix", "read"), [(".ply", psbody_ply), (".obj", psbody_obj)])
@pytest.mark.parametrize(("kind", "name"), [("FLAME", "FLAME_sample"), ("VOCA_TEMPLATE", "VOCA_template")])
def test_other_readers_find_smplxs_vertices_in_order(evaluator, tmp_path, suffix, read, kind, name) -> None:
    """Trimesh and a plain reader; what smplx computes from the parameters that lie beside the files."""
    torch = pytest.importorskip("torch")
    from smplx.lbs import lbs

    made = sample(evaluator, 3, tmp_path / "out", kind=kind, suffix=suffix, parameters=True, seed=5)
    assert [path.name for path in made.paths] == [f"{name}_{number:02d}{suffix}" for number in (1, 2, 3)]
    assert made.parameters == tmp_path / "out" / f"{name}s.npz"
    clip = load_sequence(made.parameters)
    model = evaluator.model
    assert len(clip) == 3 and clip.release == model.release
    for index, path in enumerate(made.paths):
        params = clip.frame(index)
        betas = np.zeros(model.n_identity + model.n_expression)
        betas[: len(params.shape)] = params.shape
        betas[model.n_identity : model.n_identity + len(params.expression)] = params.expression
        given = (torch.tensor(each[None].astype(np.float64)) for each in (betas, params.pose15()))
        expected = lbs(*given, *smplx_arguments(model))[0][0].numpy()
        loaded: Any = trimesh.load(path, process=False)
        for vertices, faces in (read(path), (loaded.vertices, loaded.faces)):
            assert len(vertices) == model.n_vertices and np.abs(vertices - expected).max() < 1e-6
            assert np.array_equal(faces, model.faces)


def test_they_are_drawn_as_the_scripts_draw(evaluator) -> None:
    """sample_FLAME.py: 100 + 50 coefficients from N(0, 1) and N(0, 0.5), root 0.03, the other joints 0.02."""
    params, n = drawn(evaluator.model, "FLAME", 3, range(1000)), 1000
    assert params.shape.shape == (n, 100) and params.expression.shape == (n, 50)
    spreads = {"shape": 1.0, "expression": 0.5, "global_rotation": 0.03} | dict.fromkeys(POSE_FIELDS[1:], 0.02)
    for name, spread in spreads.items():
        values = getattr(params, name) / spread
        assert abs(values.std() - 1) < 0.06 and abs(values.mean()) < 0.08, name
        assert (
            np.abs(np.sort(values.ravel())[[values.size // 40, -(values.size // 40)]]).max() < 2.2
        )  # 1.96 of a normal
    assert not params.translation.any()
    template = drawn(evaluator.model, "VOCA_TEMPLATE", 3, range(n))
    assert template.shape.shape == (n, 100) and not template.expression.size
    assert not np.any([getattr(template, name) for name in (*POSE_FIELDS, "translation")])
    assert abs(template.shape.std() - 1) < 0.01


def test_the_same_seed_gives_the_same_heads(evaluator, tmp_path) -> None:
    few, many = (sample(evaluator, n, tmp_path / str(n), seed=7) for n in (2, 40))
    other = sample(evaluator, 2, tmp_path / "other", seed=8)
    assert [path.read_bytes() for path in few.paths] == [path.read_bytes() for path in many.paths[:2]]
    assert few.paths[0].read_bytes() != few.paths[1].read_bytes() != other.paths[1].read_bytes()
    assert many.summary().startswith("Wrote 40 heads to ")


def test_the_built_in_head_moves_plausibly() -> None:
    """Its movements go from 0 to 1, and are no standard deviations."""
    model = load_model(BUILT_IN)
    params = drawn(model, "FLAME", 0, range(50))
    assert params.expression.min() >= 0 and params.expression.max() <= 1 and params.expression.any()
    assert params.shape.shape[1] <= model.n_identity


def test_stopped_nothing_is_written(evaluator, tmp_path) -> None:
    out = tmp_path / "out"
    kept = sample(evaluator, 1, out).paths[0].read_bytes()
    steps = sampling(evaluator, 100, out, SampleOptions(seed=9))
    assert 0 < next(steps) < 1
    steps.close()
    assert [path.name for path in out.iterdir()] == ["FLAME_sample_01.ply"]
    assert (out / "FLAME_sample_01.ply").read_bytes() == kept


@pytest.mark.parametrize("n", [0, -1, 2.0, "3", None, True, 2_000_000])
def test_a_number_that_is_none_is_refused(evaluator, tmp_path, n) -> None:
    with pytest.raises(FlameError, match=r"^n: expected a whole number from 1 to 1,000,000, found "):
        result_of(sampling(evaluator, n, tmp_path / "out", SampleOptions()))
    assert not (tmp_path / "out").exists()


def test_other_choices_are_refused(evaluator, tmp_path) -> None:
    for wrong in ({"kind": "SMPL"}, {"suffix": ".stl"}, {"seed": -1}, {"seed": 0.5}):
        with pytest.raises(FlameError):
            sample(evaluator, 1, tmp_path / "out", **wrong)
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(WriteError, match="file stands where a folder should be"):
        sample(evaluator, 1, tmp_path / "file")


def test_large_numbers_are_written_too(tmp_path) -> None:
    """Ten metres and more, to nine digits; what is small to 5e-9 m."""
    vertices = np.array([[12.5, -1e-9, 9.89999999], [-0.25, 123456.78, 0.1], [0, -0.0, 1]], np.float32)
    for each, worst in ((vertices, 1e-6), (vertices[2:], 1e-8)):
        path = tmp_path / "large.obj"
        path.write_bytes(FORMATS[".obj"](len(each), np.zeros((1, 3), int))(each))
        found, faces = psbody_obj(path)
        assert np.abs(found - each).max() <= worst * max(1, np.abs(each).max()) and faces.tolist() == [[0, 0, 0]]
    edges = np.random.default_rng(0).uniform(-9.8, 9.8, (500, 3))
    path.write_bytes(FORMATS[".obj"](500, np.zeros((1, 3), int))(edges))
    assert np.abs(psbody_obj(path)[0] - edges).max() <= 5.0001e-9
