"""The scene in which samples are rendered: a plain head of each model, a camera, light; set for one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..character import mouths
from ..datasets.distributions import Fixed, all_values
from ..datasets.factors import ADDED
from ..datasets.from_files.backdrops import covering, laid_behind
from ..datasets.from_files.source_folders import NOTHING_LISTED, Listing
from ..datasets.recipe import CPU, UV, Recipe
from ..datasets.sample import check_models
from ..datasets.sample_files import Posed, sample_files
from ..datasets.scenery.steady_hair import drawn_hair
from ..datasets.shots.sampler import Sampler
from ..errors import DatasetError
from ..film.still import render_still, view_by
from ..flame.model import FlameModel
from ..head import models
from ..head_parts.parts import HeadParts
from ..long_work import result_of
from .albedo import Albedo
from .camera import aim, number_of, set_aperture
from .lighting import Lighting
from .occluders import Occluders
from .pictures import pixels_of_file
from .plain_heads import NAME, PlainHair, PlainHead, PlainMesh, plain_parts
from .skins import Skins

SEEDS = 1 << 31  # Cycles takes fewer


class SampleScene:
    """A scene of the recipe's own. Raises DatasetError where a model or what the recipe asks of it is missing."""

    def __init__(self, recipe: Recipe, threads: int | None, listing: Listing = NOTHING_LISTED) -> None:
        self.recipe = recipe
        self.models = _models(recipe)
        check_models(recipe, self.models)
        _check_labels(recipe, self.models)
        self.scene: Any = bpy.data.scenes.new(NAME)
        self._set_render(threads)
        collection, blurred = self.scene.collection, recipe.factors["camera"]["motion_blur"] != Fixed(0.0)
        self._heads = {name: PlainHead(model, collection, blurred) for name, model in self.models.items()}
        self._skins = Skins(recipe, self._heads, self.models)
        self._occluders = Occluders(listing.all_of("occluder"), self.scene)
        self.sampler = Sampler(
            recipe, self.models, listing, _parts(recipe, self.models), self._skins.counts, self._occluders.things
        )
        self._parts = {name: plain_parts(parts, collection, blurred) for name, parts in self.sampler.parts.items()}
        self._hair = {
            style: PlainHair(hair, self.models[style[0]].v_template, collection, blurred)
            for style, hair in self.sampler.hair.items()
        }
        self._camera: Any = bpy.data.objects.new(NAME, bpy.data.cameras.new(NAME))
        collection.objects.link(self._camera)
        self.scene.camera = self._camera
        self._backdrop: np.ndarray | None = None
        self._lighting = Lighting(self.scene, [str(each) for each in all_values(recipe.factors["light"]["world"])])
        meshes = [*self._heads.values(), *self._parts.values(), *self._hair.values(), *self._occluders.meshes.values()]
        self._albedo = Albedo(self.scene, [each.object for each in meshes], self._skins.materials)

    def shots(self, index: int) -> Iterator[Posed]:
        """Every picture of sample ``index``, one after the other, with the scene set for it."""
        for posed in self.sampler.shots(index):
            self._set(posed)
            yield posed

    def files_of(self, index: int, made_with: Mapping[str, str], folder: Path) -> dict[str, bytes]:
        """The files of sample ``index`` by their endings, of all its pictures; ``folder`` is for those in between."""
        files: dict[str, bytes] = {}
        for posed in self.shots(index):
            pixels, albedo = self.render(folder), self.render_albedo(folder)
            files |= sample_files(self.recipe, posed, pixels, made_with, albedo)
        return files

    def pose(self, index: int) -> Posed:
        """Set the scene for the first picture of sample ``index``, and tell what it is."""
        return next(self.shots(index))

    def _set(self, posed: Posed) -> None:
        sample = posed.sample
        head = self._heads[sample.model]
        shown: list[tuple[PlainMesh, np.ndarray]] = [(head, posed.vertices)]
        shown += [(self._parts[sample.model], solid.vertices) for solid in posed.parts]
        values = dict(sample.values["hair"])
        for style, solid in zip(drawn_hair(values, sample.model), posed.hair, strict=True):
            shown.append((self._hair[style], solid.vertices))
            self._hair[style].colour(values)
        for each in (*self._heads.values(), *self._parts.values(), *self._hair.values()):
            each.show(False)
        begin, blurred = 0, posed.blurred
        for each, vertices in shown:
            rows = slice(begin, begin + len(vertices))
            each.show(True)
            each.put(vertices, None if blurred is None else (blurred[0][rows], blurred[1][rows]))
            begin = rows.stop
        thing = sample.files.get("occluder")
        self._occluders.show(thing, posed.others[0].vertices if posed.others else None)
        texture = posed.texture if posed.texture is not None else np.zeros(0)
        self._skins.put_on(str(sample.values["texture"]["model"]), texture, head, posed.model)
        head.colour(dict(sample.values["skin"]), sample.values["eyes"]["iris"])
        focus = np.zeros(3) if posed.focus is None else posed.focus
        self._lighting.set(sample.values, focus, sample.files.get("light"))
        self._set_backdrop(sample.files.get("background"))
        aim(self._camera, posed.camera)
        set_aperture(self._camera, posed.camera, focus, number_of(sample.values["camera"]["aperture"]))
        self.scene.render.use_motion_blur = blurred is not None
        pictures = self.recipe.shots.views * self.recipe.shots.frames
        own = posed.shot.view * self.recipe.shots.frames + posed.shot.frame
        self.scene.cycles.seed = (sample.index * pictures + own) % SEEDS

    def render(self, folder: Path) -> np.ndarray:
        """(H, W, 3) uint8 sRGB of the scene as it is; a file is made in ``folder`` and removed.

        Raises WriteError where there is no room for it.
        """
        values = self._rendered(folder)
        shown = values[..., :3] if self._backdrop is None else laid_behind(values, self._backdrop)
        pixels: np.ndarray = np.rint(shown * 255).astype(np.uint8)
        return pixels

    def render_albedo(self, folder: Path) -> np.ndarray | None:
        """(H, W, 3) uint8 sRGB of the colours without light, black where nothing is; None where none are asked for."""
        if not self.recipe.labels.albedo:
            return None
        with self._albedo.shown():
            values = self._rendered(folder)
        pixels: np.ndarray = np.rint(values[..., :3] * 255).astype(np.uint8)
        return pixels

    def _rendered(self, folder: Path) -> np.ndarray:
        path = folder / "picture.png"
        render_still(self.scene, path)
        values = pixels_of_file(path, "the picture that was rendered")
        path.unlink()
        return values

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
        render.use_persistent_data = True  # the skin's pictures, 16 MB each, are not taken and given back every time
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
        render.motion_blur_shutter, render.motion_blur_position = 1.0, "CENTER"  # its ends are those of the meshes
        scene.frame_set(0)
        if image.denoise:
            try:
                cycles.denoiser = "OPENIMAGEDENOISE"
                cycles.denoising_prefilter = "FAST"  # one pass of its network, not three
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


def _parts(recipe: Recipe, found: Mapping[str, FlameModel]) -> dict[str, HeadParts]:
    """Mouth and lashes of the models that are given some; a model that brings its own keeps those."""
    if ADDED not in all_values(recipe.factors["model"]["mouth"]):
        return {}
    known = {entry.name: entry for entry in models.entries()}
    parts: dict[str, HeadParts] = {}
    for name, model in found.items():
        if known[name] == models.built_in():
            continue
        if not models.kept_controls(model.fingerprint).exists():
            raise DatasetError(
                f"model.mouth: expected a model with named controls, found {name!r} without; compute them, or leave "
                "the mouth out."
            )
        parts[name] = result_of(mouths.making(known[name]))
    return parts


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
