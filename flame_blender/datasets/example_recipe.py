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
maps = ["depth", "normal"]          # also "uv", "triangle" and, of several frames, "flow"
albedo = false                      # a picture of the colours without light

[model]
name = "Built-in Head"              # or { choice = ["Built-in Head", "generic_model"] }: installed models
# mouth = "added"                   # teeth, gums, tongue and lashes for a model of a FLAME file, which has none

[identity]
strength = 0.8                      # standard deviations

[expression]
face = { choice = ["", "Smile", "Joy", "Sadness", "Anger", "Surprise", "Disgust", "aa", "O"] }
face_strength = { uniform = [0.2, 1.0] }
strength = 0.15                     # of random movements on top
arkit = 0.0                         # of a few of ARKit's scores at random

[controls]                          # scores by ARKit's names, 0 to 1
# browInnerUp = { uniform = [0.0, 1.0] }

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
tone = { uniform = [0.0, 1.0] }     # along measured skin, from the lightest to the darkest
undertone = { normal = [0.0, 0.5], limits = [-1.0, 1.0] } # cool to warm
age = { uniform = [18.0, 75.0] }    # years that the skin shows
freckles = { choice = [0.0, 0.5], weights = [5, 1] }
stubble = { choice = [0.0, 0.6], weights = [3, 1] }

[texture]
model = ""                          # an installed texture model: random skins in place of the painted one
strength = 1.0                      # standard deviations

[hair]                              # none is the default of the three
scalp = "none"                      # crop, side_part, bob, long, wavy, bun
beard = "none"                      # short, full, goatee
moustache = "none"                  # natural, handlebar
melanin = { uniform = [0.2, 0.95] } # blond to black
redness = { uniform = [0.0, 0.5] }
greyness = { choice = [0.0, 0.5], weights = [3, 1] }

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
# views = 3                         # cameras of a sample, each with values of its own,
# spread = 90.0                     # and so many degrees from the first to the last
# aperture = 2.8                    # f-number: what is not at the face's depth is blurred
# motion_blur = 0.5                 # the share of the time between frames that the shutter is open

[clip]                              # several frames of a sample
# frames = 8                        # from the face at rest to the drawn one,
# yaw = { uniform = [-10.0, 10.0] } # while the head turns
# folder = "clips"                  # or out of clips beside the recipe, in the model's coefficients

[occluder]                          # things before the face
# folder = { choice = ["", "things"] }          # of .blend files beside the recipe
# x = { uniform = [-0.06, 0.06] }   # metres
# y = { uniform = [-0.08, 0.08] }

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
