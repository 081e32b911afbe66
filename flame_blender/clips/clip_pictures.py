"""The pictures of a clip behind its camera's view."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

import bpy

FOLDER = "flame_cache"
LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)")  # of a file's name: the one that Blender counts up
NOT_SHOWN = "The clip's pictures are not shown behind the camera: "


def show_pictures(data: bpy.types.Camera, names: tuple[str, ...], folder: Path, start_frame: int) -> tuple[str, ...]:
    """Make the pictures the camera's background, one a frame; why not, in a sentence, where they are there but cannot.

    Each lies at its own path, or in ``folder``, beside the clip. Blender goes from one to the next by the last number
    in a name; pictures that are numbered otherwise (GaussianAvatars' end in the camera's number) are shown through
    links, made in the folder ``flame_cache`` beside the .blend or, before that is saved, beside the clip.
    """
    pictures = [found for found in (_find(name, folder) for name in names) if found is not None]
    if not pictures:
        return ()
    if len(pictures) < len(names):
        return (f"{NOT_SHOWN}{len(names) - len(pictures)} of {len(names)} are missing.",)
    first = _number(pictures[0])
    if len(pictures) > 1 and not _counted_up(pictures):
        place = Path(bpy.path.abspath("//")) if bpy.data.filepath else folder
        try:
            pictures, first = _links(pictures, place / FOLDER), 1
        except OSError as error:
            return (f"{NOT_SHOWN}no links to them can be made in {place / FOLDER} ({error.strerror or error}).",)
    background = data.background_images.new()
    background.image = bpy.data.images.load(str(pictures[0]), check_existing=True)
    if len(pictures) > 1:
        background.image.source = "SEQUENCE"
        user = background.image_user
        user.frame_duration, user.frame_start, user.frame_offset = len(pictures), start_frame, first - 1
        user.use_auto_refresh = True
    data.show_background_images = True
    return ()


def _find(name: str, folder: Path) -> Path | None:
    """The picture at its own path or beside the clip."""
    for path in (Path(name), folder / name, folder / Path(name).name):
        if os.path.isfile(path):
            return path.absolute()  # Blender would look for others in the folder that it is started in
    return None


def _number(path: Path) -> int:
    found = LAST_NUMBER.fullmatch(path.stem)
    return int(found[2]) if found else 0


def _counted_up(pictures: list[Path]) -> bool:
    """Whether Blender finds each from the first: same folder and name, the last number one more each time."""
    found = [LAST_NUMBER.fullmatch(path.stem) for path in pictures]
    if not all(found):
        return False
    ways = {(path.parent, each[1], each[3], path.suffix) for path, each in zip(pictures, found, strict=True) if each}
    numbers = [_number(path) for path in pictures]
    return len(ways) == 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _links(pictures: list[Path], place: Path) -> list[Path]:
    """Links to the pictures, numbered from 1; those of the same pictures are made once. OSError where none can be."""
    paths = [path.resolve() for path in pictures]
    name = hashlib.sha256("\n".join(map(str, paths)).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    folder = place / f"pictures_{name}"
    folder.mkdir(parents=True, exist_ok=True)
    links = [folder / f"{number:06d}{path.suffix}" for number, path in enumerate(paths, 1)]
    for link, path in zip(links, paths, strict=True):
        if not link.exists():
            link.unlink(missing_ok=True)  # a link to what is no longer there
            with contextlib.suppress(FileExistsError):  # another Blender was quicker
                _link(path, link)
    return links


def _link(path: Path, link: Path) -> None:
    try:
        link.symlink_to(path)
    except FileExistsError:
        raise
    except OSError:  # Windows lets only some users make them
        os.link(path, link)
