"""The real Dockerfile, built and run where there is neither a container engine nor an image registry."""
