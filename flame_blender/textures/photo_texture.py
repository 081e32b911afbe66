"""A photo as a texture: what a camera saw of a head, laid into the head's UVs, and the rest filled.

``project_photo`` takes the photo apart into texels, ``merged`` puts those of several photos together, ``filled``
completes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..errors import ParameterError
from ..geometry.camera import Camera
from .image_pyramid import interpolated, sampled, softened, spread
from .skin_colours import foreign_pixels, reduced
from .texels import Texels
from .visibility import depths_of, hidden, inside_picture, silhouette, towards, vertex_normals

Filling = Literal["MIRROR", "BLUR"]
BORDER = 1 / 128  # of the texture: so wide is the ramp from seen to hidden, all of it on the seen side
OUTLINE = 1.5  # pixels, or what texels cover where it is more: as far as sampling reaches
PREFERENCE = 8  # power of photos' detail: of two that show a texel the finer one counts most, but no edge shows
COARSEST = 1e-3  # of the finest photo's detail, below which all are alike
RIM = 0.02  # metres inside the head's outline where also the face may be background
DISPLAY_GAMMA = 2.2
CELLS = 96  # on each side of the head's box, of about 3 mm, in which colours spread
LONE = 6  # cells on each side, of about 5 cm: where none nearby is known, it is the skin's tone


@dataclass(frozen=True, eq=False)
class PhotoTexture:
    """``image`` (S, S, 4) float32: the photo's colours in the texture, 0 where nothing was seen, and ``seen`` as alpha.

    Rows go up, as in :class:`~..flame.texels.Texels` and in Blender's pixels; colours are not multiplied by alpha.
    ``detail`` (S, S) float32: pixels of the photo across a texel, more where the camera is near or sees it straight.
    """

    texels: Texels
    image: np.ndarray
    detail: np.ndarray

    @property
    def tone(self) -> np.ndarray:
        """(3,) float32: the median of the colours that were seen well, black where none was."""
        well = self.image[self.seen > min(0.5, self.seen.max() / 2)]
        return np.median(well[:, :3], axis=0) if len(well) else np.zeros(3, np.float32)

    @property
    def seen(self) -> np.ndarray:
        """(S, S) float32, 0..1: how well the camera saw each texel."""
        return self.image[..., 3]


@dataclass(frozen=True, eq=False)
class Doubt:
    """How far a fit may be off.

    Within ``uncertainty`` metres of the head's outline nothing is taken from the photo. With ``face`` (V,) bool, the
    vertices that are surely in the picture where the fit has them or close by, nothing is taken whose colour is not
    this face's skin (see :mod:`.skin_colours`). ``linear``: the photo holds light, not display values.
    """

    uncertainty: float = 0.0
    face: np.ndarray | None = None
    linear: bool = False


CERTAIN = Doubt()


def project_photo(
    texels: Texels, vertices: np.ndarray, camera: Camera, photo: np.ndarray, doubt: Doubt = CERTAIN
) -> PhotoTexture:
    """Lay a photo into the texture of the head that it shows.

    ``vertices`` (V, 3): the head as it is in the photo, metres, FLAME's axes. ``photo`` (H, W, 3 or 4) float32, linear
    or display values, which the texture keeps: the camera's width and height, rows down, pixel i covering i..i+1; alpha
    tells how far a pixel belongs to the picture. A texel's colour is the mean of the pixels that it covers. ``seen``
    is 0 outside the picture, beyond 80 degrees off the ray, behind other parts of the head, and where the photo may
    show something else (``doubt``); ramps lead to it. Raises ParameterError for vertices, a photo or a camera that do
    not belong together.
    """
    _check(texels, vertices, camera, photo)
    points = texels.points(vertices)
    depths = depths_of(points, camera)
    facing = towards(points, texels.points(vertex_normals(vertices, texels.drawn)), camera)
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = camera.project(points)
    visible = np.flatnonzero((facing > 0) & inside_picture(pixels, depths, camera))
    footprints = _footprints(texels, vertices, camera)
    outline = OUTLINE * max(1.0, np.percentile(footprints[visible], 90)) if len(visible) else OUTLINE
    if doubt.uncertainty and len(visible):
        outline += doubt.uncertainty * _pixels_of_a_metre(camera, depths[visible])
    visible = visible[~hidden(points[visible], vertices, texels.drawn, camera, outline)]
    colours = sampled(_with_alpha(photo), pixels[visible, ::-1], footprints[visible])
    known = colours[:, 3] > 0.5
    if doubt.face is not None and len(visible):
        known &= _is_skin(texels, vertices, camera, photo, doubt, visible, pixels[visible])
    certainty = _ramp(texels, visible[known])[visible] * facing[visible]
    image = np.zeros((texels.size**2, 4), np.float32)
    image[texels.used[visible], :3] = _divided(colours)
    image[texels.used[visible], 3] = colours[:, 3] * certainty
    image[image[:, 3] <= 0] = 0
    detail = np.zeros(texels.size**2, np.float32)
    detail[texels.used] = footprints
    return PhotoTexture(texels, image.reshape(texels.size, texels.size, 4), detail.reshape(texels.size, texels.size))


def merged(textures: Sequence[PhotoTexture]) -> PhotoTexture:
    """Several photos of one head as one texture, over the same texels: each takes most of the finest that shows it.

    ``seen`` and ``detail`` are the best ones'. Raises ParameterError where there is none, or their texels differ.
    """
    if not textures or any(each.texels is not textures[0].texels for each in textures):
        raise ParameterError("Expected photos that were projected into the same texels, found others or none.")
    finest, seen = np.zeros_like(textures[0].detail), np.zeros_like(textures[0].seen)
    for each in textures:
        finest = np.maximum(finest, np.where(each.seen > 0, each.detail, 0))
        seen = np.maximum(seen, each.seen)
    colours, total = np.zeros((*seen.shape, 3)), np.zeros(seen.shape)
    for each in textures:
        relative_detail = np.maximum(each.detail / np.where(finest > 0, finest, 1), COARSEST).astype(np.float64)
        weight = each.seen * relative_detail**PREFERENCE
        colours += weight[..., None] * each.image[..., :3]
        total += weight
    colours /= np.where(seen > 0, total, 1)[..., None]
    return PhotoTexture(textures[0].texels, np.concatenate([colours, seen[..., None]], -1, dtype=np.float32), finest)


def filled(photo_texture: PhotoTexture, how: Filling) -> np.ndarray:
    """(S, S, 4) float32, alpha 1: the texture without holes, blended by ``seen``.

    ``"MIRROR"`` takes what was not seen from the other side of the head, and what neither side shows as ``"BLUR"``
    does: from what is seen around it, ever smoother with the distance, and far from all that was seen the skin's own
    tone. A photo that shows nothing gives black.
    """
    if how not in ("MIRROR", "BLUR"):
        raise ParameterError(f"The filling must be MIRROR or BLUR, found {how}.")
    image = photo_texture.image
    known = np.concatenate([image[..., :3] * image[..., 3:], image[..., 3:]], -1)
    texels, flat = photo_texture.texels, known.reshape(-1, 4)
    if how == "MIRROR":
        flat[texels.used] += (1 - flat[texels.used, 3:]) * interpolated(known, texels.mirrored[:, ::-1])
    flat[texels.used] = _spread_over_head(texels, flat[texels.used], photo_texture.tone)
    colours = spread(known)
    return np.concatenate([colours, np.ones_like(colours[..., :1])], -1)


def _spread_over_head(texels: Texels, known: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """(n, 4) of the used texels, weight 1 everywhere, from colour * weight and weight (n, 4).

    In space, not in the texture, so that colours go on over the seams. Far from what is known it is ``tone``.
    """
    low, high = texels.template.min(0), texels.template.max(0)
    places = (texels.points(texels.template) - low) / (high - low).max() * (CELLS - 1)
    cells = np.ravel_multi_index(places.astype(np.int64).T, (CELLS,) * 3)
    counts = np.maximum(np.bincount(cells, minlength=CELLS**3), 1)
    sums = [np.bincount(cells, channel, CELLS**3) / counts for channel in known.T]
    colours = spread(np.stack(sums, -1).astype(np.float32).reshape(CELLS, CELLS, CELLS, 4), tone, LONE)
    around = interpolated(colours, places)
    weight = known[:, 3:]
    return np.concatenate([known[:, :3] + (1 - weight) * around, np.ones_like(weight)], -1)


def _check(texels: Texels, vertices: np.ndarray, camera: Camera, photo: np.ndarray) -> None:
    if vertices.shape != texels.template.shape:
        raise ParameterError(f"vertices must have shape {texels.template.shape}, found {vertices.shape}.")
    if not np.isfinite(vertices).all():
        raise ParameterError("vertices must hold finite numbers, found NaN or infinity.")
    if camera.n_frames is not None:
        raise ParameterError(f"A photo's camera must stand still, found one of {camera.n_frames} frames.")
    if photo.ndim != 3 or photo.shape[:2] != (camera.height, camera.width) or photo.shape[2] not in (3, 4):
        expected = f"({camera.height}, {camera.width}, 3 or 4)"
        raise ParameterError(f"The photo must have the camera's shape {expected}, found {photo.shape}.")
    if not np.isfinite(photo).all():
        raise ParameterError("The photo must hold finite numbers, found NaN or infinity.")


def _ramp(texels: Texels, visible: np.ndarray) -> np.ndarray:
    """(n,) float32 of the used texels: 0 at the border of what is seen, 1 some texels inside."""
    known = np.zeros(texels.triangles.shape, bool)
    known.ravel()[texels.used[visible]] = True
    radius = max(1, round(BORDER * texels.size / 2))
    around = softened(known, texels.triangles >= 0, radius).ravel()[texels.used]
    ramp = np.clip(2 * around - 1, 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def _is_skin(
    texels: Texels,
    vertices: np.ndarray,
    camera: Camera,
    photo: np.ndarray,
    doubt: Doubt,
    visible: np.ndarray,
    pixels: np.ndarray,
) -> np.ndarray:
    """(n,) bool of the texels ``visible``, at ``pixels`` (n, 2): whether the photo shows the face's skin there."""
    picture, halvings = reduced(np.asarray(photo[..., :3], np.float32))
    picture = np.clip(picture, 0, None) ** (1 / DISPLAY_GAMMA) if doubt.linear else picture
    column, row = np.minimum((pixels / 2**halvings).astype(np.int64), np.array(picture.shape[1::-1]) - 1).T
    of_face = texels.points(np.asarray(doubt.face, np.float32)[:, None])[visible, 0] > 0.5
    face = np.zeros(picture.shape[:2], bool)
    face[row[of_face], column[of_face]] = True
    head = silhouette(vertices, texels.drawn, camera, halvings)
    rim = RIM * _pixels_of_a_metre(camera, depths_of(vertices, camera)) / 2**halvings
    return ~foreign_pixels(picture, face & head, head, max(1, round(rim)))[row, column]


def _pixels_of_a_metre(camera: Camera, depths: np.ndarray) -> float:
    """Across the view, as far away as most of the points."""
    focal = float(camera.intrinsics[:2].mean())
    return focal if camera.orthographic else focal / float(np.median(depths))


def _footprints(texels: Texels, vertices: np.ndarray, camera: Camera) -> np.ndarray:
    """(n,) float64 of the used texels: pixels across one texel, the root of its triangle's areas in both."""
    with np.errstate(divide="ignore", invalid="ignore"):
        in_photo = _areas(camera.project(vertices)[texels.faces])
        across = np.sqrt(in_photo / _areas(texels.uvs * np.float64(texels.size)))
    return np.nan_to_num(across, posinf=1.0)[texels.triangles.ravel()[texels.used]]


def _areas(corners: np.ndarray) -> np.ndarray:
    """(F,) of triangles (F, 3, 2)."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2


def _with_alpha(photo: np.ndarray) -> np.ndarray:
    """(H, W, 4) float32, colours multiplied by alpha: so means of pixels weigh them by it."""
    photo = np.asarray(photo, np.float32)
    alpha = photo[..., 3:] if photo.shape[2] == 4 else np.ones_like(photo[..., :1])
    return np.concatenate([photo[..., :3] * alpha, alpha], -1)


def _divided(weighted: np.ndarray) -> np.ndarray:
    """Colours (n, 3) of colours times alpha, and alpha."""
    return weighted[:, :3] / np.maximum(weighted[:, 3:], np.finfo(np.float32).tiny)
