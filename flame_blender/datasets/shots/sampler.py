"""What a recipe's samples are: heads, cameras and all that is in sight, of every picture of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...flame.model import FlameModel
from ...geometry.camera import Camera
from ...head_parts.parts import HeadParts
from ..distributions import Value
from ..faces.moments import Clips
from ..factors import ADDED
from ..from_files.source_folders import NOTHING_LISTED, Listing
from ..labels.classes import HeadSurface, head_surface
from ..recipe import CLASSES, Recipe
from ..sample import Sample, camera_values, drawn_sample, texture_coefficients
from ..sample_files import Posed
from ..scenery.occluders import Thing, placed
from ..scenery.solids import Solid
from ..scenery.steady_hair import drawn_hair, hair_of
from ..scenery.steady_parts import SteadyParts
from ..steady_head import SteadyHead
from ..views import framed_points, view_of
from .shot import shots_of


@dataclass(frozen=True, eq=False)
class _Moment:
    """A head at one time: the sample with its parameters there, and where its vertices and its parts are."""

    sample: Sample
    vertices: np.ndarray
    parts: tuple[Solid, ...]
    hair: tuple[Solid, ...]

    def all_vertices(self) -> np.ndarray:
        return np.concatenate([self.vertices, *(solid.vertices for solid in (*self.parts, *self.hair))])


class Sampler:
    """Samples of a recipe. ``textures`` are the counts of coefficients of the texture models that it names.

    ``parts`` are teeth, gums, tongue and lashes for models that lack them, by the models' names; ``things`` what stands
    before faces, by their files.
    """

    def __init__(
        self,
        recipe: Recipe,
        models: Mapping[str, FlameModel],
        listing: Listing = NOTHING_LISTED,
        parts: Mapping[str, HeadParts] | None = None,
        textures: Mapping[str, int] | None = None,
        things: Mapping[Path, Thing] | None = None,
    ) -> None:
        self.recipe, self.models, self.listing = recipe, models, listing
        self.parts = {name: SteadyParts(each, models[name]) for name, each in (parts or {}).items()}
        self._textures, self._things = textures or {}, things or {}
        self._clips = Clips(recipe)
        self.hair = hair_of(recipe, models)
        self._steady = {name: SteadyHead(model) for name, model in models.items()}
        self.surfaces: dict[str, HeadSurface] = {
            name: head_surface(model, CLASSES in recipe.labels.masks) for name, model in models.items()
        }

    def shots(self, index: int) -> list[Posed]:
        """Every picture of sample ``index``, as :func:`shots_of` tells them. Raises DatasetError."""
        count = self.recipe.shots.frames
        moments = [self._moment(index, frame) for frame in range(count)]
        beside = self._beside(index, moments)
        middle = moments[count // 2]
        sample = middle.sample
        model = self.models[sample.model]
        name = str(sample.values["texture"]["model"])
        texture = texture_coefficients(self.recipe, sample, self._textures[name]) if name else None
        found, others = [], self._others(index, middle)
        for shot in shots_of(self.recipe):
            values = camera_values(self.recipe, index, shot.view)
            camera, focus = self._view(values, middle)
            moment = moments[shot.frame]
            ends = [moments[k].all_vertices() if 0 <= k < count else None for k in (shot.frame - 1, shot.frame + 1)]
            found.append(
                Posed(
                    replace(moment.sample, values={**moment.sample.values, "camera": values}),
                    model,
                    self.surfaces[sample.model],
                    moment.vertices,
                    camera,
                    moment.parts,
                    others,
                    moment.hair,
                    texture=texture,
                    shot=shot,
                    focus=focus,
                    before=ends[0],
                    after=ends[1],
                    blurred=beside[shot.frame],
                )
            )
        return found

    def _view(self, values: Mapping[str, Value], moment: _Moment) -> tuple[Camera, np.ndarray]:
        """The camera by its drawn values, and the middle (3,) of what it is framed on."""
        sample, image = moment.sample, self.recipe.image
        points = framed_points(self.models[sample.model], moment.vertices, sample.params, str(values["framing"]))
        middle = (points.min(0) + points.max(0)).astype(np.float64) / 2
        return view_of(values, points, image.width, image.height), middle

    def _others(self, index: int, moment: _Moment) -> tuple[Solid, ...]:
        """What stands before the face, as the first camera sees it."""
        thing = self._things.get(moment.sample.files.get("occluder", Path()))
        if thing is None:
            return ()
        camera, focus = self._view(camera_values(self.recipe, index, 0), moment)
        return (placed(thing, moment.sample.values["occluder"], camera, focus),)

    def _moment(self, index: int, frame: int, beside: int = 0) -> _Moment:
        sample = drawn_sample(self.recipe, self.models, index, self.listing, self._clips, frame, beside)
        pose = self._steady[sample.model].posed(sample.params)
        parts = self.parts.get(sample.model)
        added = parts is not None and sample.values["model"]["mouth"] == ADDED
        styles = drawn_hair(sample.values["hair"], sample.model)
        return _Moment(
            sample,
            pose.vertices,
            (parts.at(pose, sample.scores),) if parts is not None and added else (),
            tuple(self.hair[style].at(pose.vertices) for style in styles),
        )

    def _beside(self, index: int, moments: list[_Moment]) -> list[tuple[np.ndarray, np.ndarray] | None]:
        """Of each frame all vertices where the shutter opens and where it closes; None where nothing is blurred."""
        share = _number(moments[0].sample.values["camera"]["motion_blur"]) / 2
        if not share:
            return [None] * len(moments)
        found: list[tuple[np.ndarray, np.ndarray] | None] = []
        for frame, moment in enumerate(moments):
            now = moment.all_vertices().astype(np.float64)
            ends = (self._moment(index, frame, step).all_vertices() for step in (-1, 1))
            opens, closes = (now + share * (end - now) for end in ends)
            found.append((opens.astype(np.float32), closes.astype(np.float32)))
        return found


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
