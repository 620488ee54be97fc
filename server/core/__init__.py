"""What an interview is, decided without a clock, randomness or I/O. Standard library only."""
