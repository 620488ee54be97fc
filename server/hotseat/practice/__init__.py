"""What to practise next: plans, what is due, progress over time."""
