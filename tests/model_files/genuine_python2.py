"""A head that real Python 2.7 pickled with real chumpy 0.69, SciPy 1.2.3 and NumPy 1.16.6: no imitation of ours.

Its numbers are made up by the formulas of ``ARRAYS``; ``v_template``, ``shapedirs``, ``weights`` and ``J`` were
``chumpy.array``, ``J_regressor`` a ``scipy.sparse.csc_matrix``, and ``cPickle.dumps(head, 2)`` wrote it.
"""

from __future__ import annotations

import base64
import zlib

import numpy as np

ARRAYS = {
    "v_template": np.arange(12.0).reshape(4, 3) / 8,
    "shapedirs": (np.arange(240.0) % 97).reshape(4, 3, 20) / 16,
    "posedirs": (np.arange(432.0) % 89).reshape(4, 3, 36) / 32,
    "weights": np.eye(4, 5),
    "J_regressor": np.eye(5, 4)[::-1],
    "f": np.array([[0, 1, 2], [0, 2, 3]]),
}
PICKLE = zlib.decompress(
    base64.b64decode(
        "eNrtmctv3FQUxs+8MhPn2SRtwjtAgSmPAUqBAoUEyiqWsqi4y8rYHre2Oq9re0pmMdJlkVTzX/RP6JKlFyy6YIFQhSpUIWhLgVIK"
        "lPcz3LG/EfiGLtgUIdmS55cvx7n2d3Xu8Zwbke/zXJWVrcAIex2H51m54bfDptfiBZY7Zre6zU6vZrd9p9bsNkLP9H2zpxm+Y7db"
        "Qeh37VDjxeQqrVVPoryk0ybLWaeO8LGqntPzemELl9SHN9F4meW7B3TSc/KSSlWXdzq0vr6+ti2P+EOn0BqwJZJHTp55So4hC/IM"
        "LVZ+w/GOu2HAx23bTZ7R1Q67Gtf2vckn+nyyyiaNpnnCMYKO6QcOnxqwCaPu+WHPOCl/wadtw7C6nrTUMgwtcKSPmaN8luU2zM0j"
        "fBcrGl7o87l1NmvUnY7TqgdGuzX8MeDzfb4gB4tHrzstOfjugfw7t+j+ZXzP0HhRL2250uuxg/C6eFOvpxOHX6/Qvzpu3fWh1bVY"
        "pdMOHDmJAV9Kub0tcVvQ955yFweviSl1nNMY5wz4FhiBb4NnwXfAd8H3wHPg++B58APwAvgh+BH4MXgRvAReBj8Br4Cfgp+Bn4NX"
        "wS/Aa+CX4HXwq5XU/InRPH4DDdINaJC+hQbpO2iQvocG6QdokH6EBuknaJB+hgbpF2iQfoUG6TdokH6HBukPaJC2obdHebOKz4QC"
        "jEDKIQ4KMAIpjzgowAikAuKgACOQioiDAoxAKiEOCjACaWw1y+Msj7M8zvI4y+Msj7M8zvI4y+Msj/8PeSx75Ik12acf950gaPv8"
        "djuwPdkmJ+1wTSpNnrKJDX1vQ+N3yLb5zj6/q8rKXqvu2U7A7061ePfELd7msJ31Rq378k3b2dkiWvU8Wnj5OMW6GZr83tSo92HU"
        "xQFbTnecOymHqDTNjY7vtUJ+v76fjRmBa3Ycvlcv6cUtNiYfvCN79gdSd3hweIfSprs8YAt/308YPlxx1NdOnZBj+o5jhKbVcPhD"
        "qRGqyR6GbOUrA1YdehyNMzr/eVyWW3OHuxH7+vxhdTfikYE77c4c5Y9iv+Exd27dne/zWnpf4fEd+wpPxHb0wtZwyjboPzriSdNO"
        "GqHT7DTM0OFPxk739/lTqtMDcPo0nD4Dp8+mnR7c4fQ57CnETl9P3z9Syt95pZxdVsrTNSWZbqTLhywTsaPxOJ/i/Y3nY0Mv9Pkh"
        "1dCLMPQSDK3A0Gra0Ms7DL0y2iRZSDZJyuqsnlGK/lnF5TnF7QXF9UXF/RVlFq4qs3FdmRWl6JJSZEkpqqQUUVKKJilFkpSiSEoR"
        "FErRE0qRE8rLWSgvY6G8fIXyshWjl24ZGqQKNEjj0CBp0CBNQIM0CQ3SFDRI09AgzUCDNIsiDgowAmkX4qAAI5DmEAcFGIE0jzgo"
        "wAikBcRBAUYg7UYcFGAE0h7EQQFGIC0iDgowAmlpNVsH2TrI1kG2Dm71Okj+qWEFRhD25Pe+w6zQsAL+arf2Jz3pE3c="
    )
)
