"""See the package."""


class Image:
    """None of the lessons' pictures is one."""
