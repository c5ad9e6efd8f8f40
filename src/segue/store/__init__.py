"""Where state lives: one PostgreSQL database, written only from here. The only room that speaks SQL."""
