"""The data card: what a data set is, what it was made with, and under whose terms it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .labels.classes import CLASSES, MATERIALS
from .recipe import Recipe

TERMS = {
    "built-in": "the built-in head of the add-on; pictures of it are yours",
    "FLAME 2023 Open": "CC BY 4.0, which asks for credit: https://flame.is.tue.mpg.de",
}
MOST_NAMES = 500
OTHER_TERMS = (
    "those of its FLAME release, which hold for data made with it: https://flame.is.tue.mpg.de/modellicense.html"
)


@dataclass
class Found:
    """What was found in the shards: models by fingerprint with name, release and samples; versions; numbers.

    ``files`` of the recipe's folders, by their factor: in how many samples each is.
    """

    models: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    made_with: set[tuple[tuple[str, str], ...]] = field(default_factory=set)
    files: dict[str, dict[str, int]] = field(default_factory=dict)
    n_samples: int = 0
    n_bytes: int = 0

    def count(self, sample: Mapping[str, object]) -> None:
        """One more sample, by what its JSON tells."""
        fingerprint = str(sample["fingerprint"])
        name, release, count = self.models.get(fingerprint, (str(sample["model"]), str(sample["release"]), 0))
        self.models[fingerprint] = name, release, count + 1
        versions = sample["made_with"]
        if isinstance(versions, Mapping):
            self.made_with.add(tuple(sorted((str(key), str(value)) for key, value in versions.items())))
        files = sample.get("files")
        if isinstance(files, Mapping):
            for factor, name in files.items():
                counts = self.files.setdefault(str(factor), {})
                counts[str(name)] = counts.get(str(name), 0) + 1
        self.n_samples += 1


def card(recipe: Recipe, found: Found) -> str:
    """The data card as Markdown."""
    models = "\n".join(
        f"- {name}: release {release}, {count} samples, fingerprint {fingerprint}. "
        f"Terms: {TERMS.get(release, OTHER_TERMS)}."
        for fingerprint, (name, release, count) in sorted(found.models.items())
    )
    versions = "\n".join(f"- {', '.join(f'{key} {value}' for key, value in each)}" for each in sorted(found.made_with))
    files = "".join(_files(factor, counts) for factor, counts in sorted(found.files.items()))
    classes = ", ".join(f"{number} {name}" for name, number in CLASSES.items())
    materials = ", ".join(f"{number} {name}" for name, number in MATERIALS.items())
    written = recipe.written().decode("utf-8").strip()
    return f"""# {recipe.name}

{found.n_samples} rendered faces with ground truth in {recipe.n_shards} shards, {found.n_bytes} bytes. These people do
not exist.

## Model

{models}
{files}
## Made with

{versions}

Recipe {recipe.hash}:

```json
{written}
```

## What is in it

Shards are tar files as webdataset reads them; `index.npz` has the place of every file in them, `SHA256SUMS` their
hashes. Of each sample:

- `.png`: the picture, sRGB.
- `.json`: model, camera, box (left, top, width, height), landmarks (x, y, and 0 outside, 1 hidden or 2 visible), drawn
  values.
- `.npz`: FLAME parameters (radians, metres), camera matrices, landmarks in 2D and 3D (FLAME's axes: x to the subject's
  left, y up, z out of the face; metres).
- `.albedo.png`: colours without light, sRGB, where they were asked for.
- `.seg.png`: classes, by FaceSynthetics' numbers: {classes}.
- `.mat.png`: materials: {materials}.
- `.maps.npz`: depth (metres along the camera's axis, 0 where nothing is), normal (camera's axes), uv, triangle (row in
  the model's faces, then in what is beside it, -1 where nothing is) with barycentric weights; flow_forward and
  flow_backward (pixels right and down, to the next and the previous frame) with states (0 nothing, 1 hidden, 2 seen, 3
  outside then).

Of several cameras and frames each picture has all of these, by names with its camera and frame, such as `.v0.f003.png`.

The camera is OpenCV's: x right, y down, z forward; pixels count from the picture's top left corner, and the first
pixel's centre is at (0.5, 0.5). `world_to_camera` takes FLAME's axes to the camera's. Labels are what a ray through a
pixel's centre meets first; corneas are seen through. Landmarks are projections of points on the surface, also where it
is hidden. Brows are areas of skin, not hair.
"""


def _files(factor: str, counts: Mapping[str, int]) -> str:
    """Whose terms hold for them only their owner knows."""
    names = sorted(counts)[:MOST_NAMES]
    more = f" and {len(counts) - MOST_NAMES} more, see sources.json" if len(counts) > MOST_NAMES else ""
    listed = ", ".join(f"{name} ({counts[name]})" for name in names)
    return f"""
## Files of {factor}.folder

With the samples that each is in; they stand under terms of their own: {listed}{more}.
"""
