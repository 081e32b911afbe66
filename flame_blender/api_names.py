"""In which module each public name of ``api`` lies, from the package on; it is imported when it is first used."""

from __future__ import annotations

MODULES = {
    "avatars.adding": "AddedAvatar AvatarOptions",
    "avatars.avatar_export": "AvatarFileOptions",
    "avatars.strewn": "MadeAvatarOptions",
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
    "errors": "AvatarError DatasetError FlameError LandmarkError ModelError ParameterError SequenceError WriteError",
    "export.landmarks": "LANDMARK_SUFFIXES LandmarkFileOptions",
    "export.meshes": "MeshFileOptions Written",
    "export.parameters": "PARAMETER_SUFFIXES ParameterFileOptions WrittenParameters",
    "export.scene_files": "SceneFileOptions",
    "face_board.baking": "BoardBakeOptions",
    "film.filming": "Film FilmOptions",
    "flame.params": "FlameParams",
    "geometry.camera": "Camera",
    "hair.growing": "HairOptions",
    "hair_strands.styles": "HAIR_STYLES",
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
    "photo_pins.pin_drawing": "PinDrawing",
    "photo_pins.editing": "PinEditing",
    "photo_pins.photo_picking": "PhotoPickingSession",
    "photo_pins.refitting": "Refitted",
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
    "scene_fits.pinned_photos": "Pin",
    "scene_fits.stage": "FittedHead",
    "sequences.choices": "POSE_LAYOUTS SIXD_LAYOUTS",
    "skin.fit": "FittedTexture TextureFitOptions",
    "api.animating.boards": "bake_board baking_board board_of keys_to_board make_board making_board remove_board",
    "api.animating.control_rows": "key_controls link_sides",
    "api.animating.life": "add_blinks add_life adding_blinks adding_life life_options mute_life remove_life",
    "api.animating.face_files": (
        "bring_faces face_of_asset face_of_identifier holds_face is_saved_face read_face show_face_library "
        "write_face_assets writing_face_assets"
    ),
    "api.animating.poses": (
        "begin_face_blend blend_face blending_face delete_face find_face keep_face rename_face save_face "
        "saved_faces saving_face take_face"
    ),
    "api.animating.pins": (
        "add_photo adding_photo begin_editing_pins begin_picking_on_photo pinned_cameras pins_of refit_pins "
        "remove_pins set_pins show_photo shows_photo"
    ),
    "api.arkit": (
        "export_arkit exporting_arkit has_arkit_keys holds_arkit import_arkit importing_arkit retarget_arkit "
        "retargeting_arkit solve_arkit solving_arkit"
    ),
    "api.bakes": "bake_cache baking_cache free_cache make_rig making_rig played_cache",
    "api.grown.avatar_edits": (
        "avatar_regions copy_avatar crop_avatar grade_avatar is_avatar merge_avatars turn_colours"
    ),
    "api.joined": "add_mouth adding_mouth is_on_body mouth_of put_on_body remove_mouth take_off_body",
    "api.clips": (
        "film filming import_animation import_meshes importing_animation importing_meshes remove_template template_of"
    ),
    "api.conversion": "convert converting is_of_earlier_head",
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
    "api.grown.avatars": (
        "add_avatar adding_avatar avatars_of bind_avatar export_avatar exporting_avatar holds_splats is_splat_cloud "
        "make_avatar making_avatar missing_splats remove_avatar"
    ),
    "api.grown.hair": "drawn_hair grow_hair growing_hair hair_of hair_options remove_hair",
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
        "apply_looks export_texture fit_texture fitting_texture installed_textures keep_looks looks_presets "
        "randomise_looks remove_looks_preset remove_texture set_eyes set_texture texture_of texture_params"
    ),
}
