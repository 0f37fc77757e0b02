"""Models that find objects in images: how well their boxes match, and how well their scores put them in order."""
