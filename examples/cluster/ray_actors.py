"""A data set on a Ray cluster: actors that each hold a Blender take one shard after another.

python examples/cluster/ray_actors.py faces.toml /shared/faces 8    (actors; every node has the add-on and bpy from pip)
"""

import sys

import ray
from ray.util import ActorPool

from flame_blender.datasets.data_folder import ranges
from flame_blender.datasets.recipe_files import load_recipe

recipe, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])


@ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=3)
class Renderer:
    """A process with Blender; one that dies is started again, and its shard with it."""

    def __init__(self):
        from flame_blender import api, registration  # noqa: PLC0415  (in the actor, not where it is made)

        registration.register()
        self.api = api

    def render(self, shard):
        return self.api.render_shards(recipe, out, shards=str(shard), threads=1).n_shards


ray.init()
pool = ActorPool([Renderer.remote() for _ in range(count)])
shards = range(load_recipe(recipe).n_shards)
found = pool.map_unordered(lambda actor, shard: actor.render.remote(shard), shards)
print(f"shards {ranges(shards)}: rendered {sum(found)}")
