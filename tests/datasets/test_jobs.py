"""Job files: run by bash and by node as their engines run them, with paths and words that are hard to quote."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flame_blender.command_line import run
from flame_blender.datasets.data_folder import recipe_of
from flame_blender.datasets.jobs import flamenco, openjd, slurm
from flame_blender.datasets.jobs.job import Job, own_program
from flame_blender.datasets.jobs.job_files import write_job
from flame_blender.errors import DatasetError
from flame_blender.flame.model import FlameModel
from tests.datasets.made_sets import MORE, TOP_OF_SMALL, small, write_shards
from tests.datasets.recipes import TOP

HARD = 'it\'s 100% "so" $HOME `x` été'  # a folder's name
TELL = "import json, sys; print(json.dumps(sys.argv[1:]))"
PROGRAM = (sys.executable, "-c", TELL, "a b", "--command", "flame")
NODE = shutil.which("node")
RUN_IN_NODE = """
const fs = require("fs"), vm = require("vm");
const [script, submitted] = process.argv.slice(1).map((path) => fs.readFileSync(path, "utf-8"));
const made = [];
const author = {
  Task: (name, type) => ({ name, type, commands: [], after: [],
    addCommand(one) { this.commands.push(one); }, addDependency(other) { this.after.push(other.name); } }),
  Command: (name, parameters) => ({ name, parameters }),
};
const frameChunker = (frames, size) => {
  const all = frames.split(",").flatMap((part) => {
    const [first, last] = part.split("-").map(Number);
    return Array.from({ length: (last ?? first) - first + 1 }, (_, k) => first + k);
  });
  return Array.from({ length: Math.ceil(all.length / size) }, (_, k) => all.slice(k * size, (k + 1) * size).join(","));
};
const context = vm.createContext({ author, frameChunker, print: () => {} });
vm.runInContext(script + "\\n;this.found = JOB_TYPE;", context);
const job = { ...JSON.parse(submitted), addTask(task) { made.push(task); } };
for (const one of context.found.settings) if (!(one.key in job.settings)) throw new Error(one.key);
context.job = job;
vm.runInContext("compileJob(job)", context);
console.log(JSON.stringify({ type: context.found, tasks: made }));
"""


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    """A recipe of ten samples in three shards, in a folder whose name is hard to quote."""
    folder = tmp_path / HARD
    folder.mkdir()
    (folder / "test.toml").write_text(TOP)
    return folder


def told_by(script: Path, **environment: str) -> list[str]:
    """The words that a script hands to the program, run by bash as SLURM runs it."""
    found = subprocess.run(
        ["/bin/bash", str(script)], env=environment, capture_output=True, check=True, text=True, encoding="utf-8"
    )
    return json.loads(found.stdout)


def test_slurm_scripts_render_and_check(hard: Path):
    found = write_job(hard / "test.toml", hard / "set", "slurm", threads=2, at_once=4, program=PROGRAM)
    render, finish = found.files
    assert [each.parent for each in found.files] == [hard / "set" / "jobs"] * 2 and found.n_tasks == 3
    for script in found.files:
        subprocess.run(["/bin/bash", "-n", str(script)], check=True)
    expected = ["a b", "--command", "flame", "render", str(hard / "test.toml"), "--out", str(hard / "set"), "--shards"]
    for task in range(3):
        assert told_by(render, SLURM_ARRAY_TASK_ID=str(task)) == [*expected, str(task), "--threads", "2"]
    assert told_by(finish) == ["a b", "--command", "flame", "finish", str(hard / "set")]
    lines = render.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/bash" and "#SBATCH --array=0-2%4" in lines and "#SBATCH --cpus-per-task=2" in lines
    words = shlex.split(found.start.replace("$(", "").replace(")", ""))
    assert str(render) in words and str(finish) == words[-1] and found.start in found.summary()
    assert recipe_of(hard / "set").name == "test"


def test_only_what_is_not_there_is_given_in_not_too_many_tasks(tmp_path: Path, built_in: FlameModel):
    recipe = tmp_path / "small.toml"
    recipe.write_text(TOP.replace("count = 10", "count = 20000"))
    found = write_job(recipe, tmp_path / "set", "slurm", program=PROGRAM)
    assert (found.n_shards, found.n_tasks) == (5000, 1000)
    assert told_by(found.files[0], SLURM_ARRAY_TASK_ID="999")[8] == "4995-4999"
    job = Job("a", recipe, tmp_path, (0, 1, 2, 5, *range(7, 1004)), 1, None, PROGRAM)
    assert (job.per_task, len(job.tasks), job.tasks[1], job.tasks[-1]) == (2, 501, "2,5", "1003")
    write_shards(tmp_path / "begun", small(), built_in, [1])
    recipe.write_text(TOP_OF_SMALL + MORE)
    found = write_job(recipe, tmp_path / "begun", "flamenco", program=PROGRAM)
    assert json.loads(found.files[1].read_text())["settings"]["shards"] == "0,2"


@pytest.mark.skipif(NODE is None, reason="node, which runs Flamenco's job types here, is not installed")
def test_a_manager_of_flamenco_compiles_the_job(hard: Path):
    """In node, with the interface that Flamenco's manual describes; no Manager was at hand."""
    assert NODE is not None
    found = write_job(hard / "test.toml", hard / "set", "flamenco", program=PROGRAM)
    done = subprocess.run(
        [NODE, "-e", RUN_IN_NODE, *map(str, found.files)], capture_output=True, text=True, encoding="utf-8", check=True
    )
    made = json.loads(done.stdout)
    assert [each["name"] for each in made["tasks"]] == ["render-0", "render-1", "render-2", "finish"]
    assert made["tasks"][-1]["after"] == ["render-0", "render-1", "render-2"]
    (command,) = made["tasks"][1]["commands"]
    assert command["name"] == "exec" and command["parameters"]["exe"] == sys.executable
    assert command["parameters"]["args"] == [
        *PROGRAM[1:], "render", str(hard / "test.toml"), "--out", str(hard / "set"), "--shards", "1", "--threads", "1",
    ]  # fmt: skip
    assert shlex.split(found.start)[-2:] == [f"@{found.files[1]}", "http://localhost:8080/api/v3/jobs"]


def test_words_of_a_template_stand_as_json(hard: Path):
    """tests/engines has it checked and run by openjd."""
    found = write_job(hard / "test.toml", hard / "set", "openjd", program=PROGRAM)
    text = found.files[0].read_text(encoding="utf-8")
    arguments = [json.loads(line.partition("args: ")[2]) for line in text.splitlines() if "args: " in line]
    assert arguments[0][len(PROGRAM) - 1 :] == [
        "render", "{{Param.Recipe}}", "--out", "{{Param.Out}}", "--shards", "{{Task.Param.Shards}}", "--threads", "1",
    ]  # fmt: skip
    assert arguments[1][-2:] == ["finish", "{{Param.Out}}"] and '- "2"' in text
    assert shlex.split(found.start)[-1] == f"Out={hard / 'set'}"


def test_what_cannot_be_given_is_refused(tmp_path: Path, built_in: FlameModel):
    recipe = tmp_path / "test.toml"
    recipe.write_text(TOP)
    out = tmp_path / "set"
    for told, engine, more in (
        ("engine: expected one of slurm, openjd, flamenco, found 'cloud'", "cloud", {}),
        ("threads: expected a number from 1", "slurm", {"threads": 0}),
        ("at_once: expected", "slurm", {"at_once": -1}),
        ("shards: expected", "slurm", {"shards": "3"}),
        ("program: expected", "slurm", {"program": []}),
        ("without line breaks", "slurm", {"program": ["a\nb"]}),
        ("without line breaks", "openjd", {"program": ["{{Param.Out}}"]}),
    ):
        with pytest.raises(DatasetError, match=told):
            write_job(recipe, out, engine, **more)
    assert not out.exists()
    write_shards(out, small(), built_in, range(3))
    with pytest.raises(DatasetError, match="expected the recipe"):
        write_job(recipe, out, "slurm", program=PROGRAM)


def test_the_command_says_how_to_start(hard: Path, capsys: pytest.CaptureFixture):
    words = ["submit", str(hard / "test.toml"), "--out", str(hard / "set"), "--engine", "openjd"]
    assert run([*words, "--program", "blender --command flame"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("3 shards in 3 tasks; wrote ") and told[1].startswith("openjd run ")
    assert run(words) == 0 and own_program() == (sys.executable, "-m", "flame_blender")
    assert json.dumps(sys.executable) in (hard / "set" / "jobs" / openjd.TEMPLATE).read_text(encoding="utf-8")
    assert run([*words, "--program", "'"]) == 1 and "program: expected words" in capsys.readouterr().err
    assert slurm.RENDER != slurm.FINISH and flamenco.JOB != flamenco.JOB_TYPE
