"""Hotseat. Turns off the telemetry of libraries before any of them is imported."""

import os

# ONNX Runtime's Linux wheels report every process and model to Microsoft (docs/decisions/0013-no-telemetry.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
