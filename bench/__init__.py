"""How fast it is, measured on this machine and printed honestly: bin/bench NAME."""
