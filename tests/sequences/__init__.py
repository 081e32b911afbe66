"""Clips: every tool's files."""
