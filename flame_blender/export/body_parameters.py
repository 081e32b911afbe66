"""A head's clip in SMPL-X's numbers: its expression converted by the face's vertices, or copied where asked."""

from __future__ import annotations

from pathlib import Path

from ..conversion.body_expression import SharedFace, shared_face
from ..errors import FlameError
from ..files.npz_file import save_arrays
from ..flame.model import FlameModel
from ..flame.topology import N_VERTICES
from ..head import models
from ..sequences.sequence import FlameSequence
from ..sequences.smplx_npz import N_EXPRESSION, smplx_arrays

COPIED = "The expression was copied as it is, as was asked for: SMPL-X's is a space of its own."


def face_for(path: Path, model: FlameModel, copy_expression: bool) -> SharedFace | None:
    """What converts the model's expression for :func:`write_body_clip`; None to copy it. Raises FlameError."""
    if model.n_vertices != N_VERTICES:
        raise FlameError(
            f"{path}: expected a head of FLAME's {N_VERTICES} vertices, whose expression can be SMPL-X's, found one of "
            f"{model.n_vertices}; convert it to a FLAME model first."
        )
    if copy_expression:
        return None
    topology = models.library().topology
    body, ids = topology.body_expression(), topology.body_vertices()
    if body is None or ids is None:
        raise FlameError(
            f"{path}: expected an installed SMPL-X model and SMPL-X__FLAME_vertex_ids.npy, to convert the "
            "expression, found none; install both, or have the coefficients copied."
        )
    return shared_face(model, body, ids)


def write_body_clip(
    path: Path, clip: FlameSequence, face: SharedFace | None, layout: str, neck_share: float | None
) -> str:
    """Write it; a sentence of what became of the expression. Raises WriteError."""
    expression = clip.values("expression")
    if face is None:
        expression, told = expression[:, :N_EXPRESSION], COPIED
    else:
        expression, off = face.body_expression(expression)
        told = f"The expression was converted to SMPL-X's by the face's vertices: {1000 * off:.2g} mm off on average."
    save_arrays(path, smplx_arrays(clip, expression, layout, neck_share))
    return told
