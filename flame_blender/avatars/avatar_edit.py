"""Avatars changed: splats cut away, coloured anew, taken from another avatar, brought to another head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from ..errors import AvatarError
from ..flame.model import FlameModel
from ..head import parameters
from ..long_work import Options, number
from ..splats import editing
from ..splats.splats import Splats
from ..splats.triangle_frames import posed
from . import avatar_object
from .adding import AddedAvatar, shown_on
from .seen import followed, is_avatar, settings_of
from .splat_cloud import require_splats

TEETH, SHOULDERS = "teeth", "shoulders"
OF_SHOULDERS = ("neck", "boundary")  # of FLAME's masks: what is below the head
MANY = 12  # names in a refusal


@dataclass(frozen=True, kw_only=True)
class GradeOptions(Options):
    """What :func:`grade` does to the splats' colours and opacities: the keywords of ``api.grade_avatar``."""

    opacity: float = number(1.0, least=0.0, refusal=AvatarError)
    exposure: float = 0.0
    saturation: float = number(1.0, least=0.0, refusal=AvatarError)
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)


def regions_of(head: bpy.types.Object) -> list[str]:
    """What splats can be chosen by: the head's vertex groups, its model's regions, and those that avatars add."""
    model = _model(head)
    names = {group.name for group in head.vertex_groups} | set(model.regions)
    if any(name in names for name in OF_SHOULDERS):
        names.add(SHOULDERS)
    return sorted(names | {TEETH})


def crop(avatar: bpy.types.Object, region: str, beyond: float, rest: bool) -> int:
    """Delete the splats of a region that lie farther than ``beyond`` metres off the mesh; how many they were.

    An empty region is all, ``rest`` deletes the others. Raises AvatarError where none would be left.
    """
    head = _edited(avatar)
    splats = avatar_object.bound_splats(avatar)
    cut = _chosen(head, splats, region)
    if beyond > 0:
        cut[cut] = _distances(avatar, head, splats.chosen(cut)) > beyond
    if rest:
        cut = ~cut
    if cut.all():
        raise AvatarError(f"{avatar.name}: expected splats to be left, found that all would go; choose less of them.")
    if cut.any():
        avatar_object.rewrite(avatar, splats.chosen(~cut))
    return int(cut.sum())


def grade(avatar: bpy.types.Object, region: str, options: GradeOptions) -> int:
    """Colour the splats of a region anew; how many they are."""
    head = _edited(avatar)
    splats = avatar_object.bound_splats(avatar)
    which = _chosen(head, splats, region)
    avatar_object.rewrite(
        avatar,
        editing.graded(
            splats,
            which,
            opacity=options.opacity,
            gain=options.gain,
            saturation=options.saturation,
            exposure=options.exposure,
        ),
    )
    return int(which.sum())


def merge(avatar: bpy.types.Object, other: bpy.types.Object, region: str, replace: bool) -> int:
    """Give an avatar another's splats of a region, instead of its own there or beside them; how many came.

    Their heads may be two of the same topology: splats go over in the frames of their triangles.
    """
    head, theirs = _edited(avatar), _head_of(other)
    if other == avatar:
        raise AvatarError(f"{avatar.name}: expected another avatar to take splats from, found the same.")
    own, given = avatar_object.bound_splats(avatar), avatar_object.bound_splats(other)
    _require_alike(head, theirs)
    came = given.chosen(_chosen(theirs, given, region))
    if not len(came):
        raise AvatarError(f"{other.name}: expected splats of {region}, found none.")
    kept = own.chosen(~_chosen(head, own, region)) if replace else own
    avatar_object.rewrite(avatar, editing.joined(kept, came))
    return len(came)


def copy_to(avatar: bpy.types.Object, head: bpy.types.Object) -> AddedAvatar:
    """The same avatar on another head of the same topology, each splat in the frame of the same triangle."""
    require_splats()
    own, theirs = parameters.require_head(head), _head_of(avatar)
    parameters.require_evaluator(own)
    parameters.require_own(head)
    _require_alike(head, theirs)
    splats = avatar_object.bound_splats(avatar)
    made = shown_on(head, splats, f"{head.name} {avatar_object.NAME}", avatar_object.teeth_offsets(theirs))
    settings_of(made).turned = settings_of(avatar).turned
    return AddedAvatar(made, head, len(splats))


def turn_colours(avatar: bpy.types.Object, turned: bool) -> None:
    """Let an avatar's colours turn with its triangles, or stay in the head's axes."""
    parameters.require_evaluator(parameters.require_head(_edited(avatar)))
    settings_of(avatar).turned = turned


def _edited(avatar: bpy.types.Object) -> bpy.types.Object:
    """The head of an avatar that can be changed."""
    require_splats()
    head = _head_of(avatar)
    data: Any = avatar.data
    if avatar.library is not None or data.library is not None:
        raise AvatarError(f"{avatar.name}: expected an avatar of this file, found a linked one; make it local first.")
    return head


def _head_of(avatar: bpy.types.Object) -> bpy.types.Object:
    head = followed(avatar) if is_avatar(avatar) else None
    if head is None:
        raise AvatarError(
            f"{avatar.name}: expected an avatar, found another object; choose a cloud that follows a head."
        )
    return head


def _model(head: bpy.types.Object) -> FlameModel:
    return parameters.require_evaluator(parameters.require_head(head)).model


def _require_alike(one: bpy.types.Object, other: bpy.types.Object) -> None:
    own, theirs = _model(one).faces, _model(other).faces
    if not np.array_equal(own, theirs):
        raise AvatarError(
            f"{other.name}: expected a head with the triangles of {one.name}, found {len(theirs):,} triangles instead "
            f"of these {len(own):,}; convert one head to the other's model first."
        )


def _chosen(head: bpy.types.Object, splats: Splats, region: str) -> np.ndarray:
    """(N,) bool: which splats are of a region, all where it has no name."""
    model, triangles = _model(head), np.asarray(splats.triangles)
    if not region:
        return np.ones(len(splats), bool)
    if region == TEETH:
        found: np.ndarray = triangles >= len(model.faces)
        return found
    faces = avatar_object.faces_for(model, splats)
    weights = np.zeros(max(model.n_vertices, int(faces.max()) + 1))
    weights[: model.n_vertices] = _weights(head, model, region)
    return editing.on_triangles(weights, faces, triangles)


def _weights(head: bpy.types.Object, model: FlameModel, region: str) -> np.ndarray:
    """(V,) of the model's vertices: those of a vertex group, else of a region of the model's."""
    groups: Any = head.vertex_groups
    names = OF_SHOULDERS if region == SHOULDERS and region not in groups else (region,)
    weights = np.zeros(model.n_vertices)
    there = False
    for name in names:
        group = groups.get(name)
        if group is not None:
            data: Any = head.data
            for vertex in data.vertices[: model.n_vertices]:
                for each in vertex.groups:
                    if each.group == group.index:
                        weights[vertex.index] = max(weights[vertex.index], each.weight)
            there = True
        elif name in model.regions:
            weights[model.regions[name]] = 1.0
            there = True
    if not there:
        known = regions_of(head)
        more = ", ..." if len(known) > MANY else ""
        raise AvatarError(f"{region}: expected a region of {head.name}, one of {', '.join(known[:MANY])}{more}.")
    return weights


def _distances(avatar: bpy.types.Object, head: bpy.types.Object, splats: Splats) -> np.ndarray:
    """(N,) metres, of the head's own, from where bound splats are now to the mesh that they follow, teeth included."""
    faces, vertices = avatar_object.faces_for(_model(head), splats), avatar_object.flame_vertices(avatar)
    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist(), all_triangles=True)
    centres = posed(splats, vertices, faces).centres.tolist()
    return np.array([tree.find_nearest(centre)[3] for centre in centres])
