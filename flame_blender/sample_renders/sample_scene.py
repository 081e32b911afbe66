"""The scene in which samples are rendered: a plain head of each model, a camera, light; set for one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..datasets.distributions import all_values
from ..datasets.from_files.backdrops import covering, laid_behind
from ..datasets.from_files.source_folders import NOTHING_LISTED, Listing
from ..datasets.labels.classes import HeadSurface, head_surface
from ..datasets.recipe import CLASSES, CPU, UV, Recipe
from ..datasets.sample import check_models, drawn_sample
from ..datasets.sample_files import Posed
from ..datasets.steady_head import SteadyHead
from ..datasets.views import SENSOR, framed_points, view_of
from ..errors import DatasetError
from ..film.still import render_still, view_by
from ..flame.model import FlameModel
from ..geometry.axes import CAMERAS, to_blender
from ..geometry.camera import Camera
from ..head import models
from .lighting import NAME, Lighting
from .pictures import pixels_of_file
from .plain_heads import PlainHead

NEAR, FAR = 0.01, 1000.0  # metres
SEEDS = 1 << 31  # Cycles takes fewer


class SampleScene:
    """A scene of the recipe's own. Raises DatasetError where a model or what the recipe asks of it is missing."""

    def __init__(self, recipe: Recipe, threads: int | None, listing: Listing = NOTHING_LISTED) -> None:
        self.recipe, self.listing = recipe, listing
        self.models = _models(recipe)
        self._steady = {name: SteadyHead(model) for name, model in self.models.items()}
        check_models(recipe, self.models)
        _check_labels(recipe, self.models)
        self._surfaces: dict[str, HeadSurface] = {
            name: head_surface(model, CLASSES in recipe.labels.masks) for name, model in self.models.items()
        }
        self.scene: Any = bpy.data.scenes.new(NAME)
        self._set_render(threads)
        self._heads = {name: PlainHead(model, NAME, self.scene.collection) for name, model in self.models.items()}
        self._camera = bpy.data.objects.new(NAME, bpy.data.cameras.new(NAME))
        self.scene.collection.objects.link(self._camera)
        self.scene.camera = self._camera
        self._backdrop: np.ndarray | None = None
        self._lighting = Lighting(self.scene, [str(each) for each in all_values(recipe.factors["light"]["world"])])

    def pose(self, index: int) -> Posed:
        """Set the scene for sample ``index``, and tell what it is."""
        sample = drawn_sample(self.recipe, self.models, index, self.listing)
        name, values = sample.model, sample.values
        vertices = self._steady[name].vertices(sample.params)
        points = framed_points(self.models[name], vertices, sample.params, str(values["camera"]["framing"]))
        camera = view_of(values["camera"], points, self.recipe.image.width, self.recipe.image.height)
        for other, head in self._heads.items():
            head.show(other == name)
        self._heads[name].put(vertices)
        self._heads[name].colour(dict(values["skin"]), values["eyes"]["iris"])
        middle = (points.min(0) + points.max(0)).astype(np.float64) / 2
        self._lighting.set(values, middle, sample.files.get("light"))
        self._set_backdrop(sample.files.get("background"))
        _aim(self._camera, camera)
        self.scene.cycles.seed = index % SEEDS
        return Posed(sample, self.models[name], self._surfaces[name], vertices, camera)

    def render(self, folder: Path) -> np.ndarray:
        """(H, W, 3) uint8 sRGB of the scene as it is; a file is made in ``folder`` and removed.

        Raises WriteError where there is no room for it.
        """
        path = folder / "picture.png"
        render_still(self.scene, path)
        values = pixels_of_file(path, "the picture that was rendered")
        path.unlink()
        shown = values[..., :3] if self._backdrop is None else laid_behind(values, self._backdrop)
        pixels: np.ndarray = np.rint(shown * 255).astype(np.uint8)
        return pixels

    def _set_backdrop(self, path: Path | None) -> None:
        """The picture behind the head, which is then rendered with nothing there; None is the scene's own."""
        image, render = self.recipe.image, self.scene.render
        self._backdrop = None
        if path is not None:
            picture = pixels_of_file(path, "background.folder")[..., :3]
            self._backdrop = covering(picture, image.width, image.height)
        render.film_transparent = path is not None
        render.image_settings.color_mode = "RGB" if path is None else "RGBA"

    def close(self) -> None:
        """Remove what came into the file with single samples."""
        self._lighting.close()

    def _set_render(self, threads: int | None) -> None:
        scene, image = self.scene, self.recipe.image
        try:
            scene.render.engine = "CYCLES"
        except TypeError as error:
            raise DatasetError("This Blender has no Cycles, which data sets need; enable its add-on.") from error
        render, cycles = scene.render, scene.cycles
        render.resolution_x, render.resolution_y, render.resolution_percentage = image.width, image.height, 100
        render.pixel_aspect_x = render.pixel_aspect_y = 1.0
        render.use_compositing = render.use_sequencer = False
        render.dither_intensity = 0.0
        render.use_file_extension = False
        settings = render.image_settings
        if hasattr(settings, "media_type"):  # since 5.0
            settings.media_type = "IMAGE"
        settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "8"
        settings.compression = 0
        if threads is not None:
            render.threads_mode, render.threads = "FIXED", threads
        cycles.device, cycles.samples = ("CPU" if image.device == CPU else "GPU"), image.samples
        cycles.use_denoising = image.denoise
        if image.denoise:
            try:
                cycles.denoiser = "OPENIMAGEDENOISE"
            except TypeError as error:
                raise DatasetError("image.denoise: this Blender was built without a denoiser; write false.") from error
        view_by(scene, "AgX")


def _models(recipe: Recipe) -> dict[str, FlameModel]:
    """The installed models that a recipe names. Raises DatasetError."""
    known = {entry.name: entry.fingerprint for entry in models.entries()}
    found = {}
    for name in map(str, all_values(recipe.factors["model"]["name"])):
        if name not in known:
            there = ", ".join(map(repr, known))
            raise DatasetError(f"model.name: expected an installed model ({there}), found {name!r}; install it.")
        evaluator = models.evaluator(known[name])
        if evaluator is None:
            raise DatasetError(str(models.missing(known[name], name)))
        found[name] = evaluator.model
    return found


def _check_labels(recipe: Recipe, found: Mapping[str, FlameModel]) -> None:
    for name, model in found.items():
        for landmark_set in recipe.labels.landmarks:
            if landmark_set not in model.landmarks:
                raise DatasetError(
                    f"labels.landmarks: expected a model with the landmarks {landmark_set!r}, found {name!r} without; "
                    "install them, compute its named controls, or leave them out."
                )
        if UV in recipe.labels.maps and (model.display is None or model.display.uv_coords is None):
            raise DatasetError(
                f"labels.maps: expected a model with UVs, found {name!r} without; compute its looks, or leave 'uv' out."
            )


def _aim(obj: bpy.types.Object, camera: Camera) -> None:
    """Let a camera object see as ``camera`` does a head that stands at the world's origin."""
    data: Any = obj.data
    focal, _, cx, cy = camera.intrinsics.tolist()
    width, height = camera.width, camera.height
    data.sensor_fit, data.sensor_width, data.lens = "HORIZONTAL", SENSOR, focal * SENSOR / width
    data.shift_x, data.shift_y = (width / 2 - cx) / width, (cy - height / 2) / width
    data.clip_start, data.clip_end = NEAR, FAR
    matrix = np.eye(4)
    matrix[:3, :3] = to_blender((camera.rotation.T @ CAMERAS).T).T
    matrix[:3, 3] = to_blender(-camera.rotation.T @ camera.translation)
    obj.matrix_world = mathutils.Matrix(matrix.tolist())
