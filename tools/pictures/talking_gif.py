"""Renders the frames of docs/images/talking.gif: both heads say a sentence, blink, look about and nod.

make talking-gif

Everything that a user would press: Speech, Add Life, two keys on the brows and the neck. The sentence is made up, as
Rhubarb Lip Sync would have written it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, models
from sheet import beside, rendered, save_picture
from studio import api, make_studio

FPS, LAST = 12, 36
SIZE, SAMPLES, LENS = (170, 204), 20, 105
SENTENCE = (
    (0.0, "X"), (0.15, "C"), (0.3, "H"), (0.4, "E"), (0.55, "F"), (0.7, "A"), (0.8, "D"), (1.0, "B"), (1.1, "G"),
    (1.25, "C"), (1.4, "A"), (1.5, "E"), (1.7, "H"), (1.8, "D"), (2.05, "B"), (2.2, "F"), (2.4, "A"), (2.55, "X"),
)  # fmt: skip
MOVED = {
    "browInnerUp": ((1, 0.0), (8, 0.7), (16, 0.1), (36, 0.0)),
    "mouthSmileLeft": ((1, 0.1), (26, 0.1), (33, 0.7), (36, 0.1)),
}
MOVED["mouthSmileRight"] = MOVED["mouthSmileLeft"]
NODS = ((1, 0.0, 0.0), (9, -0.03, 0.05), (17, 0.05, -0.02), (27, -0.01, -0.09), (36, 0.0, 0.0))  # nod and turn, radians


def main(folder: Path) -> None:
    """Write a picture of both heads for each frame."""
    folder.mkdir(parents=True, exist_ok=True)
    films = [film_of(model) for model in models().values()]
    for number, tiles in enumerate(zip(*films, strict=True)):
        save_picture(beside(tiles), folder / f"{number:03d}.png")


def film_of(model: str | Path) -> list:
    """The pictures of one head, frame by frame."""
    scene: Any = make_studio()
    scene.render.fps, scene.frame_start, scene.frame_end = FPS, 1, LAST
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.cycles.samples, scene.cycles.seed = SAMPLES, 1
    scene.camera.data.lens = LENS
    head: Any = character(model)
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    api.randomise(head, 5, 0.7)
    speak(head)
    films = []
    for frame in range(1, LAST + 1):
        scene.frame_set(frame)
        films.append(rendered(scene))
    return films


def speak(head: Any) -> None:
    """Key the head: the sentence, life, and by hand what MOVED and NODS say."""
    with tempfile.TemporaryDirectory() as there:
        speech = Path(there) / "sentence.tsv"
        speech.write_text("".join(f"{second:.2f}\t{shape}\n" for second, shape in SENTENCE), "utf-8")
        api.import_speech(speech, head)
    api.add_life(head, seed=4, blinks=40)
    items = {item.name: item for item in head.flame.controls}
    for name, keys in MOVED.items():
        for frame, score in keys:
            items[name].value = score
            items[name].keyframe_insert("value", frame=frame)
    for frame, nod, turn in NODS:
        head.flame.neck = (nod, turn, 0)
        head.keyframe_insert("flame.neck", frame=frame)


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
