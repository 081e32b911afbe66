"""Avatars written as LAM and SplattingAvatar write them: of a head's mesh and splats by chance."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.splats.made_up import columns_of, random_splats, write_ply


def subdivided(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """As PyTorch3D's SubdivideMeshes: its edges are unique by V * smaller + larger, in that order."""
    hashes = {
        len(vertices) * min(a, b) + max(a, b)
        for face in faces.tolist()
        for a, b in zip(face, [*face[1:], face[0]], strict=True)
    }
    pairs = [divmod(each, len(vertices)) for each in sorted(hashes)]
    return np.concatenate([vertices, [(vertices[a] + vertices[b]) / 2 for a, b in pairs]])


def write_glb(path: Path, *meshes: np.ndarray) -> Path:
    """A primitive with positions for each mesh, its bytes behind some padding."""
    told: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "buffers": [],
        "bufferViews": [],
        "accessors": [],
        "meshes": [],
    }
    binary = b""
    for mesh in meshes:
        begin, array = len(binary) + 8, np.ascontiguousarray(mesh, "<f4")
        binary += bytes(8) + array.tobytes()
        told["bufferViews"].append({"buffer": 0, "byteOffset": begin, "byteLength": array.nbytes})
        told["accessors"].append(
            {"bufferView": len(told["accessors"]), "componentType": 5126, "count": len(mesh), "type": "VEC3"}
        )
        told["meshes"].append({"primitives": [{"attributes": {"POSITION": len(told["accessors"]) - 1}}]})
    told["buffers"].append({"byteLength": len(binary)})
    text = json.dumps(told).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return path


def write_lam(
    folder: Path, person: np.ndarray, faces: np.ndarray, *, sense: bool = True, scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """The three files; the places (N, 3) of the splats in FLAME's axes, and their colours (N, 3)."""
    rng, whole = np.random.default_rng(6), subdivided(person, faces)
    splats = random_splats(len(whole), 0, seed=6)
    offsets = rng.normal(0, 2e-3, (len(whole), 3)).astype(np.float32)
    colours = rng.uniform(0, 1, (len(whole), 3)).astype(np.float32)
    columns = dict(columns_of(splats))
    columns |= {axis: offsets[:, number] for number, axis in enumerate("xyz")}
    columns |= {f"f_dc_{number}": colours[:, number] for number in range(3)}
    columns |= {f"scale_{number}": np.log(1e-3 * splats.scales[:, number]) for number in range(3)}
    folder.mkdir(parents=True, exist_ok=True)
    write_ply(folder / "offset.ply", list(columns.items()))
    order = rng.permutation(len(whole))
    skin = whole[np.argsort(order)] if sense else whole[order]
    skin = scale * np.stack([skin[:, 0], -skin[:, 2], skin[:, 1]], 1)  # Z up, as FBX may have it
    write_glb(folder / "skin.glb", np.zeros((4, 3)), skin)
    (folder / "vertex_order.json").write_text(json.dumps(order.tolist()))
    return whole + offsets, colours


def zipped(folder: Path, path: Path) -> Path:
    """The folder with its name as LAM's demo packs it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.iterdir()):
            archive.write(each, f"{folder.name}/{each.name}")
        archive.writestr(f"{folder.name}/animation.glb", b"not read")
    return path


def write_embedded(folder: Path, mesh: np.ndarray, faces: np.ndarray, count: int = 400) -> np.ndarray:
    """A checkpoint of SplattingAvatar on a mesh; the places (N, 3) of its splats about it, with their triangles."""
    rng, splats = np.random.default_rng(9), random_splats(count, 0, len(faces), 9)
    bary = rng.dirichlet(np.ones(3), count)
    centres = np.einsum("nk,nka->na", bary, mesh[faces[splats.triangles]]) + rng.normal(0, 1e-3, (count, 3))
    columns = dict(columns_of(splats))
    columns.pop("binding_0")
    columns |= {axis: centres[:, number] for number, axis in enumerate("xyz")}
    folder.mkdir(parents=True, exist_ok=True)
    write_ply(folder / "point_cloud.ply", list(columns.items()))
    lines = [f"v {x:.8f} {y:.8f} {z:.8f}" for x, y, z in mesh.tolist()]
    lines += [f"f {a + 1}//{a + 1} {b + 1}//{b + 1} {c + 1}//{c + 1}" for a, b, c in faces.tolist()]
    (folder / "embedding.obj").write_text("\n".join(lines) + "\n")
    told = {"cano_mesh": "embedding.obj", "sample_fidxs": splats.triangles.tolist(), "sample_bary": bary.tolist()}
    told["_xyz"] = np.zeros((count, 3)).tolist()
    (folder / "embedding.json").write_text(json.dumps(told))
    return centres
