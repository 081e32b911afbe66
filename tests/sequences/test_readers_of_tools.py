"""One file, or folder, for each tool, written the way that tool writes it, comes back number for number."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from flame_blender.errors import SequenceError
from flame_blender.flame.params import POSE_FIELDS, VECTOR_FIELDS
from flame_blender.sequences import load_sequence
from tests.sequences.tool_writers import TOOLS, Tool

RATES = {"metrical_tracker": 25, "pixel3dmm": 25, "diffposetalk": 25, "artalk": 25, "imavatar": 25, "voca": 60}
# rotations that the file stores as matrices or 6D; all other numbers come back to the last bit of a float32
TURNED = {"metrical_tracker", "pixel3dmm", "flame_head_tracker", "expose", "vggheads", "lam"}
RATES |= {"beat2": 30, "amass": 120, "gaussian_avatars": 30, "vhap": 30, "usual_names": 24, "this_add_on": 50}


@pytest.mark.parametrize("write", TOOLS, ids=lambda write: write.__name__)
def test_every_number_comes_back(tmp_path, write):
    path, source, expected = write(Tool(11), tmp_path)
    found = load_sequence(path)
    assert (found.source, found.fps) == (source, RATES.get(write.__name__))
    camera, lids = expected.pop("camera", None), expected.pop("eyelids", None)
    for name in ("shape", "expression", *VECTOR_FIELDS):
        values = getattr(found.params, name)
        if name in expected:
            assert values.shape == expected[name].shape, name
            turned = name in POSE_FIELDS and write.__name__ in TURNED
            np.testing.assert_allclose(values, expected[name].astype(np.float32), rtol=0, atol=1e-6 if turned else 0)
        else:
            assert not values.any(), f"{name} is not in the file"
    if lids is not None:
        np.testing.assert_array_equal(found.eyelids, lids)
        assert found.params.eyelids_unturned == (source in {"SMIRK", "metrical-tracker", "pixel3dmm"})
    if camera is not None:
        np.testing.assert_allclose(found.camera.rotation, camera, atol=1e-6)


def test_a_body_without_a_face_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", poses=np.zeros((5, 156)), betas=np.zeros(16), mocap_framerate=60)
    with pytest.raises(SequenceError, match=r"poses must have 165 .* found 156"):
        load_sequence(tmp_path / "a.npz")


def test_a_body_whose_pose_is_a_code_keeps_the_neck_still(tmp_path):
    value = {"betas": np.ones((1, 10)), "body_pose": np.ones((1, 32)), "jaw_pose": np.ones((1, 3))}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(value | {"expression": np.ones((1, 10))}, protocol=2))
    found = load_sequence(tmp_path / "a.pkl")
    assert not found.params.neck.any() and any("neck stays zero" in note for note in found.notes)
