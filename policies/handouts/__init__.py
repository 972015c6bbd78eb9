"""Papers a firm takes away: its gap sheet and its 年底倒推单, in plain words."""
