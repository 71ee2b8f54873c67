"""Play one seed of the simulator again and print its whole trace: `python tests/simulator/replay.py SEED`."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]


def main(arguments: list[str]) -> int:
    """1 where something did not hold."""
    from simulator_runs import simulator

    seeds = [int(one) for one in arguments]
    with simulator() as made:
        worlds = [made.play(seed) for seed in seeds]
    for world in worlds:
        print("\n".join(world.trace))
    return int(any(world.violations for world in worlds))


if __name__ == "__main__":
    if len(sys.argv) < 2 or not all(one.isdecimal() for one in sys.argv[1:]):
        raise SystemExit(__doc__)
    raise SystemExit(main(sys.argv[1:]))
