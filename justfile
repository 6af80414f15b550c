# The deeds of this house. `just` alone lists them; .ci/run does the same ones in an environment of its own.

bin := if os_family() == "windows" { ".venv/Scripts" } else { ".venv/bin" }

# list the deeds
default:
    @{{ just_executable() }} --list

# make .venv with an editable install and the tools
setup python="python3":
    {{ python }} -m venv .venv
    {{ bin }}/pip install -q -c requirements/pins.txt -e '.[dev]'

# everything that must hold before a change is offered
check: format-check lint floors types test

# put every file into the house's form
format:
    {{ bin }}/ruff format .
    {{ bin }}/ruff check --fix .

# tell which files are not in the house's form
format-check:
    {{ bin }}/ruff format --check .

# ruff, from ALL
lint:
    {{ bin }}/ruff check .

# an import only ever goes down
floors:
    {{ bin }}/lint-imports

# mypy --strict
types:
    {{ bin }}/mypy

# the tests, or some of them: just test tests/room
test *what:
    {{ bin }}/pytest {{ what }}

# write what is generated into the docs, then run every block of them
docs:
    {{ bin }}/python docs/make_reference.py
    {{ bin }}/python docs/run_notebooks.py
    {{ bin }}/pytest docs README.md tests/house

# the site of docs/, with the gallery, in build/site/html
site:
    PATH="{{ justfile_directory() }}/{{ bin }}:$PATH" bash docs/make_site

# figures of docs/performance.md: just bench turns --rooms 50
bench name="turns" *options:
    {{ bin }}/python bench/{{ name }}.py {{ options }}

# live through worlds in which everything goes wrong: just simulate 100000
simulate worlds="500":
    {{ bin }}/python -m antiphon.testing.simulation --worlds {{ worlds }} --processes {{ num_cpus() }}

# the two pin files, from pyproject.toml
pins:
    {{ bin }}/python requirements/make_pins.py

# the moving picture on the README's first screen, from a real run of the tour
picture:
    {{ bin }}/python docs/make_picture.py

# the two screenshots in the README; needs ANTIPHON_CHROMIUM
screens:
    {{ bin }}/python docs/make_screens.py

# what the reviewer's machine runs
ci:
    bash .ci/run
