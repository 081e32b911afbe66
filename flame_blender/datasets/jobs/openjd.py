"""Open Job Description, which AWS Deadline Cloud and others take (https://github.com/OpenJobDescription)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from .job import Job

TEMPLATE = "openjd.yaml"


def files(job: Job) -> dict[str, str]:
    """The template, by its name. JSON is YAML: words stand in it as JSON has them."""
    recipe, out = str(job.recipe), str(job.out)
    places = {recipe: "{{Param.Recipe}}", out: "{{Param.Out}}"}
    render = [places.get(word, word) for word in job.rendering("{{Task.Param.Shards}}")]
    finish = [places.get(word, word) for word in job.finishing()]
    tasks = "\n".join(f'            - "{task}"' for task in job.tasks)
    text = f"""# The data set {job.name}: a task for some shards, then the check.
specificationVersion: jobtemplate-2023-09
name: {_quoted(job.name)}
parameterDefinitions:
  - name: Recipe
    type: PATH
    objectType: FILE
    dataFlow: IN
  - name: Out
    type: PATH
    objectType: DIRECTORY
    dataFlow: INOUT
steps:
  - name: render
    parameterSpace:
      taskParameterDefinitions:
        - name: Shards
          type: STRING
          range:
{tasks}
    script:
      actions:
        onRun:
          command: {_quoted(render[0])}
          args: {_listed(render[1:])}
  - name: finish
    dependencies:
      - dependsOn: render
    script:
      actions:
        onRun:
          command: {_quoted(finish[0])}
          args: {_listed(finish[1:])}
"""
    return {TEMPLATE: text}


def start(job: Job) -> str:
    """The command that starts it on this machine; farms take the same template and parameters."""
    words = ["openjd", "run", str(job.folder / TEMPLATE), "-p", f"Recipe={job.recipe}", "-p", f"Out={job.out}"]
    return shlex.join(words)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
