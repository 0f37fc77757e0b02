"""Models that give every pixel of an image a class: how well their masks match, image by image."""
