"""Gaussian avatars changed: cut, coloured anew, put together, brought to another head."""

from __future__ import annotations

import bpy

from ...avatars import avatar_edit, seen
from ...avatars.adding import AddedAvatar
from ...avatars.avatar_edit import GradeOptions
from ...head import parameters


def crop_avatar(avatar: bpy.types.Object, *, region: str = "", beyond: float = 0.0, rest: bool = False) -> int:
    """Delete splats of an avatar: of a region, or such as float off the mesh.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.
    region : str, default ""
        One of :func:`avatar_regions`: splats whose triangle lies in it by more than half. "" is all of them.
    beyond : float, default 0.0
        Of these only such as are farther than this off the mesh as it is posed, in metres of the head's own.
    rest : bool, default False
        Keep these, and delete all others.

    Returns
    -------
    int
        How many went.

    Raises
    ------
    AvatarError
        ``avatar`` is none or is linked, there is no such region, or no splat would be left.
    ParameterError
        The model of its head is not installed.
    """
    return avatar_edit.crop(avatar, region, float(beyond), bool(rest))


def grade_avatar(
    avatar: bpy.types.Object,
    *,
    region: str = "",
    opacity: float = 1.0,
    exposure: float = 0.0,
    saturation: float = 1.0,
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> int:
    """Change colours and opacity of an avatar's splats, from every side alike.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.
    region : str, default ""
        One of :func:`avatar_regions`: splats whose triangle lies in it by more than half. "" is all of them.
    opacity : float, default 1.0
        A factor; an opacity is never above 1.
    exposure : float, default 0.0
        Stops of light: one more is a factor of 2^(1 / 2.2) of the display colours that splats tell.
    saturation : float, default 1.0
        0 leaves grey of the same luminance (Rec. 709).
    gain : tuple of float, default (1.0, 1.0, 1.0)
        Factors of red, green and blue.

    Returns
    -------
    int
        How many splats were changed.

    Raises
    ------
    AvatarError
        ``avatar`` is none or is linked, there is no such region, or a factor is below 0.
    ParameterError
        The model of its head is not installed.
    """
    options = GradeOptions(opacity=opacity, exposure=exposure, saturation=saturation, gain=gain)
    return avatar_edit.grade(avatar, region, options)


def merge_avatars(avatar: bpy.types.Object, other: bpy.types.Object, *, region: str = "", replace: bool = True) -> int:
    """Give an avatar the splats that another has of a region: somebody's hair, for example.

    The other may follow another head of the same topology. Splats keep their places in the triangles' frames.

    Parameters
    ----------
    avatar : bpy.types.Object
        The one that gets them, of :func:`avatars_of`.
    other : bpy.types.Object
        The one that has them, which stays as it is.
    region : str, default ""
        One of :func:`avatar_regions` of either head. "" is all.
    replace : bool, default True
        They come instead of what ``avatar`` has of the region.

    Returns
    -------
    int
        How many came.

    Raises
    ------
    AvatarError
        One is no avatar, ``avatar`` is linked, there is no such region or nothing in it, or topologies differ.
    ParameterError
        The model of a head is not installed.
    """
    return avatar_edit.merge(avatar, other, region, bool(replace))


def copy_avatar(avatar: bpy.types.Object, head: bpy.types.Object) -> AddedAvatar:
    """Put an avatar on another head too: the same splats in the frames of the same triangles, whatever its shape.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.
    head : bpy.types.Object
        A head of the same topology, or the same once more.

    Returns
    -------
    AddedAvatar
        The new avatar and its head.

    Raises
    ------
    AvatarError
        ``avatar`` is none, or the topologies differ.
    ParameterError
        ``head`` is no head, is linked, or its model is not installed.
    """
    return avatar_edit.copy_to(avatar, head)


def turn_colours(avatar: bpy.types.Object, turned: bool = True) -> None:
    """Let an avatar's colours that depend on the side turn with its triangles, instead of staying in the head's axes.

    As ``avatar.flame_avatars.turned``: harmonics of degree 1 to 3 turn exactly, by nodes that need no add-on, against
    the head's unposed, neutral face as it is now. Trainings have them stay.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.
    turned : bool, default True
        False leaves them as they were trained.

    Raises
    ------
    AvatarError
        ``avatar`` is none or is linked.
    ParameterError
        The model of its head is not installed.
    """
    avatar_edit.turn_colours(avatar, bool(turned))


def avatar_regions(head: bpy.types.Object) -> list[str]:
    """What splats of a head's avatars can be chosen by.

    Parameters
    ----------
    head : bpy.types.Object
        The head.

    Returns
    -------
    list of str
        Its vertex groups, the regions of its model, "teeth" (those that GaussianAvatars adds) and, where it has a
        neck, "shoulders": neck and rim.

    Raises
    ------
    ParameterError
        ``head`` is no head, or its model is not installed.
    """
    parameters.require_head(head)
    return avatar_edit.regions_of(head)


def is_avatar(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a Gaussian avatar: a cloud of splats that follows a head.

    Parameters
    ----------
    obj : bpy.types.Object or None
        Any object; None is none.

    Returns
    -------
    bool
        True for such a cloud.
    """
    return seen.is_avatar(obj)
