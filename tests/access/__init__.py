"""Who may see and touch what: doors, side doors, canaries, headers, and the log behind every action."""
