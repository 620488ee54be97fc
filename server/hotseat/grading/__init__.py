"""Graders: findings about points with evidence. Levels and verdicts are computed in ``hotseat.grading.scoring``."""
