"""Presets and saved faces in the tab, and saved ones and assets in the asset shelf."""
