"""Every text of the interface is in every language, nothing else is, and what is shown comes out translated."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from unicodedata import east_asian_width

import bpy
import pytest

from flame_blender import languages
from flame_blender.fitting.reports.doubts import DOUBTFUL, CoefficientSizes
from flame_blender.head import deformation, live, models
from flame_blender.languages import LANGUAGES, labels, translated
from flame_blender.languages.phrasebook import PLACE, Phrasebook
from flame_blender.scene_fits import guess, properties
from flame_blender.scene_fits.kinds import KINDS
from tests.blender import interface_texts

TABLES = Path(languages.__file__).parent / "tables"
LOCALES = sorted(LANGUAGES)
# names, formats and units, which are the same in every language
SAME = {
    "Alembic (.abc)", "Basel", "FBX (.fbx)", "FLAME", "FLAME 2023 Open", "FLAME_PyTorch", "GaussianAvatars",
    "OBJ (.obj)", "PLY (.ply)", "STL (.stl)", "USD (.usdc)", "Unity", "Unreal", "cm", "glTF (.glb)", "mm",
}  # fmt: skip
SHOWING = {"label", "menu", "operator", "operator_menu_enum", "prop", "report", "status_text_set"}
NUMBERS = {"largest", "least"}  # places without a space, which can stand beside another
speaks = pytest.mark.skipif(not bpy.app.build_options.international, reason="this build of Blender speaks English only")


@pytest.fixture(params=LOCALES)
def texts(request) -> dict[str, str]:
    return LANGUAGES[request.param]


@pytest.fixture(params=LOCALES)
def spoken(request, monkeypatch) -> Phrasebook:
    """The interface's language, as far as the add-on is asked, in a build of Blender that speaks English only."""
    book = Phrasebook(LANGUAGES[request.param])
    monkeypatch.setattr(languages, "_book", lambda _locale: book)
    view = bpy.context.preferences.view
    before = view.use_translate_interface
    view.use_translate_interface = True
    yield book
    view.use_translate_interface = before


def is_english(text: str) -> bool:
    return not re.search(r"[\u3040-\u9fff]", text)


@pytest.mark.newest
def test_every_text_has_an_entry_and_every_entry_is_a_text(texts):
    shown, known = interface_texts.all_texts(), {interface_texts.bare(text) for text in texts}
    assert len(known) == len(texts)
    assert not shown - known, f"texts without an entry: {sorted(shown - known)}"
    assert not known - shown, f"entries without a text: {sorted(known - shown)}"


@pytest.mark.newest
def test_the_texts_are_found():
    """A few of each kind, so that the search cannot come back empty-handed."""
    assert interface_texts.all_texts() >= {
        "Expression",  # a panel
        "Fit to Scan",  # an operator
        "Add a FLAME head: a face with identity, expression and pose parameters",  # its tooltip
        "Seed",  # an operator's property
        "Which way the head stands there",  # a property's tooltip
        "Z up, face to -Y",  # an item of an enumeration
        "Copy",  # a button's own words
        "Page {} of {} ({})",  # put together in a panel
        "Select a FLAME head first",  # why an operator cannot run
        "Parameters copied",  # a report
        "{} is missing: bake again, put the file back, or free the cache.",  # a part that knows no interface
    }


@pytest.mark.parametrize("room", ["operators", "panels"])
def test_what_blender_cannot_look_up_goes_through_translated(room):
    """Texts that are put together, and every reason why a button is off, which Blender shows as it gets it."""
    seen = 0
    for file in sorted((TABLES.parents[1] / room).rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr == "poll_message_set":
                seen += 1
                assert ast.unparse(call.args[0]) == "translated", f"{file.name}:{call.lineno}"
            elif call.func.attr in SHOWING:
                for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                    seen += 1
                    text = ast.unparse(given) if isinstance(given, ast.JoinedStr) else ""
                    words = re.search(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}|^f", "", text))
                    assert not words, f"{file.name}:{call.lineno}: translated({text})"
    assert seen > 20


def test_entries_say_something_else_with_the_same_places(texts):
    for text, said in texts.items():
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(said)), text
        assert said.strip() and (said != text or text in SAME), text
        assert "{" not in PLACE.sub("", text + said), f"{text}: a place is a name in braces"
        assert text.endswith(".") == said.endswith("。"), f"{text}: a full stop, or none"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_language_is_a_table(locale):
    """Sorted, so that texts are found and edits meet; and nothing but texts, so that no translation runs code."""
    docstring, table = ast.parse((TABLES / f"{locale}.py").read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr) and isinstance(table, ast.Assign)
    keys = list(ast.literal_eval(table.value))
    assert keys == sorted(keys) == list(LANGUAGES[locale])
    assert len(table.value.keys) == len(keys), "a text stands there twice"


def test_each_template_is_recognised_and_none_takes_what_is_anothers(texts):
    book = Phrasebook(texts)
    for text, said in texts.items():
        touching = re.findall(r"\{(\w+)\} \{", text)
        assert set(touching) <= NUMBERS, f"{text}: where a name ends and the next begins cannot be told"
        values = {name: f"A. {name} {{}}" for name in PLACE.findall(text)} | dict.fromkeys(touching, "7")
        sentence, meant = text.format_map(values), said.format_map(values)
        assert book.say(sentence) == meant
        assert book.say(f"{DOUBTFUL}{sentence}") == texts["Doubtful: {text}"].format(text=meant)


def test_sentences_inside_sentences_are_said_too():
    book = Phrasebook({
        "{head} keeps its last shape: {text}": "<{text}> ({head})",
        "The model {name} {text}": "{text}: {name}",
        "is gone.": "weg.",
        "{unit} (odd)": "{unit} (seltsam)",
        "in {text}": "in {text}",
        "Y up, face to +Z": "Y oben",
        "Dots. And (brackets)?": "Punkte",
    })  # fmt: skip
    assert book.say("A: B keeps its last shape: The model 'x' is gone.") == "<weg.: 'x'> (A: B)"
    assert book.say("in mm (odd), Y up, face to +Z") == "in mm (seltsam), Y oben"
    assert book.say("in mm (odd). Y up, face to +Z. X") == "in mm (seltsam). Y oben. X"
    assert book.say("Y up, face to +Y") == "Y up, face to +Y"
    assert book.say("Dots. And (brackets)?") == "Punkte"
    assert book.say("Dots- And (brackets)?") == "Dots- And (brackets)?"
    assert book.say("{head} keeps its last shape: ") == "<> ({head})"
    assert book.say("A\nB keeps its last shape: is gone.") == "<weg.> (A\nB)"
    assert book.say("") == ""


def test_what_panels_say_went_wrong_is_known(spoken, head, tmp_path):
    head.flame.live = False
    told = [live.trouble(head)]
    head.flame.live = True
    head.flame.neck[0] = float("nan")
    bpy.context.view_layer.update()
    told.append(live.trouble(head))
    head.flame.neck[0] = 0.0
    head.modifiers.clear()
    told.append(deformation.trouble(head))
    head.flame.fingerprint = "0" * 64
    models.refresh()
    told.append(live.trouble(head))
    sizes = CoefficientSizes(9.0, "Shape 1", 5.0, 100.0)
    told += [*sizes.notes(), f"Starts from: {guess.told(None, None, 'MM', 'AUTO') or 'mm, Y up, face to +Z'}"]
    settings = bpy.context.scene.flame_fit
    told += [kind.missing(settings) for kind in KINDS]
    for sentence in told:
        (said,) = labels.wrapped(sentence)
        assert said == spoken.say(sentence) and not is_english(said)
        assert not re.search(r"[a-z]{3,} [a-z]{2,}", said.replace(head.name, "")), f"half of it is English: {said}"
    assert any(sentence.startswith(DOUBTFUL) for sentence in told)


def test_reports_and_reasons_are_said(spoken, head):
    assert translated("Select a FLAME head first") == spoken.say("Select a FLAME head first")
    with pytest.raises(RuntimeError) as error:
        bpy.ops.flame.remove_landmarks()
    assert not is_english(str(error.value)), "why it cannot run"


def test_english_stays_english(head):
    assert translated("Select a FLAME head first") == "Select a FLAME head first"
    assert labels.wrapped("Live is off for Bob: it keeps its last shape.")[0].startswith("Live is off for Bob")


def test_a_user_who_wants_labels_in_english_gets_them(spoken):
    bpy.context.preferences.view.use_translate_interface = False
    assert translated("Select a FLAME head first") == "Select a FLAME head first"


def test_lines_are_broken_where_the_script_allows_it(monkeypatch):
    monkeypatch.setattr(labels, "_room", lambda: 10)
    monkeypatch.setattr(labels, "_width", lambda text: sum(1 + (east_asian_width(letter) in "WF") for letter in text))
    assert labels.wrapped("请先选择扫描。请在物体模式下拾取") == ["请先选择扫", "描。请在物", "体模式下拾", "取"]
    assert labels.wrapped("请先选择面。好") == ["请先选择", "面。好"]  # no line begins with a full stop
    assert labels.wrapped("按 Clear 好（可以）") == ["按 Clear", "好（可以）"]
    assert labels.wrapped("one two three") == ["one two", "three"]
    assert labels.wrapped("/a/very/long/path") == ["/a/very/lo", "ng/path"]
    assert labels.wrapped("") == [""]


@speaks
@pytest.mark.parametrize("locale", LOCALES)
def test_blender_shows_the_texts(locale):
    view, say = bpy.context.preferences.view, bpy.app.translations
    texts, before = LANGUAGES[locale], view.language
    view.language = locale
    try:
        assert say.locale == locale
        for use in ("interface", "tooltips", "reports"):
            if hasattr(view, f"use_translate_{use}"):
                setattr(view, f"use_translate_{use}", True)
        # a title that Blender would take for mathematics, a button, a tooltip
        panel, button = bpy.types.FLAME_PT_expression, bpy.ops.flame.fit_scan.get_rna_type()
        assert say.pgettext_iface(panel.bl_label, panel.bl_translation_context) == texts["Expression"]
        assert say.pgettext_iface(button.name, button.translation_context) == texts["Fit to Scan"]
        assert say.pgettext_tip(button.description) == texts[button.description]
        for owner, name in ((bpy.ops.flame.reset_params.get_rna_type(), "expression"),
                            (properties.FLAME_PG_fitted.bl_rna, "median")):  # fmt: skip
            found = owner.properties[name]
            assert say.pgettext_iface(found.name, found.translation_context) == texts[found.name]
        assert translated("Page 2 of 3 (47)") == texts["Page {page} of {last} ({count})"].format(
            page=2, last=3, count=47
        )
        languages.unregister()
        try:
            assert say.pgettext_iface(button.name, button.translation_context) == button.name
            assert say.pgettext_tip(button.description) == button.description
        finally:
            languages.register()
    finally:
        view.language = before
    assert say.pgettext_iface(button.name, button.translation_context) == button.name


@speaks
def test_the_languages_are_blenders():
    assert set(LOCALES) <= set(bpy.app.translations.locales)
