"""Adds questions, prompts and pages to the wheel. A checkout, also an editable install, uses them where they are."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FilesHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"] |= {name: f"hotseat/files/{name}" for name in ("prompts", "rubrics", "web")}
