"""Labels as files have them against Blender's rays, and against balls of light rendered at the landmarks."""

import pytest

from flame_blender.film.own_data import own_data
from tests.blender.label_proofs import proofs, recipe_of


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
def test_labels_are_where_blender_has_them(any_model):
    """The short form of `make label-proofs`."""
    with own_data():
        found = proofs(recipe_of(any_model, 128, 8), range(1), 5, most=3)
    depth, marker = found["depth"], found["marker"]
    assert len(found["triangle"]) > 200 and found["triangle"].mean() >= 0.999 and found["class"].all()
    assert (depth < 0.05).mean() >= 0.99 and found["visibility"].mean() >= 0.99 and len(found["visibility"]) == 173
    assert len(marker) > 30 and marker.mean() < 0.1 and marker.max() < 0.25
