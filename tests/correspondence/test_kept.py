"""A correspondence as arrays: it comes back whole, and what is damaged or another model's is refused."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.correspondence.kept import arrays_of_correspondence, correspondence_of, with_carried
from flame_blender.errors import ModelError


@pytest.fixture
def arrays(on_face_like) -> dict[str, np.ndarray]:
    return arrays_of_correspondence(on_face_like)


def test_it_comes_back(on_face_like, face_like, arrays):
    again = correspondence_of(arrays, face_like, "kept.npz")
    assert arrays_of_correspondence(again).keys() == arrays.keys()
    assert all(np.array_equal(each, arrays[key]) for key, each in arrays_of_correspondence(again).items())
    model = with_carried(face_like, again)
    assert model.landmarks.keys() >= again.landmarks.keys() and model.regions


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("trust", None, "found none or part of one"),
        ("warp/centres", None, "found none or part of one"),
        ("barycentric", np.zeros((3, 3)), "expected places of vertices below 5023"),
        ("vertices", 10**6, "expected places of vertices below 5023"),
        ("vertices", 0.5, "expected places of vertices below 5023"),
        ("landmarks/ibug/static_faces", 10**6, r"kept\.npz: static_faces must name triangles 0\.\.9975"),
        ("regions/face", np.zeros((2, 2), int), "expected regions of vertices below 5023"),
        ("regions/face", np.array([-1]), "expected regions of vertices below 5023"),
    ],
)
def test_what_is_damaged_is_refused(face_like, arrays, key, value, sentence):
    found = arrays.pop(f"correspondence/{key}")
    if isinstance(value, np.ndarray):
        arrays[f"correspondence/{key}"] = value
    elif value is not None:
        arrays[f"correspondence/{key}"] = found + value
    with pytest.raises(ModelError, match=sentence) as caught:
        correspondence_of(arrays, face_like, "kept.npz")
    assert "\n" not in str(caught.value)
