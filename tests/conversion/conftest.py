"""What is the same for all tests of conversions."""

from __future__ import annotations

from tests.correspondence.conftest import on_face_like as on_face_like
from tests.correspondence.conftest import shares as shares
