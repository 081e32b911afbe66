"""FLAME fitted to what was measured or photographed; NumPy only, no bpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from ..landmark_files.loading import load_landmark_points as load_landmark_points
    from ..landmark_files.observed import ObservedLandmarks as ObservedLandmarks
    from .landmarks.exif import exif_lens as exif_lens
    from .landmarks.landmarks_2d import View as View
    from .landmarks.landmarks_2d import fit_landmarks_2d as fit_landmarks_2d
    from .landmarks.landmarks_2d import fitting_landmarks_2d as fitting_landmarks_2d
    from .landmarks.landmarks_3d import fit_landmarks_3d as fit_landmarks_3d
    from .landmarks.landmarks_3d import fitting_landmarks_3d as fitting_landmarks_3d
    from .landmarks.triangulated import triangulated as triangulated
    from .meshes.basel import BaselCorrespondence as BaselCorrespondence
    from .meshes.basel import correspondence_of as correspondence_of
    from .meshes.basel import load_correspondence as load_correspondence
    from .meshes.basel_fit import fit_basel as fit_basel
    from .meshes.basel_fit import fitting_basel as fitting_basel
    from .meshes.one_mesh import fit_mesh as fit_mesh
    from .meshes.one_mesh import fitting_mesh as fitting_mesh
    from .meshes.registered import RegisteredFit as RegisteredFit
    from .meshes.registered import fit_registered as fit_registered
    from .reports.outcome import Fit as Fit
    from .reports.outcome import FitReport as FitReport
    from .scans.matching import Scan as Scan
    from .scans.scan import fit_scan as fit_scan
    from .scans.scan import fitting_scan as fitting_scan

__getattr__, __dir__ = imported_on_first_use(
    __name__,
    {
        "fitting.meshes.basel": "BaselCorrespondence correspondence_of load_correspondence",
        "fitting.meshes.basel_fit": "fit_basel fitting_basel",
        "landmark_files.loading": "load_landmark_points",
        "fitting.landmarks.landmarks_2d": "View fit_landmarks_2d fitting_landmarks_2d",
        "fitting.landmarks.landmarks_3d": "fit_landmarks_3d fitting_landmarks_3d",
        "fitting.scans.matching": "Scan",
        "landmark_files.observed": "ObservedLandmarks",
        "fitting.meshes.one_mesh": "fit_mesh fitting_mesh",
        "fitting.reports.outcome": "Fit FitReport",
        "fitting.meshes.registered": "RegisteredFit fit_registered",
        "fitting.scans.scan": "fit_scan fitting_scan",
        "fitting.landmarks.triangulated": "triangulated",
        "fitting.landmarks.exif": "exif_lens",
    },
)
