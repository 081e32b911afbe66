"""Samples of several pictures: cameras round one head, frames of a moving one, and the flow between them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.datasets.contact_sheet import contact_sheet
from flame_blender.datasets.data_folder import begin_folder
from flame_blender.datasets.finishing import finishing
from flame_blender.datasets.from_files.source_folders import Listing, listed
from flame_blender.datasets.labels.flow import HIDDEN, NOTHING, OUTSIDE, SEEN, flow_map, hidden_pixels
from flame_blender.datasets.labels.label_maps import seen_triangles
from flame_blender.datasets.recipe import Recipe
from flame_blender.datasets.recipe_files import load_recipe, read_written
from flame_blender.datasets.sample import check_models, drawn_sample, drawn_values
from flame_blender.datasets.sample_files import kinds_of, sample_files
from flame_blender.datasets.scenery.occluders import Thing
from flame_blender.datasets.shards import shard_file, shard_path
from flame_blender.datasets.shots.sampler import Sampler
from flame_blender.datasets.views import camera_points
from flame_blender.errors import DatasetError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.long_work import result_of
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from tests.datasets.made_sets import MADE_WITH, picture_of
from tests.datasets.recipes import TOP, recipe
from tests.datasets.test_labels import cast, rays_of, straight

NAME, FRAMES = "Built-in Head", 4
FACE = (
    "[image]\nwidth = 40\nheight = 40\n[identity]\nstrength = 1\n[expression]\nface = 'Joy'\n[pose]\nyaw = 20\n"
    "jaw = 8\n[camera]\nfill = 0.9\n"
)
MOVING = FACE + f"[clip]\nframes = {FRAMES}\nyaw = 30\npitch = 10\n"


def test_a_sample_of_one_picture_is_as_it_was(built_in: FlameModel):
    found = recipe(FACE)
    (posed,) = Sampler(found, {NAME: built_in}).shots(3)
    sample = drawn_sample(found, {NAME: built_in}, 3)
    assert np.array_equal(posed.sample.params.expression, sample.params.expression)
    assert np.array_equal(posed.sample.params.global_rotation, sample.params.global_rotation)
    assert posed.sample.values == drawn_values(found, 3) and kinds_of(found)[:3] == ("json", "npz", "png")
    assert posed.before is None and posed.after is None and posed.blurred is None


def test_without_a_clip_the_face_goes_from_rest_to_the_drawn_one(built_in: FlameModel):
    shots = Sampler(recipe(MOVING), {NAME: built_in}).shots(0)
    assert [posed.shot.frame for posed in shots] == list(range(FRAMES))
    still = drawn_sample(recipe(FACE), {NAME: built_in}, 0).params
    assert not shots[0].sample.params.expression.any() and not shots[0].sample.params.jaw.any()
    assert np.allclose(shots[-1].sample.params.expression, still.expression, atol=1e-6)
    assert np.allclose(shots[-1].sample.params.jaw, still.jaw, atol=1e-6)
    strength = [float(np.abs(posed.sample.params.expression).sum()) for posed in shots]
    assert strength == sorted(strength)
    for posed in shots:
        turn = Rotation.from_rotvec(posed.sample.params.global_rotation)
        share = posed.shot.frame / (FRAMES - 1)
        expected = Rotation.from_euler("Y", 20, degrees=True) * Rotation.from_euler(
            "YX", [30 * share, -10 * share], degrees=True
        )
        assert (turn.inv() * expected).magnitude() < 1e-5
        assert np.array_equal(posed.sample.params.shape, still.shape)
        assert np.array_equal(posed.camera.rotation, shots[0].camera.rotation), "the camera stands still"


@pytest.fixture
def clips(tmp_path: Path, face_like: FlameModel) -> tuple[Recipe, Listing, FlameSequence]:
    """A recipe of two frames, each the second one of a clip of nine."""
    rng = np.random.default_rng(0)
    params = FlameParams(
        expression=rng.normal(size=(9, 12)), jaw=rng.uniform(0, 0.2, (9, 3)), neck=rng.normal(size=(9, 3)) / 10,
        global_rotation=rng.normal(size=(9, 3)), translation=rng.normal(size=(9, 3)),
        left_eye=rng.normal(size=(9, 3)) / 9,
    )  # fmt: skip
    clip = FlameSequence(params)
    (tmp_path / "clips").mkdir()
    save_sequence(clip, tmp_path / "clips" / "one.npz")
    text = "[identity]\nstrength = 1\n[pose]\nyaw = 25\n[clip]\nfolder = 'clips'\nframes = 3\nevery = 2\n"
    (tmp_path / "set.toml").write_text(TOP + text)
    found = load_recipe(tmp_path / "set.toml")
    return found, listed(found), clip


def test_frames_are_those_of_a_clip(clips: tuple[Recipe, Listing, FlameSequence], face_like: FlameModel):
    found, listing, clip = clips
    begins = set()
    for index in range(12):
        shots = Sampler(found, {NAME: face_like}, listing).shots(index)
        at = [int(np.abs(clip.values("jaw") - posed.sample.params.jaw).sum(1).argmin()) for posed in shots]
        begins.add(at[0])
        assert np.diff(at).tolist() == [2, 2] and shots[0].sample.files["clip"].name == "one.npz"
        stands = clip.frame(at[1])
        for posed, frame in zip(shots, at, strict=True):
            params, shown = posed.sample.params, clip.frame(frame)
            assert np.allclose(params.expression[:12], shown.expression) and not params.expression[12:].any()
            assert np.allclose(params.neck, shown.neck, atol=1e-6)
            first = Rotation.from_euler("Y", 25, degrees=True) * Rotation.from_rotvec(stands.global_rotation).inv()
            turn = first * Rotation.from_rotvec(shown.global_rotation)
            assert (Rotation.from_rotvec(params.global_rotation).inv() * turn).magnitude() < 1e-5
            assert np.allclose(params.translation, first.apply(shown.translation - stands.translation), atol=1e-5)
            assert np.array_equal(params.shape, shots[0].sample.params.shape)
    assert begins == set(range(5))


def test_clips_of_scores_are_shown_by_the_models_controls(built_in: FlameModel, tmp_path: Path):
    """A table as Live Link Face writes it: names of scores, a row for each frame."""
    rng = np.random.default_rng(2)
    names = ["jawOpen", "mouthSmileLeft", "eyeBlinkRight", "browInnerUp"]
    rows = rng.uniform(0, 1, (6, 4)).round(4)
    lines = ["Timecode,BlendShapeCount," + ",".join(name[0].upper() + name[1:] for name in names)]
    lines += [f"00:00:00:{row:02d}.000,52," + ",".join(map(str, values)) for row, values in enumerate(rows.tolist())]
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "take.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "set.toml").write_text(TOP + "[clip]\nfolder = 'clips'\nframes = 6\n")
    found = load_recipe(tmp_path / "set.toml")
    directions = [each.name for each in built_in.expression_directions]
    for posed, values in zip(Sampler(found, {NAME: built_in}, listed(found)).shots(0), rows, strict=True):
        expected = built_in.controls.fields(built_in.controls.scores(dict(zip(names, values.tolist(), strict=True))))
        assert np.allclose(posed.sample.params.expression, expected["expression"], atol=1e-6)
        assert posed.sample.params.expression[directions.index("mouthSmileLeft")] == pytest.approx(values[1], abs=1e-5)
        assert np.allclose(posed.sample.params.jaw, expected["jaw"], atol=1e-6)


def test_clips_that_do_not_fit_are_told(
    clips: tuple[Recipe, Listing, FlameSequence], face_like: FlameModel, built_in: FlameModel, tmp_path: Path
):
    found, listing, clip = clips
    with pytest.raises(
        DatasetError, match=r"one\.npz: expected a clip in the coefficients of the samples' model \(built"
    ):
        Sampler(found, {NAME: built_in}, listing).shots(0)
    save_sequence(clip[:4], tmp_path / "clips" / "one.npz")
    with pytest.raises(DatasetError, match=r"one\.npz: expected at least 5 frames, found 4"):
        Sampler(found, {NAME: face_like}, listing).shots(0)
    (tmp_path / "clips" / "one.npz").write_bytes(b"PK no clip")
    with pytest.raises(DatasetError, match=r"^clip\.folder: .*one\.npz"):
        Sampler(found, {NAME: face_like}, listing).shots(0)


def test_clips_of_another_release_are_refused(
    clips: tuple[Recipe, Listing, FlameSequence], face_like: FlameModel, tmp_path: Path
):
    """Where both tell theirs: FLAME 2019 and 2020 are one space, the others are not."""
    found, listing, clip = clips
    ours, others = [replace(face_like, release=each) for each in ("FLAME 2019/2020", "FLAME 2023 Open")]
    save_sequence(replace(clip, release="FLAME 2020"), tmp_path / "clips" / "one.npz")
    for model in (ours, face_like):
        assert len(Sampler(found, {NAME: model}, listing).shots(0)) == 3
    told = (
        r"^clip\.folder: .*one\.npz: expected a clip in the coefficients of the samples' model \(FLAME 2023 Open\), "
        r"found one in FLAME 2020; convert it to the model first\.$"
    )
    with pytest.raises(DatasetError, match=told):
        Sampler(found, {NAME: others}, listing).shots(0)
    save_sequence(clip, tmp_path / "clips" / "one.npz")  # which does not tell
    assert len(Sampler(found, {NAME: others}, listing).shots(0)) == 3


def test_cameras_stand_round_one_head_and_vary_by_themselves(built_in: FlameModel):
    text = FACE + "views = 3\nspread = 90\nyaw = {uniform = [-5, 5]}\nfocal = {uniform = [50, 80]}\n"
    found = recipe(text)
    shots = Sampler(found, {NAME: built_in}).shots(2)
    assert [posed.shot.view for posed in shots] == [0, 1, 2]
    assert all(np.array_equal(posed.vertices, shots[0].vertices) for posed in shots)
    yaws = [float(posed.sample.values["camera"]["yaw"] or 0.0) for posed in shots]
    assert all(abs(yaw - middle) <= 5 for yaw, middle in zip(yaws, (-45, 0, 45), strict=True))
    assert len({posed.sample.values["camera"]["focal"] for posed in shots}) == 3
    alone = drawn_values(recipe(text.replace("views = 3\n", "")), 2)["camera"]
    assert (
        yaws[0] + 45 == pytest.approx(float(alone["yaw"] or 0.0))
        and shots[0].sample.values["camera"]["focal"] == alone["focal"]
    )
    assert sorted(float(-(posed.camera.rotation.T @ posed.camera.translation)[0]) for posed in shots) == [
        float(-(posed.camera.rotation.T @ posed.camera.translation)[0]) for posed in shots
    ], "from the subject's right to its left"


def test_flow_is_where_the_same_point_was_and_will_be(built_in: FlameModel):
    """Against rays, and the head evaluated anew by its parameters at the other frame: within a twentieth of a pixel."""
    found = recipe(MOVING + "[labels]\nmaps = ['flow', 'depth']\n")
    shots = Sampler(found, {NAME: built_in}).shots(0)
    evaluator, now = FlameEvaluator(built_in), shots[1]
    files = sample_files(found, now, picture_of(found, 0), MADE_WITH)
    maps = np.load(io.BytesIO(files["f001.maps.npz"]))
    assert sorted(maps) == ["depth", "flow_backward", "flow_backward_state", "flow_forward", "flow_forward_state"]
    kept = ~now.surface.clear
    faces, here = built_in.faces[kept], evaluator.vertices(now.sample.params).astype(np.float64)
    origin, rays = rays_of(now.camera)
    hit, distance = cast(origin, rays, here[faces])
    pixels = np.flatnonzero(hit >= 0)
    assert len(pixels) > 300
    points = origin + rays[pixels] * distance[pixels, None]
    a, b, c = (here[faces[hit[pixels]]][:, k] for k in range(3))
    whole = np.cross(b - a, c - a)
    weights = np.stack(
        [(np.cross(one - points, other - points) * whole).sum(1) for one, other in ((b, c), (c, a), (a, b))], 1
    )
    weights /= (whole * whole).sum(1, keepdims=True)
    for name, other in (("flow_forward", shots[2]), ("flow_backward", shots[0])):
        there = evaluator.vertices(other.sample.params).astype(np.float64)
        moved = np.einsum("nc,nck->nk", weights, there[faces[hit[pixels]]])
        target = now.camera.project(moved)
        rows, columns = np.divmod(pixels, 40)
        flow, state = maps[name], maps[f"{name}_state"]
        off = np.abs(flow[rows, columns] - (target - np.stack([columns, rows], 1) - 0.5)).max(1)
        assert np.median(off) < 1e-3 and (off < 0.05).mean() > 0.995
        assert np.abs(flow).max() > 1.5 and flow.dtype == np.float32
        empty = np.ones((40, 40), bool)
        empty.ravel()[pixels] = False
        assert (state[empty] == NOTHING).mean() > 0.99 and not flow[state == NOTHING].any()
        seen, depth = cast(origin, moved - origin, there[faces])
        hidden = (seen >= 0) & ((1 - depth) * np.linalg.norm(moved - origin, axis=1) > 1e-4)
        inside = ((target >= 0) & (target < 40)).all(1)
        expected = np.where(~inside, OUTSIDE, np.where(hidden, HIDDEN, SEEN))
        assert (state[rows, columns] == expected).mean() > 0.99
        assert {SEEN, HIDDEN} <= set(state.ravel().tolist())
    assert "flow_backward" not in np.load(
        io.BytesIO(sample_files(found, shots[0], picture_of(found, 0), {})["f000.maps.npz"])
    )


def test_points_are_hidden_as_rays_tell(built_in: FlameModel):
    (posed,) = Sampler(recipe(FACE), {NAME: built_in}).shots(1)
    rng = np.random.default_rng(3)
    points = (
        built_in.v_template[rng.permutation(built_in.n_vertices)[:400]].astype(np.float64) * 0
        + posed.vertices[rng.permutation(built_in.n_vertices)[:400]]
    )
    seen, placed = (camera_points(posed.camera, each) for each in (points, posed.vertices))
    pixels = posed.camera.project(points)
    inside = ((pixels >= 0) & (pixels < 40)).all(1)
    found = hidden_pixels(posed.camera, seen[inside], placed, built_in.faces)
    origin = -posed.camera.rotation.T @ posed.camera.translation
    _, share = cast(origin, points[inside] - origin, posed.vertices[built_in.faces].astype(np.float64))
    expected = (1 - share) * np.linalg.norm(points[inside] - origin, axis=1) > 1e-4
    assert np.array_equal(found, expected) and 20 < found.sum() < inside.sum() - 20


def test_flow_of_a_shift_is_everywhere_the_same():
    corners = np.array([[-2, -2, 0], [2, -2, 0], [2, 2, 0], [-2, 2, 0]], float)
    faces, camera = np.array([[0, 1, 2], [0, 2, 3]]), straight()
    seen = seen_triangles(camera, corners, faces)
    flow, state = flow_map(seen, camera, corners + np.array([0.3, 0.1, 0]), faces, np.zeros(2, bool))
    assert np.allclose(flow, [6, -2], atol=1e-5), "20 pixels to the metre; down is positive"
    assert (state[:, 34:] == OUTSIDE).all() and (state[:2] == OUTSIDE).all() and (state[3:, :34] == SEEN).all()


def test_shards_of_several_pictures_are_finished_and_looked_at(built_in: FlameModel, tmp_path: Path):
    text = (
        FACE.replace("[camera]\n", "[camera]\nviews = 2\n")
        + "[clip]\nframes = 2\n[labels]\nmaps = ['flow']\nalbedo = true\n"
    )
    found = recipe(text, 'name = "two"\nseed = 3\ncount = 2\nshard_size = 1\n')
    assert read_written(found.written(), "recipe.json").shots == found.shots and found.hash != recipe(FACE).hash
    kinds = kinds_of(found)
    assert len(kinds) == 28 and kinds[:4] == ("v0.f000.json", "v0.f000.npz", "v0.f000.png", "v0.f000.albedo.png")
    begin_folder(tmp_path, found)
    sampler = Sampler(found, {NAME: built_in})
    for shard in range(2):
        with shard_file(shard_path(tmp_path, "two", shard)) as writer:
            files: dict[str, bytes] = {}
            for posed in sampler.shots(shard):
                files |= sample_files(found, posed, picture_of(found, shard), MADE_WITH, picture_of(found, 9))
            assert tuple(files) == kinds
            writer.add(shard, files)
    assert result_of(finishing(tmp_path)).n_samples == 2
    coco = json.loads((tmp_path / "coco_ibug.json").read_text())
    assert [each["id"] for each in coco["images"]] == list(range(8))
    assert coco["images"][5]["file_name"] == "000000001.v0.f001.png"
    assert (contact_sheet(tmp_path).shape[1] % 160, contact_sheet(tmp_path).shape[0] % 120) == (0, 0)
    assert (
        "2 samples" in (tmp_path / "DATA_CARD.md").read_text()
        or "2 rendered" in (tmp_path / "DATA_CARD.md").read_text()
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[camera]\nviews = 0\n", r"camera\.views \(line 6\): expected a whole number from 1 to 1000, found 0"),
        ("[clip]\nframes = 1.5\n", r"clip\.frames \(line 6\)"),
        ("[camera]\nviews = 50\n[clip]\nframes = 50\n", "at most 1000 pictures of a sample"),
        ("[labels]\nalbedo = 1\n", r"labels\.albedo \(line 6\): expected true or false"),
        ("[clip]\nframe = 3\n", "did you mean 'frames'"),
        ("[labels]\nmaps = ['flow']\n", r"labels\.maps \(line 6\): expected 'flow' with clip\.frames of at least 2"),
    ],
)
def test_counts_are_checked(text: str, told: str):
    with pytest.raises(DatasetError, match=told):
        recipe(text)


def test_blur_needs_something_that_moves(built_in: FlameModel):
    with pytest.raises(DatasetError, match=r"camera\.motion_blur: expected clip\.frames of at least 2"):
        check_models(recipe("[camera]\nmotion_blur = 0.5\n"), {NAME: built_in})
    check_models(recipe("[camera]\nmotion_blur = 0.5\n[clip]\nframes = 2\n"), {NAME: built_in})


def test_the_shutter_opens_and_closes_half_way_to_the_frames_beside(built_in: FlameModel):
    text = MOVING.replace("fill = 0.9\n", "fill = 0.9\nmotion_blur = 1.0\n")
    shots = Sampler(recipe(text), {NAME: built_in}).shots(0)
    for number in (1, 2):
        assert shots[number].blurred is not None
        for end, other in zip(shots[number].blurred, (shots[number - 1], shots[number + 1]), strict=True):
            assert np.allclose(end, (shots[number].vertices + other.vertices) / 2, atol=1e-6)
    plain = Sampler(recipe(MOVING), {NAME: built_in}).shots(0)
    assert all(np.array_equal(one.vertices, other.vertices) for one, other in zip(shots, plain, strict=True))


def test_a_thing_stands_where_its_values_say(built_in: FlameModel, tmp_path: Path):
    """A point 1 cm to the right and 2 cm up, twice as large, turned a quarter: 4 cm to the left and 2 cm up."""
    text = FACE.replace("fill = 0.9\n", "fill = 0.9\nviews = 2\nspread = 40\n")
    values = "folder = 'things'\nx = 0.03\ny = 0.05\ndistance = 0.1\nturn = 90\nsize = 2\n"
    found = recipe(f"{text}[occluder]\n{values}")
    corners = np.array([[0.01, 0, 0.02], [0, 0, 0], [0, 0.01, 0]], np.float32)
    thing = Thing(corners, np.array([[0, 1, 2]]), np.array([16], np.uint8), np.array([11], np.uint8))
    listing = Listing({("occluder", "things"): {"a.blend": 1}}, tmp_path)
    one, other = Sampler(found, {NAME: built_in}, listing, things={tmp_path / "things" / "a.blend": thing}).shots(0)
    (solid,) = one.others
    assert one.focus is not None and np.array_equal(solid.vertices, other.others[0].vertices), (
        "the same for all cameras"
    )
    placed = camera_points(one.camera, solid.vertices) - camera_points(one.camera, one.focus[None])
    assert np.allclose(placed, [[-0.01, 0.03, -0.1], [0.03, 0.05, -0.1], [0.03, 0.05, -0.08]], atol=1e-6)
    assert one.sample.files["occluder"].name == "a.blend" and one.n_head == len(built_in.faces)
