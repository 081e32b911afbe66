"""Flamenco 3: a job type for its Manager, and a job of it (https://flamenco.blender.org/usage/job-types/)."""

from __future__ import annotations

import json
import shlex
import sys

from .job import Job

JOB_TYPE, JOB = "flame-data-set.js", "flamenco.json"
MANAGER = "http://localhost:8080"
SCRIPT = """\
// A data set with ground truth as a job of Flamenco 3: a task for some shards, then the check. It belongs in the folder
// "scripts" beside the Manager. Workers need the add-on; recipe and folder must be where all of them see them.
"use strict";

const PROGRAM = @program@;

const JOB_TYPE = {
  label: "FLAME data set",
  settings: [
    { key: "recipe", type: "string", subtype: "file_path", required: true, description: "The recipe, TOML" },
    { key: "out", type: "string", subtype: "dir_path", required: true, description: "The data set's folder" },
    { key: "shards", type: "string", required: true, description: "Which shards, such as 0-99" },
    { key: "chunk_size", type: "int32", default: 1, description: "Shards of a task" },
    { key: "threads", type: "int32", default: 0, description: "Of the processor; 0 is all" },
  ],
};

function compileJob(job) {
  const settings = job.settings;
  const finish = author.Task("finish", "misc");
  finish.addCommand(command(["finish", settings.out]));
  for (const chunk of frameChunker(settings.shards, settings.chunk_size)) {
    const render = author.Task(`render-${chunk}`, "blender");
    const threads = settings.threads > 0 ? ["--threads", String(settings.threads)] : [];
    render.addCommand(command(["render", settings.recipe, "--out", settings.out, "--shards", chunk].concat(threads)));
    job.addTask(render);
    finish.addDependency(render);
  }
  job.addTask(finish);
}

function command(words) {
  return author.Command("exec", { exe: PROGRAM[0], args: PROGRAM.slice(1).concat(words) });
}
"""


def files(job: Job) -> dict[str, str]:
    """The job type and the job, by their names."""
    content = {
        "name": job.name,
        "type": JOB_TYPE.removesuffix(".js"),
        "priority": 50,
        "submitter_platform": {"win32": "windows"}.get(sys.platform, sys.platform),
        "settings": {
            "recipe": str(job.recipe),
            "out": str(job.out),
            "shards": ",".join(job.tasks),
            "chunk_size": job.per_task,
            "threads": job.threads,
        },
    }
    return {
        JOB_TYPE: SCRIPT.replace("@program@", json.dumps(list(job.program), ensure_ascii=False)),
        JOB: json.dumps(content, indent=1, ensure_ascii=False) + "\n",
    }


def start(job: Job) -> str:
    """The command that starts it, where the Manager runs on this machine and has the job type."""
    words = ["curl", "-X", "POST", "-H", "Content-Type: application/json", "--data", f"@{job.folder / JOB}"]
    return shlex.join([*words, f"{MANAGER}/api/v3/jobs"])
