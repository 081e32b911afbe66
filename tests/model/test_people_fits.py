"""Real people fit into the built-in head's identity, where ``../shared`` is; all twenty: ``people_fits.py``."""

from __future__ import annotations

import pytest

from flame_blender.flame.model import FlameModel
from tests.model.mean_face import MEAN_FACE
from tests.model.people_fits import person_fit

pytestmark = pytest.mark.skipif(not MEAN_FACE.is_file(), reason=f"{MEAN_FACE} lies beside the project's own checkout")


@pytest.mark.parametrize("seed", [4, 11])
def test_a_head_of_flame_is_one_of_ours(model: FlameModel, seed: int) -> None:
    """Half of its face within 0.8 mm, by coefficients as people have them: 1.3 deviations on average, 3.5 at most."""
    found = person_fit(model, seed)
    assert found.distance < 0.8
    assert found.root_mean_square < 1.3
    assert found.largest < 3.5
