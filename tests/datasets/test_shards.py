"""Shards read back by other readers: tarfile, Pillow, NumPy; finished, damaged, and of another recipe."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flame_blender.datasets.data_folder import begin_folder, check_folder, missing_shards, recipe_of, shards_of
from flame_blender.datasets.finishing import Finished, finishing
from flame_blender.datasets.labels.label_maps import class_mask, seen_triangles
from flame_blender.datasets.sample_files import kinds_of
from flame_blender.datasets.shards import members_of, shard_path
from flame_blender.errors import DatasetError, WriteError
from flame_blender.flame.model import FlameModel
from flame_blender.long_work import result_of
from tests.datasets.made_sets import MADE_WITH, picture_of, posed, small, write_shards
from tests.datasets.recipes import recipe

SHARDS = ("small-000000.tar", "small-000001.tar", "small-000002.tar")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, built_in: FlameModel) -> Path:
    """The small data set, its shards written last first."""
    folder = tmp_path_factory.mktemp("made") / "set"
    write_shards(folder, small(), built_in, (2, 1, 0))
    return folder


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    for name in ("recipe.json", *SHARDS):
        (tmp_path / name).write_bytes((made / name).read_bytes())
    return tmp_path


def finish(folder: Path) -> Finished:
    return result_of(finishing(folder))


def test_other_readers_read_a_shard(made: Path, built_in: FlameModel):
    recipe = small()
    with tarfile.open(made / SHARDS[0]) as tar:
        members = tar.getmembers()
        assert [each.name for each in members] == [
            f"00000000{index}.{kind}" for index in (0, 1) for kind in kinds_of(recipe)
        ]
        assert {(each.mtime, each.uid, each.uname, each.mode) for each in members} == {(0, 0, "", 0o644)}
        files = {each.name: tar.extractfile(each).read() for each in members}
    expected = posed(recipe, built_in, 1)
    seen = seen_triangles(expected.camera, expected.vertices, built_in.faces, expected.surface.clear)
    picture = Image.open(io.BytesIO(files["000000001.png"]))
    assert picture.mode == "RGB" and np.array_equal(np.asarray(picture), picture_of(recipe, 1))
    mask = Image.open(io.BytesIO(files["000000001.seg.png"]))
    assert mask.mode == "L" and np.array_equal(np.asarray(mask), class_mask(seen, expected.surface))
    numbers = np.load(io.BytesIO(files["000000001.npz"]), allow_pickle=False)
    assert np.array_equal(numbers["shape"], expected.sample.params.shape)
    points = np.c_[numbers["ibug_3d"], np.ones(68)] @ numbers["world_to_camera"].T
    pixels = points[:, :3] @ numbers["intrinsics"].T
    assert np.allclose(pixels[:, :2] / pixels[:, 2:], numbers["ibug_2d"], atol=1e-3)
    maps = np.load(io.BytesIO(files["000000001.maps.npz"]), allow_pickle=False)
    assert {name: (each.dtype.str, each.shape[2:]) for name, each in maps.items()} == {
        "depth": ("<f4", ()), "normal": ("<f2", (3,)), "uv": ("<f4", (2,)), "triangle": ("<i4", ()),
        "barycentric": ("<f4", (3,)),
    }  # fmt: skip
    assert np.array_equal(maps["triangle"], seen.triangle) and np.array_equal(maps["depth"], seen.depth.astype("f4"))
    told = json.loads(files["000000001.json"])
    assert told["fingerprint"] == built_in.fingerprint and told["made_with"] == MADE_WITH
    assert told["recipe"] == recipe.hash and told["factors"]["pose"]["yaw"] == expected.sample.values["pose"]["yaw"]
    assert np.allclose(np.array(told["landmarks"]["mediapipe"])[:, :2], numbers["mediapipe_2d"], atol=1e-3)
    assert [row[2] for row in told["landmarks"]["ibug"]] == numbers["ibug_visibility"].tolist()
    rows, columns = np.nonzero(maps["depth"])
    left, top, width, height = told["box"]
    assert (left, top) == (columns.min(), rows.min()) and told["area"] == len(rows)
    assert (width, height) == (np.ptp(columns) + 1, np.ptp(rows) + 1)


def test_the_same_samples_are_the_same_bytes(made: Path, tmp_path: Path, built_in: FlameModel):
    write_shards(tmp_path, small(), built_in, [1])
    assert (tmp_path / SHARDS[1]).read_bytes() == (made / SHARDS[1]).read_bytes()


def test_a_finished_set_has_index_hashes_keypoints_and_card(copied: Path, built_in: FlameModel):
    (copied / ".flame-1-0123abcd.part").write_bytes(b"of a render that was killed")
    found = finish(copied)
    assert (found.n_samples, found.n_shards) == (5, 3)
    assert found.n_bytes == sum((copied / name).stat().st_size for name in SHARDS)
    for line in (copied / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert digest == hashlib.sha256((copied / name).read_bytes()).hexdigest()
    index = np.load(copied / "index.npz", allow_pickle=False)
    kinds = index["kinds"].tolist()
    for sample in range(5):  # random access, as docs/datasets.md shows
        row = kinds.index("json")
        with (copied / str(index["shards"][index["shard"][sample]])).open("rb") as file:
            file.seek(index["offsets"][sample, row])
            assert json.loads(file.read(index["sizes"][sample, row]))["index"] == sample
    for name, count in (("ibug", 68), ("mediapipe", 105)):
        coco = json.loads((copied / f"coco_{name}.json").read_text())
        assert [each["id"] for each in coco["images"]] == [0, 1, 2, 3, 4]
        assert len(coco["categories"][0]["keypoints"]) == count
        for annotation in coco["annotations"]:
            points = np.array(annotation["keypoints"]).reshape(count, 3)
            assert annotation["num_keypoints"] == (points[:, 2] > 0).sum() and set(points[:, 2]) <= {0, 1, 2}
            assert not points[points[:, 2] == 0].any()
    card = (copied / "DATA_CARD.md").read_text(encoding="utf-8")
    for told in (small().hash, built_in.fingerprint, "blender 5.0.1", "5 samples", "12 neck", "yours"):
        assert told in card
    assert {each.name for each in copied.iterdir()} == {
        "recipe.json", *SHARDS, "SHA256SUMS", "index.npz", "coco_ibug.json", "coco_mediapipe.json", "DATA_CARD.md",
    }  # fmt: skip
    before = (copied / "index.npz").read_bytes()
    assert finish(copied) == found and (copied / "index.npz").read_bytes() == before


def test_what_is_missing_is_told_and_nothing_is_written(copied: Path):
    (copied / SHARDS[1]).unlink()
    assert missing_shards(copied, small(), range(3)) == [1]
    with pytest.raises(DatasetError, match="expected 3 shards, found 2; render the others: --shards 1"):
        finish(copied)
    assert not (copied / "index.npz").exists()


def damaged(raw: bytes, kind: str) -> bytes:
    extra = tarfile.TarInfo("000000002.txt").tobuf(tarfile.USTAR_FORMAT)
    link = tarfile.TarInfo("000000002.json")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    huge = tarfile.TarInfo("000000002.json")
    huge.size = 8**11 - 1
    return {
        "cut": raw[: len(raw) // 2],
        "header": b"\xff" * 512 + raw[512:],
        "one byte of the header": raw[:100] + b"9" + raw[101:],
        "more at the end": raw + bytes(20480) + b"x",
        "another file": extra + raw,
        "a link": link.tobuf(tarfile.USTAR_FORMAT) + raw[512:],
        "a huge file": huge.tobuf(tarfile.USTAR_FORMAT) + raw[512:],
        "nothing": b"",
        "no end": raw.rstrip(b"\0") + bytes(512),
        "text": b"hello" * 1000,
        "its samples twice": raw.rstrip(b"\0") + bytes(-len(raw.rstrip(b"\0")) % 512) + raw,
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["cut", "header", "one byte of the header", "more at the end", "another file", "a link", "a huge file", "nothing",
     "no end", "text", "its samples twice"],
)  # fmt: skip
def test_a_damaged_shard_is_told(copied: Path, kind: str):
    path = copied / SHARDS[1]
    path.write_bytes(damaged(path.read_bytes(), kind))
    with pytest.raises(DatasetError) as caught:
        finish(copied)
    assert SHARDS[1] in str(caught.value) and len(str(caught.value)) < 400
    assert not (copied / "index.npz").exists() and not list(copied.glob(".flame*"))


def test_bytes_of_a_shard_changed_anywhere_never_crash(copied: Path):
    raw = bytearray((copied / SHARDS[2]).read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(60):
        changed = bytearray(raw)
        for place in rng.integers(0, len(raw), 5):
            changed[place] = rng.integers(0, 256)
        (copied / SHARDS[2]).write_bytes(changed)
        with contextlib.suppress(DatasetError):
            members_of(copied / SHARDS[2])
            finish(copied)


def test_shards_of_another_recipe_are_refused(copied: Path, built_in: FlameModel):
    other = dataclasses.replace(small(), seed=4)
    with pytest.raises(DatasetError, match=f"expected the recipe {other.hash[:12]}, found {small().hash[:12]}"):
        begin_folder(copied, other)
    write_shards(copied / "other", other, built_in, [1])
    shard_path(copied / "other", "small", 1).replace(copied / SHARDS[1])
    with pytest.raises(DatasetError, match="sample 2 of the recipe"):
        finish(copied)


def test_the_folders_recipe_is_read_back_and_checked(tmp_path: Path):
    begin_folder(tmp_path, dataclasses.replace(small(), seed=9))
    begin_folder(tmp_path, small())  # in place of one that nothing was rendered of
    begin_folder(tmp_path, small())
    assert recipe_of(tmp_path) == small()
    for raw in (b"", b"[]", b"{}", b"{", (tmp_path / "recipe.json").read_bytes().replace(b'"seed": 3', b'"seed":  3')):
        (tmp_path / "recipe.json").write_bytes(raw)
        with pytest.raises(DatasetError, match=r"recipe\.json"):
            recipe_of(tmp_path)
    with pytest.raises(DatasetError, match="found none"):
        finish(tmp_path / "nowhere")


def test_two_that_begin_one_folder_at_once_do_not_mix(tmp_path: Path):
    """The other writes its recipe over one that nothing was rendered of yet."""
    other = dataclasses.replace(small(), seed=4)
    begin_folder(tmp_path, small())
    check_folder(tmp_path, small())
    begin_folder(tmp_path, other)
    check_folder(tmp_path, other)
    with pytest.raises(DatasetError, match=f"expected the recipe {small().hash[:12]}, found {other.hash[:12]}"):
        check_folder(tmp_path, small())


@pytest.mark.unmeasured
def test_a_recipe_of_many_choices_is_read_back(tmp_path: Path):
    """Written out it is eight times as long."""
    many = "".join(f"{key} = {{choice = [{'0,' * 10_000}]}}\n" for key in ("yaw", "pitch", "roll", "jaw", "neck_yaw"))
    large = recipe(f"[pose]\n{many}[camera]\n{many.split('jaw')[0]}")
    begin_folder(tmp_path, large)
    assert (tmp_path / "recipe.json").stat().st_size > 1 << 20 and recipe_of(tmp_path) == large


def test_a_folder_that_cannot_be_is_told(tmp_path: Path):
    with pytest.raises(WriteError, match="choose a shorter name"):
        begin_folder(tmp_path / ("a" * 300), small())


def test_shards_are_named_as_numbers_and_ranges():
    assert shards_of("0", small()) == [0] and shards_of("2,0-1", small()) == [0, 1, 2]
    for text in ("", "a", "1-", "-1", "2-1", "0-3", "0--1", "1" * 5000, "٣"):
        with pytest.raises(DatasetError, match=r"^shards: "):
            shards_of(text, small())
