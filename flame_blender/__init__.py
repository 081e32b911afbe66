"""FLAME heads in Blender. Importing the package imports no bpy; ``register`` does."""


def register() -> None:
    """Enable the add-on."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Disable the add-on."""
    from . import registration

    registration.unregister()


class glTF2ImportUserExtension:  # noqa: N801  (the name that Blender's glTF importer looks for in every add-on)
    """Blender's importer leaves materials with pictures grey in Solid view; here a head's get their colour."""

    def gather_import_material_after_hook(
        self, _gltf_material: object, _vertex_color: object, material: object, _gltf: object
    ) -> None:
        """Called with each material that was imported."""
        from .export import solid_view

        solid_view.colour(material)
