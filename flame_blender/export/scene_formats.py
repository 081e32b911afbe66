"""Which of Blender's exporters and importers a scene's file takes, and how they are set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GENERIC, UNITY, UNREAL = ("GENERIC", "UNITY", "UNREAL")
FBX_OF_ENGINE: dict[str, dict[str, Any]] = {
    GENERIC: {"apply_scale_options": "FBX_SCALE_NONE"},
    UNITY: {
        "apply_scale_options": "FBX_SCALE_ALL",
        "axis_forward": "-Z",
        "axis_up": "Y",
        "bake_space_transform": False,
    },
    UNREAL: {"apply_scale_options": "FBX_SCALE_NONE", "axis_forward": "-Z", "axis_up": "Y", "mesh_smooth_type": "FACE"},
}


def _gltf(_start: int, _end: int) -> dict[str, Any]:
    # mode SCENE: with ACTIVE_ACTIONS, 4.2 also takes the action of another armature whose bones have the same names
    return {
        "export_format": "GLB", "use_selection": True, "export_animations": True, "export_frame_range": True,
        "export_force_sampling": True, "export_optimize_animation_size": False, "export_all_influences": True,
        "export_morph": True, "export_morph_normal": False, "export_morph_animation": True, "export_skins": True,
        "export_animation_mode": "SCENE", "export_anim_scene_split_object": False,
        "export_optimize_animation_keep_anim_armature": True,
    }  # fmt: skip


def _gltf_text(start: int, end: int) -> dict[str, Any]:
    return _gltf(start, end) | {"export_format": "GLTF_SEPARATE"}


def _fbx(_start: int, _end: int) -> dict[str, Any]:
    return {
        "use_selection": True, "object_types": {"ARMATURE", "MESH"}, "bake_anim": True,
        "bake_anim_simplify_factor": 0.0, "bake_anim_use_all_actions": False, "bake_anim_use_nla_strips": False,
        "bake_anim_force_startend_keying": True, "add_leaf_bones": False, "use_mesh_modifiers": False,
        "path_mode": "COPY", "embed_textures": True,
    }  # fmt: skip


def _usd(_start: int, _end: int) -> dict[str, Any]:
    return {
        "selected_objects_only": True,
        "export_animation": True,
        "export_materials": True,
        "evaluation_mode": "RENDER",
    }


def _alembic(start: int, end: int) -> dict[str, Any]:
    return {"selected": True, "start": start, "end": end, "evaluation_mode": "RENDER", "as_background_job": False}


WAYS = {
    ".glb": (True, "export_scene.gltf", "import_scene.gltf"),
    ".gltf": (True, "export_scene.gltf", "import_scene.gltf"),
    ".fbx": (True, "export_scene.fbx", "import_scene.fbx"),
    ".usdc": (False, "wm.usd_export", "wm.usd_import"),
    ".usda": (False, "wm.usd_export", "wm.usd_import"),
    ".usd": (False, "wm.usd_export", "wm.usd_import"),
    ".abc": (False, "wm.alembic_export", "wm.alembic_import"),
}
SETTINGS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    ".glb": _gltf, ".gltf": _gltf_text, ".fbx": _fbx, ".usdc": _usd, ".usda": _usd, ".usd": _usd, ".abc": _alembic,
}  # fmt: skip
