"""The shared rigs: append-only tables in tests, racers, a state machine, killed processes, the door matrix, canaries."""
