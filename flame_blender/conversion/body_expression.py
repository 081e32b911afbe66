"""One face in FLAME's expression coefficients and in SMPL-X's, which has a space of its own.

Both move the same vertices of the face at rest. With F (3n, k) FLAME's directions there, turned to how the body's head
stands, and S (3n, K) SMPL-X's, the coefficients that show the same are those of least squares: S c = F e, c = S+ F e.
Jaw, eyes and neck turn the same in both and are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..flame.model import FlameModel
from ..geometry.rigid import rigid_alignment
from ..model_files.body_expression import BodyExpression

FACE = "face"  # a region of the model, where it has it
LEAST = 1e-5  # singular values below this share of the largest are nothing that a face shows


@dataclass(frozen=True, eq=False)
class SharedFace:
    """``to_body`` (K, k) and ``to_head`` (k, K) float64; ``of_head`` (3n, k) and ``of_body`` (3n, K) metres."""

    to_body: np.ndarray
    to_head: np.ndarray
    of_head: np.ndarray
    of_body: np.ndarray

    def body_expression(self, expression: np.ndarray) -> tuple[np.ndarray, float]:
        """SMPL-X's (N, K) float32 of FLAME's (N, k'), and metres that vertices are off, root mean square."""
        return self._converted(expression, self.to_body, self.of_head, self.of_body)

    def head_expression(self, expression: np.ndarray) -> tuple[np.ndarray, float]:
        """FLAME's (N, k) float32 of SMPL-X's (N, K'), and metres that vertices are off, root mean square."""
        return self._converted(expression, self.to_head, self.of_body, self.of_head)

    @staticmethod
    def _converted(
        given: np.ndarray, turned: np.ndarray, before: np.ndarray, after: np.ndarray
    ) -> tuple[np.ndarray, float]:
        count = min(given.shape[-1], turned.shape[1])
        given = given[..., :count].astype(np.float64)
        made = given @ turned[:, :count].T
        # |before g - after m|^2 summed over vertices, by the small matrices of products
        pairs = np.concatenate([given, -made], -1)
        both = np.concatenate([before[:, :count], after], 1)
        squares = np.einsum("...i,ij,...j->...", pairs, both.T @ both, pairs)
        vertices = len(before) / 3
        return made.astype(np.float32), float(np.sqrt(np.maximum(squares, 0).mean() / vertices))


def shared_face(model: FlameModel, body: BodyExpression, ids: np.ndarray) -> SharedFace:
    """What a FLAME model and a SMPL-X body have in common, by the ids (V,) of FLAME's vertices in SMPL-X."""
    rows = np.asarray(model.regions[FACE]) if FACE in model.regions else np.arange(model.n_vertices)
    turn, _ = rigid_alignment(model.v_template, body.template[ids])
    own = model.shapedirs[rows][:, :, model.n_identity :].astype(np.float64)
    of_head = np.einsum("ij,vjk->vik", turn, own).reshape(3 * len(rows), -1)
    of_body = body.directions[ids[rows]].astype(np.float64).reshape(3 * len(rows), -1)
    to_body = np.linalg.lstsq(of_body, of_head, rcond=LEAST)[0]
    to_head = np.linalg.lstsq(of_head, of_body, rcond=LEAST)[0]
    return SharedFace(to_body, to_head, of_head, of_body)
