"""Fuzzes one reader for a while, guided by coverage where Atheris is installed, and by a seeded mutator where not.

    python tests/fuzz/fuzz_run.py ics --minutes 10

Starts from the small corpus beside this file. A failing input is written to tests/fuzz/found/ and named.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def seeds(name: str) -> list[bytes]:
    """The corpus of a target, in order."""
    return [path.read_bytes() for path in sorted((HERE / "corpus" / name).iterdir())]


def mutate(data: bytes, corpus: Sequence[bytes], rng: random.Random) -> bytes:
    """A few small damages: bytes flipped, cut, doubled, or spliced in from another seed."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(out) + 1)
        span = rng.randint(1, 40)
        other = rng.choice(corpus)
        cut = rng.randrange(len(other) + 1)
        match rng.randrange(5):
            case 0 if out:
                out[at % len(out)] = rng.randrange(256)
            case 1:
                del out[at : at + span]
            case 2:
                out[at:at] = out[at : at + span]
            case 3:
                out[at:at] = other[cut : cut + span]
            case _:
                out[at:at] = rng.choice(
                    (b"\n", b"\r", b"\0", b"\xff", b'"', b"---\n", b"+++\n", b":", b"9" * 20, b"{{")
                )
    return bytes(out)


def hammer(target: Callable[[bytes], None], corpus: Sequence[bytes], *, runs: int, seconds: float, seed: int) -> int:
    """Run mutated seeds until either limit; the number of runs. A failure carries its input."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    for count in range(runs):
        if time.monotonic() > end:
            return count
        data = mutate(rng.choice(corpus), corpus, rng)
        try:
            target(data)
        except Exception as error:
            error.add_note(f"input: {data!r}")
            raise
    return runs


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(path.name for path in (HERE / "corpus").iterdir()))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    try:
        import atheris
    except ImportError:
        from fuzz_targets import TARGETS

        runs = hammer(
            TARGETS[chosen.target],
            seeds(chosen.target),
            runs=sys.maxsize,
            seconds=chosen.minutes * 60,
            seed=chosen.seed,
        )
        print(f"{chosen.target}: {runs} runs, no failure")
        return
    found = HERE / "found"
    found.mkdir(exist_ok=True)
    with atheris.instrument_imports(include=["newsletter"]):
        from fuzz_targets import TARGETS
    options = [f"-max_total_time={int(chosen.minutes * 60)}", "-max_len=4096", f"-artifact_prefix={found}/"]
    scratch = found / f"{chosen.target}-corpus"
    scratch.mkdir(exist_ok=True)
    atheris.Setup([sys.argv[0], *options, str(scratch), str(HERE / "corpus" / chosen.target)], TARGETS[chosen.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
