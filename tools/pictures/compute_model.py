"""Run in the background by panels.py: a FLAME file installed, its named controls computed and kept in the profile.

blender -b --python compute_model.py -- MODEL
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))

from studio import api

if __name__ == "__main__":
    api.add_head(sys.argv[-1])
    api.compute_controls(sys.argv[-1])
