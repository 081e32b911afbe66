"""What each triangle of a head is: one class by FaceSynthetics' names and numbers, and one material.

From the model's own parts: materials and eyeballs, then regions, the jaw's skinning weights between the lips, and the
landmarks round the brows. A model without regions or landmarks of its own has them carried over from the built-in head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import DatasetError
from ...flame.eyeballs import eyeballs_of
from ...flame.landmarks import landmark_points
from ...flame.model import FlameModel
from ...looks.gaze import EYE_MATERIALS, gaze_directions
from ...textures.face_uvs import FaceUvs, face_materials, on_triangles, polygons_of

# numbers to 18 as github.com/microsoft/FaceSynthetics has them; from hair on of what is put on a head, or before it
CLASSES = {
    "background": 0, "skin": 1, "nose": 2, "right_eye": 3, "left_eye": 4, "right_brow": 5, "left_brow": 6,
    "right_ear": 7, "left_ear": 8, "mouth_interior": 9, "top_lip": 10, "bottom_lip": 11, "neck": 12, "hair": 13,
    "beard": 14, "clothing": 15, "glasses": 16, "headwear": 17, "facewear": 18, "occluder": 19,
}  # fmt: skip
MATERIALS = {
    "nothing": 0, "skin": 1, "lips": 2, "mouth": 3, "teeth": 4, "gums": 5, "tongue": 6, "sclera": 7, "iris": 8,
    "pupil": 9, "lashes": 10, "occluder": 11, "caruncle": 12, "hair": 13,
}  # fmt: skip
CLEAR, EYE = ("cornea", "tear"), "eye"
ON_LIDS = ("lashes", "caruncle")
INSIDE_MOUTH = ("mouth", "teeth", "gums", "tongue")
REGIONS = ("nose", "lips", "neck", "left_ear", "right_ear")
JAW, HALF = 2, 0.5
# MediaPipe's points along a brow: its lower edge from the temple to the nose, and its upper edge back
BROWS = {
    "left_brow": (276, 283, 282, 295, 285, 336, 296, 334, 293, 300),
    "right_brow": (46, 53, 52, 65, 55, 107, 66, 105, 63, 70),
}
IBUG_BROWS = {"right_brow": slice(0, 5), "left_brow": slice(5, 10)}  # of the 51 fixed points
BROW_HALF_HEIGHT = 0.0035  # metres: of a brow of which only the middle line is known


@dataclass(frozen=True, eq=False)
class HeadSurface:
    """The triangles of a model and what they are.

    ``faces`` (F, 3), ``classes`` (F,) uint8 of :data:`CLASSES`, ``materials`` (F,) uint8 of :data:`MATERIALS` (of eyes
    sclera, which ``gaze`` tells apart), ``clear`` (F,) bool what is seen through, ``uvs`` or None, ``gaze`` (V, 3)
    float32 each eye vertex's direction from its eyeball's centre, or None.
    """

    faces: np.ndarray
    classes: np.ndarray
    materials: np.ndarray
    clear: np.ndarray
    uvs: FaceUvs | None
    gaze: np.ndarray | None


def head_surface(model: FlameModel, with_classes: bool = True) -> HeadSurface:
    """What each triangle of a model is; all classes are 0 unless they are asked for.

    Raises DatasetError where regions or landmarks are missing that classes are told by.
    """
    names = _material_names(model)
    eye = np.isin(names, (EYE, *CLEAR))
    materials = np.full(len(names), MATERIALS["skin"], np.uint8)
    for name, number in MATERIALS.items():
        materials[names == name] = number
    materials[eye] = MATERIALS["sclera"]
    display = model.display
    uvs = None
    if display is not None and display.uv_coords is not None and display.uv_polygons is not None:
        uvs = on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)
    classes = _classes(model, names, eye) if with_classes else np.zeros(len(names), np.uint8)
    return HeadSurface(model.faces, classes, materials, np.isin(names, CLEAR), uvs, gaze_directions(model))


def _material_names(model: FlameModel) -> np.ndarray:
    """(F,) texts, of all parts of an eye that are no cornea :data:`EYE`."""
    found = None if model.display is None else face_materials(model.faces, model.display)
    names = np.full(len(model.faces), "skin", "U16") if found is None else found.astype("U16")
    names[np.isin(names, EYE_MATERIALS)] = EYE
    if not (names == EYE).any():
        for ball in eyeballs_of(model.v_template, model.faces) or ():
            names[np.isin(model.faces, ball.vertices).any(1)] = EYE
    return names


def _classes(model: FlameModel, names: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """(F,) uint8. What comes later takes from what came before."""
    missing = [name for name in REGIONS if name not in model.regions]
    if missing:
        raise DatasetError(
            f"labels.masks: expected a model with the regions {', '.join(REGIONS)}, found one without "
            f"{', '.join(missing)}; install FLAME_masks.pkl, or compute its named controls."
        )
    template, faces = model.v_template.astype(np.float64), model.faces
    found = np.full(len(faces), CLASSES["skin"], np.uint8)
    for name in ("neck", "nose", "left_ear", "right_ear"):
        found[_all_in(faces, model.regions[name])] = CLASSES[name]
    if "boundary" in model.regions:
        found[_all_in(faces, model.regions["boundary"])] = CLASSES["neck"]
    to_front = _faces_front(template, faces)
    front = to_front & (found == CLASSES["skin"])
    middles = _middles(model, template)
    for name, outline in _brows(model).items():
        found[front & _inside(middles[:, :2], outline)] = CLASSES[name]
    lips = _all_in(faces, model.regions["lips"]) | (names == "lips")
    lower = model.weights[:, JAW][faces].mean(1) > _between_lips(model, lips)
    found[lips] = np.where(lower[lips], CLASSES["bottom_lip"], CLASSES["top_lip"])
    if not (names == "lips").any():  # a lip that is drawn apart ends where it turns inwards
        found[lips & ~to_front] = CLASSES["mouth_interior"]
    found[np.isin(names, INSIDE_MOUTH)] = CLASSES["mouth_interior"]
    found[np.isin(names, ON_LIDS)] = CLASSES["skin"]
    middle = template[faces[eye]].reshape(-1, 3).mean(0)[0] if eye.any() else 0.0
    on_left = middles[:, 0] > middle
    found[eye & on_left], found[eye & ~on_left] = CLASSES["left_eye"], CLASSES["right_eye"]
    return found


def _all_in(faces: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(F,) bool: all corners are in the region, whose border then runs along edges."""
    inside = np.zeros(int(max(faces.max(), region.max(initial=0))) + 1, bool)
    inside[region] = True
    found: np.ndarray = inside[faces].all(1)
    return found


def _middles(model: FlameModel, template: np.ndarray) -> np.ndarray:
    """(F, 3): of each triangle the middle of the polygon that it is a part of, so that both halves are one thing."""
    owners = polygons_of(model.faces, model.polygons)
    if owners is None:
        return template[model.faces].mean(1)
    corners = model.polygons[owners]
    used = (corners >= 0)[..., None]
    return (template[corners] * used).sum(1) / used.sum(1)


def _between_lips(model: FlameModel, lips: np.ndarray) -> float:
    """The share of the jaw in the skinning of what lies between the lower lip and the upper one."""
    shares = model.weights[:, JAW][np.unique(model.faces[lips])]
    return float(shares.min() + shares.max()) / 2 if len(shares) else HALF


def _faces_front(template: np.ndarray, faces: np.ndarray) -> np.ndarray:
    one, two, three = (template[faces[:, corner]] for corner in range(3))
    found: np.ndarray = np.cross(two - one, three - one)[:, 2] > 0
    return found


def _brows(model: FlameModel) -> dict[str, np.ndarray]:
    """Outlines (n, 2) of the brows, seen from the front."""
    embedding = model.tool_landmarks.get("mediapipe") or model.landmarks.get("mediapipe")
    if embedding is not None and embedding.indices is not None:
        points = landmark_points(model.v_template, model.faces, embedding)[:, :2].astype(np.float64)
        rows = {number: row for row, number in enumerate(embedding.indices.tolist())}
        if all(number in rows for outline in BROWS.values() for number in outline):
            return {name: points[[rows[number] for number in outline]] for name, outline in BROWS.items()}
    embedding = model.landmarks.get("ibug")
    fixed = None if embedding is None else embedding.within_face()
    if fixed is None:
        raise DatasetError(
            "labels.masks: expected a model with landmarks round its brows, found none; install its landmarks, or "
            "compute its named controls."
        )
    points = landmark_points(model.v_template, model.faces, fixed)[:, :2].astype(np.float64)
    up = np.array([0.0, BROW_HALF_HEIGHT])
    return {name: np.concatenate([points[rows] - up, (points[rows] + up)[::-1]]) for name, rows in IBUG_BROWS.items()}


def _inside(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """(n,) bool: points (n, 2) within a closed outline (k, 2), by how often a ray to the right crosses it."""
    begin, end = outline, np.roll(outline, -1, 0)
    x, y = points[:, 0, None], points[:, 1, None]
    crosses = (begin[:, 1] > y) != (end[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = begin[:, 0] + (y - begin[:, 1]) / (end[:, 1] - begin[:, 1]) * (end[:, 0] - begin[:, 0])
    found: np.ndarray = ((crosses & (x < at)).sum(1) % 2).astype(bool)
    return found
