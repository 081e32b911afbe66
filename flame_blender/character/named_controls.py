"""Named controls computed for an installed model, and kept beside it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from ..errors import ParameterError
from ..head import live, models, up_to_date
from ..observations.surfaces import surface

if TYPE_CHECKING:
    from ..model_controls.computed import ComputedControls
    from ..model_controls.quality import ControlQuality
    from ..model_files.library import ModelEntry

_qualities: dict[str, tuple[int, dict[str, ControlQuality]]] = {}  # by fingerprint: when the file was written, its own


def computing(entry: ModelEntry) -> Generator[float, None, dict[str, ControlQuality]]:
    """Compute and keep the controls of a model that has none; how well it does each. Yields the share that is done.

    Its heads have them from then on. Raises ParameterError for the built-in head, which brings its own, ModelError for
    a model that is no head, and WriteError.
    """
    from ..model_controls.computing import computing_controls  # noqa: PLC0415  (enabling the add-on needs no fit)
    from ..model_controls.files import save_computed  # noqa: PLC0415

    model = models.as_installed(entry)  # landmarks that were carried over once tell nothing new
    if model.controls is not None:
        raise ParameterError(f"{entry.name}: expected a model without named controls, found one that brings its own.")
    source = models.load(models.built_in())
    computed = yield from computing_controls(source, model, surface)
    save_computed(models.kept_controls(entry.fingerprint), model, computed)
    models.load_anew(entry.fingerprint)
    up_to_date.complete_all_controls()
    live.refresh_all()  # scores that were there before show from now on
    return dict(zip(computed.controls.names, computed.qualities, strict=True))


def qualities(entry: ModelEntry) -> dict[str, ControlQuality]:
    """How well a model does each of its computed controls; none where none were computed. Raises ModelError.

    Read once, however often panels ask.
    """
    path = models.kept_controls(entry.fingerprint)
    try:
        written = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    known = _qualities.get(entry.fingerprint)
    if known is None or known[0] != written:
        found = kept(entry)
        read = {} if found is None else dict(zip(found.controls.names, found.qualities, strict=True))
        known = _qualities[entry.fingerprint] = written, read
    return known[1]


def quality_of(fingerprint: str, control: str) -> ControlQuality | None:
    """How well a model does one control; None where that is not known. Quick enough to be asked by panels."""
    entry = models.find(fingerprint)
    return None if entry is None else qualities(entry).get(control)


def kept(entry: ModelEntry) -> ComputedControls | None:
    """What was computed for a model: controls, how well it does them, where its skin lies on the built-in head's.

    None where nothing was. Raises ModelError for a file that is damaged.
    """
    from ..model_controls.files import load_computed  # noqa: PLC0415

    path = models.kept_controls(entry.fingerprint)
    return load_computed(path, models.load(entry)) if path.exists() else None
