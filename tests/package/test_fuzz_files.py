"""Landmark, mesh, XML and annotation files, damaged in bytes and in words: read, or refused in one line; nothing else.

FLAME_FUZZ_CASES says how many; `make fuzz` runs many more than the tests do.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import FlameError
from flame_blender.landmark_files.loading import load_landmark_points
from flame_blender.score_clips.loading import load_scores
from flame_blender.sequences import load_sequence
from flame_blender.sequences.meshes import load_meshes
from flame_blender.speech.loading import load_speech

CASES = int(os.environ.get("FLAME_FUZZ_CASES", "9000"))
MAX_MESSAGE = 2000
BEGINNING = 4000  # bytes, where half of the changes are: headers are there
RNG = np.random.default_rng(20261129)
FACE = RNG.uniform(50, 400, (68, 2)).round(2)
HEAD = RNG.normal(0, 0.08, (60, 3)).round(4)
WORD = re.compile(rb"[A-Za-z_]+|-?[0-9.]+(?:e-?[0-9]+)?|[^\sA-Za-z_0-9]")
STRANGE = (
    b"nan", b"inf", b"-1", b"0", b"1e999", b"9" * 30, b"null", b"true", b"[]", b"{}", b'"x"', b"[[", b"]", b",", b"<",
    b">", b"&", b"\xff", b"\x00", b"\n", b"", b"list uchar int", b"element face 3", b"<![CDATA[", b"1 1 1 1 1",
)  # fmt: skip


def rows(points: np.ndarray) -> str:
    return "\n".join(" ".join(map(str, row)) for row in points.tolist())


def landmark_files() -> dict[str, bytes]:
    xy = [{"x": x, "y": y} for x, y in FACE.tolist()]
    parts = "".join(f'<part name="{k:02d}" x="{x}" y="{y}"/>' for k, (x, y) in enumerate(FACE.tolist()))
    picked = "".join(f'<point x="{x}" y="{y}" z="1" name="{k}" active="1"/>' for k, (x, y) in enumerate(FACE.tolist()))
    export = "".join(f"1,{k:02d} a,1,2,3,{x},{y},1\n" for k, (x, y) in enumerate(FACE.tolist()))
    exported = {"world": np.ones((68, 3)).tolist(), "pixels": FACE.tolist(), "visible": [True] * 68}
    texts = {
        "pts": f"version: 1\nn_points: 68\n{{\n{rows(FACE)}\n}}\n",
        "table.txt": rows(FACE),
        "export.csv": f"frame,name,world_x,world_y,world_z,pixel_x,pixel_y,visible\n{export}",
        "dlib.xml": "<?xml version='1.0' encoding='ISO-8859-1'?><dataset><images>"
        "<image file='a.jpg' width='9' height='9'><box top='1' left='1' width='5' height='5'>"
        f"{parts}</box></image></images></dataset>",
        "picked.pp": f"<!DOCTYPE PickedPoints><PickedPoints><DocumentData/>{picked}</PickedPoints>",
        "list.json": json.dumps(FACE.tolist()),
        "xy.json": json.dumps({"faceLandmarks": [xy], "width": 500, "height": 400}),
        "openpose.json": json.dumps({"people": [{"face_keypoints_2d": np.ones(210).tolist()}]}),
        "frames.json": json.dumps({str(k): FACE.tolist() for k in range(3)}),
        "face.ljson": json.dumps(
            {"version": 3, "groups": {"A": {"landmarks": {"points": FACE.tolist()}, "labels": []}}}
        ),
        "export.json": json.dumps({"names": ["a"] * 68, "resolution": [9, 9], "frames": [exported]}),
    }
    return {name: text.encode() for name, text in texts.items()} | {"points.pkl": pickle.dumps({"landmarks": FACE})}


def mesh_files() -> dict[str, bytes]:
    header = "ply\nformat {} 1.0\nelement vertex 60\nproperty float x\nproperty float y\nproperty float z\n"
    faces = "element face 2\nproperty list uchar int vertex_indices\nend_header\n"
    face = np.array([(3, (0, 1, 2)), (3, (2, 3, 4))], [("n", "u1"), ("i", "<i4", 3)]).tobytes()
    points = "".join(f"v {x} {y} {z}\n" for x, y, z in HEAD.tolist())
    binary = (header.format("binary_little_endian") + faces).encode() + HEAD.astype("<f4").tobytes() + face
    return {
        "a.obj": (points + "vt 0 0\nf 1/1 2/1 3/1\nf 3/1 4/1 5/1 6/1\n").encode(),
        "ascii.ply": (header.format("ascii") + faces + rows(HEAD) + "\n3 0 1 2\n3 2 3 4\n").encode(),
        "binary.ply": binary,
        "templates.pkl": pickle.dumps({"a": HEAD, "b": HEAD}, 2),
        "annotation.json": json.dumps({"vertices": HEAD.tolist(), "model_view_matrix": np.eye(4).tolist()}).encode(),
    }


def annotation_files() -> dict[str, bytes]:
    vector = np.concatenate([RNG.normal(0, 1, 403), [1, 0, 0, 0, -1, 0], [1.5, 2.4, 0, 20.8]]).round(3).tolist()
    ends = {"shape": 300, "expression": 400, "jaw": 403, "rotation": 409, "translation": 412, "scale": 413}
    begins = dict(zip(ends, [0, *ends.values()], strict=False))
    frame = {"shapecode": np.zeros(9), "expcode": np.ones(5), "posecode": np.zeros(6), "eyecode": np.zeros(6)}
    code = {"shape": [[0.1] * 5], "exp": [[0.2] * 4], "pose": [[0.1] * 6], "cam": [[8, 0, 0]]}
    track = {"frames": [{"expression": [0.1] * 5, "pose": [0.1] * 15}] * 3, "shape_params": [0.1] * 4}
    values = {
        "heads.json": [{"bbox": [0, 0, 9, 9], "extended_bbox": [0, 0, 9, 9], "3dmm_params": vector}] * 2,
        "demo.json": {key: vector[begins[key] : end] for key, end in ends.items()} | {"eyeballs": [], "neck": []},
        "code.json": {f"image_{k}.jpg": code for k in range(3)},
        "flame_params.json": track,
    }
    files = {name: json.dumps(value).encode() for name, value in values.items()}
    return files | {"optim.pkl": pickle.dumps({f"a_{k}": frame | {"transform_matrix": np.eye(3, 4)} for k in range(3)})}


def score_files() -> dict[str, bytes]:
    names = ["jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "browInnerUp"]
    scores = RNG.uniform(0, 1, (12, len(names))).round(3).tolist()
    angles = RNG.uniform(-0.3, 0.3, (12, 3)).round(3).tolist()
    lines = [f"12:00:00:{k:02d}.{k:03d},61,{','.join(map(str, scores[k] + angles[k]))}" for k in range(12)]
    header = ",".join(["Timecode", "BlendShapeCount", *names, "HeadYaw", "HeadPitch", "HeadRoll"])
    faces = [
        {"timestampMs": 33 * k, "faceBlendshapes": [{"categories": [
            {"categoryName": name, "score": score} for name, score in zip(names, row, strict=True)
        ]}], "facialTransformationMatrixes": [{"rows": 4, "columns": 4, "data": np.eye(4).ravel().tolist()}]}
        for k, row in enumerate(scores)
    ]  # fmt: skip
    named = [{"weights": row, "time": k / 30, "rotation": []} for k, row in enumerate(scores)]
    files = {
        "take.csv": "\n".join([header, *lines]),
        "table.tsv": "\n".join(
            "\t".join(map(str, row)) for row in (["time", *names], *([0.1 * k, *row] for k, row in enumerate(scores)))
        ),
        "mediapipe.json": json.dumps(faces),
        "lam.json": json.dumps({"names": names, "metadata": {"fps": 30.0}, "frames": named}),
        "a2f.json": json.dumps({"exportFps": 30, "facsNames": names, "numFrames": 12, "weightMat": scores}),
        "lines.jsonl": "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in scores),
    }
    return {name: text.encode() for name, text in files.items()}


def speech_files() -> dict[str, bytes]:
    shapes = "XABCDEFGHX"
    cues = [{"start": 0.1 * k, "end": 0.1 * k + 0.1, "value": shape} for k, shape in enumerate(shapes)]
    declared = "<?xml version='1.0' encoding='utf-8'?>"
    elements = "".join(f'<mouthCue start="{c["start"]}" end="{c["end"]}">{c["value"]}</mouthCue>' for c in cues)
    phones = ("sil", "HH", "AH0", "L", "OW1", "sil")
    short = "".join(f'{k / 10}\n{(k + 1) / 10}\n"{phone}"\n' for k, phone in enumerate(phones))
    polly = [{"time": 100 * k, "type": "viseme", "value": each} for k, each in enumerate("pTSfka")]
    files = {
        "rhubarb.tsv": "".join(f"{cue['start']}\t{cue['value']}\n" for cue in cues),
        "rhubarb.xml": f"{declared}<rhubarbResult><mouthCues>{elements}</mouthCues></rhubarbResult>",
        "rhubarb.json": json.dumps({"metadata": {"duration": 1}, "mouthCues": cues}),
        "moho.dat": "MohoSwitch1\n1 rest\n4 MBP\n8 AI\n12 FV\n16 rest\n",
        "azure.json": json.dumps([{"audio_offset": 50.0 * k, "viseme_id": k % 22} for k in range(30)]),
        "polly.json": "\n".join(map(json.dumps, polly)),
        "words.TextGrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n0.6\n<exists>\n1\n'
        f'"IntervalTier"\n"phones"\n0\n0.6\n{len(phones)}\n{short}',
    }
    return {name: text.encode() for name, text in files.items()}


def damaged(raw: bytes, rng: np.random.Generator) -> bytes:
    """One to three changes: a word replaced, doubled or taken out, bytes set, a piece cut out, or the end."""
    for _ in range(rng.integers(1, 4)):
        choice = rng.integers(6)
        if choice < 3:
            at = int(rng.integers(1 + (min(len(raw), BEGINNING) if rng.random() < 0.5 else len(raw))))
            first = WORD.search(raw)
            word = WORD.search(raw, at) or first  # the next from there
            if first and word:
                new = (STRANGE[rng.integers(len(STRANGE))], word[0] * int(rng.integers(0, 3)), first[0])[choice]
                raw = raw[: word.start()] + new + raw[word.end() :]
        elif choice == 3:
            at = int(rng.integers(len(raw) + 1))
            raw = raw[:at] + bytes([rng.integers(256)]) + raw[at + 1 :]
        elif choice == 4:
            at = int(rng.integers(len(raw) + 1))
            raw = raw[:at] + raw[at + int(rng.integers(1, 60)) :]
        elif rng.random() < 0.3:
            raw = raw[: int(rng.integers(len(raw) + 1))]
    return raw


def rising_scores(path: Path) -> None:
    clip = load_scores(path)
    assert np.isfinite(clip.scores).all() and (np.diff(clip.times) > 0).all()


def rising_visemes(path: Path) -> None:
    timeline = load_speech(path)
    assert np.isfinite(timeline.times).all() and (np.diff(timeline.times) > 0).all()


KINDS = (
    (landmark_files, load_landmark_points),
    (mesh_files, load_meshes),
    (annotation_files, load_sequence),
    (score_files, rising_scores),
    (speech_files, rising_visemes),
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("files", "load"), KINDS, ids=lambda value: value.__name__)
def test_damaged_files_are_read_or_refused(tmp_path: Path, capsys, files, load) -> None:
    written, rng = files(), np.random.default_rng(CASES)
    outcomes = {"read": 0, "refused": 0}
    for case in range(CASES // len(KINDS)):
        name = list(written)[case % len(written)]
        path = tmp_path / name
        path.write_bytes(damaged(written[name], rng) if case >= len(written) else written[name])
        try:
            load(path)
        except FlameError as error:
            said = str(error)
            assert case >= len(written), f"the whole file is read: {said}"
            assert said.isprintable() and len(said) < MAX_MESSAGE and name in said, (path.read_bytes()[:2000], said)
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
    with capsys.disabled():
        sys.stdout.write(f"\n{load.__name__}: {outcomes['read']} read, {outcomes['refused']} refused ")
    assert min(outcomes.values()) > CASES // len(KINDS) // 20, "changes matter, and some do not"
