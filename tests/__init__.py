"""Tests; each folder is a suite of its own."""
