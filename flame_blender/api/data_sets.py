"""Data sets with ground truth."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import bpy

from ..datasets import finishing
from ..datasets.data_folder import samples_of
from ..datasets.finishing import Finished
from ..datasets.jobs.job_files import JobFiles, write_job
from ..datasets.recipe_files import load_recipe, read_recipe
from ..datasets.recipe_texts.changed_recipe import Key, changed_recipe
from ..files.whole_files import write_whole
from ..long_work import result_of
from ..sample_renders import loose_samples, preview, rendering
from ..sample_renders.loose_samples import RenderedSamples, ThreadOptions
from ..sample_renders.open_scene import scene_values
from ..sample_renders.rendering import RenderedShards, RenderOptions


def render_shards(
    recipe: str | Path,
    out: str | Path,
    *,
    shards: str | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> RenderedShards:
    """Render a data set by its recipe: pictures with exact labels, in files of so many samples each.

    A sample depends on the recipe and its number alone; files that are there already are left. So the same call goes on
    where one was stopped, and many of them share the work. See docs/datasets.md.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML.
    out : str or Path
        The data set's folder, which is made.
    shards : str or None, default None
        Which, such as "0-3,7"; None is all of them.
    threads : int or None, default None
        Of the processor; None is as many as it has.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    RenderedShards
        What was rendered.

    Raises
    ------
    DatasetError
        The recipe is wrong, the folder is another recipe's, or this Blender lacks what the recipe asks for.
    ModelError
        A model cannot be read.
    WriteError
        The files cannot be written; those before stay.
    """
    return result_of(rendering_shards(recipe, out, RenderOptions(shards=shards, threads=threads)), progress)


def rendering_shards(
    recipe: str | Path, out: str | Path, options: RenderOptions | None = None
) -> Generator[float, None, RenderedShards]:
    """:func:`render_shards` in steps: yields the share that is done, after each sample. Closed early, whole files stay.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML.
    out : str or Path
        The data set's folder, which is made.
    options : RenderOptions or None, default None
        The keywords of :func:`render_shards`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`render_shards`, and it raises the same.
    """
    return rendering.rendering_shards(load_recipe(recipe), Path(out), options or RenderOptions())


def render_shard(
    recipe: str | Path,
    out: str | Path,
    shard: int,
    *,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> RenderedShards:
    """Render one file of a data set, as :func:`render_shards` does; one that is there already is left.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML.
    out : str or Path
        The data set's folder, which is made.
    shard : int
        Which file, from 0.
    threads : int or None, default None
        Of the processor; None is as many as it has.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    RenderedShards
        What was rendered.

    Raises
    ------
    DatasetError
        As :func:`render_shards`, or there is no such shard.
    ModelError
        A model cannot be read.
    WriteError
        The file cannot be written.
    """
    return result_of(rendering_shard(recipe, out, shard, ThreadOptions(threads=threads)), progress)


def rendering_shard(
    recipe: str | Path, out: str | Path, shard: int, options: ThreadOptions | None = None
) -> Generator[float, None, RenderedShards]:
    """:func:`render_shard` in steps: yields the share that is done, after each sample. Closed early, nothing is left.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML.
    out : str or Path
        The data set's folder, which is made.
    shard : int
        Which file, from 0.
    options : ThreadOptions or None, default None
        The keywords of :func:`render_shard`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`render_shard`, and it raises the same.
    """
    threads = None if options is None else options.threads
    return rendering_shards(recipe, out, RenderOptions(shards=str(shard), threads=threads))


def render_samples(
    recipe: str | Path,
    out: str | Path,
    samples: str,
    *,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> RenderedSamples:
    """Render some samples of a recipe to files of their own: to look at it, or to have one sample anew.

    They are the files that :func:`render_shards` puts together, byte for byte.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML.
    out : str or Path
        A folder, which is made.
    samples : str
        Which, such as "0-7,12"; at most 10,000.
    threads : int or None, default None
        Of the processor; None is as many as it has.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    RenderedSamples
        The pictures; all else lies beside them.

    Raises
    ------
    DatasetError
        The recipe is wrong, there are no such samples, or this Blender lacks what the recipe asks for.
    ModelError
        A model cannot be read.
    WriteError
        The files cannot be written.
    """
    return result_of(rendering_samples(recipe, out, samples, ThreadOptions(threads=threads)), progress)


def rendering_samples(
    recipe: str | Path, out: str | Path, samples: str, options: ThreadOptions | None = None
) -> Generator[float, None, RenderedSamples]:
    """:func:`render_samples` in steps: yields the share that is done, after each. Closed early, those before it stay.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML.
    out : str or Path
        A folder, which is made.
    samples : str
        Which, such as "0-7,12"; at most 10,000.
    options : ThreadOptions or None, default None
        The keywords of :func:`render_samples`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`render_samples`, and it raises the same.
    """
    return loose_samples.rendering_samples(load_recipe(recipe), Path(out), samples, options or ThreadOptions())


def write_recipe(
    path: str | Path, *, name: str = "faces", seed: int = 1, count: int = 1000, shard_size: int = 100
) -> Path:
    """Write a recipe made from the open scene: its picture, the active head's model, its camera and light.

    The camera's focal length, side, height and distance, the strongest lamp and Blender's own surroundings are the
    scene's; all that varies is as in ``flame recipe --example``.

    Parameters
    ----------
    path : str or Path
        The file, TOML.
    name : str, default "faces"
        Of the data set.
    seed : int, default 1
        Another seed gives other samples.
    count : int, default 1000
        Samples.
    shard_size : int, default 100
        Samples of a file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DatasetError
        A value is out of range.
    WriteError
        The file cannot be written.
    """
    top: dict[Key, str | float] = {
        ("", "name"): name,
        ("", "seed"): seed,
        ("", "count"): count,
        ("", "shard_size"): shard_size,
    }
    text = changed_recipe({**top, **scene_values(bpy.context)})
    write_whole(Path(path), text.encode("utf-8"))
    return Path(path)


def preview_sample(recipe: str | Path | None = None, sample: int = 0) -> bpy.types.Scene:
    """Show one sample of a recipe in the window, in a scene of its own; :func:`remove_preview` goes back.

    Parameters
    ----------
    recipe : str or Path or None, default None
        The recipe, TOML; None is one made from the open scene, as :func:`write_recipe` does.
    sample : int, default 0
        Which.

    Returns
    -------
    bpy.types.Scene
        The scene, with head, camera and light; an earlier preview is removed.

    Raises
    ------
    DatasetError
        The recipe is wrong, there is no such sample, or this Blender lacks what the recipe asks for.
    ModelError
        A model cannot be read.
    """
    if recipe is None:
        preview.remove_preview()
        found = read_recipe(changed_recipe(scene_values(bpy.context)))
    else:
        found = load_recipe(recipe)
    (index,) = samples_of(str(sample), found)
    return preview.show_preview(found, index)


def remove_preview() -> None:
    """Remove the scene of :func:`preview_sample`, where there is one, with all that came with it."""
    preview.remove_preview()


def submit_shards(
    recipe: str | Path,
    out: str | Path,
    *,
    engine: str = "slurm",
    shards: str | None = None,
    threads: int = 1,
    at_once: int | None = None,
    program: Sequence[str] | None = None,
) -> JobFiles:
    """Write plain text files by which a cluster renders what is not there yet of a data set; nothing is started.

    They come to the folder "jobs" of the data set: for "slurm" an array of tasks and the check after it, for "openjd"
    an Open Job Description template, for "flamenco" a job type with a job of it. See docs/datasets.md.

    Parameters
    ----------
    recipe : str or Path
        The recipe, TOML, where every node sees it.
    out : str or Path
        The data set's folder, where every node sees it; it is made.
    engine : str, default "slurm"
        "slurm", "openjd" or "flamenco".
    shards : str or None, default None
        Which, such as "0-3,7"; None is all that are not there.
    threads : int, default 1
        Of the processor, for each task.
    at_once : int or None, default None
        The most tasks at one time, for "slurm"; None is as many as there is room for.
    program : sequence of str or None, default None
        The words that start the command line on a node, such as ["blender", "--command", "flame"]; None is what runs
        here.

    Returns
    -------
    JobFiles
        What was written, and the command that starts it.

    Raises
    ------
    DatasetError
        The recipe or an argument is wrong, the folder is another recipe's, or all shards are there.
    WriteError
        The files cannot be written.
    """
    return write_job(Path(recipe), Path(out), engine, shards, threads, at_once, program)


def finish_shards(out: str | Path, *, progress: Callable[[float], None] | None = None) -> Finished:
    """Check every file of a data set, and write its index, hashes, COCO's keypoints and a data card beside them.

    Parameters
    ----------
    out : str or Path
        The data set's folder.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Finished
        What the data set has.

    Raises
    ------
    DatasetError
        Files are missing or damaged; nothing is written.
    WriteError
        The files cannot be written.
    """
    return result_of(finishing_shards(out), progress)


def finishing_shards(out: str | Path) -> Generator[float, None, Finished]:
    """:func:`finish_shards` in steps: yields the share that is done.

    Parameters
    ----------
    out : str or Path
        The data set's folder.

    Returns
    -------
    generator
        Its result is that of :func:`finish_shards`, and it raises the same.
    """
    return finishing.finishing(Path(out))
