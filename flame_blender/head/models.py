"""Which models there are, and one evaluator for each that is in use.

Heads that share a model share its arrays through here. A model is known by its fingerprint; the .blend stores that and
the name, never the model.
"""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Generator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import bpy

from ..assets import BUILT_IN_HEAD
from ..errors import ModelError
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..long_work import result_of

if TYPE_CHECKING:
    from ..model_files.library import Installed, Library, ModelEntry
    from ..model_files.texture_files import TextureEntry

BUILT_IN = "Built-in Head"
PAINT = 2  # counts how skins are painted: pictures of earlier versions are made anew
PACKAGE = __package__.rpartition(".")[0]

log = logging.getLogger(__name__)
_evaluators: dict[str, FlameEvaluator | None] = {}
_failures: dict[str, str] = {}


def _files() -> ModuleType:
    """The module that reads files, imported when a file is first read: enabling the add-on needs none of it."""
    from ..model_files import library  # noqa: PLC0415

    return library


def checkout_models() -> Path | None:
    """The folder ``model/`` beside the package when that is a checkout's, linked into Blender or not; else None."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout / "model" if (checkout / "build_addon.py").is_file() else None


def user_folder() -> Path:
    """Where installed files are kept: the extension's own folder, or Blender's user folder in a checkout.

    It is made when something is installed: on a disk that is read only the built-in head goes on.
    """
    if PACKAGE.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(PACKAGE))
    return Path(bpy.utils.user_resource("DATAFILES", path="flame_blender"))


def library() -> Library:
    """The user's installed files."""
    return _files().Library(user_folder())


@cache
def built_in() -> ModelEntry:
    """The head that comes with the add-on. Raises ModelError when its file is missing."""
    return _files().model_entry(BUILT_IN_HEAD, name=BUILT_IN)


@cache
def entries() -> tuple[ModelEntry, ...]:
    """Every model that can be added, the built-in head first. Kept until :func:`refresh`."""
    _install_checkout()
    return (built_in(), *library().models())


def for_new_heads() -> ModelEntry:
    """The model of heads that are added without one being named.

    What :func:`choose_for_new_heads` chose; else the FLAME file that was installed last; else the built-in head.
    """
    return _for_new_heads()[0]


def is_chosen() -> bool:
    """Whether the model for new heads was chosen, and does not change with the next FLAME file that is installed."""
    return _for_new_heads()[1]


@cache
def _for_new_heads() -> tuple[ModelEntry, bool]:
    """Kept until :func:`refresh`: panels ask for it whenever they are drawn."""
    chosen, last = library().chosen(), library().installed_last()
    found = next((entry for entry in entries() if entry.fingerprint == chosen), None)
    if found is not None:
        return found, True
    return next((entry for entry in entries() if entry == last), built_in()), False


def choose_for_new_heads(name: str | None) -> ModelEntry:
    """Use the installed model of that name, or with None the FLAME file that was installed last. Raises FlameError."""
    library().choose(None if name is None else _named(name).fingerprint)
    refresh()
    return for_new_heads()


@cache
def inventory() -> tuple[tuple[str, str, bool], ...]:
    """What can be installed besides models, and whether it is there. Kept until :func:`refresh`."""
    return library().inventory()


@cache
def textures() -> tuple[TextureEntry, ...]:
    """The installed texture models. Kept until :func:`refresh`."""
    return library().textures.entries()


@cache
def damaged() -> tuple[str, ...]:
    """One sentence for each installed model that cannot be read. Kept until :func:`refresh`."""
    return library().damaged()


def refresh() -> None:
    """Look at the folders again, after installing or removing, and when a missing model may have come back."""
    for listing in (entries, inventory, textures, damaged, _for_new_heads):
        listing.cache_clear()
    for fingerprint in [known for known, evaluator in _evaluators.items() if evaluator is None]:
        del _evaluators[fingerprint]
    _failures.clear()


def forget() -> None:
    """Let go of every model, when the add-on is disabled."""
    for listing in (entries, inventory, textures, damaged, _for_new_heads):
        listing.cache_clear()
    built_in.cache_clear()
    _evaluators.clear()


def install(paths: list[Path]) -> tuple[str, ...]:
    """Install files or folders of files; one sentence for each, then one for what is of no use.

    Raises FlameError where nothing could be installed.
    """
    done = result_of(installing(paths))
    return (*done.told, *([done.left_out] if done.left_out else []))


def installing(paths: list[Path]) -> Generator[float, None, Installed]:
    """:func:`install` in steps: yields the share that is done.

    Models are loaded anew when they are next asked for, with the landmarks, regions and eyelids that came.
    """
    try:
        return (yield from library().installing(paths))
    finally:
        refresh()
        for fingerprint in [known for known in _evaluators if known != built_in().fingerprint]:
            del _evaluators[fingerprint]


def remove(name: str) -> None:
    """Delete the installed copy of a model, and what was computed for it or for others that are gone.

    Raises ModelError when there is none of that name, and WriteError.
    """
    try:
        library().remove(name)
        refresh()
        _remove_kept()
    finally:
        refresh()


def remove_texture(name: str) -> None:
    """Delete the installed copy of a texture model. Raises ModelError when there is none of that name, WriteError."""
    try:
        library().textures.remove(name)
    finally:
        refresh()


def _remove_kept() -> None:
    """Delete what was computed for models that are not installed; one that cannot be read now may be any of them."""
    from ..files.whole_files import told  # noqa: PLC0415  (enabling the add-on writes nothing)

    if not damaged():
        known = {entry.fingerprint for entry in entries()}
        for folder in (kept_controls("*").parent, kept_places("*").parent, kept_looks("*").parent):
            for path in folder.glob("*.[np][pn][zg]"):
                if path.stem.partition("-")[0] not in known:
                    with told(path):
                        path.unlink(missing_ok=True)


def _install_checkout() -> None:
    """In a checkout, install licensed files that lie in ``model/`` and are new; what is wrong with one is logged."""
    folder = checkout_models()
    if folder is not None:
        told, wrong = library().install_new(sorted(folder.glob("*")))
        for line in told:
            log.info(line)
        for line in wrong:
            log.warning(line)


def find(fingerprint: str) -> ModelEntry | None:
    """The entry of a model by fingerprint, or None when it is not installed."""
    return next((entry for entry in entries() if entry.fingerprint == fingerprint), None)


def evaluator(fingerprint: str) -> FlameEvaluator | None:
    """The one evaluator of a model, loaded at its first use; None when :func:`missing` has a reason."""
    if fingerprint not in _evaluators:
        entry = find(fingerprint)
        try:
            _evaluators[fingerprint] = None if entry is None else FlameEvaluator(load(entry))
        except ModelError as error:  # told by missing, once here, and not again on every redraw
            log.warning(error)
            _evaluators[fingerprint] = None
            _failures[fingerprint] = str(error)
    return _evaluators[fingerprint]


def missing(fingerprint: str, name: str) -> str | None:
    """Why the model called ``name`` cannot be used, in one sentence; None when it can."""
    if evaluator(fingerprint) is not None:
        return None
    if fingerprint in _failures:
        return f"The model {name!r} cannot be read: {_failures[fingerprint]}"
    if is_earlier_built_in(fingerprint, name):
        return (
            "It is of an earlier version of the built-in head: convert it, or install that version's file to move it."
        )
    return f"The model {name!r} is not installed; install or locate it."


def is_earlier_built_in(fingerprint: str, name: str) -> bool:
    """Whether a head's model is a built-in one that this version of the add-on no longer has."""
    return name == built_in().name and evaluator(fingerprint) is None


def load(entry: ModelEntry) -> FlameModel:
    """The model behind an entry, with what is installed for its topology and what was computed for it.

    Computed are named controls, and the built-in head's landmarks and regions, for what is not installed.
    """
    model = as_installed(entry)
    return _with_looks(_with_controls(model, kept_controls(entry.fingerprint)), kept_looks(entry.fingerprint))


def _with_controls(model: FlameModel, kept: Path) -> FlameModel:
    if model.controls is not None or not kept.exists():
        return model
    from ..correspondence.kept import with_carried  # noqa: PLC0415  (only where some were computed)
    from ..model_controls.files import load_computed  # noqa: PLC0415

    try:
        computed = load_computed(kept, model)
    except ModelError as error:  # computing them again replaces the file
        log.warning(error)
        return model
    return dataclasses.replace(with_carried(model, computed.correspondence), controls=computed.controls)


def _with_looks(model: FlameModel, kept: Path) -> FlameModel:
    if not kept.exists():
        return model
    from ..looks.files import load_looks, with_looks  # noqa: PLC0415  (only where some were made)

    try:
        return dataclasses.replace(model, display=with_looks(model, load_looks(kept, model)))
    except ModelError as error:  # making them again replaces the file
        log.warning(error)
        return model


def as_installed(entry: ModelEntry) -> FlameModel:
    """The model behind an entry, with what is installed for its topology alone."""
    return _files().load_entry(entry) if entry.name == BUILT_IN else library().load(entry)


def kept_controls(fingerprint: str) -> Path:
    """Where the controls are kept that were computed for a model."""
    return user_folder() / "controls" / f"{fingerprint}.npz"


def kept_places(fingerprint: str) -> Path:
    """Where it is kept where a model and the built-in head lie on each other."""
    return user_folder() / "places" / f"{fingerprint}.npz"


def kept_looks(fingerprint: str) -> Path:
    """Where it is kept how a model looks: its UVs, and which material what of it has."""
    return user_folder() / "looks" / f"{fingerprint}.npz"


def kept_skin(model: FlameModel) -> Path | None:
    """Where the picture of a model's skin is kept that is for its UVs; None for a model without any."""
    from ..looks.files import layout_of  # noqa: PLC0415

    layout = layout_of(model.display)
    return None if layout is None else user_folder() / "looks" / f"{model.fingerprint}-{layout}-{PAINT}.png"


def load_anew(fingerprint: str) -> None:
    """Load a model anew when it is next asked for."""
    _evaluators.pop(fingerprint, None)


def resolve(model: str | Path | None) -> ModelEntry:
    """The entry for what a script or a button names: None is the one for new heads, else a name or a file's path.

    A path is installed first when it is new. Raises ModelError for an unknown name, WriteError where it cannot be.
    """
    if model is None:
        return for_new_heads()
    path = Path(model)
    known = any(str(model) in (entry.name, entry.fingerprint) for entry in entries())
    if known or not os.path.isfile(path):
        return _named(str(model))
    try:
        return library().install_model(path)
    finally:
        refresh()


def _named(name: str) -> ModelEntry:
    """The entry of that name or fingerprint. Raises ModelError saying which there are."""
    for entry in entries():
        if name in (entry.name, entry.fingerprint):
            return entry
    names = ", ".join(repr(entry.name) for entry in entries())
    raise ModelError(f"{name}: expected an installed model ({names}) or a model file, found neither.")
