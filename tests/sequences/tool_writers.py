"""One function for each tool that writes a clip of random values the way that tool does."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from flame_blender.flame.params import POSE_FIELDS, VECTOR_FIELDS, FlameParams
from flame_blender.sequences import FlameSequence
from flame_blender.sequences.project_npz import save_sequence
from tests.sequences.cropped_writers import CROPPED
from tests.sequences.random_clips import FRAMES, Expected, Tool


def emoca(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    exp, pose, shape = tool.rows(50), tool.rows(6), tool.rows(100, 1)[0]
    for frame in range(FRAMES):
        (folder / f"{frame:06d}_000").mkdir()
        arrays = {"exp": exp[frame], "pose": pose[frame], "shape": shape, "tex": np.ones(50), "detail": np.ones(128)}
        for key, values in arrays.items():
            np.save(folder / f"{frame:06d}_000" / f"{key}.npy", values)
    return folder, "EMOCA", {"expression": exp, "global_rotation": pose[:, :3], "jaw": pose[:, 3:], "shape": shape}


def inferno(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    expected = {"expression": tool.rows(100), "jaw": tool.rows(3), "global_rotation": tool.rows(3)}
    shape = tool.rows(300, 1)[0]
    for frame in range(FRAMES):
        (folder / f"{frame:06d}").mkdir()
        arrays = {"exp": expected["expression"], "jawpose": expected["jaw"], "globalpose": expected["global_rotation"]}
        for key, values in arrays.items():
            np.save(folder / f"{frame:06d}" / f"{key}.npy", values[frame : frame + 1])
        np.save(folder / f"{frame:06d}" / "shape.npy", shape[None])
    return folder, "EMOCA", expected | {"shape": shape}


def emote(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    expected = {"expression": tool.rows(100), "jaw": tool.rows(3), "global_rotation": np.zeros((FRAMES, 3), "f4")}
    value = {"expression": expected["expression"], "jaw_pose": expected["jaw"]}
    value |= {"global_pose": expected["global_rotation"], "shape": tool.rows(300, 1)}
    (folder / "flame_0.pkl").write_bytes(pickle.dumps(value))
    return folder / "flame_0.pkl", "EMOTE", expected | {"shape": value["shape"][0]}


def smirk(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    keys = {"expression": "expression_params", "global_rotation": "pose_params", "jaw": "jaw_params"}
    expected = {"expression": tool.rows(50), "global_rotation": tool.rows(3), "jaw": tool.rows(3)}
    value = {key: torch.from_numpy(expected[field]) for field, key in keys.items()}
    value |= {"shape_params": torch.from_numpy(tool.rows(300)), "eyelid_params": torch.rand(FRAMES, 2)}
    value["cam"] = torch.from_numpy(np.abs(tool.rows(3)) + 1)
    torch.save(value, folder / "outputs.pt")
    expected |= {"shape": value["shape_params"].numpy(), "eyelids": value["eyelid_params"].numpy()}
    return folder / "outputs.pt", "SMIRK", expected


def mica(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    identity = tool.rows(300, 1)[0]
    np.save(folder / "identity.npy", identity)
    np.save(folder / "kpt68.npy", tool.rows(3, 68)[None])
    return folder, "MICA", {"shape": identity}


def metrical_tracker(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    jaw, eyes = tool.sixd(), (tool.sixd(), tool.sixd())
    exp, shape, lids = tool.rows(100), tool.rows(300, 1), tool.generator.uniform(0, 1, (FRAMES, 2)).astype("f4")
    turns = Rotation.from_rotvec(tool.rows(3)).as_matrix().astype("f4")
    (folder / "checkpoint").mkdir()
    for frame in range(FRAMES):
        one = slice(frame, frame + 1)
        flame = {"exp": exp[one], "shape": shape, "tex": np.zeros((1, 140)), "sh": np.zeros((1, 9, 3))}
        flame |= {"eyes": np.concatenate([eyes[0][0][one], eyes[1][0][one]], 1), "eyelids": lids[one]}
        flame["jaw"] = jaw[0][one]
        opencv = {"R": turns[one], "t": np.array([[0, 0, 1.5]], "f4")}
        opencv["K"] = np.array([[[1200, 0, 250], [0, 1200, 260], [0, 0, 1]]], "f4")
        value = {"flame": flame, "opencv": opencv, "camera": {"R": np.zeros((1, 6))}, "img_size": np.array([512, 500])}
        value |= {"frame_id": f"{frame:05d}", "global_step": frame}
        torch.save(value, folder / "checkpoint" / f"{frame:05d}.frame")
    expected = {"expression": exp, "shape": shape[0], "jaw": jaw[1], "left_eye": eyes[0][1], "right_eye": eyes[1][1]}
    return folder, "metrical-tracker", expected | {"eyelids": lids, "camera": turns}


def pixel3dmm(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    sixes = {name: tool.sixd() for name in POSE_FIELDS}
    exp, shape, place, lids = tool.rows(100), tool.rows(300, 1), tool.rows(3) * 0.1, tool.rows(2)
    view = Rotation.from_rotvec([0.1, -0.2, 0.05]).as_matrix().astype("f4")
    camera = {"R_base_0": view[None], "t_base_0": np.array([[0.01, -0.02, -1.1]], "f4")}
    camera |= {"fl": np.array([[3.9]], "f4"), "pp": np.array([[0.03, -0.02]], "f4")}
    for frame in range(FRAMES):
        one = slice(frame, frame + 1)
        flame = {"exp": exp[one], "shape": shape, "R": sixes["global_rotation"][0][one], "t": place[one]}
        flame |= {"jaw": sixes["jaw"][0][one], "neck": sixes["neck"][0][one], "eyelids": lids[one]}
        flame["eyes"] = np.concatenate([sixes["left_eye"][0][one], sixes["right_eye"][0][one]], 1)
        flame["R_rotation_matrix"] = Rotation.from_rotvec(sixes["global_rotation"][1][one]).as_matrix().astype("f4")
        value = {"flame": flame, "camera": camera, "img_size": np.array([256, 256]), "frame_id": str(frame)}
        torch.save(value | {"joint_transforms": np.eye(4)[None]}, folder / f"{frame:05d}.frame")
    expected = {name: turns for name, (_, turns) in sixes.items()}
    turned = np.diag([1.0, -1, -1]) @ view @ Rotation.from_rotvec(expected.pop("global_rotation")).as_matrix()
    expected |= {"expression": exp, "shape": shape[0], "eyelids": lids, "camera": turned}
    return folder, "pixel3dmm", expected


def neural_head_avatars(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    keys = {"global_rotation": "rotation", "neck": "neck_pose", "jaw": "jaw_pose", "translation": "translation"}
    expected = {field: tool.rows(3) for field in keys}
    eyes, expression, shape = tool.rows(6), tool.rows(100), tool.rows(300, 1)
    arrays = {key: expected[field] for field, key in keys.items()}
    arrays |= {"eyes_pose": eyes, "expr": expression, "shape": shape, "K": np.array([3.0, 0.5, 0.5])}
    arrays |= {"RT": np.eye(4)[None, :3], "n_processed": np.array(FRAMES), "image_size": np.array([512, 512])}
    np.savez(folder / "tracked_flame_params.npz", **arrays)
    expected |= {"left_eye": eyes[:, :3], "right_eye": eyes[:, 3:], "expression": expression, "shape": shape[0]}
    return folder / "tracked_flame_params.npz", "neural-head-avatars", expected


def diffposetalk(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    exp, pose, shape = tool.rows(50), tool.rows(6), np.repeat(tool.rows(100, 1), FRAMES, 0)
    np.savez_compressed(folder / "out.npz", exp=exp, pose=pose, shape=shape)
    expected = {"expression": exp, "global_rotation": pose[:, :3], "jaw": pose[:, 3:], "shape": shape[0]}
    return folder / "out.npz", "DiffPoseTalk", expected


def artalk(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    motion = tool.rows(106)
    torch.save(torch.from_numpy(motion), folder / "a_motions.pt")
    expected = {"expression": motion[:, :100], "global_rotation": motion[:, 100:103], "jaw": motion[:, 103:]}
    return folder / "a_motions.pt", "ARTalk", expected


def imavatar(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    expression, pose, shape = tool.rows(50), tool.rows(15), tool.rows(100, 1)[0]
    world = np.concatenate([np.eye(3), [[0], [0], [-4]]], 1).tolist()
    frames = [
        {
            "file_path": f"./image/{k}",
            "world_mat": world,
            "expression": expression[k].tolist(),
            "pose": pose[k].tolist(),
        }
        for k in range(FRAMES)
    ]
    value = {"frames": frames, "shape_params": shape.tolist(), "intrinsics": [-2.5, 2.5, 0.5, 0.5]}
    (folder / "flame_params.json").write_text(json.dumps(value))
    expected = {name: pose[:, 3 * k : 3 * k + 3] for k, name in enumerate(POSE_FIELDS)}
    return folder / "flame_params.json", "IMavatar", expected | {"expression": expression, "shape": shape}


def flame_head_tracker(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    exp, jaw, eyes, shape, cam = tool.rows(100), tool.rows(3), tool.rows(6), tool.rows(300, 1), tool.rows(6)
    matrix = np.array([[[1000, 0, 128], [0, 1000, 128], [0, 0, 1]]], "f4")
    for frame in range(FRAMES):
        one = slice(frame, frame + 1)
        arrays = {"shape": shape, "exp": exp[one], "head_pose": np.zeros((1, 3)), "jaw_pose": jaw[one], "K": matrix}
        arrays |= {"eye_pose": eyes[one], "cam": cam[one], "tex": np.zeros((1, 50)), "fov": np.array([14.6])}
        arrays |= {"img": np.zeros((8, 8, 3), np.uint8), "blendshape_scores": np.zeros((1, 52))}
        np.savez_compressed(folder / f"{frame}.npz", **arrays)
    place = np.tile(np.eye(4), (FRAMES, 1, 1))
    place[:, :3, :3], place[:, :3, 3] = Rotation.from_rotvec(cam[:, :3]).as_matrix(), cam[:, 3:]
    place[:, :3, 1:3] *= -1
    expected = {"expression": exp, "jaw": jaw, "left_eye": eyes[:, :3], "right_eye": eyes[:, 3:], "shape": shape[0]}
    return folder, "flame-head-tracker", expected | {"camera": np.linalg.inv(place)[:, :3, :3]}


def ringnet(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    pose, shape, expression = tool.rows(6), tool.rows(100), tool.rows(50)
    (folder / "params").mkdir()
    for frame in range(FRAMES):
        value = {"cam": np.ones(3, "f4"), "pose": pose[frame], "shape": shape[frame], "expression": expression[frame]}
        np.save(folder / "params" / f"img{frame}.npy", value, allow_pickle=True)
    expected = {"expression": expression, "shape": shape, "global_rotation": pose[:, :3], "jaw": pose[:, 3:]}
    return folder, "RingNet", expected


def photometric_optimization(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    pose, shape, expression = tool.rows(6, 1), tool.rows(100, 1), tool.rows(50, 1)
    value = {"shape": shape, "exp": expression, "pose": pose, "cam": np.ones((1, 3), "f4"), "lit": np.ones((1, 9, 3))}
    np.save(folder / "a.npy", value | {"tex": np.ones((1, 50)), "verts": np.ones((1, 50, 3))}, allow_pickle=True)
    expected = {"expression": expression, "shape": shape[0], "global_rotation": pose[:, :3], "jaw": pose[:, 3:]}
    return folder / "a.npy", "photometric_optimization", expected


def voca(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    shape, expression = tool.rows(300, 1)[0].astype(float), tool.rows(100).astype(float)
    pose = np.zeros((FRAMES, 15))
    pose[:, 6:9] = tool.rows(3)
    np.save(folder / "a.npy", {"shape": shape, "pose": pose, "expression": expression}, allow_pickle=True)
    return folder / "a.npy", "VOCA", {"shape": shape, "expression": expression, "jaw": pose[:, 6:9]}


def beat2(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    poses, expressions = tool.rows(165), tool.rows(100)
    arrays = {"betas": np.ones(300), "poses": poses, "expressions": expressions, "trans": tool.rows(3)}
    np.savez(folder / "a.npz", **arrays, model="smplx2020", gender="neutral", mocap_frame_rate=30)
    return folder / "a.npz", "SMPL-X", _of_body(poses) | {"expression": expressions}


def amass(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    poses = tool.rows(165).astype(float)
    arrays = {"poses": poses, "betas": np.ones(16), "trans": np.ones((FRAMES, 3)), "surface_model_type": "smplx"}
    np.savez(folder / "a_stageii.npz", **arrays, mocap_frame_rate=120.0, pose_jaw=poses[:, 66:69])
    return folder / "a_stageii.npz", "SMPL-X", _of_body(poses)


def _of_body(poses: np.ndarray) -> Expected:
    slots = {"neck": 45, "jaw": 66, "left_eye": 69, "right_eye": 72}
    return {name: poses[:, start : start + 3] for name, start in slots.items()} | {"shape": np.zeros(0)}


def smplifyx(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    body, expected = tool.rows(63, 1), {name: tool.rows(3, 1) for name in ("jaw", "left_eye", "right_eye")}
    value = {"camera_rotation": np.eye(3, dtype="f4")[None], "camera_translation": np.ones((1, 3), "f4")}
    value |= {"betas": np.ones((1, 10), "f4"), "global_orient": np.ones((1, 3), "f4"), "body_pose": body}
    value |= {"jaw_pose": expected["jaw"], "leye_pose": expected["left_eye"]}
    value |= {"reye_pose": expected["right_eye"], "expression": tool.rows(10, 1)}
    (folder / "000.pkl").write_bytes(pickle.dumps(value, protocol=2))
    expected |= {"neck": body[:, 42:45], "expression": value["expression"], "shape": np.zeros(0)}
    return folder / "000.pkl", "SMPL-X", expected


def expose(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    body, jaw = Rotation.from_rotvec(tool.rows(3, 21)), Rotation.from_rotvec(tool.rows(3, 1))
    arrays = {"global_orient": np.eye(3)[None], "body_pose": body.as_matrix(), "jaw_pose": jaw.as_matrix()}
    arrays |= {"betas": np.ones(10), "expression": tool.rows(10, 1)[0], "transl": np.ones(3), "fname": "a.jpg"}
    np.savez_compressed(folder / "a_params.npz", **arrays)
    expected = {"neck": body.as_rotvec()[14:15], "jaw": jaw.as_rotvec(), "shape": np.zeros(0)}
    return folder / "a_params.npz", "SMPL-X", expected | {"expression": arrays["expression"][None]}


def gif_samples(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    """Two batches, the second one smaller, ``shape`` appended twice for each: plots/generate_random_samples.py."""
    shape, exp, pose = tool.rows(100), tool.rows(50), tool.rows(6)
    batches = [slice(0, 4), slice(4, FRAMES)]
    value = {"cam": tool.rows(3), "shape": np.concatenate([shape[b] for b in batches for _ in range(2)]), "exp": exp}
    value |= {"pose": pose, "light_code": np.ones((FRAMES, 9, 3), "f4"), "texture_code": np.ones((FRAMES, 50), "f4")}
    value["identity_indices"] = np.arange(FRAMES)
    np.save(folder / "params.npy", value, allow_pickle=True)
    expected = {"shape": shape, "expression": exp, "global_rotation": pose[:, :3], "jaw": pose[:, 3:]}
    return folder / "params.npy", "GIF", expected


def gif_pictures(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    shape, exp, pose = tool.rows(100), tool.rows(50), tool.rows(6)
    value = {}
    for frame in reversed(range(FRAMES)):
        one = {"shape": shape[frame], "exp": exp[frame], "pose": pose[frame], "cam": np.ones(3, "f4")}
        value[f"{frame:05d}.pkl"] = one | {"tex": np.ones(50, "f4"), "lit": np.ones((9, 3), "f4")}
    np.save(folder / "all.npy", value, allow_pickle=True)
    expected = {"shape": shape, "expression": exp, "global_rotation": pose[:, :3], "jaw": pose[:, 3:]}
    return folder / "all.npy", "GIF", expected


def gif_old_fits(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    betas, pose, place = tool.rows(400), tool.rows(15), tool.rows(3)
    value = {
        f"{frame:05d}.pkl": {"trans": place[frame], "betas": betas[frame], "rotation": np.ones(4), "pose": pose[frame]}
        for frame in range(FRAMES)
    }
    np.save(folder / "old.npy", value, allow_pickle=True)
    expected = {name: pose[:, 3 * i : 3 * i + 3] for i, name in enumerate(POSE_FIELDS)}
    expected |= {"shape": betas[:, :300], "expression": betas[:, 300:], "translation": place}
    return folder / "old.npy", "GIF", expected


def vggheads(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    vectors = tool.rows(413)
    turns = (Rotation.from_euler("x", np.pi) * Rotation.from_rotvec(tool.rows(3))).as_matrix()
    vectors[:, 403:409] = np.concatenate([1.3 * turns[:, :, 0], turns[:, :, 1] - 0.2 * turns[:, :, 0]], 1)
    vectors[:, 409:411], vectors[:, 412] = tool.rows(2) * 50 + 320, np.abs(tool.rows(1)[:, 0]) + 1500
    np.save(folder / "heads.npy", vectors)
    expected = {"shape": vectors[:, :300], "expression": vectors[:, 300:400], "jaw": vectors[:, 400:403]}
    return folder / "heads.npy", "VGGHeads", expected | {"camera": turns}


def lam(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    """What its VGGHeadDetector returns for one picture, saved."""
    _, source, expected = vggheads(tool, folder)
    vector = torch.from_numpy(np.load(folder / "heads.npy")[0])
    (folder / "heads.npy").unlink()
    value: dict[str, Any] = {"rotation_6d": vector[403:409], "translation": vector[409:412], "scale": vector[412:]}
    value |= {"shapecode": vector[:300], "expcode": vector[300:400]}
    value |= {"posecode": torch.cat([torch.zeros(3), vector[400:403]]), "normalize": {"scale": 0.5}}
    torch.save(value, folder / "vgg.pt")
    one = {name: values[:1] for name, values in expected.items()}
    return folder / "vgg.pt", source, one | {"shape": expected["shape"][0]}


def gaussian_avatars(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    """VHAP's export_as_nerf_dataset.py of one view: the camera that stands at (0, 0, 1), moved with the head."""
    names = {"rotation": "global_rotation", "neck_pose": "neck", "jaw_pose": "jaw", "translation": "translation"}
    expected = {name: tool.rows(3) for name in (*names.values(), "left_eye", "right_eye")}
    expected |= {"expression": tool.rows(100), "shape": tool.rows(300, 1)[0]}
    (folder / "flame_param").mkdir()
    frames = []
    for frame in range(FRAMES):
        one = slice(frame, frame + 1)
        arrays = {key: expected[name][one] for key, name in names.items()}
        arrays["eyes_pose"] = np.concatenate([expected["left_eye"], expected["right_eye"]], 1)[one]
        arrays |= {"shape": expected["shape"], "expr": expected["expression"][one]}
        np.savez(folder / "flame_param" / f"{frame:05d}.npz", **arrays, static_offset=np.zeros((1, 5143, 3), "f4"))
        matrix = np.eye(4)
        matrix[:3, 3] = [0.01, -0.02, 1.03]
        lens = {"cx": 251.0, "cy": 255.5, "fl_x": 1200.0, "fl_y": 1210.0, "h": 512, "w": 500}
        frames.append({"timestep_index": frame, "camera_index": 0, **lens, "transform_matrix": matrix.tolist()})
        frames[-1] |= {"file_path": f"images/{frame:05d}_00.png", "flame_param_path": f"flame_param/{frame:05d}.npz"}
    db = {"frames": frames, **lens, "timestep_indices": list(range(FRAMES)), "camera_indices": [0]}
    (folder / "transforms.json").write_text(json.dumps(db, indent=4))
    np.savez(folder / "canonical_flame_param.npz", expr=np.zeros((1, 100)))
    return folder, "VHAP", expected | {"camera": np.diag([1.0, -1, -1])}


def vhap(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    widths = {"global_rotation": "rotation", "translation": "translation", "neck": "neck_pose", "jaw": "jaw_pose"}
    expected = {field: tool.rows(3) for field in widths} | {"expression": tool.rows(100), "shape": tool.rows(300, 1)[0]}
    expected |= {"left_eye": tool.rows(3), "right_eye": tool.rows(3)}
    arrays = {key: expected[field] for field, key in widths.items()}
    eyes = np.concatenate([expected["left_eye"], expected["right_eye"]], 1)
    arrays |= {"expr": expected["expression"], "shape": expected["shape"], "eyes_pose": eyes}
    np.savez(folder / "tracked_flame_params_30.npz", **arrays, static_offset=np.zeros((1, 5143, 3), np.float32))
    return folder / "tracked_flame_params_30.npz", "VHAP", expected


def deca(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    exp, pose, shape = tool.rows(50), tool.rows(6), tool.rows(100, 1)
    cam = np.abs(tool.rows(3)) + 8
    frames = [
        {"shape": shape, "exp": exp[i : i + 1], "pose": pose[i : i + 1], "cam": cam[i : i + 1], "tex": np.ones((1, 50))}
        for i in range(FRAMES)
    ]
    (folder / "codes.pkl").write_bytes(pickle.dumps(frames))
    return (
        folder / "codes.pkl",
        "DECA",
        {"expression": exp, "global_rotation": pose[:, :3], "jaw": pose[:, 3:], "shape": shape[0]},
    )


def spectre(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    code = {"shape": np.repeat(tool.rows(100, 1), FRAMES, 0), "exp": tool.rows(50), "pose": tool.rows(6)}
    code |= {"cam": np.abs(tool.rows(3)) + 8, "tex": tool.rows(50), "light": np.ones((FRAMES, 9, 3), np.float32)}
    torch.save({key: torch.from_numpy(value) for key, value in code.items()}, folder / "codedict.pth")
    expected = {"expression": code["exp"], "global_rotation": code["pose"][:, :3], "jaw": code["pose"][:, 3:]}
    return folder / "codedict.pth", "DECA", expected | {"shape": code["shape"][0]}


def usual_names(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    fields = {name: tool.rows(3) for name in ("global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation")}
    pose = np.concatenate([fields[name] for name in POSE_FIELDS], 1)
    expression, shape = tool.rows(30), tool.rows(40, 1)[0]
    value = {"betas": shape.tolist(), "expression": expression.tolist(), "pose": pose.tolist()}
    (folder / "clip.json").write_text(json.dumps(value | {"translation": fields["translation"].tolist(), "fps": 24}))
    return folder / "clip.json", "plain arrays", fields | {"expression": expression, "shape": shape}


def this_add_on(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    fields = {name: tool.rows(3) for name in VECTOR_FIELDS} | {"expression": tool.rows(100), "shape": tool.rows(300)}
    save_sequence(FlameSequence(FlameParams(**fields), fps=50, source="a test"), folder / "own.npz")
    return folder / "own.npz", "a test", fields


TOOLS: tuple[Callable[[Tool, Path], tuple[Path, str, Expected]], ...] = (
    emoca, inferno, emote, smirk, mica, metrical_tracker, pixel3dmm, neural_head_avatars, diffposetalk, artalk,
    imavatar, flame_head_tracker, ringnet, photometric_optimization, voca, beat2, amass, smplifyx, expose,
    gif_samples, gif_pictures, gif_old_fits, vggheads, lam, gaussian_avatars, vhap, deca, spectre, usual_names,
    this_add_on, *CROPPED,
)  # fmt: skip
