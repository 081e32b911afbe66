"""Photos laid on heads that are not quite those that were photographed: the texture is skin all over all the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera
from flame_blender.textures.photo_texture import Doubt, filled, project_photo
from flame_blender.textures.skin_colours import face_vertices, foreign_pixels
from flame_blender.textures.texels import Texels, texels_of
from tests.textures.painted_heads import camera_at, photographed, places, rendered

SIZE = 256
SIDE = 420  # pixels of the photo
TONES = {"pale": (0.85, 0.68, 0.60), "brown": (0.62, 0.42, 0.32), "dark": (0.33, 0.22, 0.17)}
HUE = 0.25  # of the logarithm of red or blue over green: the paint varies by 0.03, the walls are off by 0.6 and more
DARKEST = 0.4 * 0.6  # of the tone: the paint itself goes down to 0.58 of it


def noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Another colour in each pixel."""
    return rng.random(shape)


def one_colour(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A green, blue or violet wall, lit from a side."""
    wall = np.array([(0.1, 0.6, 0.2), (0.2, 0.3, 0.8), (0.6, 0.2, 0.7)])[rng.integers(3)]
    return wall * np.linspace(0.4, 1.0, shape[1])[:, None] * np.ones(shape)


BACKGROUNDS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "black": lambda _rng, shape: np.zeros(shape),
    "white": lambda _rng, shape: np.ones(shape),
    "wall": one_colour,
    "noise": noise,
}


@pytest.fixture(scope="module", params=["built-in", "FLAME file"])
def model(request: pytest.FixtureRequest, built_in: FlameModel) -> FlameModel:
    """Either kind of head, with UVs and landmarks."""
    return built_in if request.param == "built-in" else request.getfixturevalue("face_like")


@pytest.fixture(scope="module")
def texels(model: FlameModel) -> Texels:
    """Of the skin: of the built-in head by its materials, of the other all that is no eyeball."""
    if model.display is not None and model.display.polygon_materials is not None:
        return texels_of(model, SIZE, ("skin", "lips"))
    return texels_of(model, SIZE)


@pytest.fixture(scope="module")
def face(model: FlameModel) -> np.ndarray:
    """(V,) bool: near the landmarks of brows, eyes, nose and mouth."""
    return face_vertices(model.v_template, landmark_points(model.v_template, model.faces, model.landmarks["ibug"])[17:])


def person(model: FlameModel, rng: np.random.Generator) -> FlameParams:
    """Somebody with the mouth a little open."""
    turns = {name: rng.normal(0, 0.08, 3) for name in ("global_rotation", "neck")}
    return FlameParams(shape=rng.normal(0, 0.8, model.n_identity), jaw=[rng.uniform(0.05, 0.2), 0, 0], **turns)


def off_by(model: FlameModel, params: FlameParams, millimetres: float, rng: np.random.Generator) -> np.ndarray:
    """(V, 3) metres: what a fit may make of the person, somebody else whose vertices are off by so much on average."""
    evaluator = FlameEvaluator(model)
    true = evaluator.vertices(params)
    other = rng.normal(size=model.n_identity)
    for _ in range(3):
        wrong = evaluator.vertices(FlameParams(**{**vars(params), "shape": params.shape + other}))
        other *= millimetres / (1000 * np.linalg.norm(wrong - true, axis=1).mean())
    return wrong.astype(np.float64)


def photo_of(
    model: FlameModel, texels: Texels, vertices: np.ndarray, tone: np.ndarray, camera: Camera
) -> tuple[np.ndarray, np.ndarray]:
    """The photo (H, W, 3) of the skin, shaded and a little blotchy, the mouth black inside; and where the head is."""
    skin = {tuple(row) for row in texels.faces.tolist()}
    balls = np.concatenate([ball.vertices for ball in eyeballs_of(model.v_template, model.faces) or ()])
    inside = np.array([tuple(row) not in skin for row in texels.drawn.tolist()])
    inside &= ~np.isin(texels.drawn, balls).all(1)
    places_of = model.v_template[texels.drawn].astype(np.float64)

    def paint(triangles: np.ndarray, weights: np.ndarray) -> np.ndarray:
        x, y, z = places(places_of, triangles, weights).T
        shading = 0.8 + 0.2 * np.sin(25 * x + 15 * z)
        blotches = np.exp(0.03 * np.stack([np.sin(150 * y), np.zeros(len(x)), np.sin(120 * x)], 1))
        colours = tone * shading[:, None] * blotches
        colours[inside[triangles]] = 0.0
        return colours

    triangles, weights = rendered(vertices, texels.drawn, camera)
    return photographed(triangles, weights, paint), triangles >= 0


@pytest.mark.parametrize("seed", range(2))
def test_every_texel_is_skin(model: FlameModel, texels: Texels, face: np.ndarray, seed: int) -> None:
    """Vertices off by 3 to 7 mm, the camera by some pixels, any background: neither black nor the background's hue."""
    rng = np.random.default_rng([seed, 5])
    params, tone = person(model, rng), np.array(list(TONES.values())[seed % 3])
    camera = camera_at(rng.uniform(-45, 45), rng.uniform(-10, 10), SIDE, SIDE)
    head = off_by(model, params, rng.uniform(3, 7), rng)
    aside = rng.normal(size=3) * 3 * 0.34 / SIDE  # three pixels
    photo, is_head = photo_of(model, texels, FlameEvaluator(model).vertices(params) + aside, tone, camera)
    for name, background in list(BACKGROUNDS.items())[seed::2]:  # of either model all of them
        whole = np.where(is_head[..., None], photo, background(rng, photo.shape)).astype(np.float32)
        result = project_photo(texels, head, camera, whole, Doubt(0.002, face))
        assert result.seen.ravel()[texels.used].mean() > 0.08, name  # it is no empty texture that passes
        for how in ("MIRROR", "BLUR"):
            colours = filled(result, how)[..., :3].reshape(-1, 3)[texels.used]
            assert colours.max(1).min() > DARKEST * tone.max(), (name, how)
            hue = np.log(colours[:, [0, 2]] + 0.02) - np.log(colours[:, [1]] + 0.02)
            usual = np.log(tone[[0, 2]] + 0.02) - np.log(tone[1] + 0.02)
            assert np.abs(hue - usual).max() < HUE, (name, how)


def test_without_doubt_the_background_does_come(model: FlameModel, texels: Texels) -> None:
    """The same misfit taken at its word: the test above can fail."""
    rng = np.random.default_rng(4)
    params, tone = person(model, rng), np.array(TONES["pale"])
    camera = camera_at(30, 0, SIDE, SIDE)
    head = off_by(model, params, 12, rng)
    photo, _ = photo_of(model, texels, FlameEvaluator(model).vertices(params), tone, camera)
    colours = filled(project_photo(texels, head, camera, photo), "MIRROR")[..., :3].reshape(-1, 3)[texels.used]
    assert colours.max(1).min() < DARKEST * tone.max()


def test_what_nobody_saw_takes_the_skins_tone(model: FlameModel, texels: Texels, face: np.ndarray) -> None:
    """The back of a head that was seen from the front, far from its shadows; a lit and a dark side make no stripes."""
    tone = np.array(TONES["brown"])
    camera = camera_at(0, 0, SIDE, SIDE)
    vertices = model.v_template.astype(np.float64)
    photo, is_head = photo_of(model, texels, vertices, tone, camera)
    photo[is_head] *= np.linspace(1.3, 0.5, SIDE)[None, :, None].repeat(SIDE, 0)[is_head]
    result = project_photo(texels, vertices, camera, photo, Doubt(0.002, face))
    places_of = texels.points(vertices)
    back = places_of[:, 2] < np.percentile(places_of[:, 2], 10)
    colours = filled(result, "BLUR")[..., :3].reshape(-1, 3)[texels.used][back]
    assert np.abs(colours - result.tone).max() < 0.25 * result.tone.max()
    assert np.abs(np.median(colours, 0) - result.tone).max() < 0.03


# ---- what is foreign


def test_brows_and_lips_are_of_the_face_and_holes_are_not() -> None:
    """In the face dark and red colours stay, black does not; beside it only the skin's own hue does."""
    picture = np.full((80, 80, 3), (0.1, 0.2, 0.9))
    head, face = np.zeros((2, 80, 80), bool)
    head[5:75, 5:75], face[20:60, 20:60] = True, True
    picture[head] = (0.8, 0.6, 0.5)
    picture[30:33, 30:40], picture[45:48, 35:45], picture[40:42, 36:38] = (0.25, 0.18, 0.15), (0.7, 0.3, 0.3), 0.01
    picture[10:14, 10:14] = (0.25, 0.18, 0.15)  # hair on the scalp
    picture[70:73, 30:40] = (0.7, 0.3, 0.3)  # a collar
    found = foreign_pixels(picture, face, head, 4)
    assert not found[30:33, 30:40].any() and not found[45:48, 35:45].any()
    assert found[40:42, 36:38].all() and found[10:14, 10:14].all() and found[70:73, 30:40].all()
    assert found[~head].all() and not found[20:28, 20:60].any()


def test_a_face_of_a_few_pixels_tells_nothing() -> None:
    """Then all is taken as the fit has it."""
    face = np.zeros((40, 40), bool)
    face[20, 20:25] = True
    assert not foreign_pixels(np.random.default_rng(0).random((40, 40, 3)), face, face, 2).any()


def test_vertices_near_landmarks_are_face(model: FlameModel) -> None:
    """All within 3 cm and no others; none without landmarks."""
    points = model.v_template[:3]
    distances = np.linalg.norm(model.v_template[:, None] - points, axis=2).min(1)
    np.testing.assert_array_equal(face_vertices(model.v_template, points), distances < 0.03)
    assert not face_vertices(model.v_template, np.zeros((0, 3))).any()
