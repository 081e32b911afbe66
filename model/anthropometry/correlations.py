"""How the measures of adults go together: correlations and differences between the sexes.

Correlations were measured on 1,000 random heads of FLAME 2023 Open's first 60 identity directions (CC BY 4.0, Li et al.
2017), whose spread is that of thousands of scans; the width of the cheeks 20 mm under the sellion stands for the
bizygomatic, that 70 mm under it for the bigonial breadth. Only these numbers were taken.
"""

from __future__ import annotations

import numpy as np

from .norms import NORMS

MEASURES = (
    "head breadth", "head length", "face height", "bizygomatic breadth", "bigonial breadth", "nose width",
    "nose height", "mouth width", "pupil distance", "eye fissure", "ear length",
)  # fmt: skip
CORRELATIONS = (
    (1.00,),
    (0.48, 1.00),
    (0.48, 0.68, 1.00),
    (0.78, 0.57, 0.66, 1.00),
    (0.64, 0.60, 0.66, 0.86, 1.00),
    (0.53, 0.47, 0.38, 0.53, 0.61, 1.00),
    (0.36, 0.55, 0.75, 0.46, 0.41, 0.18, 1.00),
    (0.54, 0.58, 0.55, 0.70, 0.83, 0.68, 0.29, 1.00),
    (0.60, 0.50, 0.53, 0.63, 0.57, 0.64, 0.36, 0.56, 1.00),
    (0.75, 0.74, 0.67, 0.81, 0.83, 0.55, 0.49, 0.72, 0.72, 1.00),
    (0.45, 0.43, 0.49, 0.55, 0.59, 0.40, 0.32, 0.52, 0.37, 0.54, 1.00),
)


def covariance() -> np.ndarray:
    """(M, M) mm^2 of :data:`MEASURES` among adults, as many men as women, with the norms' deviations."""
    lower = np.zeros((len(MEASURES), len(MEASURES)))
    for row, values in enumerate(CORRELATIONS):
        lower[row, : len(values)] = values
    deviations = np.array([NORMS[name].sd for name in MEASURES])
    return (lower + np.tril(lower, -1).T) * np.outer(deviations, deviations)


def of_sex() -> np.ndarray:
    """(M,) mm: how far men's mean of each measure lies above that of both sexes, and women's below it."""
    return np.array([(NORMS[name].men.mean - NORMS[name].women.mean) / 2 for name in MEASURES])
