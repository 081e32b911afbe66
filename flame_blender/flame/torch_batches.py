"""Batches of frames on a GPU by the torch layer, as NumPy arrays. Needs torch; see :mod:`.batches`, which chooses."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from .evaluator import FlameEvaluator
from .params import FlameParams
from .torch_layer import FLAME


def best_device() -> str | None:
    """``cuda`` or ``mps`` where torch has one, else None."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


class TorchBatches:
    """:meth:`.FlameEvaluator.vertices` for batches on a torch device, in float32."""

    def __init__(self, evaluator: FlameEvaluator, device: str) -> None:
        self.evaluator = evaluator
        self.device = device
        self._layer: FLAME | None = None

    @torch.no_grad()
    def vertices(self, params: FlameParams) -> np.ndarray:
        """(N, V, 3) float32, metres. ParameterError for what does not fit the model.

        A device that gives up (its memory is a render's, say) is left, and NumPy goes on.
        """
        if self.device == "":
            return self.evaluator.vertices(params)
        try:
            return self._skinned(params)
        except RuntimeError:  # torch's own, out of memory included
            self.device, self._layer = "", None
            return self.evaluator.vertices(params)

    def _skinned(self, params: FlameParams) -> np.ndarray:
        """Offsets belong to the rest head."""
        model = self.evaluator.model
        if self._layer is None:
            self._layer = FLAME(model, model.n_identity, model.n_expression).to(self.device)
        template = self.evaluator.template
        if params.offsets is not None:
            template = template + np.swapaxes(params.offsets, -1, -2).reshape(*params.offsets.shape[:-2], -1)
        self._layer.rest_as(torch.tensor(template, device=self.device))
        posed = dataclasses.replace(params, offsets=None, eyelids=None)
        arguments = posed.torch_arguments(model.n_identity, model.n_expression)
        self._layer.eyelids_unturned = params.eyelids_unturned
        if params.eyelids is not None:
            arguments["eyelid_params"] = np.array(params.eyelids.reshape(-1, 2))
        vertices, _ = self._layer(**{name: torch.tensor(each).to(self.device) for name, each in arguments.items()})
        return vertices.cpu().numpy()
