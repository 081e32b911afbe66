"""A long action is declared once, by its options: api's keywords and the operator's properties say the same.

Compared are names, defaults, choices and ranges, what the operator makes of its properties, and what it shows.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Annotated, Any, NamedTuple

import bpy
import pytest

from flame_blender import api, registration
from flame_blender import operators as ops
from flame_blender.long_work import CHOICES, LEAST, MOST, Options, choice, number
from flame_blender.operators.export_files import EXPORTERS, ExportMeshes, ExportScene
from flame_blender.operators.options import options_of
from tools.scripting_reference import told

NO_FIELDS: Mapping[str, Any] = {}


class Action(NamedTuple):
    """One long action. ``asked_by`` are fields that have no property of their name: which ones ask for another value.

    ``scripts_only`` are fields that the window does not ask for; ``narrower`` those that it offers less of.
    """

    options: type[Any]
    verb: Callable[..., Any]
    steps: Callable[..., Any]
    operator: type[Any]
    asked_by: Mapping[str, Mapping[str, Any]] = NO_FIELDS
    scripts_only: frozenset[str] = frozenset()
    narrower: frozenset[str] = frozenset()


ACTIONS = (
    Action(api.ClipOptions, api.import_animation, api.importing_animation, ops.FLAME_OT_import_animation,
           {"fps": {"fps": 25.0}}, narrower=frozenset({"smooth"})),
    Action(api.CaptureOptions, api.import_arkit, api.importing_arkit, ops.FLAME_OT_import_arkit,
           {"fps": {"fps": 60.0}, "gains": {"jaw": 0.5}}, frozenset({"mapping"}), frozenset({"smooth"})),
    Action(api.LiveOptions, api.begin_live_capture, api.beginning_live_capture, ops.FLAME_OT_live_capture),
    Action(api.SpeechOptions, api.import_speech, api.importing_speech, ops.FLAME_OT_import_speech,
           {"fps": {"fps": 30.0}}),
    Action(api.MeshClipOptions, api.import_meshes, api.importing_meshes, ops.FLAME_OT_import_meshes,
           {"fps": {"fps": 25.0}, "solve": {"way": "PARAMETERS"}, "as_template": {"way": "TEMPLATE"}},
           frozenset({"cache_file"})),
    Action(api.DetailMeshOptions, api.add_detail_mesh, api.adding_detail_mesh, ops.FLAME_OT_add_detail_mesh,
           scripts_only=frozenset({"coarse"})),
    Action(api.ConvertOptions, api.convert, api.converting, ops.FLAME_OT_convert_head,
           {"frames": {"key_range": False}, "keys": {"keyed": "SOURCE_KEYS"}}, frozenset({"from_model"})),
    Action(api.BakeOptions, api.bake_cache, api.baking_cache, ops.FLAME_OT_bake_cache,
           {"path": {"filepath": "/there/head.pc2"}, "frames": {"scene_range": False}}),
    Action(api.BoardBakeOptions, api.bake_board, api.baking_board, ops.FLAME_OT_bake_board,
           {"frames": {"scene_range": False}}),
    Action(api.BlinkOptions, api.add_blinks, api.adding_blinks, ops.FLAME_OT_add_blinks,
           {"duration": {"duration": 9}, "frames": {"scene_range": False}}, frozenset({"at"})),
    Action(api.AvatarOptions, api.add_avatar, api.adding_avatar, ops.FLAME_OT_add_avatar,
           scripts_only=frozenset({"clip"})),
    Action(api.MadeAvatarOptions, api.make_avatar, api.making_avatar, ops.FLAME_OT_make_avatar),
    Action(api.AvatarFileOptions, api.export_avatar, api.exporting_avatar, ops.FLAME_OT_export_avatar,
           {"frames": {"all_frames": True}}),
    Action(api.HairOptions, api.grow_hair, api.growing_hair, ops.FLAME_OT_grow_hair),
    Action(api.LifeOptions, api.add_life, api.adding_life, ops.FLAME_OT_add_life, {"frames": {"scene_range": False}}),
    Action(api.FilmOptions, api.film, api.filming, ops.FLAME_OT_film_head,
           {"sound": {"sound_file": "/there/speech.wav"}}, frozenset({"frames", "fps", "uv_template", "texture"})),
    Action(api.BlendOptions, api.blend_face, api.blending_face, ops.FLAME_OT_blend_face, {"frame": {"key": True}}),
    Action(api.SaveFaceOptions, api.save_face, api.saving_face, ops.FLAME_OT_save_face),
    Action(api.FaceAssetOptions, api.write_face_assets, api.writing_face_assets, ops.FLAME_OT_write_face_assets),
    Action(api.SampleOptions, api.sample, api.sampling, ops.FLAME_OT_sample_heads),
    Action(api.RigOptions, api.make_rig, api.making_rig, ops.FLAME_OT_make_rig,
           {"n_expression": {"all_directions": False}}, frozenset({"frames"})),
    Action(api.LandmarkFileOptions, api.export_landmarks, api.exporting_landmarks, ops.FLAME_OT_export_landmarks,
           {"frames": {"all_frames": True}}, frozenset({"landmark_set"})),
    Action(
        api.ParameterFileOptions, api.export_parameters, api.exporting_parameters, ops.FLAME_OT_export_parameters,
        {
            "frames": {"all_frames": False}, "layout": {"layout_of_file": "GAUSSIAN_AVATARS"},
            "neck_share": {"split_neck": True},
        },
    ),
    Action(api.ArkitOptions, api.export_arkit, api.exporting_arkit, ops.FLAME_OT_export_arkit,
           {"frames": {"all_frames": False}, "fps": {"fps": 60.0}}),
    Action(api.RetargetOptions, api.retarget_arkit, api.retargeting_arkit, ops.FLAME_OT_retarget_arkit,
           {"frames": {"all_frames": False}}),
    Action(api.DistanceOptions, api.paint_distances, api.painting_distances, ops.FLAME_OT_paint_distances,
           {"limit_mm": {"limit": 3.0}}),
    Action(api.PhotoTextureOptions, api.project_photo, api.projecting_photo, ops.FLAME_OT_project_photo,
           narrower=frozenset({"size"})),
    Action(api.TextureFitOptions, api.fit_texture, api.fitting_texture, ops.FLAME_OT_fit_texture,
           {"image": {"image": "photo"}}, frozenset({"texture"})),
    *(
        Action(
            api.MeshFileOptions, api.export_meshes, api.exporting_meshes, operator, {"frames": {"sequence": True}},
        )
        for operator in EXPORTERS if issubclass(operator, ExportMeshes)
    ),
    *(
        Action(
            api.SceneFileOptions, api.export_scene, api.exporting_scene, operator,
            scripts_only=frozenset({"frames"} if operator.suffix == ".fbx" else {"frames", "engine"}),
        )
        for operator in EXPORTERS if issubclass(operator, ExportScene)
    ),
)  # fmt: skip


class StandIn:
    """An operator with its properties at their defaults but for those given, without Blender calling it."""

    def __init__(self, operator: type[Any], **changed: Any) -> None:
        defaults = {name: each.default for name, each in properties_of(operator).items() if hasattr(each, "default")}
        self.operator, self.properties, self.layout = operator, SimpleNamespace(**(defaults | changed)), Layout()

    def __getattr__(self, name: str) -> Any:
        if hasattr(self.properties, name):
            return getattr(self.properties, name)
        found = inspect.getattr_static(self.operator, name)
        return found.__get__(self) if inspect.isfunction(found) else found


class Layout:
    """Takes down which properties are drawn, in itself or in what is laid out within."""

    def __init__(self) -> None:
        self.__dict__["shown"] = set()  # of names

    def prop(self, _data: Any, name: str, *_more: Any, **_how: Any) -> None:
        self.__dict__["shown"].add(name)

    prop_enum = prop_search = prop

    def __getattr__(self, _name: str) -> "Callable[..., Layout]":
        return lambda *_given, **_how: self

    def __setattr__(self, _name: str, _value: Any) -> None:
        pass


def properties_of(operator: type[Any]) -> dict[str, Any]:
    group, name = operator.bl_idname.split(".")
    return dict(getattr(getattr(bpy.ops, group), name).get_rna_type().properties.items())


def differences(action: Action) -> list[str]:
    """Where the three declarations of an action, or what is shown of it, are not the same; nothing where they are."""
    return [*of_script(action), *of_properties(action), *of_window(action), *of_drawing(action)]


def of_script(action: Action) -> Iterator[str]:
    """The options and the keywords: names, defaults and what is told of them."""
    fields = dataclasses.fields(action.options)
    parameters = inspect.signature(action.verb).parameters.values()
    keywords = {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}
    if keywords.pop("progress", ...) is not None:
        yield "the verb has no progress=None"
    if keywords != {each.name: each.default for each in fields}:
        yield f"keywords are {keywords}"
    steps = inspect.signature(action.steps).parameters.values()
    subject = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    if [each.name for each in steps] != [*subject, "options"]:
        yield "the steps take something else"
    meant = told(inspect.getdoc(action.options)).sections.get("Attributes", [])
    entries = told(inspect.getdoc(action.verb)).sections.get("Parameters", [])
    if meant != [each for each in entries if each.name in keywords] or len(meant) != len(fields):
        yield "the docstrings tell something else"


def of_properties(action: Action) -> Iterator[str]:
    """The options and the properties: names, defaults, choices and ranges."""
    properties = properties_of(action.operator)
    for each in dataclasses.fields(action.options):
        if each.name in action.scripts_only:
            continue
        names = action.asked_by.get(each.name, {each.name: None})
        if not names.keys() <= properties.keys():
            yield f"{each.name} has no property"
            continue
        (name, *more), limits = names, each.metadata
        asked = properties[name]
        if each.name not in action.asked_by and asked.default != each.default:
            yield f"{each.name} is {asked.default!r} at first"
        if CHOICES in limits and not more and {item.identifier for item in asked.enum_items} != set(limits[CHOICES]):
            yield f"{each.name} has other choices"
        if LEAST in limits and asked.type in ("INT", "FLOAT"):
            same = (asked.hard_min, asked.hard_max) == (limits[LEAST], min(limits[MOST], LARGEST[asked.type]))
            inside = limits[LEAST] <= asked.hard_min and asked.hard_max <= limits[MOST]
            if not (inside if each.name in action.narrower else same):
                yield f"{each.name} goes from {asked.hard_min} to {asked.hard_max}"


LARGEST = {"INT": 2**31 - 1, "FLOAT": 3.4028234663852886e38}  # what Blender has where no maximum is given


def of_window(action: Action) -> Iterator[str]:
    """What the operator asks for: the defaults, and with one thing changed, that and nothing else."""
    at_first = StandIn(action.operator).asked(bpy.context)
    if at_first != action.options():
        yield f"at first {at_first} is asked for"
    properties = properties_of(action.operator)
    for each in dataclasses.fields(action.options):
        if each.name in action.scripts_only or not {each.name, *action.asked_by} & {*properties, *action.asked_by}:
            continue
        for changed in others_of(each, action, properties):
            try:
                found = StandIn(action.operator, **changed).asked(bpy.context)
            except api.FlameError as error:
                yield f"{changed} is refused: {error}"
                continue
            value = getattr(found, each.name)
            is_taken = value != each.default and (each.name in action.asked_by or value == changed[each.name])
            if not is_taken or dataclasses.replace(found, **{each.name: each.default}) != action.options():
                yield f"{changed} asks for {found}"


def others_of(
    field: dataclasses.Field[Any], action: Action, properties: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Properties that ask for another value of a field than its default."""
    if field.name in action.asked_by:
        yield action.asked_by[field.name]
    elif field.name in properties:
        asked = properties[field.name]
        if asked.type == "ENUM":
            yield from ({field.name: item.identifier} for item in asked.enum_items if item.identifier != asked.default)
        elif asked.type == "BOOLEAN":
            yield {field.name: not asked.default}
        else:
            yield {field.name: asked.hard_max if asked.default == asked.hard_min else asked.hard_min}


def of_drawing(action: Action) -> Iterator[str]:
    """What is drawn: by the operator, or else by Blender, which leaves hidden properties out."""
    properties = properties_of(action.operator)
    if any("draw" in vars(base) for base in action.operator.__mro__ if base.__module__ != "bpy_types"):
        operator = StandIn(action.operator)
        operator.draw(bpy.context)
        shown = operator.layout.shown
    else:
        shown = {name for name, each in properties.items() if not each.is_hidden}
    for each in dataclasses.fields(action.options):
        names = action.asked_by.get(each.name, {each.name: None}).keys()
        if each.name not in action.scripts_only and not names <= shown | FILE_BROWSER:
            yield f"{each.name} is not drawn"


FILE_BROWSER = {"filepath"}  # what it shows itself


@pytest.mark.parametrize("action", ACTIONS, ids=[each.operator.bl_idname for each in ACTIONS])
def test_an_action_is_declared_once(action, flame_head):
    bpy.context.view_layer.objects.active = flame_head
    assert differences(action) == []


WITHOUT_WINDOW = (  # see command_line
    Action(api.RenderOptions, api.render_shards, api.rendering_shards, object),
    Action(api.ThreadOptions, api.render_shard, api.rendering_shard, object),
    Action(api.ThreadOptions, api.render_samples, api.rendering_samples, object),
)


@pytest.mark.parametrize("action", WITHOUT_WINDOW, ids=["render_shards", "render_shard", "render_samples"])
def test_what_has_no_operator_is_declared_once(action):
    assert list(of_script(action)) == []


def test_no_action_is_left_out():
    names = [getattr(api, name) for name in dir(api)]
    exported = {each for each in names if inspect.isclass(each) and issubclass(each, Options)}
    fits = {kind.OPTIONS for kind in api.FIT_KINDS} | {api.FileFitOptions}  # see test_fit_kinds.py
    assert exported == {each.options for each in ACTIONS} | fits | {each.options for each in WITHOUT_WINDOW}
    for each in exported:
        assert each.__dataclass_params__.frozen and all(field.kw_only for field in dataclasses.fields(each))


def test_options_refuse_what_they_do_not_tell():
    for wrong in ({"times": 0}, {"times": 5}, {"ending": "NONE"}):
        with pytest.raises(api.ParameterError, match=next(iter(wrong))):
            ShoutOptions(**wrong)
    assert ShoutOptions(times=4, ending="DOT", colour="red").times == 4


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShoutOptions(Options):
    """A made-up action's options.

    Attributes
    ----------
    times : int, default 1
        How often.
    ending : str, default "MARK"
        How it ends.
    colour : str, default "red"
        Of nothing.
    """

    times: int = number(1, least=1, most=4)
    ending: str = choice("MARK", "DOT")
    colour: str = "red"


def shouting(word: str, options: ShoutOptions | None = None) -> Iterator[float]:
    yield from ()


def shout(word: str, *, times: int = 1, ending: str = "MARK", colour: str = "red", progress: Any = None) -> None:
    """Shout.

    Parameters
    ----------
    word : str
        What.
    times : int, default 1
        How often.
    ending : str, default "MARK"
        How it ends.
    colour : str, default "red"
        Of nothing.
    progress : callable or None, default None
        Called.
    """


def shout_otherwise(word: str, *, times: int = 2, ending: str = "MARK", progress: Any = None) -> None:
    """Shout, with a keyword left out and another default."""


class FLAME_OT_shout(bpy.types.Operator):
    """An operator that says what the options say."""

    bl_idname = "flame.shout"
    bl_label = "Shout"
    times: Annotated[int, bpy.props.IntProperty(default=1, min=1, max=4)]
    ending: Annotated[str, bpy.props.EnumProperty(items=(("MARK", "!", ""), ("DOT", ".", "")), default="MARK")]
    colour: Annotated[str, bpy.props.StringProperty(default="red")]

    def asked(self, _context):
        return options_of(self, ShoutOptions)


class FLAME_OT_shout_otherwise(bpy.types.Operator):
    """An operator that says something else everywhere."""

    bl_idname = "flame.shout_otherwise"
    bl_label = "Shout Otherwise"
    times: Annotated[int, bpy.props.IntProperty(default=2, min=0, max=4)]
    ending: Annotated[str, bpy.props.EnumProperty(items=(("MARK", "!", ""), ("DASH", "-", "")), default="MARK")]

    def asked(self, _context):
        return ShoutOptions(times=self.times)

    def draw(self, _context):
        self.layout.column().prop(self, "times")


@pytest.fixture
def shouters():
    classes = (FLAME_OT_shout, FLAME_OT_shout_otherwise)
    for each in classes:
        registration.show_properties(each)
        bpy.utils.register_class(each)
    yield classes
    for each in classes:
        bpy.utils.unregister_class(each)


def test_every_difference_is_found(shouters, flame_head):
    """The comparison itself: nothing of an action that agrees, and each thing that does not of one that does not."""
    alike, otherwise = shouters
    right = Action(ShoutOptions, shout, shouting, alike, {"colour": {"colour": "blue"}})
    assert differences(right) == []
    assert list(of_script(right._replace(verb=shout_otherwise))) == [
        "keywords are {'times': 2, 'ending': 'MARK'}",
        "the docstrings tell something else",
    ]
    assert list(of_script(right._replace(steps=shout))) == ["the steps take something else"]
    wrong = right._replace(operator=otherwise, asked_by={})
    assert list(of_properties(wrong)) == [
        "times is 2 at first",
        "times goes from 0 to 4",
        "ending has other choices",
        "colour has no property",
    ]
    assert list(of_properties(right._replace(narrower=frozenset({"times"})))) == []
    assert list(of_drawing(wrong)) == ["ending is not drawn", "colour is not drawn"]
    at_first, refused, other = of_window(wrong)
    assert at_first == f"at first {ShoutOptions(times=2)} is asked for"
    assert refused.startswith("{'times': 0} is refused")
    assert other.startswith("{'ending': 'DASH'} asks for ShoutOptions(times=2, ending='MARK'")
