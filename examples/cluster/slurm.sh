#!/bin/bash
# A data set as a SLURM array, a shard for each task; a task that was stopped is given again by the same line:
#   sbatch --array=0-99%8 slurm.sh faces.toml /shared/faces
#SBATCH --job-name=faces
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
set -euo pipefail
recipe=$1 out=$2
exec "${BLENDER:-blender}" --command flame render "$recipe" --out "$out" \
  --shards "$SLURM_ARRAY_TASK_ID" --threads "${SLURM_CPUS_PER_TASK:-1}"
