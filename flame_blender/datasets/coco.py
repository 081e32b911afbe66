"""COCO's keypoints of all samples, a row of each list at a time (https://cocodataset.org/#format-data)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..files.whole_files import told


class CocoWriter:
    """One JSON for one set of landmarks: keypoints with 0 outside, 1 hidden, 2 visible, and the head's box.

    The annotations wait in a file beside it, so that no data set is too large to hold.
    """

    def __init__(self, path: Path, landmark_set: str) -> None:
        self._path, self._set = path, landmark_set
        with told(path):
            self._images = path.open("w", encoding="utf-8")
            self._waiting = path.with_suffix(".annotations").open("w+", encoding="utf-8")
        self._count = 0

    def add(self, name: str, index: int, sample: dict[str, Any]) -> None:
        """A picture by its file's name and its number, by what its JSON tells."""
        points: Sequence[Sequence[float]] = sample["landmarks"][self._set]
        image = {"id": index, "file_name": name, "width": sample["width"], "height": sample["height"]}
        # COCO's tools take what is outside for unlabelled, with zeros
        flat = [each for x, y, flag in points for each in ((x, y, flag) if flag else (0, 0, 0))]
        annotation = {
            "id": index + 1,  # pycocotools takes an annotation 0 for none
            "image_id": index,
            "category_id": 1,
            "keypoints": flat,
            "num_keypoints": sum(1 for *_, flag in points if flag),
            "bbox": sample["box"],
            "area": sample["area"],
            "iscrowd": 0,
        }
        with told(self._path):
            if not self._count:
                names = [str(number) for number in range(len(points))]
                category = {"id": 1, "name": "face", "keypoints": names, "skeleton": []}
                self._images.write('{"categories":[' + json.dumps(category) + '],\n"images":[\n')
            self._images.write((",\n" if self._count else "") + json.dumps(image))
            self._waiting.write((",\n" if self._count else "") + json.dumps(annotation))
        self._count += 1

    def end(self) -> None:
        """Put the two together."""
        with told(self._path):
            if not self._count:
                self._images.write('{"categories":[],\n"images":[\n')
            self._images.write('\n],\n"annotations":[\n')
            self._waiting.seek(0)
            while part := self._waiting.read(1 << 20):
                self._images.write(part)
            self._images.write("\n]}\n")
            self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._images.close()
        self._waiting.close()
        self._path.with_suffix(".annotations").unlink(missing_ok=True)
