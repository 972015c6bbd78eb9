"""Attacks: what a hostile insider, a broken file or a forged request tries, through the real doors and through the services behind them."""
