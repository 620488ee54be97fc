"""What Hotseat talks about, as plain frozen values and pure functions. Standard library only."""
