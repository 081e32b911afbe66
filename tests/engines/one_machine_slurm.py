"""A SLURM of one machine, with a munge of its own, in a scratch folder; Debian's slurm-wlm and munge, as root."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "sinfo")
UP = 30  # seconds
CONFIGURATION = """\
ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=10
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2
ReturnToService=2
SlurmctldPort={controller}
SlurmdPort={worker}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
"""


@contextmanager
def one_machine_slurm(folder: Path) -> Iterator[Mapping[str, str]]:
    """The environment in which its commands find it. The test is skipped where it cannot be started."""
    missing = [name for name in PROGRAMS if which(name) is None]
    if missing:
        pytest.skip(f"SLURM: {', '.join(missing)} not found; apt-get install slurm-wlm munge")
    if os.geteuid() != 0:
        pytest.skip("SLURM: its programs are started by root only")
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield _begin(folder, started)
    finally:
        for each in reversed(started):
            each.terminate()
        for each in reversed(started):
            try:
                each.wait(10)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


def which(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _begin(folder: Path, started: list[subprocess.Popen[bytes]]) -> Mapping[str, str]:
    for each in ("munge", "spool", "state"):
        (folder / each).mkdir(parents=True)
    _munge(folder / "munge", started)
    host = socket.gethostname().split(".")[0]
    controller, worker = free_port(), free_port()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 - 200
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(
            host=host, folder=folder, controller=controller, worker=worker, cpus=os.cpu_count(), memory=memory
        )
    )
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    for name, more in (("slurmctld", ["-D", "-i"]), ("slurmd", ["-D"])):
        with (folder / f"{name}.out").open("wb") as out:
            started.append(subprocess.Popen([which(name) or name, *more], env=environment, stdout=out, stderr=out))
    end = time.monotonic() + UP
    while time.monotonic() < end:
        told = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"], env=environment, capture_output=True, text=True, check=False
        )
        if told.stdout.split() == ["idle"]:
            return environment
        time.sleep(0.5)
    logs = "\n".join(path.read_text(errors="replace")[-800:] for path in sorted(folder.glob("*.log")))
    raise AssertionError(f"SLURM was not up after {UP} s: {told.stdout}{told.stderr}\n{logs}")


def _munge(folder: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """A munged with a key, a socket and files in ``folder`` alone."""
    folder.chmod(0o711)
    key = folder / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    names = {"key-file": key, "socket": folder / "socket", "pid-file": folder / "pid", "log-file": folder / "log",
             "seed-file": folder / "seed"}  # fmt: skip
    words = [which("munged") or "munged", "--foreground", "--force"]
    with (folder / "out").open("wb") as out:
        munged = subprocess.Popen(
            [*words, *(f"--{name}={path}" for name, path in names.items())], stdout=out, stderr=out
        )
    started.append(munged)
    end = time.monotonic() + UP
    while not (folder / "socket").exists():
        if munged.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"munge was not up: {(folder / 'out').read_text(errors='replace')}")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
