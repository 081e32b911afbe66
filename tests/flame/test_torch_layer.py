"""The PyTorch layer: smplx's numbers, exact gradients everywhere, FLAME_PyTorch's call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from flame_blender.errors import ModelError, ParameterError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import YAW_SIGN_FLAME_PYTORCH, YAW_SIGN_SILHOUETTE, LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.flame.torch_layer import FLAME, rotation_matrices
from tests.flame.face_like import face_like_model
from tests.flame.full_size import small_model
from tests.flame.smplx_layer import SmplxLayer

METRES = 1e-6
WIDTHS = {"shape_params": 4, "expression_params": 3, "pose_params": 6, "neck_pose": 3, "eye_pose": 6, "transl": 3}


@pytest.fixture(scope="module")
def layer() -> FLAME:
    return FLAME(small_model()).double()


def random_inputs(batch: int = 2) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {k: 0.5 * torch.randn(batch, n, generator=generator, dtype=torch.double) for k, n in WIDTHS.items()}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_vertices_and_landmarks_are_smplxs(model, thousand_params, smplx_results, dtype):
    layer = FLAME(model, n_shape=300, n_expression=100).to(dtype)
    arguments = {name: torch.tensor(a) for name, a in thousand_params.torch_arguments(300, 100).items()}
    for start in range(0, 1000, 100):
        chunk = slice(start, start + 100)
        with torch.no_grad():
            vertices, landmarks = layer(**{name: a[chunk] for name, a in arguments.items()})
        assert vertices.dtype == landmarks.dtype == dtype
        np.testing.assert_allclose(vertices, smplx_results.vertices[chunk], rtol=0, atol=METRES)
        np.testing.assert_allclose(landmarks, smplx_results.landmarks[chunk], rtol=0, atol=METRES)


@pytest.mark.parametrize("yaw_sign", [YAW_SIGN_FLAME_PYTORCH, YAW_SIGN_SILHOUETTE])
def test_numpy_and_torch_agree_on_either_contour_sign(yaw_sign):
    model = small_model()
    arguments = random_inputs(batch=50)
    params = FlameParams.from_torch_arguments(**arguments)
    _, landmarks = FLAME(model, yaw_sign=yaw_sign)(**arguments)
    expected = FlameEvaluator(model).landmarks(params, model.landmarks["ibug"], yaw_sign)
    np.testing.assert_allclose(landmarks, expected, rtol=0, atol=METRES)


@pytest.mark.parametrize("size", [0.0, 1e-9, 1e-3, 0.06, 0.5])
@pytest.mark.parametrize("batch", [1, 2])
def test_gradients_of_every_input(size, batch):
    """Zero rotations included; 0.06 has angles on both sides of where the series take over.

    One frame is checked derivative by derivative, a batch (where that takes long) along random directions.
    """
    model = small_model(n_vertices=6)
    three = LandmarkEmbedding([0, 5, 9], [[0.2, 0.3, 0.5], [0, 1, 0], [0.6, 0.1, 0.3]])
    layer = FLAME(model, static_landmarks=three, dynamic_landmarks=model.landmarks["ibug"]).double()
    inputs = random_inputs(batch)
    for rotation in ("pose_params", "neck_pose", "eye_pose"):
        inputs[rotation] *= 2 * size
    assert torch.autograd.gradcheck(layer, [v.requires_grad_() for v in inputs.values()], fast_mode=batch > 1)


@pytest.fixture(scope="module")
def sparse_model() -> FlameModel:
    """Skinning in parts of three joints and of two, eyes without correctives."""
    return face_like_model()


@pytest.mark.parametrize("batch", [1, 9])
@pytest.mark.parametrize(("n_shape", "n_expression"), [(300, 100), (10, 7)])
def test_numbers_and_gradients_of_a_face_are_smplxs(sparse_model, batch, n_shape, n_expression):
    """Against smplx's own, by torch, in float64: vertices, landmarks and what a loss over both gives every input."""
    generator = torch.Generator().manual_seed(3)
    widths = (n_shape, n_expression, 6, 3, 6, 3)
    inputs = [0.4 * torch.randn(batch, n, generator=generator, dtype=torch.double) for n in widths]
    loss = [torch.randn(batch, n, 3, generator=generator, dtype=torch.double) for n in (5023, 68)]
    results = []
    for each in (FLAME(sparse_model, n_shape, n_expression).double(), SmplxLayer(sparse_model, torch.double)):
        outputs = each(*(value.requires_grad_() for value in inputs))
        results.append([*outputs, *torch.autograd.grad(outputs, inputs, loss)])
    for found, expected in zip(*results, strict=True):
        assert (found - expected).abs().max() < 1e-6 * max(1, expected.abs().max())


def test_second_derivatives_of_the_whole_layer():
    """Skinned in parts."""
    model = small_model(n_vertices=2000)
    rigid = np.eye(5, dtype=np.float32)[np.repeat([0, 3], 1000)]
    weights = np.where(np.arange(2000)[:, None] < 300, model.weights, rigid)
    layer = FLAME(replace(model, weights=weights)).double()
    assert layer.part_sizes == [300, 700, 1000]
    inputs = [value.requires_grad_() for value in random_inputs(1).values()]

    def some(*values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        vertices, landmarks = layer(*values)
        return vertices[:, ::197], landmarks[:, ::9]

    assert torch.autograd.gradcheck(some, inputs, fast_mode=True)
    assert torch.autograd.gradgradcheck(some, inputs, fast_mode=True)


def test_torch_compile_takes_the_layer_whole():
    layer = FLAME(small_model())
    inputs = {name: value.float() for name, value in random_inputs(3).items()}
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    for found, expected in zip(compiled(**inputs), layer(**inputs), strict=True):
        torch.testing.assert_close(found, expected, rtol=0, atol=METRES)


@pytest.mark.parametrize("size", [0.0, 0.05, 0.1, 1.0])
def test_second_derivatives_of_rotations(size):
    axis_angle = size * torch.tensor([[0.6, 0.0, 0.8], [0.1, -0.2, 0.3]], dtype=torch.double)
    assert torch.autograd.gradgradcheck(rotation_matrices, axis_angle.requires_grad_())


@pytest.mark.parametrize("angle", [0.0, 1e-12, 1e-4, 0.0999999, 0.1000001, 1.0, np.pi, 6.0])
def test_rotations_are_the_numpy_ones(angle):
    from flame_blender.geometry.rotations import matrix_from_axis_angle

    axis_angle = angle * np.array([[1, 0, 0], [0.48, -0.64, 0.6]])
    found = rotation_matrices(torch.tensor(axis_angle))
    np.testing.assert_allclose(found, matrix_from_axis_angle(axis_angle), rtol=0, atol=1e-15)


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_any_batch_size(layer, batch):
    vertices, landmarks = layer(**random_inputs(batch))
    assert vertices.shape == (batch, 40, 3)
    assert landmarks.shape == (batch, 68, 3)
    assert vertices.is_contiguous()


def test_what_is_left_out_is_zero(layer):
    inputs = random_inputs()
    for name in ("neck_pose", "eye_pose", "transl"):
        inputs[name] = torch.zeros_like(inputs[name])
    expected = layer(**inputs)
    found = layer(inputs["shape_params"], inputs["expression_params"], inputs["pose_params"])
    assert torch.equal(found[0], expected[0])
    assert torch.equal(found[1], expected[1])


def test_narrow_inputs_are_filled_up_and_one_serves_all(layer):
    inputs = random_inputs()
    full = {**inputs, "shape_params": torch.tensor([[1.0, -1, 0, 0]] * 2), "expression_params": torch.zeros(2, 3)}
    short = {**inputs, "shape_params": torch.tensor([[1.0, -1]]), "expression_params": torch.zeros(1, 0)}
    assert torch.equal(layer(**short)[0], layer(**full)[0])


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("shape_params", (2, 5), r"shape_params must have shape \(2, 4\) or narrower, found \(2, 5\)\."),
        ("pose_params", (2, 15), r"pose_params must have shape \(2, 6\) or narrower, found \(2, 15\)\."),
        ("neck_pose", (3,), r"neck_pose must have shape \(2, 3\) or narrower, found \(3,\)\."),
        ("transl", (3, 3), r"transl must have shape \(2, 3\) or narrower, found \(3, 3\)\."),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer, name, shape, message):
    with pytest.raises(ParameterError, match=message):
        layer(**{**random_inputs(), name: torch.zeros(shape)})


def test_only_the_leading_directions_are_kept():
    model = small_model(n_identity=7, n_expression=11)
    layer = FLAME(model, n_shape=2, n_expression=3)
    vertices, _ = layer(torch.tensor([[1.0, 2]]), torch.tensor([[3.0, 4, 5]]), torch.zeros(1, 6))
    expected = FlameEvaluator(model).vertices(FlameParams(shape=[1, 2], expression=[3, 4, 5]))
    np.testing.assert_allclose(vertices[0], expected, rtol=0, atol=METRES)
    assert (FLAME(model).n_shape, FLAME(model).n_expression) == (7, 11)


def test_landmarks_come_from_what_is_given():
    model, call = small_model(), [torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(1, 6)]
    ibug = model.landmarks["ibug"]
    two = LandmarkEmbedding([3, 4], [[1, 0, 0], [0, 0, 1]])
    assert FLAME(model)(*call)[1].shape == (1, 68, 3)
    assert FLAME(model, static_landmarks=ibug)(*call)[1].shape == (1, 51, 3)
    assert FLAME(model, dynamic_landmarks=ibug)(*call)[1].shape == (1, 17, 3)
    vertices, landmarks = FLAME(model, static_landmarks=two, dynamic_landmarks=ibug)(*call)
    assert torch.equal(landmarks[0, 17:], vertices[0, [int(model.faces[3, 0]), int(model.faces[4, 2])]])
    with pytest.raises(ModelError, match=r"static_faces must name triangles 0\.\.29 of the model, found 30\."):
        FLAME(model, static_landmarks=LandmarkEmbedding([30], [[1, 0, 0]]))


def test_a_model_without_landmarks_gives_none():
    layer = FLAME(replace(small_model(), landmarks={}))
    assert layer(torch.zeros(2, 1), torch.zeros(2, 1), torch.zeros(2, 6))[1].shape == (2, 0, 3)


def test_arrays_are_buffers_that_no_checkpoint_carries(layer):
    assert all(buffer.dtype in (torch.float64, torch.int64) for buffer in layer.buffers())
    assert not list(layer.parameters())
    assert layer.state_dict() == {}
    assert np.array_equal(layer.faces, layer.faces_tensor)


def test_inputs_of_another_precision_are_cast(layer):
    vertices, _ = layer(*(value.float() for value in random_inputs().values()))
    assert vertices.dtype == torch.float64


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device: the layer runs on the CPU only")
def test_cuda_gives_the_cpus_numbers(layer):
    inputs = random_inputs(batch=20)
    expected = layer(**inputs)
    found = FLAME(small_model()).double().cuda()(**{name: value.cuda() for name, value in inputs.items()})
    for there, here in zip(found, expected, strict=True):
        assert there.is_cuda
        np.testing.assert_allclose(there.cpu(), here, rtol=0, atol=METRES)
