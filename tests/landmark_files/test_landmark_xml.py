"""MeshLab's picked points and dlib's XML; files with entities are refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import LandmarkError
from flame_blender.landmark_files.loading import load_landmark_points

RNG = np.random.default_rng(1)
SPACE = RNG.uniform(-100, 100, (51, 3)).round(4)
# What MeshLab writes around its points (meshlab/src/meshlabplugins/edit_pickpoints).
HEAD = (
    "<!DOCTYPE PickedPoints>\n<PickedPoints>\n <DocumentData>\n"
    '  <DateTime time="10:00:00" date="2020-01-01"/>\n  <User name="me"/>\n  <DataFileName name="scan.ply"/>\n'
    '  <templateName name="new Template"/>\n </DocumentData>\n'
)


def picked_points(folder: Path, names: list[str], points: np.ndarray, inactive: tuple[int, ...] = ()) -> Path:
    """A .pp; MeshLab writes the attributes in any order."""
    lines = [
        f' <point y="{y}" name="{name}" x="{x}" active="{int(i not in inactive)}" z="{z}"/>\n'
        for i, (name, (x, y, z)) in enumerate(zip(names, points.tolist(), strict=True))
    ]
    path = folder / "points.pp"
    path.write_text(HEAD + "".join(lines) + "</PickedPoints>\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("first", [0, 1])
def test_numbers_as_names_give_the_order(tmp_path: Path, first: int) -> None:
    """Counted from 0 as MeshLab does, or from 1."""
    order = RNG.permutation(51)
    file = load_landmark_points(picked_points(tmp_path, [str(i + first) for i in order], SPACE[order]))
    np.testing.assert_allclose(file.points, SPACE)
    assert (file.layout, file.dimensions) == ("ibug51", 3)
    assert (file.notes != ()) == bool(first)


def test_other_names_keep_the_file_s_order(tmp_path: Path) -> None:
    """Then the count tells the layout."""
    names = [f"landmark {i}" for i in range(51)]
    file = load_landmark_points(picked_points(tmp_path, names, SPACE))
    np.testing.assert_allclose(file.points, SPACE)
    assert file.layout == "ibug51" and file.names == tuple(names)


def test_points_that_were_not_picked_weigh_nothing(tmp_path: Path) -> None:
    """MeshLab keeps the points of a template that still wait as inactive."""
    file = load_landmark_points(picked_points(tmp_path, [str(i) for i in range(51)], SPACE, inactive=(4, 9)))
    assert np.flatnonzero(file.weights == 0).tolist() == [4, 9]


def test_a_few_numbered_points_are_those_of_ibug(tmp_path: Path) -> None:
    """Nine of 68, the eye corners and others, at their places."""
    numbers = [36, 39, 42, 45, 30, 48, 54, 8, 66]
    file = load_landmark_points(picked_points(tmp_path, [str(n) for n in numbers], SPACE[:9]))
    assert file.layout == "ibug68"
    assert np.flatnonzero(file.weights).tolist() == sorted(numbers)
    np.testing.assert_allclose(file.points[numbers], SPACE[:9])


def dlib_xml(folder: Path, points: np.ndarray) -> Path:
    """A data set of two pictures as dlib's imglab writes it, by Python's own XML writer."""
    root = ET.Element("dataset")
    ET.SubElement(root, "name").text = "faces"
    images = ET.SubElement(root, "images")
    for shift in (0.0, 50.0):
        image = ET.SubElement(images, "image", file="a.jpg", width="640", height="480")
        box = ET.SubElement(image, "box", top="1", left="1", width="90", height="90")
        for i, (x, y) in enumerate((points + shift).tolist()):
            ET.SubElement(box, "part", name=f"{i:02d}", x=repr(x), y=repr(y))
    path = folder / "faces.xml"
    ET.ElementTree(root).write(path, encoding="ISO-8859-1", xml_declaration=True)
    return path


def test_dlib_s_data_set(tmp_path: Path) -> None:
    """The first face, its picture's size, and that there are others."""
    points = RNG.uniform(100, 300, (68, 2)).round(2)
    file = load_landmark_points(dlib_xml(tmp_path, points))
    np.testing.assert_allclose(file.points, points)
    assert (file.layout, file.image_size) == ("ibug68", (640, 480))
    assert file.notes == ("The first of 2 faces is used.",)


@pytest.mark.parametrize("declaration", [
    '<!ENTITY a "1">',
    '<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">',
    '<!ENTITY a SYSTEM "file:///etc/passwd">',
    '<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;',
])  # fmt: skip
def test_entities_are_refused(tmp_path: Path, declaration: str) -> None:
    """Whatever they stand for."""
    path = tmp_path / "points.pp"
    path.write_text(
        f'<!DOCTYPE PickedPoints [{declaration}]>\n<PickedPoints><point x="1" y="2" z="3" name="&a;"/></PickedPoints>'
    )
    with pytest.raises(LandmarkError, match="entity"):
        load_landmark_points(path)


@pytest.mark.parametrize(("text", "message"), [
    ("<PickedPoints></PickedPoints>", "two or three numbers for each of 1"),
    ("<PickedPoints><point x='1' y='2'/></PickedPoints>", "expected x, y, z"),
    ("<PickedPoints><point x='1' y='2' z='three'/></PickedPoints>", "expected x, y, z"),
    ("<PickedPoints>", "damage"),
    ("<html></html>", "web page"),
    ("<svg></svg>", "MeshLab's picked points or dlib's XML, found 'svg'"),
    ("<PickedPoints>" + "<point x='1' y='2' z='3'/>" * 10_001 + "</PickedPoints>", "at most 10000 points"),
])  # fmt: skip
def test_other_xml_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Empty, damaged, something else, far too much."""
    path = tmp_path / "points.pp"
    path.write_text(text)
    with pytest.raises(LandmarkError, match=message):
        load_landmark_points(path)
