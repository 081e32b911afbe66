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

from .. import api_names
from ..first_use import imported_on_first_use

if TYPE_CHECKING:
    # several names a line: one each would make this file as long as all that it names
    # fmt: off
    # isort: off
    from ..bake.baking import BakeOptions as BakeOptions
    from ..bake.rig import NativeRig as NativeRig, RigOptions as RigOptions
    from ..bodies.on_body import OnBody as OnBody
    from ..character.arkit import ArkitOptions as ArkitOptions
    from ..character.captured import CaptureOptions as CaptureOptions, ImportedScores as ImportedScores
    from ..character.live_capture import LiveCapture as LiveCapture, LiveOptions as LiveOptions
    from ..character.shape_keys import Retargeted as Retargeted, RetargetOptions as RetargetOptions
    from ..character.spoken import ImportedSpeech as ImportedSpeech, SpeechOptions as SpeechOptions
    from ..clips.clip_import import ClipOptions as ClipOptions, ImportedAnimation as ImportedAnimation
    from ..clips.mesh_clip import MeshClip as MeshClip, MeshClipOptions as MeshClipOptions
    from ..datasets.finishing import Finished as Finished
    from ..datasets.jobs.job_files import JobFiles as JobFiles
    from ..distances.distances import DistanceOptions as DistanceOptions, Painted as Painted
    from ..errors import (
        DatasetError as DatasetError, FlameError as FlameError, LandmarkError as LandmarkError, ModelError as
        ModelError, ParameterError as ParameterError, SequenceError as SequenceError, WriteError as WriteError,
    )
    from ..export.landmarks import LANDMARK_SUFFIXES as LANDMARK_SUFFIXES, LandmarkFileOptions as LandmarkFileOptions
    from ..export.meshes import MeshFileOptions as MeshFileOptions, Written as Written
    from ..export.parameters import (
        PARAMETER_SUFFIXES as PARAMETER_SUFFIXES, ParameterFileOptions as ParameterFileOptions, WrittenParameters as
        WrittenParameters,
    )
    from ..export.scene_files import SceneFileOptions as SceneFileOptions
    from ..face_board.baking import BoardBakeOptions as BoardBakeOptions
    from ..film.filming import Film as Film, FilmOptions as FilmOptions
    from ..flame.params import FlameParams as FlameParams
    from ..geometry.camera import Camera as Camera
    from ..head.models import BUILT_IN as BUILT_IN
    from ..life.adding import AddedLife as AddedLife, LifeOptions as LifeOptions
    from ..life.blinks import BlinkOptions as BlinkOptions
    from ..mesh_looks.bringing import BroughtLooks as BroughtLooks
    from ..mesh_looks.detail_mesh import DetailMesh as DetailMesh, DetailMeshOptions as DetailMeshOptions
    from ..mesh_looks.displacement import Displaced as Displaced
    from ..mesh_looks.showing import ShownLooks as ShownLooks
    from ..model_controls.quality import ControlQuality as ControlQuality
    from ..model_controls.scores import ArkitScores as ArkitScores
    from ..model_files.library import Installed as Installed, ModelEntry as ModelEntry
    from ..model_files.texture_files import TextureEntry as TextureEntry
    from ..photo_pins.editing import PinEditing as PinEditing
    from ..photo_pins.photo_picking import PhotoPickingSession as PhotoPickingSession
    from ..photo_pins.pin_drawing import PinDrawing as PinDrawing
    from ..photo_pins.refitting import Refitted as Refitted
    from ..photo_projection.photo_material import (
        PhotoTextured as PhotoTextured, PhotoTextureOptions as PhotoTextureOptions,
    )
    from ..picking.session import PickingSession as PickingSession
    from ..poses.showing import BlendOptions as BlendOptions, FaceBlend as FaceBlend
    from ..poses.taking import SaveFaceOptions as SaveFaceOptions
    from ..poses.written_library import FaceAssetOptions as FaceAssetOptions
    from ..refitting.converted import Converted as Converted, ConvertOptions as ConvertOptions
    from ..sample_renders.loose_samples import RenderedSamples as RenderedSamples, ThreadOptions as ThreadOptions
    from ..sample_renders.rendering import RenderedShards as RenderedShards, RenderOptions as RenderOptions
    from ..samples.sampling import SampleOptions as SampleOptions, Samples as Samples
    from ..saved_faces.face import Face as Face
    from ..saved_faces.face_folder import SavedFace as SavedFace
    from ..scene_fits.kinds.basel import BaselFitOptions as BaselFitOptions
    from ..scene_fits.kinds.cameras import CameraFitOptions as CameraFitOptions
    from ..scene_fits.kinds.landmarks import LandmarkFitOptions as LandmarkFitOptions
    from ..scene_fits.kinds.mesh import MeshFitOptions as MeshFitOptions
    from ..scene_fits.kinds.photo import PhotoFitOptions as PhotoFitOptions
    from ..scene_fits.kinds.scan import ScanFitOptions as ScanFitOptions
    from ..scene_fits.options import FileFitOptions as FileFitOptions
    from ..scene_fits.pinned_photos import Pin as Pin
    from ..scene_fits.stage import FittedHead as FittedHead
    from ..sequences.choices import POSE_LAYOUTS as POSE_LAYOUTS, SIXD_LAYOUTS as SIXD_LAYOUTS
    from ..skin.fit import FittedTexture as FittedTexture, TextureFitOptions as TextureFitOptions
    from .animating.boards import (
        bake_board as bake_board, baking_board as baking_board, board_of as board_of, keys_to_board as keys_to_board,
        make_board as make_board, making_board as making_board, remove_board as remove_board,
    )
    from .animating.control_rows import key_controls as key_controls, link_sides as link_sides
    from .animating.face_files import (
        bring_faces as bring_faces, face_of_asset as face_of_asset, face_of_identifier as face_of_identifier, holds_face
        as holds_face, read_face as read_face, show_face_library as show_face_library, write_face_assets as
        write_face_assets, writing_face_assets as writing_face_assets,
    )
    from .animating.life import (
        add_blinks as add_blinks, add_life as add_life, adding_blinks as adding_blinks, adding_life as adding_life,
        life_options as life_options, mute_life as mute_life, remove_life as remove_life,
    )
    from .animating.pins import (
        add_photo as add_photo, adding_photo as adding_photo, begin_editing_pins as begin_editing_pins,
        begin_picking_on_photo as begin_picking_on_photo, pinned_cameras as pinned_cameras, pins_of as pins_of,
        refit_pins as refit_pins, remove_pins as remove_pins, set_pins as set_pins, show_photo as show_photo,
        shows_photo as shows_photo,
    )
    from .animating.poses import (
        begin_face_blend as begin_face_blend, blend_face as blend_face, blending_face as blending_face, delete_face as
        delete_face, find_face as find_face, keep_face as keep_face, rename_face as rename_face, save_face as save_face,
        saved_faces as saved_faces, saving_face as saving_face, take_face as take_face,
    )
    from .arkit import (
        export_arkit as export_arkit, exporting_arkit as exporting_arkit, has_arkit_keys as has_arkit_keys, holds_arkit
        as holds_arkit, import_arkit as import_arkit, importing_arkit as importing_arkit, retarget_arkit as
        retarget_arkit, retargeting_arkit as retargeting_arkit, solve_arkit as solve_arkit, solving_arkit as
        solving_arkit,
    )
    from .bakes import (
        bake_cache as bake_cache, baking_cache as baking_cache, free_cache as free_cache, make_rig as make_rig,
        making_rig as making_rig, played_cache as played_cache,
    )
    from .clips import (
        film as film, filming as filming, import_animation as import_animation, import_meshes as import_meshes,
        importing_animation as importing_animation, importing_meshes as importing_meshes, remove_template as
        remove_template, template_of as template_of,
    )
    from .conversion import convert as convert, converting as converting
    from .data_sets import (
        finish_shards as finish_shards, finishing_shards as finishing_shards, preview_sample as preview_sample,
        remove_preview as remove_preview, render_samples as render_samples, render_shard as render_shard, render_shards
        as render_shards, rendering_samples as rendering_samples, rendering_shard as rendering_shard, rendering_shards
        as rendering_shards, submit_shards as submit_shards, write_recipe as write_recipe,
    )
    from .exports import (
        empty_or_new as empty_or_new, export_landmarks as export_landmarks, export_meshes as export_meshes,
        export_parameters as export_parameters, export_scene as export_scene, exporting_landmarks as
        exporting_landmarks, exporting_meshes as exporting_meshes, exporting_parameters as exporting_parameters,
        exporting_scene as exporting_scene, missing_exporter as missing_exporter,
    )
    from .faces import (
        apply_preset as apply_preset, applying_preset as applying_preset, begin_live_capture as begin_live_capture,
        beginning_live_capture as beginning_live_capture, get_arkit as get_arkit, holds_mouth_shapes as
        holds_mouth_shapes, import_speech as import_speech, importing_speech as importing_speech, live_capture_under_way
        as live_capture_under_way, missing_controls as missing_controls, presets as presets, set_arkit as set_arkit,
    )
    from .fits import (
        FIT_KINDS as FIT_KINDS, fit_basel as fit_basel, fit_files as fit_files, fit_landmarks as fit_landmarks, fit_mesh
        as fit_mesh, fit_scan as fit_scan, fitting_files as fitting_files, fitting_head as fitting_head,
    )
    from .fitted import (
        are_distances_painted as are_distances_painted, begin_picking as begin_picking, clear_distances as
        clear_distances, fitted_cameras as fitted_cameras, is_scan as is_scan, paint_distances as paint_distances,
        painting_distances as painting_distances, project_photo as project_photo, projecting_photo as projecting_photo,
        reshape_to_landmarks as reshape_to_landmarks,
    )
    from .heads import (
        add_head as add_head, add_landmarks as add_landmarks, evaluate as evaluate, is_head as is_head, keep_sculpt as
        keep_sculpt, landmarks as landmarks, lock_interface as lock_interface, missing_landmarks as missing_landmarks,
        missing_model as missing_model, missing_parts as missing_parts, model as model, remove_landmarks as
        remove_landmarks, restore_deformation as restore_deformation, update_head as update_head,
    )
    from .joined import (
        add_mouth as add_mouth, adding_mouth as adding_mouth, is_on_body as is_on_body, mouth_of as mouth_of,
        put_on_body as put_on_body, remove_mouth as remove_mouth, take_off_body as take_off_body,
    )
    from .looks import (
        add_detail_mesh as add_detail_mesh, add_displacement as add_displacement, adding_detail_mesh as
        adding_detail_mesh, compute_looks as compute_looks, computing_looks as computing_looks, has_detail_mesh as
        has_detail_mesh, has_displacement as has_displacement, has_looks as has_looks, has_quads as has_quads,
        lacks_looks as lacks_looks, remove_detail_mesh as remove_detail_mesh, remove_displacement as
        remove_displacement, remove_looks as remove_looks, show_quads as show_quads, take_looks as take_looks,
    )
    from .models import (
        are_installable as are_installable, choose_new_head_model as choose_new_head_model, compute_controls as
        compute_controls, computing_controls as computing_controls, control_qualities as control_qualities, install as
        install, installed_models as installed_models, installing as installing, locate_model as locate_model,
        model_names as model_names, new_head_model as new_head_model, remove_model as remove_model, sample as sample,
        sampling as sampling,
    )
    from .photos import fit_cameras as fit_cameras, fit_photo as fit_photo
    from .posing import (
        auto_key as auto_key, copy_params as copy_params, get_params as get_params, keyframe as keyframe, mirror_face as
        mirror_face, paste_params as paste_params, randomise as randomise, reset_params as reset_params, set_params as
        set_params,
    )
    from .skins import (
        export_texture as export_texture, fit_texture as fit_texture, fitting_texture as fitting_texture,
        installed_textures as installed_textures, remove_texture as remove_texture, set_texture as set_texture,
        texture_of as texture_of, texture_params as texture_params,
    )
    # isort: on
    # fmt: on

__getattr__, __dir__ = imported_on_first_use(__name__, api_names.MODULES)
