"""SLURM: an array of tasks, and after it the check (https://slurm.schedmd.com/job_array.html)."""

from __future__ import annotations

import json
import shlex

from .job import Job

RENDER, FINISH = "slurm_render.sh", "slurm_finish.sh"
SHARDS = "@shards@"  # stands for what bash puts there


def files(job: Job) -> dict[str, str]:
    """The scripts, by their names."""
    return {RENDER: _render(job), FINISH: _finish(job)}


def start(job: Job) -> str:
    """The command that starts them."""
    render, finish = (shlex.quote(str(job.folder / name)) for name in (RENDER, FINISH))
    return f"sbatch --dependency=afterok:$(sbatch --parsable {render}) --kill-on-invalid-dep=yes {finish}"


def _head(job: Job, threads: int, log: str) -> str:
    log = json.dumps(str(job.folder).replace("%", "%%") + "/" + log, ensure_ascii=False)
    return (
        f"#SBATCH --job-name={job.name}\n#SBATCH --cpus-per-task={threads}\n#SBATCH --mem=1G\n#SBATCH --output={log}\n"
    )


def _render(job: Job) -> str:
    tasks = job.tasks
    limit = f"%{job.at_once}" if job.at_once else ""
    words = shlex.join(job.rendering(SHARDS)).replace(SHARDS, '"${shards[SLURM_ARRAY_TASK_ID]}"')
    lines = "\n".join(f"  {task}" for task in tasks)
    return f"""#!/bin/bash
# Shards of the data set {job.name}, some for each task. It can be given again: what is there stays.
{_head(job, job.threads, "%A_%a.log")}#SBATCH --array=0-{len(tasks) - 1}{limit}
#SBATCH --requeue
set -euo pipefail
shards=(
{lines}
)
exec {words}
"""


def _finish(job: Job) -> str:
    return f"""#!/bin/bash
# The check of the data set {job.name}, when all its tasks have ended well.
{_head(job, 1, "%j.log")}set -euo pipefail
exec {shlex.join(job.finishing())}
"""
