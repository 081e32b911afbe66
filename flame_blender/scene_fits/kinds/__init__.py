"""One module for each kind of fit, with what :class:`Kind` names: one more is its module and a line in ``KINDS``.

The Fit panel, its buttons, ``api.fit_files`` and the tests go through the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ...errors import ParameterError
from ...fitting.solver.preview import Preview
from ..head_to_fit import HeadToFit
from ..options import FitOptions, FromFile
from ..prepared import Prepared
from . import basel, cameras, landmarks, mesh, photo, scan

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit


class Kind(Protocol):
    """What the module of a kind offers.

    ``KEY`` is saved, in small letters it is the word of scripts and of the button's id: never rename it. ``LABEL`` and
    ``DESCRIPTION`` stand in the list of the panel, ``BUTTON`` and ``TOOLTIP`` on its button. ``FIELDS`` are the
    properties of ``FLAME_PG_fit`` that the panel shows, in order, some with a text instead of their own.
    """

    KEY: str
    LABEL: str
    DESCRIPTION: str
    BUTTON: str
    TOOLTIP: str

    @property
    def FIELDS(self) -> tuple[str | tuple[str, str], ...]: ...  # noqa: N802  (a constant of the module)

    @property
    def OPTIONS(self) -> type[FitOptions]: ...  # noqa: N802

    def missing(self, settings: FLAME_PG_fit) -> str | None:
        """What has to be chosen in the panel first, for the button's tooltip; None when all is there."""

    def from_settings(self, settings: FLAME_PG_fit) -> FitOptions:
        """What the panel asks for, when nothing is missing. Raises ParameterError."""

    @property
    def from_file(self) -> FromFile | None:
        """The options for one of many files, or None for a kind that takes no files.

        Raises ParameterError for what is wrong with all of them; the file is not read before it is its turn.
        """

    def prepare(self, options: Any, to: HeadToFit, preview: Preview) -> Prepared:
        """Read what is to be fitted, and set up the fit to ``OPTIONS``, shown by ``preview``. Raises FlameError."""


KINDS: tuple[Kind, ...] = (scan, landmarks, photo, cameras, mesh, basel)  # a .blend saves the place in it: append


def kind_called(key: str) -> Kind:
    """By its key."""
    return next(kind for kind in KINDS if key == kind.KEY)


def kind_of(options: FitOptions) -> Kind:
    """By the class of its options. Raises ParameterError."""
    for kind in KINDS:
        if isinstance(options, kind.OPTIONS):
            return kind
    expected = ", ".join(kind.OPTIONS.__name__ for kind in KINDS)
    raise ParameterError(f"options: expected one of {expected}, found {type(options).__name__}.")
