"""Where something may lie between a scan and the skin: hair, ears that were seen in part, clothes, lids and lashes."""

from __future__ import annotations

import numpy as np

from ...flame.model import FlameModel

HAIR, EARS, NECK, LIDS = 0.015, 0.006, 0.010, 0.0015  # metres, standard deviations of what lies over the skin there
# Around the middle of the eyes, metres, FLAME's axes: hairline, nape, where the back of the head begins.
HAIRLINE, NAPE, BACK = 0.050, -0.035, -0.095
CHIN, UNDER_THE_JAW, BEHIND_THE_CHIN = -0.125, -0.080, -0.030
EARS_LEAST, EARS_MOST = (0.060, -0.062, -0.105), (np.inf, 0.025, -0.045)
LIDS_WIDE, LIDS_HIGH, LIDS_DEEP = 0.021, 0.014, -0.020
EYES = (3, 4)  # joints


def covered(model: FlameModel) -> np.ndarray:
    """(F,) float64, metres: how far a scan may lie from the skin at each triangle of the head; 0 on the bare face.

    Told by the places in the mean head around its eyes' joints, which every model of FLAME's kind has, with masks or
    without.
    """
    rest = model.v_template.astype(np.float64)
    eyes = model.joint_regressor[list(EYES)].astype(np.float64) @ rest
    centres = rest[model.faces].mean(1) - eyes.mean(0)
    aside = np.abs(centres) * [1, 0, 0] + centres * [0, 1, 1]
    _, y, z = centres.T
    thickness = np.zeros(len(centres))
    half_way = np.abs(eyes[0, 0] - eyes[1, 0]) / 2
    lids = (np.abs(aside[:, 0] - half_way) < LIDS_WIDE) & (np.abs(y) < LIDS_HIGH) & (z > LIDS_DEEP)
    thickness[lids] = LIDS
    thickness[((aside > EARS_LEAST) & (aside < EARS_MOST)).all(1)] = EARS
    thickness[(y < CHIN) | ((y < UNDER_THE_JAW) & (z < BEHIND_THE_CHIN))] = NECK
    thickness[(y > HAIRLINE) | ((z < BACK) & (y > NAPE))] = HAIR
    return thickness
