"""How many vertices and triangles FLAME's mesh has, and what tools append to it."""

from __future__ import annotations

import numpy as np

N_VERTICES, N_FACES = 5023, 9976
N_BODY = 10475  # vertices of SMPL-X, whose head is FLAME's
N_WITH_TEETH = 5143  # VHAP, and GaussianAvatars after it, put 120 vertices of teeth behind FLAME's
TEETH_LEFT_OUT = f"The teeth that VHAP adds are left out: {N_WITH_TEETH - N_VERTICES} vertices after FLAME's."


def without_teeth(faces: np.ndarray | None) -> np.ndarray | None:
    """The faces (F, 3) that FLAME's own vertices have among themselves."""
    return None if faces is None else faces[(faces < N_VERTICES).all(1)]
