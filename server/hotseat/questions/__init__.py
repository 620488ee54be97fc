"""The question bank: read, checked, planned into interviews, and added to."""
