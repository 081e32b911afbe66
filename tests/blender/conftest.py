"""Every test starts with the add-on enabled, an empty scene and an empty user folder for installed files."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import zlib
from functools import partial
from pathlib import Path

import bpy
import numpy as np
import pytest

import flame_blender
from flame_blender import api
from flame_blender.assets import SKIN_TEXTURE, pictures_beside
from flame_blender.geometry.axes import to_flame
from flame_blender.head import materials, models, properties
from flame_blender.looks import paint
from flame_blender.model_controls import computing
from flame_blender.model_files import saving
from flame_blender.model_files.library import Library
from flame_blender.model_files.loading import load_model
from flame_blender.shading.eye_material import EYE, eye_nodes
from tests.blender.computed_face import ComputedFace
from tests.blender.shared_results import shared
from tests.files.write_faults import little_room as little_room  # for the tests
from tests.flame.full_size import full_size_model
from tests.flame.other_bases import first_directions
from tests.flame.shared_models import MAKER, write_landmark_files, write_shared_file

ROOT = Path(__file__).resolve().parents[2]
USER_FOLDER = models.user_folder  # as it is outside the tests
OLDEST, BETWEEN, NEWEST = (4, 2), ((4, 5), (5, 0), (5, 2)), (5, 3)
VERSION, ALL_TESTS = bpy.app.version[:2], "FLAME_ALL_TESTS" in os.environ  # FLAME_ALL_TESTS=1: all tests in any version
IS_MODULE = not bpy.app.binary_path  # Blender 4.2 has no bpy.app.module
IN_CI = "CI" in os.environ or ALL_TESTS or not IS_MODULE  # CI and a real Blender run what takes longer
BOTH = ("built-in", "flame")
MODELS = (
    BOTH if ALL_TESTS else BOTH[1:] if VERSION == NEWEST else BOTH[:1]
)  # what differs between versions does on both
MARKS = {  # each: whether the tests that bear it run here, and why they run in these versions only
    "oldest_and_newest": (
        VERSION in (OLDEST, NEWEST) or ALL_TESTS,
        "what it asks of Blender, other tests ask in every version",
    ),
    "oldest": (VERSION == OLDEST or ALL_TESTS, "once more, or arithmetic of ours; tests/fitting has a newer NumPy"),
    "newest": (VERSION == NEWEST or ALL_TESTS, "once more, where other tests ask Blender and NumPy the same"),
    "in_ci": (IN_CI, "it takes long, and fails only with the page, example or picture that it is about"),
    "every_version": (True, "what versions of Blender differ in: not shared out among those between"),
}
SHARES = 6 if IN_CI else 18  # of which each between runs one: what passes in oldest and newest fails hardly ever there
OLDEST_SHARES = 1 if IN_CI else 6  # of which the oldest runs one
SHARED_OUT = VERSION in BETWEEN and IS_MODULE and not ALL_TESTS  # a real Blender runs all


@pytest.fixture(scope="session", autouse=True)
def enabled():
    """The add-on, registered as Blender would."""
    flame_blender.register()
    yield
    flame_blender.unregister()


KEPT_MODELS = 6


class ReadOnce:
    """``models.load``, which reads no model twice while its file and those beside it are the same.

    Half the time of a test with a head would go into reading the arrays, which no test can change.
    """

    def __init__(self):
        self._load, self._kept = models.load, {}

    def __call__(self, entry):
        files = [entry.path] if entry.name == models.BUILT_IN else models.user_folder().rglob("*.npz")
        seen = ((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.exists())
        key = entry.fingerprint, *sorted(seen)
        self._kept[key] = model = self._kept.pop(key, None) or self._load(entry)  # the last is what was last asked for
        for forgotten in list(self._kept)[:-KEPT_MODELS]:
            del self._kept[forgotten]
        return model


read_once = ReadOnce()


@pytest.fixture(scope="session")
def small_picture(enabled, tmp_path_factory) -> Path:
    """The built-in head's skin in 128 texels a side: files that hold the whole 2,048 take seconds each."""
    folder = tmp_path_factory.mktemp("skin")
    for path in pictures_beside(SKIN_TEXTURE):
        image = bpy.data.images.load(str(path))
        image.scale(128, 128)
        image.filepath_raw, image.file_format = str(folder / path.name), "PNG"
        image.save()
    return folder / SKIN_TEXTURE.name


@pytest.fixture
def whole_picture(monkeypatch):
    """Heads have their own picture, as users' have."""
    monkeypatch.setattr(materials, "SKIN_TEXTURE", SKIN_TEXTURE)


class MadeOnce:
    """``eye_material``, whose nodes are made at the first time and then read: half the time of a new head."""

    def __init__(self, folder: Path):
        self._make, self._file = materials.eye_material, folder / "eye.blend"

    def __call__(self, name: str = EYE) -> bpy.types.Material:
        if not self._file.exists():
            made = self._make(name)
            bpy.data.libraries.write(str(self._file), {eye_nodes()}, fake_user=False)
            return made
        if not any(group.name.startswith(EYE) for group in bpy.data.node_groups):
            before = set(bpy.data.libraries)
            with bpy.data.libraries.load(str(self._file), link=False) as (there, wanted):
                wanted.node_groups = list(there.node_groups)
            for library in set(bpy.data.libraries) - before:
                bpy.data.libraries.remove(library)
        return self._make(name)


@pytest.fixture(scope="session")
def eye_once(tmp_path_factory) -> MadeOnce:
    return MadeOnce(tmp_path_factory.mktemp("eye"))


@pytest.fixture(scope="session")
def empty_file(enabled, tmp_path_factory) -> str:
    """A start-up file with a scene and nothing in it: read in half the time of Blender's own."""
    path = str(tmp_path_factory.mktemp("empty") / "startup.blend")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
    return path


@pytest.fixture(autouse=True)
def empty_scene(empty_file, small_picture, eye_once, monkeypatch):
    """A new file with a scene and nothing in it, and no installed models."""
    with tempfile.TemporaryDirectory(prefix="flame-test-user-") as folder:
        monkeypatch.setattr(models, "user_folder", lambda: Path(folder))
        monkeypatch.setattr(models, "load", read_once)
        monkeypatch.setattr(materials, "SKIN_TEXTURE", small_picture)
        monkeypatch.setattr(materials, "eye_material", eye_once)
        models.forget()
        bpy.ops.wm.read_homefile(filepath=empty_file)
        yield bpy.context.scene


@pytest.fixture
def installed_name(monkeypatch):
    """The add-on under the name of an extension installed from disk, as scripts import it."""
    for name in ("bl_ext", "bl_ext.user_default"):
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name) or type(sys)(name))
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "flame_blender":
            monkeypatch.setitem(sys.modules, f"bl_ext.user_default.{name}", module)
    monkeypatch.setattr(sys.modules["bl_ext.user_default"], "flame_blender", flame_blender, raising=False)


@pytest.fixture
def built_in_head():
    """The built-in head, for what only it has: named movements, presets, a texture, teeth."""
    return api.add_head(api.BUILT_IN)


@pytest.fixture
def rng():
    return np.random.default_rng(20261122)


@pytest.fixture(scope="session")
def flame_file(tmp_path_factory) -> Path:
    """A file as FLAME's that moves as a face does: on FLAME's topology, else (no ../shared) the project's own."""
    path = tmp_path_factory.mktemp("flame") / "face_like.npz"

    def made() -> dict[str, bytes]:
        return {path.name: write_shared_file(path, "face").read_bytes()}

    maker = MAKER.read_bytes() if MAKER.exists() else b""
    path.write_bytes(shared(f"flame file {maker.hex()}", made, anew=VERSION == NEWEST)[path.name])
    return path


@pytest.fixture(scope="session")
def flame_library(flame_file, tmp_path_factory) -> Library:
    """A folder in which that file and its landmarks are installed, once."""
    library = Library(tmp_path_factory.mktemp("installed"))
    library.install([flame_file, *write_landmark_files(tmp_path_factory.mktemp("landmarks"))])
    return library


@pytest.fixture
def flame_model(flame_library) -> str:
    """The name of that model, installed with its landmarks."""
    shutil.copytree(flame_library.folder, models.user_folder(), dirs_exist_ok=True)
    models.refresh()
    return flame_library.models()[0].name


@pytest.fixture(scope="session")
def few_directions(flame_file, tmp_path_factory) -> Path:
    """That file with 40 + 20 coefficients: what fits to all of 400 find tests/fitting asks."""
    path = tmp_path_factory.mktemp("few") / flame_file.name
    saving.save_model(first_directions(load_model(flame_file), 40, 20), path)
    return path


@pytest.fixture
def flame_head(flame_model):
    """A head of that model: no named movements, no presets, no UVs; teeth, tongue and lashes it has none."""
    return api.add_head(flame_model)


@pytest.fixture(scope="session")
def computed_face(tmp_path_factory) -> ComputedFace:
    """A face-like file with named controls and looks, to be installed by each test."""
    return ComputedFace(tmp_path_factory.mktemp("face-like"), anew=NEWEST == VERSION)


@pytest.fixture
def computed_once(request, computed_face, monkeypatch) -> ComputedFace:
    """Named controls that are computed for that file are those found before; all around the computing is done."""
    computed_face.make()  # with a whole picture
    request.getfixturevalue("small_paintings")
    monkeypatch.setattr(computing, "computing_controls", computed_face.computing_controls)
    return computed_face


@pytest.fixture
def small_paintings(monkeypatch):
    """The skin that is painted for a file's heads has 256 texels a side: 2,048 take four seconds."""
    monkeypatch.setattr(paint, "baking", partial(paint.baking, size=256))


@pytest.fixture(params=MODELS)
def named_head(request):
    """A head with named controls, of this version's model."""
    if request.param == "built-in":
        return api.add_head(api.BUILT_IN)
    request.getfixturevalue("computed_face").install()
    return api.add_head("face_like")


def pytest_configure(config: pytest.Config) -> None:
    """The marks of these tests."""
    for mark, (_, why) in MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {why}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of heads runs on this version's model, unless it says on which; on both where the oldest alone runs it."""
    said = any("any_model" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "any_model" in metafunc.fixturenames and not said:
        alone = metafunc.definition.get_closest_marker("oldest")
        metafunc.parametrize("any_model", BOTH if alone else MODELS, indirect=True)


def flames_later_cases(items: list[pytest.Item]) -> list[pytest.Item]:
    """The cases on a FLAME file's head after each test's first: the built-in head has all of them."""
    seen: set[object] = set()
    later = []
    for item in items:
        if getattr(item, "callspec", None) is not None and item.callspec.params.get("any_model") == "flame":
            later += [item] if item.function in seen else []
            seen.add(item.function)
    return later


def later_cases(items: list[pytest.Item]) -> list[pytest.Item]:
    """The cases of each test after its first."""
    seen: set[str] = set()
    later = []
    for item in items:
        name = name_of(item)
        later += [item] if name in seen else []
        seen.add(name)
    return later


def name_of(item: pytest.Item) -> str:
    """Of a test, whatever the case."""
    return item.nodeid.partition("[")[0]


def others_share(items: list[pytest.Item]) -> list[pytest.Item]:
    """What other versions between run, and cases that the newest alone does.

    One of the three runs a test, or none of them, told by its name alone, in the first of its cases.
    """
    share = BETWEEN.index(VERSION)
    return [item for item in items if zlib.crc32(name_of(item).encode()) % SHARES != share] + later_cases(items)


def left_to_ci(items: list[pytest.Item]) -> list[pytest.Item]:
    """What the oldest does not run by hand, told by a test's name alone: the newest runs all of these."""
    return [item for item in items if zlib.crc32(name_of(item).encode()) % OLDEST_SHARES]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not marked for this version, another's share, and later cases on a FLAME file's head."""
    absent = {mark for mark, (runs, _) in MARKS.items() if not runs}
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in absent)]
    shared_out = [item for item in items if not item.get_closest_marker("every_version")]
    if SHARED_OUT:
        left_out += others_share(shared_out)
    elif VERSION == OLDEST and not ALL_TESTS:
        elsewhere = [item for item in shared_out if not item.get_closest_marker("oldest")]
        left_out += later_cases(elsewhere) + left_to_ci(elsewhere)
    if not ALL_TESTS:
        left_out += flames_later_cases([item for item in items if item.get_closest_marker("oldest")])
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(dict.fromkeys(left_out)))


@pytest.fixture
def any_model(request) -> str:
    """The name of either model, in turn; of the built-in one where a test asks for ``head`` while it runs."""
    flame = getattr(request, "param", "built-in") == "flame"
    return request.getfixturevalue("flame_model") if flame else models.BUILT_IN


@pytest.fixture
def head(any_model):
    """A head of either model, in turn."""
    return api.add_head(any_model)


@pytest.fixture
def any_head(head):
    """The same, for tests that say so."""
    return head


@pytest.fixture
def faceless_head(tmp_path):
    """A head of a full-size file without a face: one surface that random fields move, no part an eyeball."""
    path = tmp_path / "faceless.npz"
    saving.save_model(full_size_model(), path)
    return api.add_head(path)


def shown(obj: bpy.types.Object) -> np.ndarray:
    """(V, 3) FLAME axes: what Blender evaluates the object to, modifiers and shape keys included."""
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(evaluated.vertices), 3), np.float32)
    evaluated.vertices.foreach_get("co", positions.ravel())
    return to_flame(positions)


def expression_of(obj: bpy.types.Object):
    """The items of a head's expression: standard deviations of a FLAME file, or the built-in head's movements."""
    return properties.coefficients(obj.flame, "expression")


def random_fields(obj: bpy.types.Object, rng: np.random.Generator) -> dict:
    """Random parameters for ``obj``, as keywords of ``api.set_params``."""
    rotations = ("global_rotation", "neck", "jaw", "left_eye", "right_eye")
    fields = {name: rng.normal(size=3) * 0.2 for name in rotations}
    fields["shape"] = rng.normal(size=len(obj.flame.shape))
    fields["expression"] = rng.normal(size=len(expression_of(obj))) * 0.3
    fields["translation"] = rng.normal(size=3) * 0.05
    return fields
