"""Writes what PyTorch's networks for images make of two images each: python3 make.py

    pip install numpy torch safetensors

Weights are large, so they are computed from a formula, here and in the test. NAME.txt has the shape of an image and then
the names and shapes of a state dict, NAME.npy the outputs in evaluation mode, computed in double precision.
small-conv.safetensors is a state dict as PyTorch saves it.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
IMAGES = 1_000_000  # the number of the tensor that images are


def uniform(tensor, count, width, middle):
    """Numbers in [middle - width / 2, middle + width / 2), from the numbers of a tensor and of its element."""
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(tensor * 0x85EBCA6B % 2**32)
    h ^= h >> 15
    h *= np.uint32(0x2C1B3C6D)
    h ^= h >> 12
    h *= np.uint32(0x297A2D39)
    h ^= h >> 15
    u = (h >> 8).astype(np.float32) * np.float32(2**-24)
    return (u - np.float32(0.5)) * np.float32(width) + np.float32(middle)


def fill(model):
    kinds = {"running_mean": (0.5, 0), "running_var": (1, 1), "bias": (0.5, 0)}
    state = {name: tensor for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    for number, (name, tensor) in enumerate(state.items()):
        kind = name.rsplit(".")[-1]
        if kind == "weight":
            fan = tensor[0].numel()
            width, middle = (1, 1) if tensor.dim() == 1 else (2 * np.sqrt(6 / fan), 0)
        else:
            width, middle = kinds[kind]
        tensor.copy_(torch.tensor(uniform(number, tensor.numel(), width, middle)).reshape(tensor.shape))
    return state


def save(name, model, *image):
    state = fill(model)
    lines = [" ".join(map(str, image))]
    lines += [" ".join([key] + [str(extent) for extent in tensor.shape]) for key, tensor in state.items()]
    (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")
    save_outputs(name, model, *image)


def save_outputs(name, model, *image):
    images = uniform(IMAGES, 2 * int(np.prod(image)), 1, 0.5).reshape(2, *image)
    with torch.no_grad():
        np.save(HERE / f"{name}.npy", model.eval().double()(torch.tensor(images).double()).float().numpy())


def pooled(channels, outputs, **how):
    return [nn.Conv2d(channels, outputs, 5, **how), nn.ReLU(), nn.MaxPool2d(2)]


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(1250, 500)
        self.fc2 = nn.Linear(500, 7)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def normalized(channels, outputs, stride=1, bias=True):
    return [
        nn.Conv2d(channels, outputs, 3, stride=stride, padding=1, bias=bias),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


def wide(inputs, classes, dropout):
    return [
        nn.Linear(inputs, 4096),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(4096, classes),
    ]


def alexnet(classes):
    return nn.Sequential(
        *normalized(3, 64, 2),
        nn.MaxPool2d(2),
        *normalized(64, 192),
        nn.MaxPool2d(2),
        *normalized(192, 384),
        *normalized(384, 256),
        *normalized(256, 256),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(),
        *wide(1024, classes, 0.2)[:5],
        nn.Linear(4096, classes),
    )


def vgg16(bias):
    layers = []
    channels = 3
    for outputs in [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]:
        if outputs == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += normalized(channels, outputs, bias=bias)
            channels = outputs
    return layers


class Vgg(nn.Module):
    """As torchvision has it, with another classifier."""

    def __init__(self, classifier):
        super().__init__()
        self.features = nn.Sequential(*vgg16(bias=True))
        self.classifier = classifier

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Pad(nn.Module):
    """Option A of akamaster/pytorch_resnet_cifar10, without parameters."""

    def __init__(self, channels):
        super().__init__()
        self.border = channels // 4

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.border, self.border))


class Block(nn.Module):
    def __init__(self, channels, outputs, stride, projection):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        shortcut = nn.Sequential()
        if stride > 1:
            convolution = nn.Conv2d(channels, outputs, 1, stride, bias=False)
            shortcut = nn.Sequential(convolution, nn.BatchNorm2d(outputs)) if projection else Pad(outputs)
        setattr(self, "downsample" if projection else "shortcut", shortcut)
        self.projection = projection

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample if self.projection else self.shortcut)(x))


class ResNet20(nn.Module):
    def __init__(self, head, projection, channels=3):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        for i, outputs in enumerate([16, 32, 64]):
            blocks = [Block(outputs // 2 if i else 16, outputs, 2 if i else 1, projection)]
            blocks += [Block(outputs, outputs, 1, projection) for _ in range(2)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
        for name, layer in head.items():
            setattr(self, name, layer)
        self.head = list(head)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x))).mean((2, 3))
        for name in self.head:
            x = getattr(self, name)(x)
        return x


def small_conv():
    return nn.Sequential(
        *normalized(1, 16),
        *normalized(16, 32),
        nn.MaxPool2d(2),
        *normalized(32, 64),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


save(
    "lenet5-numbered",
    nn.Sequential(*pooled(1, 20), *pooled(20, 50), nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10)),
    *(1, 28, 28),
)
save("lenet5-named", LeNet5(), 3, 32, 32)
save("alexnet-numbered", alexnet(10), 3, 32, 32)
save("vgg16-numbered", nn.Sequential(*vgg16(bias=False), nn.Flatten(), nn.Linear(512, 10)), 3, 32, 32)
save("vgg16-features", Vgg(nn.Linear(512, 100)), 3, 32, 32)
save("vgg16-64", Vgg(nn.Sequential(nn.Dropout(), nn.Linear(2048, 5))), 3, 64, 64)
save("vgg16-wide-numbered", nn.Sequential(*vgg16(bias=True), nn.Flatten(), *wide(512, 10, 0.5)), 3, 32, 32)
save("vgg16-wide-features", Vgg(nn.Sequential(*wide(512, 10, 0.5))), 3, 32, 32)
save("resnet20-options", nn.DataParallel(ResNet20({"linear": nn.Linear(64, 10)}, projection=False)), 3, 32, 32)
save("resnet20-projections", ResNet20({"fc": nn.Linear(64, 100)}, projection=True), 3, 32, 32)
head = {"fc1": nn.Linear(64, 64), "fc2": nn.Linear(64, 64), "fc3": nn.Linear(64, 10)}
save("resnet20-extra", ResNet20(head, projection=False, channels=1), 1, 28, 28)

torch.manual_seed(1)
model = small_conv()
for _ in range(3):
    model(torch.rand(32, 1, 8, 8))  # statistics, and how many batches there were
save_file(model.state_dict(), HERE / "small-conv.safetensors")
save_outputs("small-conv", model, 1, 8, 8)
