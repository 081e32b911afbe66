"""What the pages say can be done: snippets run, commands and files are there, links lead somewhere.

Snippets for Blender run in tests/blender/test_snippets.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flame_blender.datasets.finishing import finishing
from flame_blender.long_work import result_of
from flame_blender.model_files.loading import load_model
from tests.datasets.made_sets import small, write_shards
from tests.flame.face_like import BUILT_IN, write_face_like, write_face_like_files
from tests.package.doc_snippets import FENCE, PAGES, Snippet, snippets
from tools.public_names import WITHOUT_BLENDER, exported

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [each for each in snippets("python") if not each.in_blender]
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FOLDERS = "benchmarks|docs|examples|flame_blender|model|requirements|tests|tools"
MADE = {"my_script.py"}  # by the reader


def inline(page: Path) -> list[str]:
    """The code within sentences."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text(encoding="utf-8")))


def write_clip(path: Path) -> None:
    """As VHAP's tracker writes it, of 48 frames."""
    rng = np.random.default_rng(0)
    widths = {"expr": 100, "rotation": 3, "neck_pose": 3, "jaw_pose": 3, "eyes_pose": 6, "translation": 3}
    frames = {key: rng.normal(0, 0.1, (48, width)).astype(np.float32) for key, width in widths.items()}
    np.savez(path, **frames, shape=rng.normal(size=300).astype(np.float32))


def write_landmarks(path: Path) -> None:
    """Both of RingNet's files."""
    if not path.exists():
        write_face_like_files(path.parent)


def write_data_set(path: Path) -> None:
    """Five samples without Blender, finished; ``path`` is one of the files in its folder."""
    if not path.exists():
        write_shards(path.parent, small(), load_model(BUILT_IN), range(3))
        result_of(finishing(path.parent))


# a stand-in for each file that a snippet reads
FILES: dict[str, Callable[[Path], object]] = {
    "flame2023.pkl": write_face_like,
    "generic_model.pkl": write_face_like,
    "flame_static_embedding.pkl": write_landmarks,
    "flame_dynamic_embedding.npy": write_landmarks,
    "tracked_flame_params_30.npz": write_clip,
    "faces/index.npz": write_data_set,
}


@pytest.mark.parametrize("snippet", PYTHON, ids=[each.name for each in PYTHON])
def test_python_without_blender_runs_as_it_stands(snippet: Snippet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in snippet.files() & FILES.keys():
        FILES[name](tmp_path / name)
    assert snippet.run(tmp_path)


def test_there_are_snippets_of_each_kind():
    """Or a page's fences are no longer told apart."""
    assert len(PYTHON) >= 3 and len([each for each in snippets("python") if each.in_blender]) >= 6
    assert len(list(snippets("sh"))) >= 3
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.count("```") == 2 * len(FENCE.findall(text)), page.name
        assert {language for language, _ in FENCE.findall(text)} <= {"python", "sh", "bat", "bibtex", ""}, page.name


def commands(page: Path) -> list[str]:
    """Lines of shell fences, without comments, and the code within sentences that begins with `make`."""
    lines = [line for each in snippets("sh") if each.page == page for line in each.code.splitlines()]
    return [line.partition("#")[0].strip() for line in lines] + [
        each for each in inline(page) if each.split()[0] == "make" and len(each.split()) > 1
    ]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_name_targets_of_make(page):
    targets = set(re.findall(r"^([\w./%-]+):", MAKEFILE, re.MULTILINE))
    wheels = [path.stem for path in (ROOT / "requirements").glob("bpy-*.txt")]
    targets |= {f".envs/{name}/.made" for name in ("dev", "pytest", *wheels)}
    for command in commands(page):
        words = command.split()
        if "make" in words:
            asked = [word for word in words[words.index("make") + 1 :] if "=" not in word and word != "..."]
            assert set(asked) <= targets, f"{page.name}: {command}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_and_sentences_name_files_that_are_there(page):
    words = [word for command in commands(page) for word in command.split()] + inline(page)
    for word in words:
        if re.fullmatch(rf"(?:{FOLDERS})/[\w./*-]+", word):
            assert list(ROOT.glob(word.rstrip("/"))), f"{page.name}: {word}"
        if environment := re.match(r"\.envs/(?:(dev|pytest)|([^/]+))", word):
            assert environment[1] or (ROOT / "requirements" / f"{environment[2]}.txt").exists(), f"{page.name}: {word}"
    for command in commands(page):
        for word in command.split():
            if word.endswith(".py") and word not in MADE:
                assert (ROOT / word).exists(), f"{page.name}: {command}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_sentences_name_what_api_and_the_packages_have(page):
    names = {face: exported(face) for face in ("api", *WITHOUT_BLENDER)}
    for code in inline(page):
        for name in re.findall(r"\bapi\.(\w+)", code):
            assert name in names["api"], f"{page.name}: {code}"


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"https?:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"
