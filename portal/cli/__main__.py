"""`python -m portal.cli`: the same as `caravan`."""

from portal.cli.main import main

main()
