"""One file for each thing a user does: read the settings, call one function of ``api``, report."""

from . import add_avatar, add_head, export_files, import_animation, import_arkit, import_meshes, import_speech
from .add_avatar import FLAME_OT_add_avatar, FLAME_OT_bind_avatar, FLAME_OT_remove_avatar
from .add_blinks import FLAME_OT_add_blinks
from .add_head import FLAME_OT_add_head
from .add_landmarks import FLAME_OT_add_landmarks
from .add_mouth import FLAME_OT_add_mouth
from .add_photo import FLAME_OT_add_photo
from .apply_preset import FLAME_OT_apply_preset
from .bake_cache import FLAME_OT_bake_cache
from .blend_face import FLAME_OT_blend_face
from .choose_model import FLAME_OT_choose_model
from .clear_offsets import FLAME_OT_clear_offsets
from .compute_controls import FLAME_OT_compute_controls
from .compute_looks import FLAME_OT_compute_looks
from .control_quality import FLAME_OT_control_quality
from .convert_head import FLAME_OT_convert_head
from .copy_params import FLAME_OT_copy_params
from .detail_mesh import FLAME_OT_add_detail_mesh, FLAME_OT_remove_detail_mesh
from .displacement import FLAME_OT_add_displacement, FLAME_OT_remove_displacement
from .drop_files import FLAME_FH_files, FLAME_OT_drop_files
from .drop_meshes import FLAME_FH_meshes, FLAME_OT_drop_meshes
from .edit_avatar import (
    FLAME_OT_copy_avatar,
    FLAME_OT_crop_avatar,
    FLAME_OT_grade_avatar,
    FLAME_OT_merge_avatars,
)
from .edit_pins import FLAME_OT_edit_pins
from .export_arkit import FLAME_OT_export_arkit
from .export_avatar import FLAME_OT_export_avatar
from .export_files import EXPORTERS, FLAME_MT_export
from .export_landmarks import FLAME_OT_export_landmarks
from .export_parameters import FLAME_OT_export_parameters
from .export_texture import FLAME_OT_export_texture
from .face_assets import FLAME_OT_apply_face_asset, FLAME_OT_blend_face_asset, FLAME_OT_keep_face_asset
from .face_board import FLAME_OT_bake_board, FLAME_OT_keys_to_board, FLAME_OT_make_board, FLAME_OT_remove_board
from .face_files import FLAME_OT_bring_faces, FLAME_OT_write_face_assets
from .face_library import FLAME_OT_hide_face_library, FLAME_OT_show_face_library
from .film_head import FLAME_OT_film_head
from .fit_head import FITTERS
from .fit_texture import FLAME_OT_fit_texture
from .free_cache import FLAME_OT_free_cache
from .grow_hair import FLAME_OT_grow_hair, FLAME_OT_remove_hair
from .import_animation import FLAME_OT_import_animation
from .import_arkit import FLAME_OT_import_arkit
from .import_meshes import FLAME_OT_import_meshes
from .import_speech import FLAME_OT_import_speech
from .install_files import FLAME_OT_install_files
from .keep_sculpt import FLAME_OT_keep_sculpt
from .keyframe_params import FLAME_OT_key_region, FLAME_OT_keyframe_params
from .life import FLAME_OT_add_life, FLAME_OT_mute_life, FLAME_OT_remove_life
from .link_sides import FLAME_OT_link_sides
from .live_capture import FLAME_OT_live_capture, FLAME_OT_record_capture, FLAME_OT_stop_capture
from .locate_model import FLAME_OT_locate_model
from .lock_interface import FLAME_OT_lock_interface
from .looks_presets import FLAME_OT_apply_looks, FLAME_OT_keep_looks
from .make_avatar import FLAME_OT_make_avatar
from .make_rig import FLAME_OT_make_rig
from .mirror_face import FLAME_OT_mirror_face
from .paint_distances import FLAME_OT_clear_distances, FLAME_OT_paint_distances
from .paste_params import FLAME_OT_paste_params
from .pick_landmarks import FLAME_OT_pick_landmarks
from .pick_on_photo import FLAME_OT_pick_on_photo
from .pin_head import FLAME_OT_pin_head
from .preview_sample import FLAME_OT_preview_sample, FLAME_OT_remove_preview
from .project_photo import FLAME_OT_project_photo
from .put_on_body import FLAME_OT_put_on_body
from .randomise_params import FLAME_OT_randomise_params
from .remove_landmarks import FLAME_OT_remove_landmarks
from .remove_model import FLAME_OT_remove_model
from .remove_mouth import FLAME_OT_remove_mouth
from .remove_pins import FLAME_OT_remove_pins
from .remove_template import FLAME_OT_remove_template
from .remove_texture import FLAME_OT_remove_texture
from .reset_params import FLAME_OT_reset_params
from .restore_deformation import FLAME_OT_restore_deformation
from .retarget_arkit import FLAME_OT_retarget_arkit
from .sample_heads import FLAME_OT_sample_heads
from .save_face import FLAME_OT_save_face
from .saved_face import FLAME_OT_delete_face, FLAME_OT_rename_face
from .set_eyes import FLAME_OT_set_eyes
from .set_texture import FLAME_OT_set_texture
from .show_quads import FLAME_OT_show_quads
from .star_movement import FLAME_OT_star_movement
from .take_looks import FLAME_OT_remove_looks, FLAME_OT_take_looks
from .take_off_body import FLAME_OT_take_off_body
from .turn_page import FLAME_OT_turn_page
from .update_heads import FLAME_OT_update_heads
from .write_recipe import FLAME_OT_write_recipe

CLASSES = (
    FLAME_OT_add_avatar,
    FLAME_OT_bind_avatar,
    FLAME_OT_remove_avatar,
    FLAME_OT_make_avatar,
    FLAME_OT_crop_avatar,
    FLAME_OT_grade_avatar,
    FLAME_OT_merge_avatars,
    FLAME_OT_copy_avatar,
    FLAME_OT_export_avatar,
    FLAME_OT_add_blinks,
    FLAME_OT_add_detail_mesh,
    FLAME_OT_add_displacement,
    FLAME_OT_add_head,
    FLAME_OT_add_landmarks,
    FLAME_OT_add_life,
    FLAME_OT_mute_life,
    FLAME_OT_remove_life,
    FLAME_OT_add_mouth,
    FLAME_OT_apply_preset,
    FLAME_OT_apply_face_asset,
    FLAME_OT_bake_cache,
    FLAME_OT_blend_face,
    FLAME_OT_blend_face_asset,
    FLAME_OT_bring_faces,
    FLAME_OT_delete_face,
    FLAME_OT_hide_face_library,
    FLAME_OT_keep_face_asset,
    FLAME_OT_rename_face,
    FLAME_OT_save_face,
    FLAME_OT_show_face_library,
    FLAME_OT_write_face_assets,
    FLAME_OT_bake_board,
    FLAME_OT_keys_to_board,
    FLAME_OT_make_board,
    FLAME_OT_remove_board,
    FLAME_OT_choose_model,
    FLAME_OT_clear_offsets,
    FLAME_OT_compute_controls,
    FLAME_OT_control_quality,
    FLAME_OT_convert_head,
    FLAME_OT_compute_looks,
    FLAME_OT_copy_params,
    FLAME_OT_mirror_face,
    FLAME_OT_drop_files,
    FLAME_OT_drop_meshes,
    FLAME_OT_export_arkit,
    FLAME_OT_export_landmarks,
    FLAME_OT_export_parameters,
    FLAME_OT_export_texture,
    FLAME_OT_fit_texture,
    FLAME_OT_film_head,
    FLAME_OT_free_cache,
    FLAME_OT_grow_hair,
    FLAME_OT_remove_hair,
    FLAME_OT_import_animation,
    FLAME_OT_import_arkit,
    FLAME_OT_import_meshes,
    FLAME_OT_import_speech,
    FLAME_OT_install_files,
    FLAME_OT_keep_sculpt,
    FLAME_OT_key_region,
    FLAME_OT_keyframe_params,
    FLAME_OT_link_sides,
    FLAME_OT_star_movement,
    FLAME_OT_live_capture,
    FLAME_OT_locate_model,
    FLAME_OT_lock_interface,
    FLAME_OT_make_rig,
    FLAME_OT_paste_params,
    FLAME_OT_pin_head,
    FLAME_OT_preview_sample,
    FLAME_OT_remove_preview,
    FLAME_OT_write_recipe,
    FLAME_OT_put_on_body,
    FLAME_OT_randomise_params,
    FLAME_OT_remove_detail_mesh,
    FLAME_OT_remove_displacement,
    FLAME_OT_remove_landmarks,
    FLAME_OT_remove_model,
    FLAME_OT_remove_mouth,
    FLAME_OT_remove_texture,
    FLAME_OT_remove_template,
    FLAME_OT_record_capture,
    FLAME_OT_reset_params,
    FLAME_OT_restore_deformation,
    FLAME_OT_sample_heads,
    FLAME_OT_set_eyes,
    FLAME_OT_apply_looks,
    FLAME_OT_keep_looks,
    FLAME_OT_set_texture,
    FLAME_OT_show_quads,
    FLAME_OT_retarget_arkit,
    FLAME_OT_stop_capture,
    FLAME_OT_take_looks,
    FLAME_OT_remove_looks,
    FLAME_OT_take_off_body,
    FLAME_OT_turn_page,
    FLAME_OT_update_heads,
    FLAME_FH_files,
    FLAME_FH_meshes,
    *EXPORTERS,
    FLAME_MT_export,
    *FITTERS,
    FLAME_OT_pick_landmarks,
    FLAME_OT_pick_on_photo,
    FLAME_OT_add_photo,
    FLAME_OT_edit_pins,
    FLAME_OT_remove_pins,
    FLAME_OT_paint_distances,
    FLAME_OT_clear_distances,
    FLAME_OT_project_photo,
)

MENU_ENTRIES = (
    ("VIEW3D_MT_mesh_add", add_head.draw_menu),
    ("TOPBAR_MT_file_import", import_animation.draw_import_menu),
    ("TOPBAR_MT_file_import", import_arkit.draw_import_menu),
    ("TOPBAR_MT_file_import", import_speech.draw_import_menu),
    ("TOPBAR_MT_file_import", import_meshes.draw_import_menu),
    ("TOPBAR_MT_file_import", add_avatar.draw_import_menu),
    ("TOPBAR_MT_file_export", export_files.draw_export_menu),
)
