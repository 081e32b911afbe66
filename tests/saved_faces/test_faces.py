"""Faces as text and as files: round trips, older and hostile ones, names, catalogs; and how one is blended in."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from flame_blender.errors import FlameError, ParameterError
from flame_blender.flame.clipboard import params_to_text
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.flame.params import FlameParams
from flame_blender.model_controls.sides import mirrored_rotation, mirrored_scores
from flame_blender.saved_faces import catalogs
from flame_blender.saved_faces.blended import Shown, blended, left_out
from flame_blender.saved_faces.face import LARGEST_TEXT, Face, face_from_text, face_to_text, tidy_name
from flame_blender.saved_faces.face_folder import FaceFolder, free_name, is_face_file, load_face, stem_of

# as the first version with saved faces wrote it; it is read for good
VERSION_1 = """{
 "kind": "FLAME face",
 "version": 1,
 "name": "Grin",
 "model": "Built-in Head",
 "others": "stay",
 "controls": {
  "mouthSmileLeft": 0.8,
  "jawOpen": 0.0
 },
 "rotations": {
  "jaw": [
   0.1,
   0.0,
   -0.02
  ]
 }
}"""


@pytest.fixture
def rng():
    return np.random.default_rng(20261130)


def random_face(rng, name: str = "Somebody") -> Face:
    scores = dict(zip(ARKIT_NAMES, rng.uniform(0, 1, len(ARKIT_NAMES)).tolist(), strict=True))
    turns = {each: tuple(rng.normal(0, 0.2, 3).tolist()) for each in ("jaw", "left_eye", "right_eye", "neck")}
    return Face(name=name, scores=scores, rotations=turns, others_stay=bool(rng.integers(2)), model="any")


def test_text_reads_back_exactly(rng):
    for name in ("Wink", "笑顔 2", "a/b:c", "Ü" * 31):
        face = random_face(rng, name)
        assert face_from_text(face_to_text(face), "text") == face == Face.of_text(face.as_text())


def test_version_1_is_read_for_good():
    face = face_from_text(VERSION_1, "file")
    assert face == Face(
        name="Grin",
        scores={"mouthSmileLeft": 0.8, "jawOpen": 0.0},
        rotations={"jaw": (0.1, 0.0, -0.02)},
        others_stay=True,
        model="Built-in Head",
    )
    assert face_to_text(face) == VERSION_1


def test_what_copy_wrote_is_a_face(tmp_path):
    """The only way in which a face could be kept before."""
    params = FlameParams(expression=[0.5], jaw=(0.2, 0, 0))
    text = params_to_text(params, "model", {"mouthSmileLeft": 0.5}, only=("expression", "jaw", "left_eye", "right_eye"))
    (tmp_path / "old smile.json").write_text(text)
    face = load_face(tmp_path / "old smile.json")
    assert face.name == "old smile" and face.scores == {"mouthSmileLeft": 0.5}
    assert face.rotations["jaw"] == pytest.approx((0.2, 0, 0)) and set(face.rotations) == {"jaw"}


GOOD = json.loads(VERSION_1)
HOSTILE = {
    "no JSON": "smile",
    "a list": "[1, 2]",
    "another kind": json.dumps({**GOOD, "kind": "table"}),
    "no version": json.dumps({name: value for name, value in GOOD.items() if name != "version"}),
    "a newer version": json.dumps({**GOOD, "version": 2}),
    "a version that is true": json.dumps({**GOOD, "version": True}),
    "no name": json.dumps({**GOOD, "name": " .. "}),
    "a name that is a number": json.dumps({**GOOD, "name": 3}),
    "controls in a list": json.dumps({**GOOD, "controls": ["jawOpen"]}),
    "a score as text": json.dumps({**GOOD, "controls": {"jawOpen": "1"}}),
    "a score that is none": '{"kind": "FLAME face", "version": 1, "name": "a", "controls": {"jawOpen": NaN}}',
    "a score without end": '{"kind": "FLAME face", "version": 1, "name": "a", "controls": {"jawOpen": 1e999}}',
    "a giant's score": json.dumps({**GOOD, "controls": {"jawOpen": 1e6}}),
    "a long control": json.dumps({**GOOD, "controls": {"j" * 200: 1.0}}),
    "a control of two lines": json.dumps({**GOOD, "controls": {"jaw\nOpen": 1.0}}),
    "too many controls": json.dumps({**GOOD, "controls": {f"c{number}": 0.0 for number in range(1001)}}),
    "two axes": json.dumps({**GOOD, "rotations": {"jaw": [0.1, 0.2]}}),
    "another joint": json.dumps({**GOOD, "rotations": {"knee": [0, 0, 0]}}),
    "a joint as text": json.dumps({**GOOD, "rotations": {"jaw": "abc"}}),
    "a joint as a number": json.dumps({**GOOD, "rotations": {"jaw": 1}}),
    "others do something": json.dumps({**GOOD, "others": "import os"}),
    "others in a list": json.dumps({**GOOD, "others": []}),
    "nested": json.dumps({**GOOD, "model": json.loads("[" * 80 + "]" * 80)}),
    "nested too deep": "[" * 100_000,
    "too long": " " * LARGEST_TEXT + VERSION_1,
    "half": VERSION_1[:150],
    "half a character": VERSION_1.replace("Built-in Head", "\ud800"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_wrong_is_one_sentence(text):
    with pytest.raises(ParameterError, match=r"file\.json: ") as error:
        face_from_text(text, "file.json")
    assert len(str(error.value)) < 300 and "\n" not in str(error.value)


def test_damaged_texts_are_faces_or_refused(rng):
    """A thousand of them, some bytes changed each."""
    raw = bytearray(VERSION_1.encode())
    for _ in range(1000):
        damaged = bytearray(raw)
        for _ in range(rng.integers(1, 6)):
            damaged[rng.integers(len(damaged))] = rng.integers(256)
        try:
            face = face_from_text(damaged.decode("latin-1"), "file.json")
        except FlameError:
            continue
        assert all(math.isfinite(score) and abs(score) <= 10 for score in face.scores.values())
        assert tidy_name(face.name) == face.name


def test_names_are_tidied():
    assert tidy_name("  two\nlines\t ") == "two_lines_"
    assert tidy_name("x" * 200) == "x" * 63 and len(tidy_name("笑" * 60).encode()) <= 63
    for name in ("", " ", "..", "_"):
        with pytest.raises(ParameterError, match="name of a face"):
            tidy_name(name)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a/b\\c", "C:\\x", "con", "NUL", "lpt1", "a.b.", "...", "\ud800x", "x\0y", "*?<>|", "~"],
)
def test_no_name_leads_out_of_the_folder(name, tmp_path):
    stem = stem_of(tidy_name(name) if name.strip(".") else "_")
    path = tmp_path / f"{stem}.json"
    assert path.parent == tmp_path and path.resolve().parent == tmp_path.resolve()
    assert not set(stem) & set('/\\:*?"<>|.\0') and stem.lower() not in ("con", "nul", "lpt1")
    path.write_text("")


def test_names_that_are_taken_get_numbers():
    assert free_name("Wink", ()) == "Wink"
    assert free_name("Wink", ("wink", "Wink 2")) == "Wink 3", "as file systems that do not tell capitals"
    assert free_name("Wink 2", ("Wink 2",)) == "Wink 3"
    assert free_name("a/b", ("a_b",)) == "a/b 2", "whose files would be the same"
    long = "x" * 63
    assert free_name(long, (long,)) == "x" * 61 + " 2"


def test_files_that_are_no_faces_are_told(tmp_path):
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00{")
    (tmp_path / "copied.json").write_text('{"kind": "FLAME parameters", "jaw": [1]}')
    for name in ("bytes.json", "copied.json", "none.json", "."):
        with pytest.raises(ParameterError) as error:
            load_face(tmp_path / name)
        assert str(tmp_path) in str(error.value) and not is_face_file(tmp_path / name)
    (tmp_path / "face.json").write_text(VERSION_1)
    assert is_face_file(tmp_path / "face.json")


def write_nothing(path):
    path.write_bytes(b"BLENDER")


def test_a_folder_of_faces(tmp_path, rng):
    place = FaceFolder(tmp_path / "faces")
    assert place.faces() == ((), ()) and place.stamp() == 0
    faces = [random_face(rng, name) for name in ("Face 10", "Face 9", "a/b")]
    written = [place.write(face, None, write_nothing) for face in faces]
    (place.folder / "broken.json").write_text("{")
    (place.folder / "notes.txt").write_text("mine")
    (place.folder / "twin.json").write_text(face_to_text(faces[0]))
    found, damaged = place.faces()
    assert [each.face for each in found] == [faces[2], faces[1], faces[0]], "9 before 10"
    assert len(damaged) == 2 and "broken.json" in damaged[0] and "rename one" in damaged[1]
    place.remove(written[2])
    assert sorted(path.name for path in place.folder.iterdir()) == [
        "Face 10.blend", "Face 10.json", "Face 9.blend", "Face 9.json", "blender_assets.cats.txt", "broken.json",
        "notes.txt", "twin.json",
    ]  # fmt: skip


def test_where_the_asset_cannot_be_written_nothing_is(tmp_path, rng):
    place = FaceFolder(tmp_path)
    face = random_face(rng)
    place.write(face, None, write_nothing)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(FlameError, match="make room"):
        place.write(random_face(rng), b"\x89PNG\r\n\x1a\n", fail)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("strength", [-0.5, 0.0, 0.3, 1.0, 1.7])
def test_blending_is_as_written_out(rng, strength):
    shown = random_face(rng)
    before = Shown(shown.scores, {name: shown.rotations[name] for name in ("jaw", "neck")})
    goal = Face(
        name="goal", scores={"jawOpen": 0.9, "eyeBlinkLeft": 0.0, "nobodys": 1.0}, rotations={"jaw": (0.3, 0, 0)}
    )
    for stay in (False, True):
        face = Face(name="goal", scores=goal.scores, rotations=goal.rotations, others_stay=stay)
        found = blended(before, face, strength)
        for name, score in before.scores.items():
            target = goal.scores.get(name, score if stay else 0.0)
            wanted = max((1 - strength) * score + strength * target, min(0.0, score, target))
            assert found.scores[name] == pytest.approx(wanted, abs=1e-12)
        jaw = np.array(before.rotations["jaw"])
        np.testing.assert_allclose(found.rotations["jaw"], (1 - strength) * jaw + strength * np.array((0.3, 0, 0)))
        assert found.rotations["neck"] == before.rotations["neck"]
    added = blended(before, goal, strength, add=True)
    for name, score in before.scores.items():
        assert added.scores[name] == pytest.approx(np.clip(score + strength * goal.scores.get(name, 0.0), 0, 1))
    np.testing.assert_allclose(added.rotations["jaw"], jaw + np.array((0.3 * strength, 0, 0)))
    assert left_out(before, goal) == ("nobodys",)


def test_what_goes_beyond_stays_where_something_is_added():
    before = Shown({"jawOpen": 1.4, "mouthClose": -0.2}, {})
    face = Face(name="a", scores={"jawOpen": 0.5, "mouthClose": -0.5})
    assert blended(before, face, 1.0, add=True).scores == {"jawOpen": 1.4, "mouthClose": -0.2}


def test_a_mirrored_face_is_what_the_mirror_shows(rng):
    face = random_face(rng)
    mirrored = face.mirrored()
    assert mirrored.scores == mirrored_scores(face.scores) and mirrored.mirrored() == face
    np.testing.assert_allclose(mirrored.rotations["left_eye"], mirrored_rotation(face.rotations["right_eye"]))
    np.testing.assert_allclose(mirrored.rotations["jaw"], mirrored_rotation(face.rotations["jaw"]))
    wink = Face(name="Wink", scores={"eyeBlinkLeft": 1.0}, rotations={"left_eye": (0.1, 0.2, 0.0)}, others_stay=True)
    assert wink.mirrored().scores == {"eyeBlinkRight": 1.0} and set(wink.mirrored().rotations) == {"right_eye"}


OTHERS = "# mine\r\nVERSION 1\r\n\r\n11111111-2222-3333-4444-555555555555:Rocks/Grey:Rocks-Grey\r\n"


def test_catalogs_are_merged(tmp_path):
    path = tmp_path / catalogs.NAME
    path.write_bytes(OTHERS.encode() + b"\xff: not UTF-8\n")
    catalogs.add_catalogs(tmp_path)
    merged = path.read_bytes()
    assert merged.startswith(OTHERS.encode() + b"\xff: not UTF-8\n"), "others' lines stay, to the byte"
    assert [line.split(":")[1] for line in merged.decode("latin-1").splitlines()[-3:]] == [
        "FLAME Faces/Expressions", "FLAME Faces/Visemes", "FLAME Faces/Mine",
    ]  # fmt: skip
    renamed = merged.replace(b"FLAME Faces/Mine:", b"My People:")
    path.write_bytes(renamed)
    catalogs.add_catalogs(tmp_path)
    assert path.read_bytes() == renamed, "a catalog that was renamed stays so"


@pytest.mark.parametrize("text", ["VERSION 2\n", "a shopping list\n"])
def test_other_texts_are_no_catalogs(tmp_path, text):
    (tmp_path / catalogs.NAME).write_text(text)
    with pytest.raises(ParameterError, match="catalogs"):
        catalogs.add_catalogs(tmp_path)
    assert (tmp_path / catalogs.NAME).read_text() == text


def test_a_folder_in_place_of_catalogs_is_told_and_a_file_too_large(tmp_path):
    (tmp_path / catalogs.NAME).write_text("VERSION 1\n" + "#" * catalogs.LARGEST)
    with pytest.raises(ParameterError, match="over"):
        catalogs.add_catalogs(tmp_path)
    (tmp_path / catalogs.NAME).unlink()
    (tmp_path / catalogs.NAME).mkdir()
    with pytest.raises(ParameterError, match="found a folder"):
        catalogs.add_catalogs(tmp_path)
