"""The sound that belongs to a clip, found by where it lies."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".m4a", ".aac")


def sound_beside(clip: Path) -> Path | None:
    """The sound file with the clip's name, in or beside it; else the only one there is; None when that is not clear."""
    inside = _sounds(clip) if clip.is_dir() else []
    beside = _sounds(clip.parent)
    same_name = [path for path in (*inside, *beside) if path.stem == clip.stem]
    for found in (same_name, inside, beside):
        if len(found) == 1:
            return found[0]
    return None


def _sounds(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != "."]
    except OSError:  # a clip may be readable in a folder that cannot be listed: then no sound is known
        return []
