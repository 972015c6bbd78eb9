"""年底倒推: what a firm must still do before the year is over, page by page and for a whole district."""
