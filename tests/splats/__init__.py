"""Gaussian splats: against torch, SciPy and formulas written out."""
