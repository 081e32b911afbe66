"""Stands in for MediaPipe, under the names of its face landmarker: sees the same face in each picture that is there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

SCORES = {"_neutral": 0.1, "jawOpen": 0.5, "eyeBlinkLeft": 0.25}


class Image:
    """A picture of a file."""

    @classmethod
    def create_from_file(cls, file_name: str) -> Image:
        """Of a file that is there."""
        assert isinstance(file_name, str) and Path(file_name).is_file()
        return cls()


class FaceLandmarker:
    """Gives scores where they were asked for."""

    def __init__(self, options: SimpleNamespace) -> None:
        self.options = options

    @classmethod
    def create_from_options(cls, options: SimpleNamespace) -> FaceLandmarker:
        """With a model that is there."""
        assert Path(options.base_options.model_asset_path).is_file()
        return cls(options)

    def detect(self, image: Image) -> SimpleNamespace:
        """One face, as lists of categories for each face."""
        assert isinstance(image, Image)
        face = [SimpleNamespace(category_name=name, score=score) for name, score in SCORES.items()]
        return SimpleNamespace(face_blendshapes=[face] if self.options.output_face_blendshapes else [])


tasks = SimpleNamespace(
    BaseOptions=SimpleNamespace,
    vision=SimpleNamespace(FaceLandmarker=FaceLandmarker, FaceLandmarkerOptions=SimpleNamespace),
)
