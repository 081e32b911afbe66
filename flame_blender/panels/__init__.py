"""The FLAME tab of the 3D view's sidebar. Panels only draw; they name operators by their ids."""

from .animation import FLAME_PT_animation
from .body import FLAME_PT_body
from .data_sets import FLAME_PT_data_sets
from .expression import FLAME_PT_coefficients, FLAME_PT_controls, FLAME_PT_expression
from .faces.asset_shelf import FLAME_AST_faces
from .faces.faces_panel import FLAME_MT_faces, FLAME_PT_faces
from .faces.gallery import FLAME_PG_gallery
from .fit import FLAME_PT_fit
from .grown.avatar_panel import FLAME_PT_avatar
from .grown.hair_panel import FLAME_PT_hair
from .head import FLAME_PT_head, FLAME_PT_looks, FLAME_PT_looks_presets, FLAME_PT_models
from .identity import FLAME_PT_identity
from .landmarks import FLAME_PT_landmarks
from .mesh_looks import FLAME_PT_mesh_looks
from .pages import FLAME_PG_pages, FLAME_PG_window
from .pie import FLAME_MT_face_pie
from .pose import FLAME_PT_board, FLAME_PT_pose
from .preferences import FLAME_AP_preferences
from .skin_panel import FLAME_PT_skin

CLASSES = (
    FLAME_PG_pages,
    FLAME_PG_window,
    FLAME_PG_gallery,
    FLAME_AP_preferences,
    FLAME_MT_face_pie,
    FLAME_PT_head,
    FLAME_PT_models,
    FLAME_PT_looks_presets,
    FLAME_PT_looks,
    FLAME_PT_hair,
    FLAME_PT_avatar,
    FLAME_PT_mesh_looks,
    FLAME_PT_expression,
    FLAME_PT_faces,
    FLAME_MT_faces,
    FLAME_AST_faces,
    FLAME_PT_controls,
    FLAME_PT_board,
    FLAME_PT_coefficients,
    FLAME_PT_identity,
    FLAME_PT_skin,
    FLAME_PT_pose,
    FLAME_PT_landmarks,
    FLAME_PT_animation,
    FLAME_PT_fit,
    FLAME_PT_body,
    FLAME_PT_data_sets,
)
