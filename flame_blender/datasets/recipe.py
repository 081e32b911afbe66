"""A recipe: all that a data set is made from. Its hash tells recipes apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .distributions import Distribution
from .factors import FACTORS

CLASSES, MATERIALS = "class", "material"
DEPTH, NORMAL, UV, TRIANGLE, FLOW = "depth", "normal", "uv", "triangle", "flow"
MASKS, MAPS = (CLASSES, MATERIALS), (DEPTH, NORMAL, UV, TRIANGLE, FLOW)
CPU = "CPU"
DEVICES = (CPU, "CUDA", "OPTIX", "HIP", "ONEAPI", "METAL")  # as Cycles calls them
LANDMARK_SETS = ("ibug", "mediapipe")


@dataclass(frozen=True)
class Picture:
    """How a sample is rendered: ``width`` and ``height`` in pixels, Cycles ``samples`` of a pixel, on which device."""

    width: int = 256
    height: int = 256
    samples: int = 32
    denoise: bool = True
    device: str = CPU


@dataclass(frozen=True)
class Labels:
    """What is written beside the picture."""

    landmarks: tuple[str, ...] = LANDMARK_SETS
    masks: tuple[str, ...] = MASKS
    maps: tuple[str, ...] = (DEPTH, NORMAL)
    albedo: bool = False


@dataclass(frozen=True)
class Shots:
    """How many pictures a sample has: of so many cameras, ``views``, at so many frames, ``every`` so many of a clip."""

    views: int = 1
    frames: int = 1
    every: int = 1


SHOTS = {"camera": ("views",), "clip": ("frames", "every")}  # where they stand in a recipe


@dataclass(frozen=True)
class Recipe:
    """What a data set is made from; see docs/datasets.md.

    Attributes
    ----------
    name : str
        Of the data set.
    seed : int
        Another seed gives other samples.
    count : int
        Samples.
    shard_size : int
        Samples of a file.
    image : Picture
        How samples are rendered.
    labels : Labels
        What is written beside the picture.
    factors : mapping of str to mapping of str to Distribution
        The values that vary, all of them: those that the recipe leaves out are fixed.
    shots : Shots
        How many pictures a sample has.
    home : Path
        The recipe's own folder, from which the folders that it names are looked for. No part of what a recipe is.
    """

    name: str
    seed: int
    count: int
    shard_size: int
    image: Picture
    labels: Labels
    factors: Mapping[str, Mapping[str, Distribution]]
    shots: Shots = Shots()
    home: Path = field(default=Path(), compare=False)

    @property
    def n_shards(self) -> int:
        """How many shards the data set has."""
        return -(-self.count // self.shard_size)

    def samples_of(self, shard: int) -> range:
        """The indices of a shard's samples."""
        return range(shard * self.shard_size, min((shard + 1) * self.shard_size, self.count))

    def written(self) -> bytes:
        """The recipe with all that it leaves out, as JSON: the same bytes for recipes that mean the same."""
        factors = told_factors({factor: self.factors[factor] for factor in FACTORS}, lambda each: each.written())
        for section, keys in SHOTS.items():
            told = {key: getattr(self.shots, key) for key in keys if getattr(self.shots, key) != 1}
            if told:
                factors[section] = {**told, **factors.get(section, {})}
        content = {
            "name": self.name,
            "seed": self.seed,
            "count": self.count,
            "shard_size": self.shard_size,
            "image": {key: each for key, each in vars(self.image).items() if (key, each) != ("device", CPU)},
            "labels": {key: value for key, value in vars(self.labels).items() if key != "albedo" or value},
            **factors,
        }
        return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of :meth:`written`."""
        return hashlib.sha256(self.written()).hexdigest()


def told_factors(given: Mapping[str, Mapping[str, Any]], told: Callable[[Any], object]) -> dict[str, dict[str, object]]:
    """What is told of each value of the factors, without those that came later and are as when they are left out."""
    found = {
        factor: {
            key: told(given[factor][key])
            for key, entry in entries.items()
            if not (entry.later and given[factor][key] in (entry.default, entry.left_out))
        }
        for factor, entries in FACTORS.items()
    }
    return {factor: values for factor, values in found.items() if values}


def with_left_out(given: Mapping[str, Mapping[str, Distribution]]) -> Mapping[str, Mapping[str, Distribution]]:
    """All factors, with those of ``given`` and the others as they are when they are left out."""
    return MappingProxyType(
        {
            factor: MappingProxyType(
                {key: given.get(factor, {}).get(key, entry.left_out) for key, entry in entries.items()}
            )
            for factor, entries in FACTORS.items()
        }
    )
