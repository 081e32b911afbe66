"""Performances over time: what the FLAME tools wrote, as one clip of parameters. No bpy."""

from .loading import load_sequence as load_sequence
from .sequence import Camera as Camera
from .sequence import FlameSequence as FlameSequence
