"""Trains a small network to find 68 landmarks, on a data set of small pictures; tells its error on faces it never saw.

blender --command flame render examples/recipes/small_landmarks.toml --out faces
python examples/train_landmarks.py faces          (needs torch and Pillow)
"""

import io
import sys
import tarfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

HELD_OUT = 0.1  # of the samples, the last ones
ROUNDS, BATCH = 40, 32


def read(folder):
    """Pictures (n, 3, H, W) from -1 to 1, and landmarks (n, 68, 2) in pixels, of all shards there are."""
    pictures, landmarks = [], []
    for path in sorted(Path(folder).glob("*.tar")):
        with tarfile.open(path) as shard:
            for member in shard:
                data = io.BytesIO(shard.extractfile(member).read())
                if member.name.endswith(".png") and member.name.count(".") == 1:
                    pictures.append(np.asarray(Image.open(data)))
                elif member.name.endswith(".npz"):
                    landmarks.append(np.load(data)["ibug_2d"])
    found = torch.tensor(np.stack(pictures)).permute(0, 3, 1, 2) / 127.5 - 1
    return found, torch.tensor(np.stack(landmarks), dtype=torch.float32)


def network(size):
    """Four convolutions that halve the picture, and two layers on what is left."""
    layers, before = [], 3
    for channels in (16, 32, 64, 96):
        layers += [nn.Conv2d(before, channels, 3, 2, 1), nn.BatchNorm2d(channels), nn.ReLU()]
        before = channels
    inner = before * (size // 16) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2), nn.Linear(inner, 256), nn.ReLU(), nn.Linear(256, 136))


def error(found, true):
    """Pixels between landmarks, in the mean."""
    return float((found - true).norm(dim=-1).mean())


torch.manual_seed(0)
pictures, landmarks = read(sys.argv[1])
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
count, size = len(pictures), pictures.shape[-1]
learnt = count - max(int(count * HELD_OUT), 1)
mean = landmarks[:learnt].mean(0)
net = network(size)
optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-2)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=rounds * -(-learnt // BATCH))
for _ in range(rounds):
    for chosen in torch.randperm(learnt).split(BATCH):
        seen = pictures[chosen] * (0.8 + 0.4 * torch.rand(len(chosen), 1, 1, 1))  # brighter and darker
        off = (net(seen).view(-1, 68, 2) - (landmarks[chosen] - mean) / size * 10) * size / 10
        loss = off.norm(dim=-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

net.eval()
with torch.no_grad():
    found = net(pictures[learnt:]).view(-1, 68, 2) * size / 10 + mean
true = landmarks[learnt:]
ours, mean_face = error(found, true), error(mean.expand_as(true), true)
print(
    f"{learnt} samples learnt, {count - learnt} held out: {ours:.2f} pixels off, the mean face {mean_face:.2f}: ",
    end="",
)
print(f"{ours / mean_face:.3f} of it")
