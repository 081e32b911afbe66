"""FLAME heads in Blender. Importing the package imports no bpy; ``register`` does."""


def register() -> None:
    """Enable the add-on."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Disable the add-on."""
    from . import registration

    registration.unregister()
