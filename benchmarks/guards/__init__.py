"""Tests of a grader's robustness: labelled answers, attacks and rewordings. The server imports none of it."""
