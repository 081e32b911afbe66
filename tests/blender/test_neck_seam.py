"""The neck of a head on a body of any mesh: no gap, nothing of the body above the rim, one surface to the eye."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import mathutils
import numpy as np
import pytest

from flame_blender import api
from flame_blender.bodies import masking
from flame_blender.bodies.ring import neck_rim
from flame_blender.head import models
from tests.blender.test_on_body import world_of

GAP, GAP_POSED, GAP_SUBDIVIDED = 1e-6, 0.0003, 0.001  # metres from the rim to the body
FLANGE, FLANGE_SUBDIVIDED = 0.007, 0.01  # metres that the body may go on under the head


@dataclass(frozen=True)
class Bust:
    """A neck with shoulders below and a ball above; ``sides`` and ``step`` (metres) say how fine its mesh is."""

    sides: int = 96
    step: float = 0.004
    radius: float = 0.06
    tilt: float = 0.0  # radians
    collar: float = 0.0  # metres that a cloth stands off below and about the rim
    levels: int = 0  # of Subdivision Surface, of both
    posed: bool = False


BUSTS = {
    "dense": Bust(),
    "coarse": Bust(sides=20, step=0.02),
    "coarse and subdivided": Bust(sides=20, step=0.02, levels=1),
    "thin": Bust(radius=0.045),
    "thick": Bust(sides=48, step=0.01, radius=0.08),
    "tilted": Bust(tilt=0.35),
    "with a collar": Bust(collar=0.008),
    "posed": Bust(posed=True),
}


def add_bust(asked: Bust, middle: np.ndarray, height: float) -> bpy.types.Object:
    """The bust, upright about ``middle``; the rim's ``height``; a lower and an upper bone."""
    along = np.arange(-0.5, 0.32, asked.step)
    radius = np.where(along < 0.16, asked.radius + 0.16 / (1 + np.exp((along + 0.06) / 0.018)), 0.0)
    ball = np.sqrt(np.maximum(0.1**2 - (along - 0.19) ** 2, 1e-8))
    radius = np.maximum(radius, np.where(along > 0.1, ball, 0.0))
    if asked.collar:
        radius += asked.collar / (1 + np.exp((along - 0.01) / 0.001))
    angles = np.arange(asked.sides) / asked.sides * 2 * np.pi
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], 1)
    points = (radius[:, None, None] * ring + along[:, None, None] * (0, 0, 1)).reshape(-1, 3)
    if asked.tilt:
        turned = points @ np.array(mathutils.Matrix.Rotation(asked.tilt, 3, "X")).T
        share = np.clip((points[:, 2:] + 0.2) / 0.15, 0, 1)
        points += share * (turned - points)
    points += (*middle[:2], height)
    n = asked.sides
    faces = [
        (n * k + i, n * k + (i + 1) % n, n * k + n + (i + 1) % n, n * k + n + i)
        for k in range(len(along) - 1)
        for i in range(n)
    ]
    data = bpy.data.meshes.new("Bust")
    data.from_pydata(points.tolist(), [], faces)
    data.shade_smooth()
    bust = bpy.data.objects.new("Bust", data)
    bpy.context.collection.objects.link(bust)
    if asked.posed:
        _bones(bust, points, height)
    if asked.levels:
        bust.modifiers.new("Subdivision", "SUBSURF").levels = asked.levels
    bpy.context.view_layer.update()
    return bust


def _bones(bust: bpy.types.Object, points: np.ndarray, height: float) -> None:
    bones = bpy.data.armatures.new("Bones")
    armature = bpy.data.objects.new("Bones", bones)
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for name in ("Chest", "Head"):
        bone = bones.edit_bones.new(name)
        bone.head, bone.tail = (0, 0.03, height - 0.1), (0, 0.03, height + 0.1)
    bpy.ops.object.mode_set(mode="OBJECT")
    share = np.clip((points[:, 2] - height + 0.06) / 0.14, 0, 1)
    for name, weights in (("Chest", 1 - share), ("Head", share)):
        group = bust.vertex_groups.new(name=name)
        for vertex, weight in enumerate(weights.tolist()):
            group.add([vertex], weight, "REPLACE")
    bust.modifiers.new("Armature", "ARMATURE").object = armature


def shown(obj: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """World points and triangles."""
    data = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    data.calc_loop_triangles()
    return world_of(obj), np.array([each.vertices for each in data.loop_triangles])


def edge_of(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(E, 2, 3) the sides of the lowest border: those of one triangle alone."""
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    _, first, times = np.unique(np.sort(sides, 1), axis=0, return_index=True, return_counts=True)
    ends = points[sides[first[times == 1]]]
    return ends[ends[:, :, 2].mean(1) < points[:, 2].min() + 0.09]


EVERYWHERE = ("dense", "posed")  # the others ask the same of Blender


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in EVERYWHERE else pytest.mark.newest) for kind in BUSTS]
)
def test_rim_and_body_meet(flame_head, kind):
    asked = BUSTS[kind]
    model = models.evaluator(flame_head.flame.fingerprint).model
    rim = world_of(flame_head)[neck_rim(model.v_template, model.faces).rim]
    bust = add_bust(asked, rim.mean(0), float(rim[:, 2].mean()))
    before = world_of(bust)
    if asked.levels:
        flame_head.modifiers.new("Subdivision", "SUBSURF").levels = asked.levels
    bpy.context.view_layer.update()
    api.put_on_body(flame_head, bust, place="EYE")
    if asked.posed:
        head_bone = bpy.data.objects["Bones"].pose.bones["Head"]
        head_bone.rotation_mode, head_bone.rotation_euler = "XYZ", (0.1, 0.2, 0.15)
    bpy.context.view_layer.update()

    points, triangles = shown(flame_head)
    edge = edge_of(points, triangles)
    shares = np.linspace(0, 1, 5)[:, None, None]
    along = ((1 - shares) * edge[:, 0] + shares * edge[:, 1]).reshape(-1, 3)
    body_points, body_triangles = shown(bust)
    tree = mathutils.bvhtree.BVHTree.FromPolygons(body_points.tolist(), body_triangles.tolist())
    gaps = np.array([tree.find_nearest(place)[3] for place in along.tolist()])
    allowed = GAP_SUBDIVIDED if asked.levels else GAP_POSED if asked.posed else GAP
    assert gaps.max() < allowed, "the rim lies on what is shown of the body"

    used = np.unique(body_triangles)
    middle = along.mean(0)
    height = body_points[used, 2] - _height_of_rim(along - middle, body_points[used] - middle) - middle[2]
    assert (height < (FLANGE_SUBDIVIDED if asked.levels else FLANGE)).all() and height.max() > -0.03, (
        "what is above the rim at its angle is hidden"
    )
    skin = mathutils.bvhtree.BVHTree.FromPolygons(points.tolist(), triangles.tolist())
    for vertex in used[height > 0.001]:
        place, normal, *_ = skin.find_nearest(body_points[vertex])
        out = (body_points[vertex] - np.array(place)) @ np.array(normal)
        assert out < (3e-4 if asked.levels else 1e-4), "and what is left lies under the head"

    api.take_off_body(flame_head)
    bpy.context.view_layer.update()
    if not asked.posed:
        assert np.array_equal(world_of(bust), before) and masking.NAME not in bust.modifiers


def _height_of_rim(along: np.ndarray, points: np.ndarray) -> np.ndarray:
    angle = np.arctan2(along[:, 1], along[:, 0])
    order = np.argsort(angle)
    at = np.arctan2(points[:, 1], points[:, 0])
    heights: np.ndarray = np.interp(at, angle[order], along[order, 2], period=2 * np.pi)
    return heights


def test_both_are_seen_as_one_surface(flame_head):
    """The normals that light falls on differ little across the seam, and the neck goes over monotonously."""
    model = models.evaluator(flame_head.flame.fingerprint).model
    found = neck_rim(model.v_template, model.faces)
    rim = world_of(flame_head)[found.rim]
    bust = add_bust(Bust(), rim.mean(0), float(rim[:, 2].mean()))
    api.put_on_body(flame_head, bust, place="EYE")
    bpy.context.view_layer.update()
    layer = bpy.context.evaluated_depsgraph_get()
    head, body = (obj.evaluated_get(layer).data for obj in (flame_head, bust))
    places, of_body = world_of(flame_head)[found.rim], world_of(bust)
    used = np.unique([vertex for polygon in body.polygons for vertex in polygon.vertices])
    turned = []
    for vertex, place in zip(found.rim, places, strict=True):
        nearest = used[np.linalg.norm(of_body[used] - place, axis=1).argmin()]
        turned.append(head.vertices[int(vertex)].normal.angle(body.vertices[int(nearest)].normal))
    assert np.degrees(np.median(turned)) < 6 and np.degrees(np.max(turned)) < 15
    blend = found.blend(0.08)
    order = np.argsort(found.distance)
    assert (np.diff(blend[order]) <= 0).all() and blend[found.rim].min() == 1 and blend[order[-1]] == 0
