"""Which pixels of a photo show no skin: background beside a head that is not quite where the fit has it, hair, clothes.

A fit is off by some pixels at the face and by more at the ears, the skull and the neck. So colours decide: around its
landmarks the face is surely in the picture, and tells what this person's skin looks like under this light.
"""

from __future__ import annotations

import numpy as np

from .image_pyramid import halved, widened

SIDE = 512  # pixels, at most, of the picture that is looked at: noise is averaged away
AROUND = 0.03  # metres from a landmark, within which everything is face
LEAST = 50  # pixels of the face, fewer tell nothing
BINS = 16  # of each channel, softened
CHROMA, CHROMA_NOISE = 4.0, 0.05  # deviations from the skin's chroma that are still skin; the least deviation
DARKEST, BRIGHTEST = 0.4, 1.6  # of the skin's brightness, outside the face
BLACK = 0.12  # of the skin's brightness, anywhere: nostrils and the slit of the mouth
DARK = 0.02  # added before logarithms are taken: what is nearly black has no hue


def face_vertices(template: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """(V,) bool: the vertices of the neutral head (V, 3) near one of its landmarks (L, 3), metres."""
    distances = np.linalg.norm(template[:, None] - landmarks[None], axis=-1)
    near: np.ndarray = distances.min(1, initial=np.inf) < AROUND
    return near


def reduced(photo: np.ndarray) -> tuple[np.ndarray, int]:
    """The photo (H, W, C), halved until its sides are at most SIDE pixels, and how often it was halved."""
    times = 0
    while max(photo.shape[:2]) > SIDE:
        photo, times = halved(photo), times + 1
    return photo, times


def foreign_pixels(picture: np.ndarray, face: np.ndarray, head: np.ndarray, rim: int) -> np.ndarray:
    """(H, W) bool: what is not the skin of the face that the picture shows, and the pixels next to it.

    ``picture`` (H, W, 3), 0 to 1, as a screen shows it. ``face`` (H, W) bool: pixels near landmarks; ``head``: all that
    the fitted head covers; ``rim`` pixels inside its outline also the face may be background. Black is foreign
    everywhere; in the face nothing else is, so that lips and brows stay. A face of too few pixels tells nothing.
    """
    deep = face & ~widened(~head, rim)
    sample = picture[deep if deep.sum() >= LEAST else face]
    if len(sample) < LEAST:
        return np.zeros(face.shape, bool)
    brightness, usual = picture.mean(-1), np.median(sample.mean(-1))
    foreign = (brightness < DARKEST * usual) | (brightness > BRIGHTEST * usual) | _of_other_hue(picture, sample)
    foreign[face] = False
    outside = picture[~head]
    if len(outside) >= LEAST:
        background = _density(outside, picture) > _density(sample, picture)
        foreign |= background & ~deep
    foreign |= brightness < BLACK * usual
    return widened(foreign, 1)


def _of_other_hue(picture: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """(H, W) bool: the ratios of the channels, which shading leaves as they are, are not those of the sample."""
    chroma, usual = _chroma(picture), _chroma(sample)
    middle = np.median(usual, axis=0)
    deviation = np.maximum(1.4826 * np.median(np.abs(usual - middle), axis=0), CHROMA_NOISE)
    other: np.ndarray = (np.abs(chroma - middle) > CHROMA * deviation).any(-1)
    return other


def _chroma(colours: np.ndarray) -> np.ndarray:
    """(..., 2) logarithms of red and blue over green."""
    logs = np.log(np.maximum(colours, 0) + DARK)
    return logs[..., [0, 2]] - logs[..., [1]]


def _density(sample: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Of colours (H, W, 3) the share of the sample (n, 3) in their bin and the bins around."""
    counts = np.bincount(_bins(sample).ravel(), minlength=BINS**3).reshape(BINS, BINS, BINS).astype(np.float64)
    for axis in range(3):
        lines = np.moveaxis(np.pad(counts, [(1, 1) if each == axis else (0, 0) for each in range(3)]), axis, 0)
        counts = np.moveaxis((lines[:-2] + 2 * lines[1:-1] + lines[2:]) / 4, 0, axis)
    return (counts / len(sample)).ravel()[_bins(colours)]


def _bins(colours: np.ndarray) -> np.ndarray:
    levels = np.clip(colours * BINS, 0, BINS - 1).astype(np.int64)
    return (levels[..., 0] * BINS + levels[..., 1]) * BINS + levels[..., 2]
