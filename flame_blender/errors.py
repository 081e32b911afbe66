"""The errors a user may meet. Each message is one sentence: what, where, expected, found, what to do."""

from .plain_text import one_line


class FlameError(ValueError):
    """Base of every error that the add-on raises on purpose.

    Its message is one line that any encoding takes, whatever stood in the file or in its name: line breaks, control
    characters and halves of characters are written as escapes.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


class ModelError(FlameError):
    """A model, landmark, region or template file is not what it should be."""


class ParameterError(FlameError):
    """A parameter has the wrong shape, count or value for the model."""


class SequenceError(FlameError):
    """A file or folder of a tracked performance is not what it should be."""


class LandmarkError(FlameError):
    """Landmarks that were seen, or the file that holds them, are not what they should be."""


class DatasetError(FlameError):
    """A data set's recipe, or a file of a data set, is not what it should be."""


class AvatarError(FlameError):
    """A file of a Gaussian avatar, or the head that it should follow, is not what it should be."""


class WriteError(FlameError):
    """A file cannot be written where it should be."""
