"""Mouth shapes of a native rig for lip-sync add-ons: a shape key for each viseme, and Rhubarb's nine shapes as actions.

Charley3d's Lip Sync asks which shape key of a mesh each viseme is; Rhubarb Lip Sync NG asks which action of the mesh's
shape keys each of Rhubarb's mouth shapes is, and lays them out as strips, so that each action tells all of the keys.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.controls import Controls
from ..flame.evaluator import PreparedIdentity
from ..flame.value_layout import EYELIDS
from ..head import effective, parameters
from ..head.frame import frame_of
from ..head.mouth import following_head, mouth_object
from ..head.properties import layout_of, names_of_controls
from ..keyframes.layers import Curve, new_action
from ..speech.sounds import RHUBARB, VISEMES
from .rig_mesh import add_key, keys_of

GROUP = "Visemes"
LEAST_MOVE = 1e-6  # metres: teeth and tongue have no key for what moves them no further


def require_visemes(obj: bpy.types.Object) -> Controls:
    """The named controls of the head's model, which tell its visemes. Raises ParameterError where it has none."""
    head = parameters.require_head(obj)
    controls = parameters.require_evaluator(head).model.controls
    if controls is None:
        raise ParameterError(
            f"mouth_shapes: expected a model with named controls, found none in {head.model_name}; press Compute Named "
            "Controls first."
        )
    return controls


def add_visemes(
    obj: bpy.types.Object, skin: bpy.types.Object, mouth: bpy.types.Object | None, identity: PreparedIdentity
) -> None:
    """A shape key for each viseme on the skin of a rig of head ``obj``, jaw and all; the mouth's teeth and tongue too.

    Each alone, at 1, is what the head shows. On the way a jaw goes straight, as shape keys do.
    """
    head, frame = parameters.require_head(obj), frame_of(obj)
    model = parameters.require_evaluator(head).model
    controls = require_visemes(obj)
    directions, layout, names = effective.directions_of(head), layout_of(head), names_of_controls(head)
    lids = identity.evaluator.lids(np.zeros(len(EYELIDS), np.float32), False)
    made = None if mouth is None else mouth_object.shown(obj)
    follows = None if made is None else following_head.Mouth(mouth_object.read(made, model.n_vertices))
    for viseme in VISEMES:
        scores = dict(zip(controls.names, controls.preset(viseme).scores.tolist(), strict=True))
        values = np.zeros(layout.size, np.float32)
        values[layout.controls] = [scores.get(name, 0.0) for name in names]
        moving = effective.moving_of(head, directions, values)
        places = np.empty((model.n_vertices, 3), np.float32)
        carried = np.empty((len(identity.evaluator.parents), 3, 4))
        identity.frame(*moving[:3], places.T, lids, frame, moving.added, carried)
        add_key(skin, viseme, places, 0.0, 1.0)
        if mouth is not None and follows is not None:
            at = follows.positions(identity, moving, carried, places, frame)
            rest = np.empty_like(at)
            keys_of(mouth).reference_key.points.foreach_get("co", rest.ravel())
            if np.abs(at - rest).max() > LEAST_MOVE * frame.scale:
                add_key(mouth, viseme, at, 0.0, 1.0)


def add_actions(obj: bpy.types.Object, skin: bpy.types.Object) -> tuple[bpy.types.Action, ...]:
    """Rhubarb's mouth shapes of a skin with visemes: an action each, kept by a fake user and assigned to nothing."""
    actions = []
    for shape, sound in sorted(RHUBARB.items()):
        strengths = dict(sound)
        curves = [
            Curve(f'key_blocks["{viseme}"].value', 0, GROUP, np.ones(1), np.array([strengths.get(viseme, 0.0)]))
            for viseme in VISEMES
        ]
        action = new_action(keys_of(skin), f"{obj.name} Mouth {shape}", curves)
        action.use_fake_user = True
        actions.append(action)
    return tuple(actions)
