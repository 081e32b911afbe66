"""Hair on heads in a scene: curves, children of the head, that follow its mesh by nodes which need no add-on."""
