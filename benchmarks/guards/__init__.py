"""What judges graders: labelled answers, shortcuts, attacks and rewordings. No grader imports it."""
