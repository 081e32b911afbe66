"""Lids that named controls move, with their correctives."""

from __future__ import annotations

from flame_blender.correspondence.rest_skin import RestSkin
from flame_blender.correspondence.skin import face_normals
from flame_blender.flame.evaluator import FlameEvaluator
from tests.model_controls.test_model_controls import shown_by


def test_no_triangle_of_the_lids_turns_over(computed):
    """With correctives, whatever moves lids: none of the skin's triangles faces backwards, folded lids' neither."""
    model, found = computed
    evaluator, controls, skin = FlameEvaluator(model), found.controls, RestSkin(model)
    upright = face_normals(skin.vertices, skin.faces)
    for name in controls.names:
        if name.startswith(("eyeBlink", "eyeSquint", "eyeWide", "eyeLook")):
            shown = shown_by(evaluator, controls, controls.scores({name: 1.0}))
            assert ((upright * face_normals(shown, skin.faces)).sum(1) > 0).all(), name
