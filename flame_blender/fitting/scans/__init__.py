"""Heads fitted to raw scans: meshes or clouds of points, with hair, holes and noise."""
