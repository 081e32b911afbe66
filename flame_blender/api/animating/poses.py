"""Faces that are kept: saved, blended in, added on top, mirrored."""

from __future__ import annotations

from collections.abc import Callable, Generator

import bpy

from ...long_work import result_of
from ...poses import keeping, showing, taking
from ...poses.showing import BlendOptions, FaceBlend
from ...poses.taking import SaveFaceOptions
from ...saved_faces.face import Face
from ...saved_faces.face_folder import SavedFace


def blend_face(
    obj: bpy.types.Object,
    face: str | Face,
    *,
    strength: float = 1.0,
    add: bool = False,
    mirrored: bool = False,
    frame: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> FaceBlend:
    """Blend a preset or a saved face into what a head shows, or add it on top.

    Named controls are set, and the rotations that the face has. For the first head of a model without controls
    :func:`compute_controls` is called, which takes 20 to 30 seconds.

    Parameters
    ----------
    obj : bpy.types.Object
        The head, of any model.
    face : str or Face
        One of :func:`presets` or of :func:`saved_faces`, by name; or a face.
    strength : float, default 1.0
        0 leaves the head as it is, 1 shows the face, and beyond 1 it is overdone.
    add : bool, default False
        Add the face times ``strength`` to what the head shows; scores end at 0 and 1.
    mirrored : bool, default False
        The other way round: what the left side does, the right one does.
    frame : float or None, default None
        Where to key what was set; None keys nothing.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FaceBlend
        What was set, and what of the face the head does not have; its ``put_back()`` shows what there was before.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, there is no face of that name, or an option is out of its range.
    ModelError
        The model is no head, so that it has no such controls.
    """
    options = BlendOptions(strength=strength, add=add, mirrored=mirrored, frame=frame)
    return result_of(blending_face(obj, face, options), progress)


def blending_face(
    obj: bpy.types.Object, face: str | Face, options: BlendOptions | None = None
) -> Generator[float, None, FaceBlend]:
    """:func:`blend_face` in steps: yields the share that is done of computing the controls, where that is due.

    Parameters
    ----------
    obj : bpy.types.Object
        As of :func:`blend_face`.
    face : str or Face
        As of :func:`blend_face`.
    options : BlendOptions or None, default None
        The keywords of :func:`blend_face`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`blend_face`, and it raises the same.
    """
    return showing.blending(obj, face, options or BlendOptions())


def begin_face_blend(obj: bpy.types.Object, face: str | Face) -> FaceBlend:
    """Blend a face into a head by a strength that changes, as by dragging.

    Parameters
    ----------
    obj : bpy.types.Object
        The head, whose model has named controls.
    face : str or Face
        As of :func:`blend_face`.

    Returns
    -------
    FaceBlend
        Its ``show(strength, add=False, mirrored=False)`` shows it, ``put_back()`` what there was before.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed or has no controls yet, or there is no face of that name.
    """
    return FaceBlend(obj, showing.face_called(obj, face) if isinstance(face, str) else face)


def save_face(  # noqa: PLR0913  (every option, by name)
    obj: bpy.types.Object,
    name: str,
    *,
    controls: str = "ALL",
    brows: bool = True,
    eyes: bool = True,
    cheeks: bool = True,
    mouth: bool = True,
    jaw: bool = True,
    jaw_turn: bool = True,
    eye_turns: bool = True,
    neck_turn: bool = False,
    picture: bool = True,
    replace: bool = False,
    progress: Callable[[float], None] | None = None,
) -> SavedFace:
    """Keep the face that a head shows, by its name, for heads of any model.

    It is told by scores of named controls; what the head's own expression and eyelids show is turned into such scores.
    A file, a picture and an asset of it lie in the add-on's own folder.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first.
    name : str
        What it is called, cut to 63 bytes; a number is added where a preset or another face is called so.
    controls : str, default "ALL"
        Which named controls: "ALL", those that are "NOT_ZERO", or those of "REGIONS". The face leaves the others alone.
    brows : bool, default True
        Of "REGIONS": whether the brows are one of them.
    eyes : bool, default True
        Of "REGIONS": lids and gaze.
    cheeks : bool, default True
        Of "REGIONS": cheeks and nose.
    mouth : bool, default True
        Of "REGIONS": the mouth.
    jaw : bool, default True
        Of "REGIONS": the jaw.
    jaw_turn : bool, default True
        Keep how the jaw is turned beside the named controls, where it is.
    eye_turns : bool, default True
        Keep how the eyes are turned beside the named controls, where they are.
    neck_turn : bool, default False
        Keep how the head is turned on its neck, where it is.
    picture : bool, default True
        Render a picture of it: a second or two.
    replace : bool, default False
        Whether it takes the place of a saved face of that name; else it gets a number.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    SavedFace
        What was written: the face, its file, and its picture where there is one.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or nothing was chosen.
    ModelError
        The model is no head, so that it has no such controls.
    WriteError
        The files cannot be written.
    """
    options = SaveFaceOptions(
        controls=controls,
        brows=brows,
        eyes=eyes,
        cheeks=cheeks,
        mouth=mouth,
        jaw=jaw,
        jaw_turn=jaw_turn,
        eye_turns=eye_turns,
        neck_turn=neck_turn,
        picture=picture,
        replace=replace,
    )
    return result_of(saving_face(obj, name, options), progress)


def saving_face(
    obj: bpy.types.Object, name: str, options: SaveFaceOptions | None = None
) -> Generator[float, None, SavedFace]:
    """:func:`save_face` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    obj : bpy.types.Object
        As of :func:`save_face`.
    name : str
        As of :func:`save_face`.
    options : SaveFaceOptions or None, default None
        The keywords of :func:`save_face`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`save_face`, and it raises the same.
    """
    return keeping.saving(obj, name, options or SaveFaceOptions())


def take_face(obj: bpy.types.Object, name: str = "Face") -> Face:
    """The face that a head shows, with nothing written: for :func:`blend_face` on another head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head. Where its model has no named controls they are computed first.
    name : str, default "Face"
        What it is called.

    Returns
    -------
    Face
        All of its named controls, and how its jaw and eyes are turned.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its model is not installed.
    ModelError
        The model is no head, so that it has no such controls.
    """
    return result_of(taking.taking(obj, name, SaveFaceOptions()))


def find_face(obj: bpy.types.Object, name: str) -> Face:
    """The preset or the saved face of a name.

    Parameters
    ----------
    obj : bpy.types.Object
        A head.
    name : str
        One of :func:`presets` or of :func:`saved_faces`.

    Returns
    -------
    Face
        Its scores.

    Raises
    ------
    ParameterError
        There is none of that name, or ``obj`` is no head.
    """
    return showing.face_called(obj, name)


def saved_faces() -> tuple[SavedFace, ...]:
    """The faces that were saved.

    Returns
    -------
    tuple of SavedFace
        By name.
    """
    return keeping.saved()


def rename_face(name: str, to: str) -> SavedFace:
    """Give a saved face another name.

    Parameters
    ----------
    name : str
        What it is called.
    to : str
        What it will be called; a number is added where a preset or another face is called so.

    Returns
    -------
    SavedFace
        As it is now.

    Raises
    ------
    ParameterError
        There is no saved face of that name, or the new one has no letters.
    WriteError
        The files cannot be written.
    """
    return keeping.rename(name, to)


def delete_face(name: str) -> None:
    """Delete a saved face with its picture and its asset.

    Parameters
    ----------
    name : str
        What it is called.

    Raises
    ------
    ParameterError
        There is no saved face of that name.
    WriteError
        The files cannot be deleted.
    """
    keeping.remove(name)


def keep_face(face: Face, *, replace: bool = False) -> SavedFace:
    """Save a face as it is, without a picture.

    Parameters
    ----------
    face : Face
        Out of :func:`take_face`, :func:`read_face` or :func:`face_of_asset`, or put together.
    replace : bool, default False
        Whether it takes the place of a saved face of that name; else it gets a number.

    Returns
    -------
    SavedFace
        What was written.

    Raises
    ------
    WriteError
        The files cannot be written.
    """
    return keeping.keep(face, replace=replace)
