"""FLAME fitted to what was measured or photographed; NumPy only, no bpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from .basel import BaselCorrespondence as BaselCorrespondence
    from .basel import load_correspondence as load_correspondence
    from .basel_fit import fit_basel as fit_basel
    from .landmark_files import load_landmark_points as load_landmark_points
    from .landmarks_2d import View as View
    from .landmarks_2d import fit_landmarks_2d as fit_landmarks_2d
    from .landmarks_3d import fit_landmarks_3d as fit_landmarks_3d
    from .matching import Scan as Scan
    from .observed import ObservedLandmarks as ObservedLandmarks
    from .one_mesh import fit_mesh as fit_mesh
    from .outcome import Fit as Fit
    from .outcome import FitReport as FitReport
    from .registered import RegisteredFit as RegisteredFit
    from .registered import fit_registered as fit_registered
    from .scan import fit_scan as fit_scan

__getattr__, __dir__ = imported_on_first_use(
    __name__,
    {
        "BaselCorrespondence": "basel",
        "load_correspondence": "basel",
        "fit_basel": "basel_fit",
        "load_landmark_points": "landmark_files",
        "View": "landmarks_2d",
        "fit_landmarks_2d": "landmarks_2d",
        "fit_landmarks_3d": "landmarks_3d",
        "Scan": "matching",
        "ObservedLandmarks": "observed",
        "fit_mesh": "one_mesh",
        "Fit": "outcome",
        "FitReport": "outcome",
        "RegisteredFit": "registered",
        "fit_registered": "registered",
        "fit_scan": "scan",
    },
)
