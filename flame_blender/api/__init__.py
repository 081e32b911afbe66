"""What scripts call. Everything that a button does can be done from here, in a window or with ``blender -b``.

Installed as an extension the module is ``bl_ext.user_default.flame_blender.api``::

    from bl_ext.user_default.flame_blender import api
    head = api.add_head(landmarks=True)  # of the FLAME file installed last, else the built-in head; or name a model
    api.set_params(head, jaw=(0.2, 0, 0))

Arrays are in FLAME's axes: metres, +Y up, +Z out of the face, +X the head's left, rotation vectors in radians;
``space="world"`` gives Blender's. What is wrong raises a ``FlameError``, a ``ValueError`` that says what was expected
and found: ``ParameterError``, ``ModelError``, ``LandmarkError``, ``SequenceError``, ``DatasetError`` or
``WriteError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    from ..bake.baking import BakeOptions as BakeOptions
    from ..bake.rig import NativeRig as NativeRig
    from ..bake.rig import RigOptions as RigOptions
    from ..bodies.on_body import OnBody as OnBody
    from ..character.arkit import ArkitOptions as ArkitOptions
    from ..character.captured import CaptureOptions as CaptureOptions
    from ..character.captured import ImportedScores as ImportedScores
    from ..character.live_capture import LiveCapture as LiveCapture
    from ..character.live_capture import LiveOptions as LiveOptions
    from ..character.shape_keys import Retargeted as Retargeted
    from ..character.shape_keys import RetargetOptions as RetargetOptions
    from ..character.spoken import ImportedSpeech as ImportedSpeech
    from ..character.spoken import SpeechOptions as SpeechOptions
    from ..clips.clip_import import ClipOptions as ClipOptions
    from ..clips.clip_import import ImportedAnimation as ImportedAnimation
    from ..clips.mesh_clip import MeshClip as MeshClip
    from ..clips.mesh_clip import MeshClipOptions as MeshClipOptions
    from ..datasets.finishing import Finished as Finished
    from ..datasets.jobs.job_files import JobFiles as JobFiles
    from ..distances.distances import DistanceOptions as DistanceOptions
    from ..distances.distances import Painted as Painted
    from ..errors import DatasetError as DatasetError
    from ..errors import FlameError as FlameError
    from ..errors import LandmarkError as LandmarkError
    from ..errors import ModelError as ModelError
    from ..errors import ParameterError as ParameterError
    from ..errors import SequenceError as SequenceError
    from ..errors import WriteError as WriteError
    from ..export.landmarks import LANDMARK_SUFFIXES as LANDMARK_SUFFIXES
    from ..export.landmarks import LandmarkFileOptions as LandmarkFileOptions
    from ..export.meshes import MeshFileOptions as MeshFileOptions
    from ..export.meshes import Written as Written
    from ..export.parameters import PARAMETER_SUFFIXES as PARAMETER_SUFFIXES
    from ..export.parameters import ParameterFileOptions as ParameterFileOptions
    from ..export.parameters import WrittenParameters as WrittenParameters
    from ..export.scene_files import SceneFileOptions as SceneFileOptions
    from ..film.filming import Film as Film
    from ..film.filming import FilmOptions as FilmOptions
    from ..flame.params import FlameParams as FlameParams
    from ..geometry.camera import Camera as Camera
    from ..head.models import BUILT_IN as BUILT_IN
    from ..life.adding import AddedLife as AddedLife
    from ..life.adding import LifeOptions as LifeOptions
    from ..life.blinks import BlinkOptions as BlinkOptions
    from ..mesh_looks.bringing import BroughtLooks as BroughtLooks
    from ..mesh_looks.detail_mesh import DetailMesh as DetailMesh
    from ..mesh_looks.detail_mesh import DetailMeshOptions as DetailMeshOptions
    from ..mesh_looks.displacement import Displaced as Displaced
    from ..mesh_looks.showing import ShownLooks as ShownLooks
    from ..model_controls.quality import ControlQuality as ControlQuality
    from ..model_controls.scores import ArkitScores as ArkitScores
    from ..model_files.library import Installed as Installed
    from ..model_files.library import ModelEntry as ModelEntry
    from ..model_files.texture_files import TextureEntry as TextureEntry
    from ..photo_projection.photo_material import PhotoTextured as PhotoTextured
    from ..photo_projection.photo_material import PhotoTextureOptions as PhotoTextureOptions
    from ..picking.session import PickingSession as PickingSession
    from ..poses.showing import BlendOptions as BlendOptions
    from ..poses.showing import FaceBlend as FaceBlend
    from ..poses.taking import SaveFaceOptions as SaveFaceOptions
    from ..poses.written_library import FaceAssetOptions as FaceAssetOptions
    from ..refitting.converted import Converted as Converted
    from ..refitting.converted import ConvertOptions as ConvertOptions
    from ..sample_renders.loose_samples import RenderedSamples as RenderedSamples
    from ..sample_renders.loose_samples import ThreadOptions as ThreadOptions
    from ..sample_renders.rendering import RenderedShards as RenderedShards
    from ..sample_renders.rendering import RenderOptions as RenderOptions
    from ..samples.sampling import SampleOptions as SampleOptions
    from ..samples.sampling import Samples as Samples
    from ..saved_faces.face import Face as Face
    from ..saved_faces.face_folder import SavedFace as SavedFace
    from ..scene_fits.kinds.basel import BaselFitOptions as BaselFitOptions
    from ..scene_fits.kinds.cameras import CameraFitOptions as CameraFitOptions
    from ..scene_fits.kinds.landmarks import LandmarkFitOptions as LandmarkFitOptions
    from ..scene_fits.kinds.mesh import MeshFitOptions as MeshFitOptions
    from ..scene_fits.kinds.photo import PhotoFitOptions as PhotoFitOptions
    from ..scene_fits.kinds.scan import ScanFitOptions as ScanFitOptions
    from ..scene_fits.options import FileFitOptions as FileFitOptions
    from ..scene_fits.stage import FittedHead as FittedHead
    from ..sequences.choices import POSE_LAYOUTS as POSE_LAYOUTS
    from ..sequences.choices import SIXD_LAYOUTS as SIXD_LAYOUTS
    from ..skin.fit import FittedTexture as FittedTexture
    from ..skin.fit import TextureFitOptions as TextureFitOptions
    from .animating.control_rows import key_controls as key_controls
    from .animating.control_rows import link_sides as link_sides
    from .animating.face_files import bring_faces as bring_faces
    from .animating.face_files import face_of_asset as face_of_asset
    from .animating.face_files import face_of_identifier as face_of_identifier
    from .animating.face_files import holds_face as holds_face
    from .animating.face_files import read_face as read_face
    from .animating.face_files import show_face_library as show_face_library
    from .animating.face_files import write_face_assets as write_face_assets
    from .animating.face_files import writing_face_assets as writing_face_assets
    from .animating.life import add_blinks as add_blinks
    from .animating.life import add_life as add_life
    from .animating.life import adding_blinks as adding_blinks
    from .animating.life import adding_life as adding_life
    from .animating.life import life_options as life_options
    from .animating.life import mute_life as mute_life
    from .animating.life import remove_life as remove_life
    from .animating.poses import begin_face_blend as begin_face_blend
    from .animating.poses import blend_face as blend_face
    from .animating.poses import blending_face as blending_face
    from .animating.poses import delete_face as delete_face
    from .animating.poses import find_face as find_face
    from .animating.poses import keep_face as keep_face
    from .animating.poses import rename_face as rename_face
    from .animating.poses import save_face as save_face
    from .animating.poses import saved_faces as saved_faces
    from .animating.poses import saving_face as saving_face
    from .animating.poses import take_face as take_face
    from .arkit import export_arkit as export_arkit
    from .arkit import exporting_arkit as exporting_arkit
    from .arkit import has_arkit_keys as has_arkit_keys
    from .arkit import holds_arkit as holds_arkit
    from .arkit import import_arkit as import_arkit
    from .arkit import importing_arkit as importing_arkit
    from .arkit import retarget_arkit as retarget_arkit
    from .arkit import retargeting_arkit as retargeting_arkit
    from .arkit import solve_arkit as solve_arkit
    from .arkit import solving_arkit as solving_arkit
    from .bakes import bake_cache as bake_cache
    from .bakes import baking_cache as baking_cache
    from .bakes import free_cache as free_cache
    from .bakes import make_rig as make_rig
    from .bakes import making_rig as making_rig
    from .bakes import played_cache as played_cache
    from .clips import film as film
    from .clips import filming as filming
    from .clips import import_animation as import_animation
    from .clips import import_meshes as import_meshes
    from .clips import importing_animation as importing_animation
    from .clips import importing_meshes as importing_meshes
    from .clips import remove_template as remove_template
    from .clips import template_of as template_of
    from .conversion import convert as convert
    from .conversion import converting as converting
    from .data_sets import finish_shards as finish_shards
    from .data_sets import finishing_shards as finishing_shards
    from .data_sets import preview_sample as preview_sample
    from .data_sets import remove_preview as remove_preview
    from .data_sets import render_samples as render_samples
    from .data_sets import render_shard as render_shard
    from .data_sets import render_shards as render_shards
    from .data_sets import rendering_samples as rendering_samples
    from .data_sets import rendering_shard as rendering_shard
    from .data_sets import rendering_shards as rendering_shards
    from .data_sets import submit_shards as submit_shards
    from .data_sets import write_recipe as write_recipe
    from .exports import empty_or_new as empty_or_new
    from .exports import export_landmarks as export_landmarks
    from .exports import export_meshes as export_meshes
    from .exports import export_parameters as export_parameters
    from .exports import export_scene as export_scene
    from .exports import exporting_landmarks as exporting_landmarks
    from .exports import exporting_meshes as exporting_meshes
    from .exports import exporting_parameters as exporting_parameters
    from .exports import exporting_scene as exporting_scene
    from .exports import missing_exporter as missing_exporter
    from .faces import apply_preset as apply_preset
    from .faces import applying_preset as applying_preset
    from .faces import begin_live_capture as begin_live_capture
    from .faces import beginning_live_capture as beginning_live_capture
    from .faces import get_arkit as get_arkit
    from .faces import holds_mouth_shapes as holds_mouth_shapes
    from .faces import import_speech as import_speech
    from .faces import importing_speech as importing_speech
    from .faces import live_capture_under_way as live_capture_under_way
    from .faces import missing_controls as missing_controls
    from .faces import presets as presets
    from .faces import set_arkit as set_arkit
    from .fits import FIT_KINDS as FIT_KINDS
    from .fits import fit_basel as fit_basel
    from .fits import fit_files as fit_files
    from .fits import fit_landmarks as fit_landmarks
    from .fits import fit_mesh as fit_mesh
    from .fits import fit_scan as fit_scan
    from .fits import fitting_files as fitting_files
    from .fits import fitting_head as fitting_head
    from .fitted import are_distances_painted as are_distances_painted
    from .fitted import begin_picking as begin_picking
    from .fitted import clear_distances as clear_distances
    from .fitted import fitted_cameras as fitted_cameras
    from .fitted import is_scan as is_scan
    from .fitted import paint_distances as paint_distances
    from .fitted import painting_distances as painting_distances
    from .fitted import project_photo as project_photo
    from .fitted import projecting_photo as projecting_photo
    from .fitted import reshape_to_landmarks as reshape_to_landmarks
    from .heads import add_head as add_head
    from .heads import add_landmarks as add_landmarks
    from .heads import evaluate as evaluate
    from .heads import is_head as is_head
    from .heads import keep_sculpt as keep_sculpt
    from .heads import landmarks as landmarks
    from .heads import lock_interface as lock_interface
    from .heads import missing_landmarks as missing_landmarks
    from .heads import missing_model as missing_model
    from .heads import missing_parts as missing_parts
    from .heads import model as model
    from .heads import remove_landmarks as remove_landmarks
    from .heads import restore_deformation as restore_deformation
    from .heads import update_head as update_head
    from .joined import add_mouth as add_mouth
    from .joined import adding_mouth as adding_mouth
    from .joined import is_on_body as is_on_body
    from .joined import mouth_of as mouth_of
    from .joined import put_on_body as put_on_body
    from .joined import remove_mouth as remove_mouth
    from .joined import take_off_body as take_off_body
    from .looks import add_detail_mesh as add_detail_mesh
    from .looks import add_displacement as add_displacement
    from .looks import adding_detail_mesh as adding_detail_mesh
    from .looks import compute_looks as compute_looks
    from .looks import computing_looks as computing_looks
    from .looks import has_detail_mesh as has_detail_mesh
    from .looks import has_displacement as has_displacement
    from .looks import has_looks as has_looks
    from .looks import has_quads as has_quads
    from .looks import lacks_looks as lacks_looks
    from .looks import remove_detail_mesh as remove_detail_mesh
    from .looks import remove_displacement as remove_displacement
    from .looks import remove_looks as remove_looks
    from .looks import show_quads as show_quads
    from .looks import take_looks as take_looks
    from .models import are_installable as are_installable
    from .models import choose_new_head_model as choose_new_head_model
    from .models import compute_controls as compute_controls
    from .models import computing_controls as computing_controls
    from .models import control_qualities as control_qualities
    from .models import install as install
    from .models import installed_models as installed_models
    from .models import installing as installing
    from .models import locate_model as locate_model
    from .models import model_names as model_names
    from .models import new_head_model as new_head_model
    from .models import remove_model as remove_model
    from .models import sample as sample
    from .models import sampling as sampling
    from .photos import fit_cameras as fit_cameras
    from .photos import fit_photo as fit_photo
    from .posing import auto_key as auto_key
    from .posing import copy_params as copy_params
    from .posing import get_params as get_params
    from .posing import keyframe as keyframe
    from .posing import mirror_face as mirror_face
    from .posing import paste_params as paste_params
    from .posing import randomise as randomise
    from .posing import reset_params as reset_params
    from .posing import set_params as set_params
    from .skins import export_texture as export_texture
    from .skins import fit_texture as fit_texture
    from .skins import fitting_texture as fitting_texture
    from .skins import installed_textures as installed_textures
    from .skins import remove_texture as remove_texture
    from .skins import set_texture as set_texture
    from .skins import texture_of as texture_of
    from .skins import texture_params as texture_params

__getattr__, __dir__ = imported_on_first_use(
    __name__,
    {
        "bake.baking": "BakeOptions",
        "bake.rig": "NativeRig RigOptions",
        "bodies.on_body": "OnBody",
        "character.arkit": "ArkitOptions",
        "character.captured": "CaptureOptions ImportedScores",
        "character.live_capture": "LiveCapture LiveOptions",
        "character.shape_keys": "RetargetOptions Retargeted",
        "character.spoken": "ImportedSpeech SpeechOptions",
        "clips.clip_import": "ClipOptions ImportedAnimation",
        "clips.mesh_clip": "MeshClip MeshClipOptions",
        "datasets.finishing": "Finished",
        "datasets.jobs.job_files": "JobFiles",
        "distances.distances": "DistanceOptions Painted",
        "errors": "DatasetError FlameError LandmarkError ModelError ParameterError SequenceError WriteError",
        "export.landmarks": "LANDMARK_SUFFIXES LandmarkFileOptions",
        "export.meshes": "MeshFileOptions Written",
        "export.parameters": "PARAMETER_SUFFIXES ParameterFileOptions WrittenParameters",
        "export.scene_files": "SceneFileOptions",
        "film.filming": "Film FilmOptions",
        "flame.params": "FlameParams",
        "geometry.camera": "Camera",
        "head.models": "BUILT_IN",
        "life.adding": "AddedLife LifeOptions",
        "life.blinks": "BlinkOptions",
        "mesh_looks.bringing": "BroughtLooks",
        "mesh_looks.detail_mesh": "DetailMesh DetailMeshOptions",
        "mesh_looks.displacement": "Displaced",
        "mesh_looks.showing": "ShownLooks",
        "model_controls.quality": "ControlQuality",
        "model_controls.scores": "ArkitScores",
        "model_files.library": "Installed ModelEntry",
        "model_files.texture_files": "TextureEntry",
        "photo_projection.photo_material": "PhotoTextureOptions PhotoTextured",
        "picking.session": "PickingSession",
        "poses.showing": "BlendOptions FaceBlend",
        "poses.taking": "SaveFaceOptions",
        "poses.written_library": "FaceAssetOptions",
        "refitting.converted": "ConvertOptions Converted",
        "sample_renders.loose_samples": "RenderedSamples ThreadOptions",
        "sample_renders.rendering": "RenderOptions RenderedShards",
        "samples.sampling": "SampleOptions Samples",
        "saved_faces.face": "Face",
        "saved_faces.face_folder": "SavedFace",
        "scene_fits.kinds.basel": "BaselFitOptions",
        "scene_fits.kinds.cameras": "CameraFitOptions",
        "scene_fits.kinds.landmarks": "LandmarkFitOptions",
        "scene_fits.kinds.mesh": "MeshFitOptions",
        "scene_fits.kinds.photo": "PhotoFitOptions",
        "scene_fits.kinds.scan": "ScanFitOptions",
        "scene_fits.options": "FileFitOptions",
        "scene_fits.stage": "FittedHead",
        "sequences.choices": "POSE_LAYOUTS SIXD_LAYOUTS",
        "skin.fit": "FittedTexture TextureFitOptions",
        "api.animating.control_rows": "key_controls link_sides",
        "api.animating.life": "add_blinks add_life adding_blinks adding_life life_options mute_life remove_life",
        "api.animating.face_files": (
            "bring_faces face_of_asset face_of_identifier holds_face read_face show_face_library write_face_assets "
            "writing_face_assets"
        ),
        "api.animating.poses": (
            "begin_face_blend blend_face blending_face delete_face find_face keep_face rename_face save_face "
            "saved_faces saving_face take_face"
        ),
        "api.arkit": (
            "export_arkit exporting_arkit has_arkit_keys holds_arkit import_arkit importing_arkit retarget_arkit "
            "retargeting_arkit solve_arkit solving_arkit"
        ),
        "api.bakes": "bake_cache baking_cache free_cache make_rig making_rig played_cache",
        "api.joined": "add_mouth adding_mouth is_on_body mouth_of put_on_body remove_mouth take_off_body",
        "api.clips": (
            "film filming import_animation import_meshes importing_animation importing_meshes remove_template "
            "template_of"
        ),
        "api.conversion": "convert converting",
        "api.data_sets": (
            "finish_shards finishing_shards render_samples render_shard render_shards rendering_samples "
            "rendering_shard rendering_shards preview_sample remove_preview submit_shards write_recipe"
        ),
        "api.exports": (
            "empty_or_new export_landmarks export_meshes export_parameters export_scene exporting_landmarks "
            "exporting_meshes exporting_parameters exporting_scene missing_exporter"
        ),
        "api.faces": (
            "apply_preset applying_preset begin_live_capture beginning_live_capture "
            "get_arkit holds_mouth_shapes import_speech importing_speech live_capture_under_way missing_controls "
            "presets set_arkit"
        ),
        "api.fits": "FIT_KINDS fit_basel fit_files fit_landmarks fit_mesh fit_scan fitting_files fitting_head",
        "api.fitted": (
            "are_distances_painted begin_picking clear_distances fitted_cameras is_scan paint_distances "
            "painting_distances project_photo projecting_photo reshape_to_landmarks"
        ),
        "api.heads": (
            "add_head add_landmarks evaluate is_head keep_sculpt landmarks lock_interface missing_landmarks "
            "missing_model missing_parts model remove_landmarks restore_deformation update_head"
        ),
        "api.looks": (
            "add_detail_mesh add_displacement adding_detail_mesh compute_looks computing_looks has_detail_mesh "
            "has_displacement has_looks has_quads lacks_looks remove_detail_mesh remove_displacement remove_looks "
            "show_quads take_looks"
        ),
        "api.models": (
            "are_installable choose_new_head_model compute_controls computing_controls control_qualities install "
            "installed_models installing locate_model model_names new_head_model remove_model sample sampling"
        ),
        "api.photos": "fit_cameras fit_photo",
        "api.posing": (
            "auto_key copy_params get_params keyframe mirror_face paste_params randomise reset_params set_params"
        ),
        "api.skins": (
            "export_texture fit_texture fitting_texture installed_textures remove_texture set_texture texture_of "
            "texture_params"
        ),
    },
)
