"""Which pictures a sample has: one of each camera at each frame."""

from __future__ import annotations

from dataclasses import dataclass

from ..recipe import Recipe

VIEW_DIGITS, FRAME_DIGITS = 1, 3  # at least


@dataclass(frozen=True)
class Shot:
    """One picture of a sample: of the camera ``view`` at the frame ``frame``, both counted from 0."""

    view: int = 0
    frame: int = 0


ONLY = Shot()


def shots_of(recipe: Recipe) -> tuple[Shot, ...]:
    """The pictures of each sample, in the order of a shard."""
    return tuple(Shot(view, frame) for view in range(recipe.shots.views) for frame in range(recipe.shots.frames))


def prefix_of(recipe: Recipe, shot: Shot) -> str:
    """What stands before the endings of a picture's files: "v0." of a camera, "f000." of a frame; "" of the only."""
    view = f"v{shot.view:0{VIEW_DIGITS}d}." if recipe.shots.views > 1 else ""
    frame = f"f{shot.frame:0{FRAME_DIGITS}d}." if recipe.shots.frames > 1 else ""
    return view + frame
