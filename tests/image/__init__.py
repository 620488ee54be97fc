"""Builds and runs the real Dockerfile without a container engine or image registry."""
