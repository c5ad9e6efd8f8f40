"""`python -m segue` is the same door as the `segue` command; our own processes start each other through it."""

from segue.app.cli import main

if __name__ == "__main__":
    main()
