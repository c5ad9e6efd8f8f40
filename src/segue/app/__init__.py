"""The door: builds everything, says what happens when, starts what runs."""
