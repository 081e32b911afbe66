"""Every text that the interface shows, found: in what Blender knows of the classes, and in the syntax trees.

A text that is put together, an f-string, is found with its places empty: ``{} of {} placed``.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from flame_blender import registration
from flame_blender.assets import PRESETS
from flame_blender.fitting.reports import doubts
from flame_blender.head import models, up_to_date
from flame_blender.panels import control_rows
from flame_blender.panels import expression as expression_panel
from flame_blender.panels import head as head_panel
from flame_blender.scene_fits import guess
from flame_blender.scene_fits.kinds import KINDS
from flame_blender.skin.kept_looks import SUBFOLDER

PACKAGE = Path(registration.__file__).parent
SHOWN = ("operators", "panels", "picking/drawing.py", "photo_pins/pin_drawing.py")
# Parts that know no interface, whose sentences panels and tooltips show: which functions, and constants, of each
SENTENCES = {
    "api/models.py": ("locate_model",),
    "avatars/adding.py": ("summary",),
    "avatars/splat_cloud.py": ("why_not",),
    "bake/cache.py": ("trouble",),
    "bake/rig_hair.py": ("hair_cards",),
    "bodies/on_body.py": ("summary", "trouble", "NO_IDS"),
    "character/scores.py": ("missing",),
    "character/shape_keys.py": ("summary", "_notes"),
    "samples/sampling.py": ("summary",),
    "clips/body_motion.py": ("KEYED", "ANIMATED"),
    "clips/sound.py": ("add_sound",),
    "clips/other_model.py": ("COPIED", "LEFT_OUT", "NOT_FLAME", "_from_body"),
    "film/filming.py": ("summary", "NO_RATE", "SILENT"),
    "clips/mesh_clip.py": ("summary", "TEMPLATE", "IDENTITY_ON_TOP"),
    "files/pc2.py": ("read_header", "mapped_samples"),
    "head/templates/mapped.py": ("TO_DO",),
    "head/templates/template_sequence.py": (
        "REMOVE_FIRST", "BAKE_INSTEAD", "EXPORT_INSTEAD", "SOLVE_INSTEAD", "OTHER_HEAD_INSTEAD",
    ),
    "operators/clip_file.py": ("LIFE_OF_BEFORE", "tell"),
    "life/adding.py": ("summary",),
    "export/meshes.py": ("summary",),
    "export/body_parameters.py": ("write_body_clip", "COPIED"),
    "export/parameters.py": ("summary",),
    "export/scene_files.py": ("unavailable", "UNJOINED", "DETAIL_LEFT_OUT"),
    "head/mouth/mouth_object.py": ("trouble",),
    "refitting/by_names.py": ("_told_of", "NO_OFFSETS"),
    "observations/landmark_sources.py": ("_carried",),
    "scene_fits/guess.py": ("_unit_of",),
    **{f"scene_fits/kinds/{kind.__name__.rpartition('.')[2]}.py": ("missing", "FIELDS") for kind in KINDS},
    "scene_fits/prepared.py": ("all_notes",),
    "scene_fits/stage.py": ("fitting",),
    "fitting/reports/doubts.py": ("summary", "doubts"),
    "fitting/reports/focal.py": ("summary", "USUAL"),
    "fitting/landmarks/landmarks_2d.py": ("_doubts", "FAR_OFF"),
    "fitting/landmarks/landmarks_3d.py": ("_doubts",),
    "fitting/reports/outcome.py": ("summary", "UNSETTLED"),
    "landmark_files/plausible.py": (
        "what_looks_wrong", "_wrong_order", "_best_order", "_wrong_size", "SWAPPED_IN_SPACE", "SWAPPED_IN_PICTURE",
        "LINE",
    ),
    "fitting/scans/scan.py": ("_notes",),
    "model_controls/scores.py": ("summary",),
    "model_files/landmark_sets.py": ("why_no_set",),
    "model_files/library.py": ("inventory",),
    "clips/clip_import.py": ("summary",),
    "head/deformation.py": ("trouble",),
    "refitting/converted.py": ("summary",),
    "refitting/heads.py": ("NO_KEYS_OF_ITS_OWN",),
    "refitting/exchange.py": ("NLA_TAKEN_OFF", "NO_LANDMARKS", "SKIN_HELD", "_take_skin_along"),
    "head/live.py": (
        "blocked", "trouble", "_mismatch", "_count_mismatch", "_refresh_alone", "_check_values", "_check_offsets",
    ),
    "head/models.py": ("missing",),
    "head/sculpt.py": ("examine",),
    "skin/following.py": ("trouble",),
    "skin/installed.py": ("missing", "NONE_INSTALLED"),
    "skin/setting.py": ("_why_untouchable",),
}  # fmt: skip
# Rooms whose errors a user meets in reports and panels; those of the parts below are told in English
ERRORS_IN = (
    "avatars", "bake", "bodies", "character", "clips", "distances", "dragging", "export", "film", "head", "keyframes",
    "life", "observations", "operators", "photo_pins", "photo_projection", "picking", "poses", "refitting",
    "scene_fits", "skin",
)  # fmt: skip
ERRORS = {"AvatarError", "FlameError", "LandmarkError", "ModelError", "ParameterError", "SequenceError", "WriteError"}
ARGUMENT = re.compile(r"[a-z_]+(:| must) ")
WORDS = re.compile(r"[A-Za-z]{2,}")
FILE_NAME = re.compile(r"\.(json|npz|npy)$")
# what items of an enumeration are made of, which Blender knows whole
PUT_TOGETHER = {"{} numbers, {}, in this order", "three for each joint", "two rows of a matrix for each joint"}
ARGUMENTS = ("text", "heading")  # of layout calls
ATTACHED = (
    (bpy.types.Object, "flame"),
    (bpy.types.Object, "flame_avatars"),
    (bpy.types.Object, "flame_body"),
    (bpy.types.Object, "flame_fit"),
    (bpy.types.Object, "flame_photo"),
    (bpy.types.Scene, "flame_fit"),
    (bpy.types.Scene, "flame_pinned_head"),
)
FIELD = re.compile(r"\{[^{}]*\}")  # of any template


def bare(text: str) -> str:
    """A template with its places empty."""
    return FIELD.sub("{}", text)


def all_texts() -> set[str]:
    """All of them, with places empty."""
    found = {*of_classes(), *of_trees(), *of_errors(), *of_lists()} - PUT_TOGETHER
    return {text for text in found if WORDS.search(text.replace("{}", "")) and not FILE_NAME.search(text)}


def of_classes() -> Iterator[str]:
    """What Blender shows of the registered classes and properties."""
    for cls in registration.CLASSES:
        known: Any = cls.bl_rna
        if issubclass(cls, bpy.types.Operator):
            group, name = cls.bl_idname.split(".")
            known = getattr(getattr(bpy.ops, group), name).get_rna_type()
        if not issubclass(cls, bpy.types.PropertyGroup | bpy.types.AssetShelf | bpy.types.AddonPreferences):
            yield cls.bl_label
        if issubclass(cls, bpy.types.Operator | bpy.types.Menu):
            yield known.description
        for name in _own(cls, known):
            yield from _of_property(known.properties[name])
    for owner, name in ATTACHED:
        yield from _of_property(owner.bl_rna.properties[name])


def _own(cls: type, known: bpy.types.Struct) -> Iterator[str]:
    """Names of the class's properties, without those of Blender's own mixins."""
    for base in cls.__mro__:
        if base.__module__.startswith("flame_blender"):
            yield from (
                name
                for name in inspect.get_annotations(base)
                if name in known.properties and not name.startswith("bl_")
            )


def _of_property(found: bpy.types.Property) -> Iterator[str]:
    if found.is_hidden:
        return
    yield from (found.name if found.name != found.identifier else "", found.description)
    if found.type == "ENUM":
        for item in found.enum_items_static:
            yield from (item.name, item.description)


def of_lists() -> Iterator[str]:
    """What is shown of lists that other code goes through."""
    yield from up_to_date._PARTS
    yield from (*head_panel.LICENCES.values(), head_panel.FLAME_LICENCE, *head_panel.CITATIONS)
    yield from (what for what, *_rest in models.inventory())
    yield from guess.UNITS.values()
    yield from (f"{doubts.DOUBTFUL}{{}}", "backwards")
    for file in (PACKAGE / "fitting").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "FitReport":
                yield ast.literal_eval(node.args[0])
    yield from expression_panel.MARKS
    yield from (path.stem.replace("_", " ") for path in (PRESETS / "presets" / SUBFOLDER).glob("*.json"))
    yield from control_rows.REGIONS.values()
    controls = models.evaluator(models.built_in().fingerprint).model.controls
    yield from (preset.name for preset in controls.presets if preset.group != "Visemes")  # these are sounds


def of_trees() -> Iterator[str]:
    """Texts in the code of operators and panels, and the sentences of the parts below."""
    for place in SHOWN:
        path = PACKAGE / place
        for file in [path] if path.suffix else sorted(path.rglob("*.py")):
            yield from _texts(ast.parse(file.read_text(encoding="utf-8")))
    for file, names in SENTENCES.items():
        tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in names:
                found.add(node.name)
                yield from _texts(node, raised=True)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names:
                found.add(node.targets[0].id)
                yield from _texts(node)
        assert found == set(names), f"{file} has no {set(names) - found} any more"


def of_errors() -> Iterator[str]:
    """Sentences with which something is refused, but for those about the argument of a script."""
    for room in ERRORS_IN:
        for file in sorted((PACKAGE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ERRORS:
                    text = _bare_of(node.args[0]) or ""
                    yield "" if ARGUMENT.match(text) else text


def _texts(tree: ast.AST, *, raised: bool = False) -> Iterator[str]:
    """Texts below a node: with a space, or given as a label. No docstrings; errors only where they are shown."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise) and not raised:
            continue
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation).startswith("Annotated["):
            continue  # a property, which Blender knows
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Constant | ast.JoinedStr):
            text = _bare_of(node)
            if text is not None and " " in text.strip() and WORDS.search(text.replace("{}", "")):
                yield text
            if isinstance(node, ast.JoinedStr):
                for value in node.values:
                    yield from _texts(value, raised=raised)
            continue
        if isinstance(node, ast.keyword) and node.arg in ARGUMENTS:
            text = _bare_of(node.value)
            if text is not None and WORDS.search(text):
                yield text
                continue
        yield from _texts(node, raised=raised)


def _bare_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return FIELD.sub("{}", node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None
