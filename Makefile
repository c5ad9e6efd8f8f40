# Ten words over run.py; `python3 run.py --help` says what each does.
.PHONY: setup run demo test story measure lint check docs seed
setup demo test story measure lint check docs seed: ; python3 run.py $@
run: ; python3 run.py
