"""The three small networks that grade, with everything that they were fitted together with (docs/decisions/0030)."""
