"""Which models there are: built in, installed, in a checkout's model folder, damaged or gone."""

from __future__ import annotations

import shutil

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head import live, models
from tests.blender.conftest import USER_FOLDER


def test_the_built_in_head_is_always_there_and_is_no_flame():
    assert api.model_names() == (models.BUILT_IN,)
    assert models.built_in().release == "built-in"


def test_files_in_a_checkouts_model_folder_are_found(flame_file, tmp_path, monkeypatch):
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(flame_file, folder / "generic_model.npz")
    (folder / "broken.pkl").write_bytes(b"\x80\x02broken")
    monkeypatch.setattr(models, "checkout_models", lambda: folder)
    models.forget()
    assert api.model_names() == (models.BUILT_IN, "generic_model")
    head = api.add_head("generic_model")
    assert len(head.flame.shape) == 300


def test_a_path_is_installed_once(flame_file):
    first, second = api.add_head(flame_file), api.add_head(str(flame_file))
    assert first.flame.fingerprint == second.flame.fingerprint
    assert api.model_names() == (models.BUILT_IN, flame_file.stem)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(api.ModelError, match="'Built-in Head'"):
        api.add_head("nobody")
    assert not bpy.data.objects


def test_a_damaged_installed_model_is_told_and_does_no_other_harm(flame_file):
    head = api.add_head(flame_file)
    path = models.find(head.flame.fingerprint).path
    models.forget()
    path.write_bytes(path.read_bytes()[:100_000])
    assert api.model_names() == (models.BUILT_IN,)
    (told,) = models.damaged()
    assert path.name in told
    assert "not installed" in live.trouble(head)
    assert api.is_head(api.add_head())


def test_a_model_that_was_changed_on_disk_is_refused_once_and_explained(flame_file):
    head = api.add_head(flame_file)
    path = models.find(head.flame.fingerprint).path
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays["v_template"] = arrays["v_template"] + 0.01
    models.forget()
    live.forget()
    np.savez(path, **arrays)
    assert "was changed" in live.trouble(head)
    head.flame.jaw = (0.3, 0, 0)
    bpy.context.view_layer.update()  # raises nothing, writes nothing
    with pytest.raises(api.ParameterError, match="was changed"):
        api.evaluate(head)


@pytest.mark.oldest_and_newest
def test_where_nothing_can_be_kept_the_built_in_head_goes_on(flame_file, tmp_path, monkeypatch):
    """As on a home folder that is read only: lists, heads and panels as ever; what cannot be kept is one sentence."""
    (tmp_path / "home").write_text("no folder")
    checkout = tmp_path / "model"
    checkout.mkdir()
    shutil.copy(flame_file, checkout / "generic_model.npz")
    monkeypatch.setattr(models, "user_folder", lambda: tmp_path / "home" / "user")
    monkeypatch.setattr(models, "checkout_models", lambda: checkout)
    models.forget()
    assert api.model_names() == (models.BUILT_IN,) and api.is_head(api.add_head())
    assert not models.damaged() and not any(is_there for *_, is_there in models.inventory())
    for keep in (
        lambda: api.install(flame_file),
        lambda: api.add_head(flame_file),
        lambda: models.choose_for_new_heads(None),
    ):
        with pytest.raises(api.WriteError, match="cannot be written"):
            keep()
    for button in (
        lambda: bpy.ops.flame.install_files(filepath=str(flame_file)),
        lambda: bpy.ops.flame.choose_model(model="LAST"),
    ):
        with pytest.raises(RuntimeError, match=r"^Error: .*cannot be written") as caught:
            button()
        assert "Traceback" not in str(caught.value)
    assert models.for_new_heads().name == models.BUILT_IN


def test_the_users_folder_is_made_when_something_comes_there():
    """Asking for it makes nothing; the tests have another in its place."""
    assert USER_FOLDER().name == "flame_blender" and not USER_FOLDER().exists()
