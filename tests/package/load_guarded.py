"""Load every file of a folder with every loader (or those named), under guard, and print as JSON what came of it.

    python load_guarded.py FOLDER [LOADER ...]

The guard is Python's audit hook: once it is set, starting a program, importing, executing or building code, unpickling
with Python's own unpickler and writing a file raise an error that no loader catches. Address space is limited where the
system can do that, and the growth of memory is reported.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from flame_blender.errors import FlameError  # noqa: E402
from flame_blender.files.archive import read_any  # noqa: E402
from flame_blender.files.meshes.template import load_template  # noqa: E402
from flame_blender.fitting.meshes.basel import load_correspondence  # noqa: E402
from flame_blender.landmark_files.loading import load_landmark_points  # noqa: E402
from flame_blender.model_files.embeddings import load_landmarks  # noqa: E402
from flame_blender.model_files.loading import load_model  # noqa: E402
from flame_blender.model_files.recognise import recognise  # noqa: E402
from flame_blender.model_files.regions import load_regions  # noqa: E402
from flame_blender.saved_faces.face_folder import load_face  # noqa: E402
from flame_blender.score_clips.loading import load_scores  # noqa: E402
from flame_blender.sequences import load_sequence  # noqa: E402
from flame_blender.sequences.meshes import load_meshes  # noqa: E402
from flame_blender.speech.loading import load_speech  # noqa: E402
from flame_blender.textured_meshes.displacements import read_deca_maps  # noqa: E402
from flame_blender.textured_meshes.file_looks import read_looks  # noqa: E402

LOADERS = (
    load_model, load_landmarks, load_regions, load_template, recognise, read_any, load_sequence, load_landmark_points,
    load_correspondence, load_face, load_meshes, load_scores, load_speech, read_deca_maps, read_looks,
)  # fmt: skip
EXTRA_ADDRESS_SPACE = 1 << 30
RESET = "/proc/self/clear_refs"
FORBIDDEN = (
    "code.", "cpython.", "ctypes.", "exec", "ftplib.", "function.__new__", "import", "marshal.", "os.exec", "os.fork",
    "os.posix_spawn", "os.remove", "os.rename", "os.spawn", "os.startfile", "os.system", "pickle.find_class", "shutil.",
    "socket.", "subprocess.", "sys.setprofile", "sys.settrace", "tempfile.", "urllib.", "webbrowser.",
)  # fmt: skip


class GuardError(BaseException):
    """Something was about to run. No loader catches it."""


def guard(event: str, arguments: tuple) -> None:
    """The audit hook: raises at everything that a loader has no business doing."""
    writes = event == "open" and arguments[0] != RESET and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event.startswith(FORBIDDEN):
        raise GuardError(f"{event} {arguments!r}"[:200])


def limit_address_space() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + EXTRA_ADDRESS_SPACE, resource.RLIM_INFINITY))


def megabytes(kind: str) -> float:
    """Memory held now (``VmRSS``) or at most since the last reset (``VmHWM``); 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith(kind))
    return int(line.split()[1]) / 1024


def reset_peak() -> None:
    if Path(RESET).exists():
        Path(RESET).write_text("5", encoding="ascii")


def outcome(load: Callable[[Path], object], path: Path) -> str:
    """What came of one file: ``loaded``, the FlameError's sentence, or the name of any other error."""
    try:
        load(path)
        return "loaded"
    except FlameError as error:
        return str(error)
    except BaseException as error:  # noqa: BLE001 (the guard's and every other error is what the test looks for)
        return f"{type(error).__name__}!: {error}"


def main(folder: Path, names: list[str]) -> None:
    loaders = [load for load in LOADERS if not names or load.__name__ in names]
    for path in sorted(folder.glob("good*")):  # what Python imports late (codecs of file names) is imported now
        for load in loaders:
            outcome(load, path)
    files = sorted(folder.iterdir())
    if Path("/proc/self/statm").exists():
        limit_address_space()
    sys.addaudithook(guard)
    told = {}
    for path in files:
        reset_peak()
        before, results, cpu = megabytes("VmRSS"), {}, 0.0
        for load in loaders:
            begun = time.process_time()
            results[load.__name__] = outcome(load, path)
            cpu = max(cpu, time.process_time() - begun)
        told[path.name] = {
            "results": results, "megabytes": megabytes("VmHWM") - before, "cpu": cpu,
        }  # fmt: skip
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
