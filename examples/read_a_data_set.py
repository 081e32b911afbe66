"""Reads sample 3 of a finished data set by NumPy alone, webdataset, Hugging Face's datasets, or pycocotools.

python examples/read_a_data_set.py faces plain|webdataset|datasets|pycocotools
"""

import io
import json
import sys
from pathlib import Path

import numpy as np

SAMPLE, NOSE = 3, 30  # the tip of the nose is the 31st of 68


def plain(folder):
    """By its place in a shard: no sample before it is read."""
    index = np.load(folder / "index.npz")
    kinds = index["kinds"].tolist()

    def member(kind):
        place = SAMPLE, kinds.index(kind)
        with (folder / str(index["shards"][index["shard"][SAMPLE]])).open("rb") as file:
            file.seek(index["offsets"][place])
            return file.read(index["sizes"][place])

    with np.load(io.BytesIO(member("npz"))) as numbers:
        return json.loads(member("json"))["width"], numbers["ibug_2d"][NOSE]


def webdataset(folder):
    """One sample after another, as a training reads them."""
    import webdataset  # noqa: PLC0415

    files = [str(path) for path in sorted(folder.glob("*.tar"))]
    for sample in webdataset.WebDataset(files, shardshuffle=False).decode("rgb8"):
        if sample["json"]["index"] == SAMPLE:
            return sample["png"].shape[1], sample["npz"]["ibug_2d"][NOSE]
    return None


def datasets(folder):
    """As a table, whose pictures and masks are Pillow's."""
    import datasets  # noqa: PLC0415

    files = [str(path) for path in sorted(folder.glob("*.tar"))]
    sample = datasets.load_dataset("webdataset", data_files=files, split="train", streaming=True)
    for each in sample:
        if each["json"]["index"] == SAMPLE:
            return each["png"].width, np.array(each["npz"]["ibug_2d"])[NOSE]
    return None


def pycocotools(folder):
    """The keypoints alone; those outside the picture are zeros."""
    from pycocotools.coco import COCO  # noqa: PLC0415

    found = COCO(str(folder / "coco_ibug.json"))
    (annotation,) = found.loadAnns(found.getAnnIds(imgIds=[SAMPLE]))
    return found.imgs[SAMPLE]["width"], np.array(annotation["keypoints"]).reshape(-1, 3)[NOSE, :2]


READERS = {each.__name__: each for each in (plain, webdataset, datasets, pycocotools)}
width, nose = READERS[sys.argv[2]](Path(sys.argv[1]))
print(f"sample {SAMPLE}: {width} pixels wide, the tip of the nose at {nose[0]:.2f} {nose[1]:.2f}")
