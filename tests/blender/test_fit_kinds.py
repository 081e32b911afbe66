"""A kind of fit is declared once, in its module: scripts, the panel, its button and the batch mode have the same."""

from __future__ import annotations

import dataclasses
import inspect

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.scene_fits.kinds import kind_of
from flame_blender.scene_fits.options import FitOptions
from tests.blender.fit_subjects import mesh_object
from tools.scripting_reference import told

KINDS = pytest.mark.parametrize("kind", api.FIT_KINDS, ids=[kind.KEY for kind in api.FIT_KINDS])
FROM_FILES = [kind for kind in api.FIT_KINDS if kind.from_file is not None]
OTHERS = {"units": "MM", "axes": "Y_UP_FACE_TO_Z", "fit_scale": True, "with_offsets": True}  # than the defaults


def fields_of(options) -> dict[str, dataclasses.Field]:
    return {each.name: each for each in dataclasses.fields(options)}


def verb_of(kind):
    return getattr(api, f"fit_{kind.KEY.lower()}")


def entries_of(described, section):
    return {each.name: each for each in told(inspect.getdoc(described)).sections[section]}


@pytest.fixture
def settings(tmp_path):
    """The panel's, with something chosen for each kind."""
    settings = bpy.context.scene.flame_fit
    settings.scan = mesh_object("Scan", np.eye(3), None)
    settings.cameras = bpy.data.collections.new("Rig")
    for name in ("left", "right"):
        settings.cameras.objects.link(bpy.data.objects.new(name, bpy.data.cameras.new(name)))
    settings.landmark_file, settings.photo = str(tmp_path / "face.pts"), str(tmp_path / "face.png")
    settings.correspondence = str(tmp_path / "corr.npz")
    return settings


@KINDS
def test_options_and_keywords_are_the_same(kind):
    """Names, defaults and what is told of them; of keywords only the head and the progress are none of the options."""
    parameters = dict(inspect.signature(verb_of(kind)).parameters)
    head, progress = parameters.pop("obj"), parameters.pop("progress")
    assert head.default is None and progress.default is None
    options = fields_of(kind.OPTIONS)
    assert list(parameters) == list(options)
    for name, each in options.items():
        nothing = parameters[name].default is inspect.Parameter.empty
        assert each.default is dataclasses.MISSING if nothing else each.default == parameters[name].default, name
    keywords = entries_of(verb_of(kind), "Parameters")
    assert entries_of(kind.OPTIONS, "Attributes") == {name: keywords[name] for name in options}


def test_options_of_many_files_are_the_keywords_too():
    subject = {"paths", "out_folder", "progress"}
    keywords = entries_of(api.fit_files, "Parameters")
    defaults = {name: each.default for name, each in inspect.signature(api.fit_files).parameters.items()}
    options = fields_of(api.FileFitOptions)
    assert entries_of(api.FileFitOptions, "Attributes") == {
        name: each for name, each in keywords.items() if name not in subject
    }
    assert options.keys() == defaults.keys() - subject
    assert all(each.default in (defaults[name], dataclasses.MISSING) for name, each in options.items())
    words = ", ".join(f'"{kind.KEY.lower()}"' for kind in FROM_FILES).rpartition(", ")
    assert f"{words[0]} or {words[2]}" in keywords["kind"].meaning


@KINDS
def test_the_panel_begins_with_the_defaults_and_what_is_chosen_there_is_asked_for(kind, settings):
    """Each field that the panel shows and the options have under the same name, alone and with nothing else changed."""
    shown = [field if isinstance(field, str) else field[0] for field in kind.FIELDS]
    known = settings.bl_rna.properties
    assert set(shown) <= {*known.keys()}
    options, at_first = fields_of(kind.OPTIONS), kind.from_settings(settings)
    assert isinstance(at_first, kind.OPTIONS)
    for name, other in OTHERS.items():
        if name not in options:
            assert not hasattr(at_first, name)
            continue
        assert name in shown and getattr(at_first, name) == options[name].default
        before = getattr(settings, name)
        setattr(settings, name, other)
        assert vars(kind.from_settings(settings)) == vars(at_first) | {name: other}
        setattr(settings, name, before)


@KINDS
def test_what_is_missing_is_told_by_the_button(kind, settings):
    assert kind.missing(settings) is None
    button = getattr(bpy.ops.flame, f"fit_{kind.KEY.lower()}")
    assert button.poll() and button.get_rna_type().name == kind.BUTTON
    settings.scan = settings.cameras = None
    settings.landmark_file = ""
    assert kind.missing(settings) and not button.poll()
    with pytest.raises(RuntimeError, match=kind.missing(settings)):
        button()


@pytest.mark.parametrize("kind", FROM_FILES, ids=[kind.KEY for kind in FROM_FILES])
def test_what_holds_for_all_files_is_asked_of_each(kind, tmp_path):
    path, folder = tmp_path / "somebody.obj", tmp_path / "landmarks"
    folder.mkdir()
    beside = folder / "somebody.pts"
    beside.write_text("")
    given = api.FileFitOptions(kind=kind.KEY.lower(), correspondence=tmp_path / "corr.npz", landmarks=folder)
    options, at_first = fields_of(kind.OPTIONS), kind.from_file(path, given)
    assert path in [getattr(at_first, name) for name in options]
    for name, other in {**OTHERS, "focal": 1200.0, "model": "somebody's"}.items():
        asked = kind.from_file(path, dataclasses.replace(given, **{name: other}))
        assert vars(asked) == vars(at_first) | ({name: other} if name in options else {})
    if kind.KEY in ("SCAN", "PHOTO"):
        assert at_first.landmarks == beside


def test_saved_choices_keep_their_meaning():
    """A .blend saves the place in the list, and scripts and keymaps have the words."""
    items = bpy.context.scene.flame_fit.bl_rna.properties["kind"].enum_items
    saved = {item.identifier: item.value for item in items}
    first = {"SCAN": 0, "LANDMARKS": 1, "PHOTO": 2, "CAMERAS": 3, "MESH": 4, "BASEL": 5}
    assert saved.items() >= first.items() and list(saved) == [kind.KEY for kind in api.FIT_KINDS]


def test_each_kind_has_options_of_its_own_which_are_told_apart():
    assert len({kind.OPTIONS for kind in api.FIT_KINDS}) == len(api.FIT_KINDS)
    assert kind_of(api.MeshFitOptions(mesh="somebody.obj")).KEY == "MESH"

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Unknown(FitOptions):
        model: None = None

    with pytest.raises(api.ParameterError, match=r"options: expected one of ScanFitOptions, .* found Unknown\."):
        next(api.fitting_head(None, Unknown()))


def test_a_basel_mesh_without_its_file_is_a_scan(settings):
    """Of the object, with the landmarks; a file that is no object cannot be."""
    (basel,) = [kind for kind in api.FIT_KINDS if kind.KEY == "BASEL"]
    settings.correspondence, settings.fit_scale = "", True
    asked = basel.from_settings(settings)
    assert isinstance(asked, api.ScanFitOptions) and asked.scan == settings.scan and asked.fit_scale
    settings.scan, settings.mesh_file = None, "somebody.obj"
    assert basel.missing(settings) is None
    with pytest.raises(api.ParameterError, match=r"Without BFM_to_FLAME_corr\.npz"):
        basel.from_settings(settings)
