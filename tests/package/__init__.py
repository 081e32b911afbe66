"""Layers, limits, the zip, hostile files, what the pages say."""
