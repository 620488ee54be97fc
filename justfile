# One verb for each thing that a developer does; `just` lists them. They need only what ./hotseat installs.
export PYTHONPATH := justfile_directory() + "/server:" + justfile_directory()
python := ".venv/bin/python"

_list:
    @just --list

# Set up .venv with the development tools and the models of speech
init:
    ./hotseat init

# Serve Hotseat on http://127.0.0.1:8000
serve *options:
    ./hotseat serve {{options}}

# All checks and all tests, as CI runs them
test *paths:
    ./hotseat test {{paths}}

# The tests that need no server, browser, database or model: half a minute
test-fast *options:
    {{python}} -m pytest -q -m "not slow and not browser and not models and not postgres" {{options}}

# Linters, type checkers and spelling
lint:
    ./hotseat lint

# Repair what can be repaired automatically
fix:
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .

# A benchmark of benchmarks/, such as: just bench asr --live 2
bench name *options:
    {{python}} -m benchmarks.{{name}} {{options}}
