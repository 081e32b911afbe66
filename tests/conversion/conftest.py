"""What is the same for all tests of conversions."""

from __future__ import annotations

from tests.correspondence.conftest import built_in as built_in
from tests.correspondence.conftest import face_like as face_like
from tests.correspondence.conftest import on_face_like as on_face_like
from tests.correspondence.conftest import shares as shares
