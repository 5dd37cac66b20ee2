"""`python -m miner` is the command `miner`."""

from miner.cli import main

if __name__ == "__main__":
    main()
