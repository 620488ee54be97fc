"""What a server's owner sees: logs, metrics, traces. No word that a candidate says is in any of them."""
