"""A recipe to start from, as ``recipe --example`` prints it."""

from __future__ import annotations

EXAMPLE = """\
# A data set of faces with ground truth. docs/datasets.md has every key. A value is a number or a word, or one of
#   { uniform = [least, most] }
#   { normal = [mean, deviation], limits = [least, most] }
#   { choice = [...], weights = [...] }
# What is left out stays as it is on a new head.

name = "faces"
seed = 1            # another seed gives other samples
count = 1000        # samples
shard_size = 100    # samples of a file

[image]
width = 256         # pixels
height = 256
samples = 32        # of a pixel
denoise = true

[labels]
landmarks = ["ibug", "mediapipe"]   # 68 and 105 points
masks = ["class", "material"]
maps = ["depth", "normal"]          # also "uv" and "triangle"

[model]
name = "Built-in Head"              # or { choice = ["Built-in Head", "generic_model"] }: installed models

[identity]
strength = 0.8                      # standard deviations

[expression]
face = { choice = ["", "Smile", "Joy", "Sadness", "Anger", "Surprise", "Disgust", "aa", "O"] }
face_strength = { uniform = [0.2, 1.0] }
strength = 0.15                     # of random movements on top

[pose]                              # degrees: to the subject's left, up, towards the right shoulder
yaw = { normal = [0.0, 25.0], limits = [-75.0, 75.0] }
pitch = { normal = [0.0, 10.0], limits = [-30.0, 30.0] }
roll = { normal = [0.0, 8.0], limits = [-30.0, 30.0] }
jaw = { uniform = [0.0, 6.0] }      # opens

[gaze]
yaw = { uniform = [-25.0, 25.0] }
pitch = { uniform = [-15.0, 15.0] }

[lids]
closed = { uniform = [0.0, 0.3] }

[skin]
value = { uniform = [0.45, 1.15] }
saturation = { uniform = [0.85, 1.15] }

[eyes]
iris = { choice = ["brown", "hazel", "green", "grey", "blue"], weights = [5, 1, 1, 1, 2] }

[camera]
focal = { uniform = [35.0, 100.0] } # millimetres on a sensor of 36
framing = "face"                    # or "head"
fill = { uniform = [0.55, 0.8] }    # of the picture, by the 68 points; or distance = metres
yaw = 0.0
pitch = { uniform = [-10.0, 15.0] }
shift_x = { uniform = [-0.05, 0.05] }
shift_y = { uniform = [-0.05, 0.05] }

[light]
world = { choice = ["city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset"] }
turn = { uniform = [0.0, 360.0] }
strength = { uniform = [0.6, 1.4] }
lamp_power = { choice = [0.0, 5.0, 15.0] }      # watts
lamp_yaw = { uniform = [-90.0, 90.0] }
# folder = "surroundings"           # of .hdr and .exr files, beside the recipe: one for each sample

[background]
kind = "world"                      # or "plain", of one grey
# folder = { choice = ["", "photos"] }          # of pictures, beside the recipe; "" is none
"""
