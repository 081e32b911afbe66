"""Presets of skin and eyes: given to heads, kept and removed, by scripts and by what the menu calls."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from flame_blender import api
from flame_blender.errors import ParameterError
from flame_blender.head.saved.looks_properties import HeadLooks
from flame_blender.looks.looks_file import COLOURS, RANGES, SUFFIX, load_looks
from flame_blender.skin import kept_looks

pytestmark = pytest.mark.oldest_and_newest


@pytest.fixture
def own_folder(tmp_path, monkeypatch) -> Path:
    """An empty one in the place of the user's, whose folder of scripts was settled when Blender started."""
    own, paths = tmp_path / "presets" / kept_looks.SUBFOLDER, bpy.utils.preset_paths
    monkeypatch.setattr(bpy.utils, "user_resource", lambda _kind, path: str(tmp_path / path))
    monkeypatch.setattr(bpy.utils, "preset_paths", lambda sub: paths(sub) + [str(own)] * own.is_dir())
    return own


@pytest.fixture
def head() -> bpy.types.Object:
    return api.add_head(api.BUILT_IN)


def shown(head: bpy.types.Object) -> dict[str, object]:
    return {name: tuple(getattr(head.flame, name)) if name in COLOURS else getattr(head.flame, name) for name in RANGES}


def test_names_and_ranges_are_the_properties(head):
    assert RANGES.keys() == HeadLooks.__annotations__.keys()
    for name, (low, high) in RANGES.items():
        known = head.flame.bl_rna.properties[name]
        assert known.hard_min == low and (name in COLOURS or known.hard_max == high), name


def test_a_preset_by_its_name(head):
    head.flame.painted_brows, head.flame.wrinkles = 0.25, 0.5
    assert {"Fair Rosy", "Olive", "Deep", "Weathered"} <= api.looks_presets().keys()
    for name, path in api.looks_presets().items():
        api.apply_looks(head, name)
        for each, value in load_looks(path).items():
            assert shown(head)[each] == pytest.approx(value), (name, each)
    assert head.flame.painted_brows == 0.25 and head.flame.wrinkles == 0.5
    with pytest.raises(ParameterError, match=r"expected one of .*Olive.*, found 'Oliv'"):
        api.apply_looks(head, "Oliv")


def test_what_is_kept_comes_back_on_another_head(head, own_folder):
    api.randomise_looks(head, 7)
    before = shown(head)
    path = api.keep_looks(head, "My Person")
    assert path.parent == own_folder and api.looks_presets()["My Person"] == path
    other = api.add_head(api.BUILT_IN)
    assert shown(other) != before
    api.apply_looks(other, "My Person")
    assert shown(other) == before
    api.reset_params(head)
    api.apply_looks(head, "Deep")
    api.apply_looks(head, path)
    assert shown(head) == before
    api.remove_looks_preset("My Person")
    assert "My Person" not in api.looks_presets() and shown(head) == before


def test_nothing_is_lost_by_a_name(head, own_folder):
    path = api.keep_looks(head, "my_person")
    kept = path.read_bytes()
    for name in ("my_person", "my person", "Deep", "  ", ""):
        with pytest.raises(ParameterError, match="expected"):
            api.keep_looks(head, name)
    with pytest.raises(ParameterError, match="comes with the add-on"):
        api.remove_looks_preset("Deep")
    with pytest.raises(ParameterError, match="expected one of"):
        api.remove_looks_preset("Nobody")
    outside = api.keep_looks(head, "../../outside")
    assert outside.parent == own_folder and path.read_bytes() == kept


def test_a_wrong_file_changes_nothing(head, tmp_path):
    before = shown(head)
    wrong = tmp_path / f"wrong{SUFFIX}"
    wrong.write_text('{"kind": "FLAME looks", "version": 1, "looks": {"skin_tone": 0.9, "freckles": 7}}')
    with pytest.raises(ParameterError, match=r"wrong\.json: freckles: expected 1 from 0 to 1"):
        api.apply_looks(head, wrong)
    assert shown(head) == before
    with pytest.raises(ParameterError, match="Expected a FLAME head"):
        api.apply_looks(bpy.data.objects.new("Empty", None), "Deep")


def test_the_menu_does_the_same(head, own_folder):
    """What Blender's menu of presets calls: with a file, with a name, with a name to remove."""
    bpy.context.view_layer.objects.active = head
    deep = api.looks_presets()["Deep"]
    assert bpy.ops.flame.apply_looks(filepath=str(deep)) == {"FINISHED"}
    assert head.flame.skin_tone == pytest.approx(0.95)
    assert bpy.ops.flame.keep_looks(name="Mine") == {"FINISHED"}
    assert (own_folder / "Mine.json").exists()
    assert bpy.ops.flame.keep_looks(name="Mine", remove_name=True) == {"FINISHED"}
    assert not (own_folder / "Mine.json").exists()
    with pytest.raises(RuntimeError, match="found none"):
        bpy.ops.flame.keep_looks(name="")
    panel = bpy.types.FLAME_PT_looks_presets
    assert panel.preset_operator == "flame.apply_looks" and deep.suffix in panel.preset_extensions
