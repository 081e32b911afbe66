# Everything the project does from a bare clone. Environments are made under .envs/ when a command first needs them, and
# again when their requirements change. `make help` lists the commands; docs/testing.md says more.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
ifndef AT_ONCE
.NOTPARALLEL:
endif

# The two Pythons that bpy wheels exist for: 3.11 (Blender 4.2 to 5.0) and 3.13 (5.2, 5.3). PYTHON311=... says which to
# take.
find_python = $(shell for python in python$(1) python3 $(HOME)/.pyenv/versions/$(1)*/bin/python$(1); do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != tuple(map(int, "$(1)".split("."))))' \
	2>/dev/null && command -v "$$python" && break; done)
ifndef PYTHON311
PYTHON311 := $(call find_python,3.11)
endif
ifndef PYTHON313
PYTHON313 := $(call find_python,3.13)
endif

ENVS := .envs
DEV := $(ENVS)/dev
BPY_311 := 4.2.23 4.5.15 5.0.1
BPY_313 := 5.2.3 5.3.0
BPY_FOUND := $(if $(PYTHON311),$(BPY_311)) $(if $(PYTHON313),$(BPY_313))
BPY_DEMO := $(if $(PYTHON311),5.0.1,5.2.3)
DEMO_ENV := $(ENVS)/bpy-$(BPY_DEMO)

# what needs no Blender, in one process: one start, and full-size files are made once; fits are a suite of their own
NUMERIC := tests/flame tests/files tests/geometry tests/model_files tests/landmark_files tests/textures \
	tests/texture_models tests/textured_meshes tests/sequences tests/correspondence tests/model_controls tests/conversion tests/head_parts tests/hair_strands tests/splats tests/looks tests/samples tests/saved_faces tests/score_clips tests/speech tests/streams tests/datasets
PURE := test-fitting test-numeric # without Blender, measured:
MEASURED := -m coverage run --parallel-mode

# What is told soonest, then the longest first, so that none of them is left for the end; the oldest Blender takes what the newest has computed by
# then. Benchmarks, pages' snippets and most of what Blenders but the newest run wait for CI, or for CI=true by hand.
NEWEST := $(lastword $(BPY_FOUND))
OLDEST := $(filter-out $(NEWEST),$(firstword $(BPY_FOUND)))
SUITES := lint types $(NEWEST:%=test-blender-%) test-numeric $(OLDEST:%=test-blender-%) test-fitting test-package $(if $(CI),test-benchmarks) \
	test-model $(patsubst %,test-blender-%,$(filter-out $(NEWEST) $(OLDEST),$(BPY_FOUND))) $(BPY_FOUND:%=test-extension-%)

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' flame_blender/blender_manifest.toml)
ZIP := dist/flame_blender-$(VERSION).zip
BLENDER ?= blender
REAL_BLENDER ?= ../shared/tools/real-blender

.PHONY: help demo docs architecture try portraits pictures engines lids-picture fit-pictures flame-pictures label-proofs character-pictures glb-picture control-table hair-picture voca-picture mesh-looks-picture skin-picture wrinkles-picture people-pictures avatar-picture avatar-hair-picture avatar-film skin-fit-picture talking-gif by-hand-gifs displacement-picture samples-picture film-picture body-picture any-body-picture panel-pictures window-pictures data-set-pictures thumbnails test bench zip release lint format types clean distclean \
	reset-reports report floors \
	test-numeric $(NUMERIC:tests/%=test-%) test-fitting test-model test-package test-benchmarks coverage fuzz test-blender test-engines test-extension test-real-blender check-demo

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(DEMO_ENV)/.made zip ## set everything up, install the zip, render out/demo.mp4 and out/demo.png
	mkdir -p out
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/demo.py

portraits: $(DEMO_ENV)/.made zip ## render the picture at the top of the README
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/portraits.py docs/images/portraits.jpg

pictures: $(DEMO_ENV)/.made zip ## render the pictures of docs/head.md, of both kinds of head, in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/pictures.py docs/images

engines: $(DEMO_ENV)/.made zip ## render both heads with EEVEE beside Cycles (needs OpenGL; minutes in software)
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/engines.py docs/images

lids-picture: $(DEMO_ENV)/.made zip ## render lids and corners of the mouth of a FLAME head at 700 px in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/lids_picture.py docs/images/lids.jpg

fit-pictures: $(DEMO_ENV)/.made zip ## render the pictures of docs/fitting.md in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/fit_pictures.py docs/images

body-picture: $(DEMO_ENV)/.made zip ## render a FLAME head on a made-up body of SMPL-X's topology in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/body_picture.py docs/images/body.jpg

any-body-picture: $(DEMO_ENV)/.made zip ## render a FLAME head on a body that is none of SMPL-X's in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/any_body_picture.py docs/images/any_body.jpg

label-proofs: $(DEMO_ENV)/.made ## labels of data sets against Blender's rays and rendered markers, at 256 pixels: prints the figures of docs/datasets.md
	$(DEMO_ENV)/bin/python tests/blender/label_proofs.py

voca-picture: $(DEMO_ENV)/.made zip ## render a mesh of a sequence as a head's rest shape, and what is keyed on it, in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/voca_picture.py docs/images/voca_edit.jpg

hair-picture: $(DEMO_ENV)/.made zip ## render the picture of a scan with hair in docs/images, of FLAME_FILE=generic_model.pkl
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/hair_picture.py docs/images $(FLAME_FILE)

flame-pictures: $(DEMO_ENV)/.made zip ## render a FLAME file's head beside the built-in one
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/flame_pictures.py docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/fit_pictures.py docs/images \
		fit_scan fit_photo fit_drag --flame

control-table: $(DEV)/.made ## write the table of the 52 controls in docs/character.md (needs ../shared)
	mkdir -p out
	$(DEV)/bin/python ../shared/tools/make_flame_like.py out/face_like.npz --format npz --motion face
	$(DEV)/bin/python tools/control_table.py out/face_like.npz

character-pictures: $(DEMO_ENV)/.made $(DEV)/.made zip ## render presets on a FLAME file's head beside the built-in one (needs ../shared)
	mkdir -p out
	$(DEV)/bin/python ../shared/tools/make_flame_like.py out/face_like.npz --format npz --motion face
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/character_picture.py out/face_like.npz docs/images

glb-picture: $(DEMO_ENV)/.made $(DEV)/.made zip ## export a FLAME file's head as GLB and draw that with three.js (needs node, Chromium, ../shared)
	mkdir -p out
	$(DEV)/bin/python ../shared/tools/make_flame_like.py out/face_like.npz --format npz --motion face
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/glb_character.py out/face_like.npz out/character.glb
	mkdir -p out/glb_reader && cp tools/pictures/glb_reader/* out/glb_reader
	npm install --silent --prefix out/glb_reader
	node out/glb_reader/draw.mjs $(CURDIR)/out/character.glb docs/images/flame_glb_three.jpg

mesh-looks-picture: $(DEMO_ENV)/.made zip ## render a head with a texture and a detail mesh as DECA writes them
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/mesh_looks_picture.py docs/images

skin-picture: $(DEMO_ENV)/.made zip ## render heads with random skins of a made-up texture model
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/skin_picture.py docs/images/skin.jpg

wrinkles-picture: $(DEMO_ENV)/.made zip ## render both heads with faces that fold the skin
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/wrinkles_picture.py docs/images/wrinkles.jpg

people-pictures: $(DEMO_ENV)/.made zip ## render emotions, strangers, close-ups, ranges of skin, and hair's styles, of both heads
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/people_pictures.py docs/images

avatar-picture: $(ENVS)/bpy-$(NEWEST)/.made $(DEV)/.made zip ## render heads and the Gaussian avatars that are made of them
	$(ENVS)/bpy-$(NEWEST)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/avatar_picture.py docs/images

avatar-hair-picture: $(ENVS)/bpy-$(NEWEST)/.made zip ## render a head with grown hair and the avatar that is made of it
	$(ENVS)/bpy-$(NEWEST)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/avatar_hair_picture.py docs/images/avatar_hair.jpg

avatar-film: $(ENVS)/bpy-$(NEWEST)/.made $(DEV)/.made zip ## film a made avatar while it speaks, as docs/images/avatar.gif
	rm -rf out/avatar_film
	$(ENVS)/bpy-$(NEWEST)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/avatar_film.py out/avatar_film
	$(DEV)/bin/python tools/pictures/write_gif.py out/avatar_film docs/images/avatar.gif 12

skin-fit-picture: $(DEMO_ENV)/.made zip ## render a skin that is fitted to a photo beside the person's own
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/skin_fit_picture.py docs/images/skin_fit.jpg

talking-gif: $(DEMO_ENV)/.made $(DEV)/.made zip ## render both heads saying a sentence, as docs/images/talking.gif
	rm -rf out/talking
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/talking_gif.py out/talking
	$(DEV)/bin/python tools/pictures/write_gif.py out/talking docs/images/talking.gif 12

by-hand-gifs: $(DEV)/.made zip ## film the 3D view while a face board is moved and eyes follow, in docs/images; MODEL=a FLAME file
	rm -rf out/by_hand
	$(or $(PYTHON311),$(PYTHON313),python3) tools/pictures/by_hand_gifs.py --blender $(REAL_BLENDER) --archive $(ZIP) \
		--model "$(or $(MODEL),$(error by-hand-gifs needs MODEL=a FLAME file))" --out out/by_hand
	$(DEV)/bin/python tools/pictures/write_gif.py out/by_hand/board docs/images/face_board.gif 12 560
	$(DEV)/bin/python tools/pictures/write_gif.py out/by_hand/gaze docs/images/gaze.gif 12 420

displacement-picture: $(DEMO_ENV)/.made zip ## render a head without and with a displacement map as DECA writes it
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/displacement_picture.py docs/images/displacement.jpg

samples-picture: $(DEMO_ENV)/.made zip ## render random heads' files, read by Blender's own importers
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/samples_picture.py docs/images/random_heads.jpg

film-picture: $(DEMO_ENV)/.made zip ## make a short film with sound and show its frames and its sound track
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/film_picture.py docs/images/film.jpg

panel-pictures: zip ## photograph the FLAME tab with both kinds of head and in each language, and face boards; MODEL=a FLAME file, REAL_BLENDER=see docs/testing.md
	$(or $(PYTHON311),$(PYTHON313),python3) tools/pictures/panels.py --blender $(REAL_BLENDER) --archive $(ZIP) \
		--model "$(or $(MODEL),$(error panel-pictures needs MODEL=a FLAME file))" --out docs/images/panels.png
	$(or $(PYTHON311),$(PYTHON313),python3) tools/pictures/panels.py --blender $(REAL_BLENDER) --archive $(ZIP) \
		--languages zh_HANS ja_JP --out docs/images/languages.png
	$(or $(PYTHON311),$(PYTHON313),python3) tools/pictures/panels.py --blender $(REAL_BLENDER) --archive $(ZIP) \
		--family "$(MODEL)" --out docs/images/panels_family.png
	$(or $(PYTHON311),$(PYTHON313),python3) tools/pictures/panels.py --blender $(REAL_BLENDER) --archive $(ZIP) \
		--boards "$(MODEL)" --out docs/images/boards.png

window-pictures: zip ## cut the pictures of faces and pins out of what their window tests show, in docs/images
	$(or $(PYTHON311),$(PYTHON313),python3) tools/pictures/window_pictures.py --blender $(REAL_BLENDER) --archive $(ZIP) --out docs/images

data-set-pictures: $(DEMO_ENV)/.made zip ## render contact sheets of the recipes in examples/, in docs/images
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/data_set_pictures.py docs/images

thumbnails: $(DEMO_ENV)/.made zip ## render the small pictures of the presets anew
	$(DEMO_ENV)/bin/python tests/blender/installed_extension.py $(ZIP) tools/pictures/thumbnails.py flame_blender/assets/thumbnails

try: ## start BLENDER=... with this checkout as the add-on, in a profile of its own; F3 > Reload FLAME takes edits
	$(or $(PYTHON311),$(PYTHON313),python3) tools/try_addon.py --blender "$(BLENDER)"

test: reset-reports $(DEV)/.made $(BPY_FOUND:%=$(ENVS)/bpy-%/.made) ## pass what needs no window, AT_ONCE=2 suites at a time; CI=true for all of it, as CI does
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(MAKE) --jobs=$(or $(AT_ONCE),2) --output-sync=target AT_ONCE=$(or $(AT_ONCE),2) $(SUITES)
	$(MAKE) report floors

bench: $(DEV)/.made $(ENVS)/bpy-5.0.1/.made $(ENVS)/bpy-$(NEWEST)/.made ## time all of it beside smplx, Blender alone and shape keys; the tables go to out/bench.md
	mkdir -p out
	( $(DEV)/bin/python benchmarks/numeric.py; \
	$(ENVS)/bpy-5.0.1/bin/python benchmarks/blender.py; \
	$(ENVS)/bpy-5.0.1/bin/python benchmarks/animation.py; \
	$(ENVS)/bpy-5.0.1/bin/python benchmarks/data_sets.py; \
	$(ENVS)/bpy-$(NEWEST)/bin/python benchmarks/avatars.py; \
	if [[ -x $(REAL_BLENDER) ]]; then \
		$(REAL_BLENDER) setup; \
		BLENDER_HOME=$$(mktemp -d /tmp/flame-bench-XXXXXX) $(REAL_BLENDER) run -b --factory-startup \
			--python-exit-code 1 --python benchmarks/blender.py; \
	fi; \
	$(DEV)/bin/python benchmarks/fitting.py ) | tee out/bench.log
	( grep -E '^(\||###)' out/bench.log | sed 's/^###.*/\n&\n/'; echo ) > out/bench.md

zip: ## write dist/flame_blender-<version>.zip
	$(or $(PYTHON311),$(PYTHON313),python3) build_addon.py

release: ## write, test, tag and pack VERSION=x.y.z, with BLENDER=... its listing too; CONTRIBUTING.md says more
	$(or $(PYTHON311),$(PYTHON313)) tools/release.py prepare "$(VERSION)"
	$(MAKE) test
	$(or $(PYTHON311),$(PYTHON313)) tools/release.py finish "$(VERSION)" --blender "$(BLENDER)"

architecture: ## draw the rooms of the package and their imports, from the code, in docs/images
	$(or $(PYTHON311),$(PYTHON313)) tools/architecture.py docs/images/architecture.svg

docs: ## write the reference in docs/scripting.md from the docstrings
	$(or $(PYTHON311),$(PYTHON313),python3) tools/scripting_reference.py

lint: $(DEV)/.made ## check format and lint
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/ruff check .

format: $(DEV)/.made ## format, and mend what the linter can
	$(DEV)/bin/ruff check --fix .
	$(DEV)/bin/ruff format .

types: $(DEV)/.made ## check types, of the package, the tools and the tests
	$(DEV)/bin/mypy

test-numeric: $(DEV)/.made ## the mathematics, files, clips: a folder each of the package's, as `make test` runs them; test-FOLDER for one
	$(DEV)/bin/python $(MEASURED) -m pytest $(NUMERIC) --suite numeric

$(NUMERIC:tests/%=test-%): test-%: $(DEV)/.made
	$(DEV)/bin/python $(MEASURED) -m pytest tests/$* --suite $*

test-fitting: $(DEV)/.made ## parameters from landmarks, photos, meshes and scans
	$(DEV)/bin/python $(MEASURED) -m pytest tests/fitting --suite fitting

test-model: $(DEV)/.made ## the built-in head: symmetric, sound, rebuilt to the byte
	$(DEV)/bin/python -m pytest tests/model --suite model

test-package: $(DEV)/.made ## layers, limits, zip, hostile files
	$(DEV)/bin/python -m pytest tests/package --suite package

test-benchmarks: $(DEV)/.made $(DEMO_ENV)/.made $(ENVS)/bpy-$(NEWEST)/.made ## every benchmark runs, in a short form
	FLAME_BPY_PYTHON=$(DEMO_ENV)/bin/python FLAME_BPY_NEWEST_PYTHON=$(ENVS)/bpy-$(NEWEST)/bin/python $(DEV)/bin/python -m pytest tests/benchmarks --suite benchmarks

coverage: reset-reports ## how much of what needs no Blender its own suites run, and whether that is enough; `make test` tells it too
	$(MAKE) $(PURE)
	$(MAKE) floors

floors: $(DEV)/.made # of what the suites have measured since `make test` or `make coverage` began
	$(DEV)/bin/python -m coverage combine --quiet
	$(DEV)/bin/python -m coverage json -q -o out/coverage.json
	$(DEV)/bin/python tools/coverage_floors.py out/coverage.json

fuzz: $(DEV)/.made ## damaged landmark, mesh and annotation files by the hundred thousand (minutes)
	FLAME_FUZZ_CASES=$(or $(FLAME_FUZZ_CASES),300000) $(DEV)/bin/python -m pytest --timeout=0 tests/package/test_fuzz_files.py

test-blender: $(BPY_FOUND:%=test-blender-%) ## the add-on in every bpy wheel that a Python is here for
test-blender-%: $(ENVS)/bpy-%/.made
	$(ENVS)/bpy-$*/bin/python tests/blender/run_in_blender.py tests/blender --suite bpy-$*

test-extension: $(BPY_FOUND:%=test-extension-%) ## the zip, validated, installed and exercised in every bpy wheel
test-extension-%: $(ENVS)/bpy-%/.made zip
	$(ENVS)/bpy-$*/bin/python tests/blender/installed_extension.py $(ZIP) tests/real_blender/exercise.py

test-engines: $(DEV)/.made $(DEMO_ENV)/.made $(ENVS)/engines/.made $(ENVS)/readers/.made ## data sets on SLURM, Open Job Description and Ray, read by other libraries, and learnt from
	PYTHONPATH=$(ENVS)/readers $(DEV)/bin/python -m pytest tests/engines/test_readers.py --suite readers
	FLAME_TORCH_PYTHON=$(abspath $(DEV))/bin/python PYTHONPATH=$(ENVS)/engines $(DEMO_ENV)/bin/python -m pytest tests/engines \
		--ignore tests/engines/test_readers.py --suite engines

test-real-blender: $(DEMO_ENV)/.made $(ENVS)/pytest/.made zip ## the same in a real Blender, and its panel in a window
	$(DEMO_ENV)/bin/python tests/real_blender/run.py --blender $(REAL_BLENDER) --archive $(ZIP) --screenshot out/panel.png
	$(DEMO_ENV)/bin/python tests/blender/check_pictures.py out/panel.png

check-demo: $(DEMO_ENV)/.made ## the demo's film and picture are there and not blank
	$(DEMO_ENV)/bin/python tests/blender/check_pictures.py out/demo.png out/demo.mp4

reset-reports:
	rm -rf out/suites out/coverage* out/computed

report: ## what the suites run since `make test` began passed and skipped
	@echo "== suites =="
	@cat out/suites/*.txt
	@echo "processor time in all: $$(sed -nE 's/^[^ ].*; ([0-9]+) s of processor time$$/\1/p' out/suites/*.txt | awk '{ s += $$1 } END { print s }') s"
	@echo "skipped in all: $$(cat out/suites/*.txt | grep -c '^  skipped ' || true)"

clean: ## remove what was built and rendered
	rm -rf dist out .mypy_cache .pytest_cache .ruff_cache
	find . -path ./$(ENVS) -prune -o -name __pycache__ -exec rm -rf {} +

distclean: clean ## remove the environments too
	rm -rf $(ENVS)

# An environment is whole when its .made is there, and is made anew when a file it was made from is newer.
define make_env
$(if $(1),,$(error $@ needs Python $(2), which was not found; install it, or name it with PYTHON$(subst .,,$(2))=PATH))
rm -rf $(@D)
$(1) -m venv $(@D)
endef
pip_install = $(@D)/bin/python -m pip install --quiet --disable-pip-version-check

$(DEV)/.made: requirements/torch.txt requirements/dev.txt requirements/test.txt
	$(call make_env,$(PYTHON311),3.11)
	$(pip_install) -r requirements/torch.txt
	$(pip_install) -r requirements/dev.txt
	touch $@

$(BPY_311:%=$(ENVS)/bpy-%/.made): $(ENVS)/bpy-%/.made: requirements/bpy-%.txt requirements/test.txt
	$(call make_env,$(PYTHON311),3.11)
	$(pip_install) -r $<
	touch $@

$(BPY_313:%=$(ENVS)/bpy-%/.made): $(ENVS)/bpy-%/.made: requirements/bpy-%.txt requirements/test.txt
	$(call make_env,$(PYTHON313),3.13)
	$(pip_install) -r $<
	touch $@

# beside the bpy of the demo, whose Python has its own NumPy
$(ENVS)/engines/.made $(ENVS)/readers/.made: $(ENVS)/%/.made: requirements/%.txt
	rm -rf $(@D)
	$(or $(PYTHON311),$(PYTHON313)) -m pip install --quiet --disable-pip-version-check --target $(@D) -r $<
	touch $@

# for a real Blender, whose Python has no pip: pure Python, so whichever Python is here fetches it
$(ENVS)/pytest/.made: requirements/test.txt
	rm -rf $(@D)
	$(or $(PYTHON311),$(PYTHON313)) -m pip install --quiet --disable-pip-version-check --target $(@D) -r $<
	touch $@
