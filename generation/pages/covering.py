"""How a picture covers a rectangle of another shape."""

from PIL import Image

UPPER = 0.4  # what is cut off a picture's height: this part above, since faces are high


def covered(picture: Image.Image, width: int, height: int) -> tuple[float, float, float, float]:
    """The part of the picture that is seen then: left, top, right and bottom, in its pixels."""
    scale = max(width / picture.width, height / picture.height)
    crop_x = (picture.width - width / scale) / 2
    crop_y = (picture.height - height / scale) * UPPER
    return crop_x, crop_y, crop_x + width / scale, crop_y + height / scale
