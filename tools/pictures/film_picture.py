"""Renders docs/images/film.jpg: frames of a film that ``api.film`` made of a speaking head, and the sound in it.

make film-picture

Head, speech and sound are made up: visemes keyed on a FLAME file's head, and a buzz through the formants of vowels.
"""

from __future__ import annotations

import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

import aud
import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import character, flame_file
from labels import add_label, heading
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

FPS, STEP = 16, 2  # the rate, and how many frames a sound is
SIZE, SAMPLES, STRIP, WAVE = (224, 272), 24, 30, 64  # pixels
SPEECH = ("sil", "aa", "nn", "O", "FF", "E", "PP", "U")
RATE, PITCH = 16000, 118.0  # hertz
FORMANTS = {  # hertz, and how loud a sound is
    "aa": ((730, 1090, 2440), 1.0), "O": ((570, 840, 2410), 0.9), "E": ((530, 1840, 2480), 0.8),
    "U": ((300, 870, 2240), 0.6), "nn": ((280, 1700, 2600), 0.35), "PP": ((250, 900, 2200), 0.04),
    "FF": ((), 0.12), "sil": ((), 0.0),
}  # fmt: skip
DARK, BRIGHT = (0.028, 0.03, 0.034, 1.0), (0.42, 0.62, 0.72, 1.0)


def main(out: Path) -> None:
    """Write the picture: a row of the film's frames, and below it the sound track of the film's file."""
    scene: Any = make_studio()
    scene.render.fps, scene.render.fps_base = FPS, 1.0
    head: Any = character(flame_file())
    head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    api.randomise(head, 21, 0.8)
    last = STEP * len(SPEECH)
    for number, viseme in enumerate((*SPEECH, "sil")):
        api.apply_preset(head, viseme, 0.9, frame=1 + STEP * number)
    scene.frame_start, scene.frame_end = 1, last
    with tempfile.TemporaryDirectory() as folder:
        sound, film = Path(folder) / "speech.wav", Path(folder) / "speech.mp4"
        write_sound(sound)
        made = api.film(head, film, sound=sound, width=SIZE[0], height=SIZE[1], samples=SAMPLES)
        print(made.summary())
        chosen = range(1, last + 1, STEP)
        tiles, heard = frames_of(film, chosen), sound_of(film, last / FPS)
    scene = make_studio()
    label = add_label(scene)
    times = [heading(scene, label, f"{(frame - 1) / FPS:.3f} s", SIZE[0], STRIP) for frame in chosen]
    save_picture(stacked([beside(tiles), beside(times), drawn(heard, SIZE[0] * len(tiles))]), out)


def write_sound(path: Path) -> None:
    """A mono .wav of the speech: each sound from the middle of the one before to the middle of the one after."""
    rng = np.random.default_rng(2)
    count = RATE * STEP * len(SPEECH) // FPS
    at = np.arange(count) / RATE * FPS / STEP
    share = np.clip(1.0 - np.abs(at[:, None] - np.arange(len(SPEECH))), 0, 1)
    buzz, hiss = np.zeros(count), rng.normal(0, 0.25, count)
    pitch = 2 * np.pi * PITCH * np.arange(count) / RATE
    for number, (formants, loud) in enumerate(FORMANTS[each] for each in SPEECH):
        tone = hiss if not formants else np.zeros(count)
        for harmonic in range(1, 30):
            strength = sum(np.exp(-(((harmonic * PITCH - each) / 120) ** 2)) for each in formants)
            tone = tone + strength * np.sin(harmonic * pitch) / harmonic**0.3
        buzz += loud * share[:, number] * tone / max(np.abs(tone).max(), 1e-9)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((buzz / np.abs(buzz).max() * 28000).astype("<i2").tobytes())


def frames_of(film: Path, frames: range) -> list[np.ndarray]:
    """Pictures (height, width, 4) of a film, read by Blender's sequencer."""
    scene: Any = bpy.data.scenes.new("Read")
    bpy.context.window.scene = scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.view_settings.view_transform = "Standard"
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # `strips` since Blender 4.4
    strips.new_movie("film", str(film), channel=1, frame_start=1)
    found = []
    for frame in frames:
        scene.frame_set(frame)
        found.append(rendered(scene))
    return found


def sound_of(film: Path, seconds: float) -> np.ndarray:
    """(N,) the sound track of a film's file."""
    sounds: Any = aud
    track = sounds.Sound(str(film))
    return track.data()[: round(seconds * track.specs[0]), 0]


def drawn(heard: np.ndarray, width: int) -> np.ndarray:
    """(WAVE, width, 4): how far the sound swings, as sound editors draw it; each frame's moment under its middle."""
    before = np.zeros(len(heard) // len(SPEECH) // 2)
    heard = np.concatenate([before, heard])[: len(heard)]
    picture = np.tile(np.float32(DARK), (WAVE, width, 1))
    height = (np.arange(WAVE) + 0.5 - WAVE / 2) / (0.46 * WAVE)
    for column, part in enumerate(np.array_split(heard / np.abs(heard).max(), width)):
        inside = (height >= min(part.min(), -0.02)) & (height <= max(part.max(), 0.02))
        picture[inside, column] = BRIGHT
    return picture


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
