"""Builds the built-in head and the pictures of its skin: ``python model/build_head.py [OUT.npz]``.

They go to where the package has them. NumPy only; the same bytes every time.
"""

from __future__ import annotations

import sys
from pathlib import Path

LEVEL = 6  # of zlib: 9 takes minutes for a fiftieth less
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from flame_blender.assets import BUILT_IN_HEAD  # noqa: E402
from flame_blender.textures.png import png_bytes  # noqa: E402
from model.builtin_head.model_file import build_model, write_model  # noqa: E402  (found only after the line above)
from model.builtin_head.skin_texture import paint  # noqa: E402


def main() -> None:
    """Build the head and say what came out."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILT_IN_HEAD
    model = build_model()
    write_model(model, out)
    pictures = {out.with_name(f"{out.stem}_{name}.png"): pixels for name, pixels in paint(model).items()}
    for path, pixels in pictures.items():
        path.write_bytes(png_bytes(pixels, LEVEL))
    directions = f"{model.n_identity} identity and {model.n_expression} expression directions"
    print(f"{out}: {model.n_vertices} vertices, {directions}")
    sizes = " and ".join(f"{path.stat().st_size / 1e6:.2f} MB" for path in (out, *pictures))
    print(f"{sizes} with the skin's pictures, fingerprint {model.fingerprint}")


if __name__ == "__main__":
    main()
