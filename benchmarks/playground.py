"""A frame of a network that learns while one watches: dlcore beside TensorFlow Playground's own engine under node.

    OPENBLAS_NUM_THREADS=1 python benchmarks/playground.py --engine CHECKOUT [--rounds 7] [--activation tanh relu]

CHECKOUT is a clone of github.com/tensorflow/playground, of which only ``src/nn.ts`` is used: compiled into a temporary
folder by the ``tsc`` of that checkout (``npm install``), of the PATH, or of ``--tsc``. A frame is an epoch of 500
samples in batches of 10, the losses of 500 training and 500 test samples, and the output of every neuron at 100 x 100
places, without the drawing. Same weights, same order of samples (none is shuffled), squared error, a tanh at the end as
in Playground; both reach the same losses, which is checked. Processor time of each process, in turn; a ratio is taken
within its round.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import SGD

SAMPLES, BATCH, RATE, DENSITY = 500, 10, 0.03, 100


def compile_engine(engine: Path, tsc: str | None, folder: Path) -> Path:
    """The engine as JavaScript in ``folder``."""
    own = engine / "node_modules" / ".bin" / "tsc"
    command = tsc or (str(own) if own.exists() else shutil.which("tsc"))
    if not command:
        sys.exit("there is no TypeScript compiler: run npm install in the checkout, or give --tsc")
    options = ["--target", "es2017", "--module", "commonjs", "--outDir", str(folder)]
    # its types are from 2016 and today's compiler complains; what it writes is right
    subprocess.run([command, *options, str(engine / "src" / "nn.ts")], stdout=subprocess.DEVNULL, check=False)
    return folder / "nn.js"


class Playground:
    """The engine in its own process."""

    def __init__(self, script: Path) -> None:
        command = ["node", str(Path(__file__).with_suffix(".js")), str(script)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def frames(self, request: dict[str, Any]) -> tuple[float, list[float]]:
        """Seconds a frame, and the losses after the last one."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["losses"]


class Scene:
    """A network and its data. The same for both sides."""

    def __init__(self, net: str, activation: str) -> None:
        rng = np.random.default_rng(0)
        self.sizes, self.activation = [int(n) for n in net.split("-")], activation
        self.x, self.test = rng.uniform(-6, 6, size=(2, SAMPLES, self.sizes[0]))
        self.y, self.test_y = (np.where(x[:, :1] * x[:, 1:] > 0, 1.0, -1.0) for x in (self.x, self.test))
        side = np.linspace(-6, 6, DENSITY)
        self.places = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
        inputs, *hidden, outputs = self.sizes
        layers = [Dense(units, activation=activation) for units in hidden]
        self.model = Sequential([Input((inputs,)), *layers, Dense(outputs, activation="tanh")], seed=0)
        # Playground's error is half the square
        self.model.compile(loss="mse", optimizer=SGD(RATE / 2))

    def request(self, frames: int) -> dict[str, Any]:
        return {
            "sizes": self.sizes,
            "activation": self.activation,
            "weights": [part.tolist() for part in self.model.get_weights()],
            "x": self.x.tolist(),
            "y": self.y.ravel().tolist(),
            "testX": self.test.tolist(),
            "testY": self.test_y.ravel().tolist(),
            "places": self.places.tolist(),
            "batchSize": BATCH,
            "rate": RATE,
            "frames": frames,
        }

    def frames(self) -> Iterator[tuple[list[float], list[np.ndarray]]]:
        """After every epoch both losses, halved as Playground's are, and every layer's outputs over the map."""
        places = np.hstack([self.places, np.ones((len(self.places), 1))])
        model = self.model
        for _ in model.epochs_of(self.x, self.y, batch_size=BATCH, epochs=10**6, shuffle=False):
            losses = [model.evaluate(self.x, self.y) / 2, model.evaluate(self.test, self.test_y) / 2]
            model.forward(places)
            yield losses, [buffers.a.copy() for _, buffers in model.layer_buffers(len(places))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--engine", type=Path, required=True, metavar="CHECKOUT")
    parser.add_argument("--tsc", help="the TypeScript compiler")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--frames", type=int, default=10, help="in a turn")
    parser.add_argument("--nets", nargs="+", default=("2-4-2-1", "2-8-8-1"))
    parser.add_argument("--activation", nargs="+", choices=("tanh", "relu"), default=("tanh", "relu"))
    args = parser.parse_args()
    load = os.getloadavg()[0]
    print("| network | inside | dlcore, a frame | Playground, a frame | ratio |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        script = compile_engine(args.engine, args.tsc, Path(folder))
        for net in args.nets:
            for activation in args.activation:
                scene, theirs = Scene(net, activation), Playground(script)
                running, turns = scene.frames(), []
                request: dict[str, Any] = scene.request(args.frames)
                # the first round is the warm-up
                for _ in range(args.rounds + 1):
                    begun = time.process_time()
                    *_, (losses, _) = itertools.islice(running, args.frames)
                    ours = (time.process_time() - begun) / args.frames
                    spent, wanted = theirs.frames(request)
                    request = {"frames": args.frames}
                    turns.append((ours, spent, spent / ours))
                    if not np.allclose(losses, wanted, rtol=0, atol=1e-6):
                        sys.exit(f"Not the same training: {net}, {activation}: {losses} here, {wanted} there")
                theirs.process.terminate()
                ours, spent, ratio = (statistics.median(part) for part in zip(*turns[1:], strict=True))
                cells = f"{ours * 1000:.1f} ms | {spent * 1000:.1f} ms | **{ratio:.1f}**"
                print(f"| {net} | {activation} | {cells} |", flush=True)
    print(f"\nMedians of {args.rounds} rounds of {args.frames} frames, load {load:.1f} at the start.")


if __name__ == "__main__":
    main()
