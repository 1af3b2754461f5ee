"""Limits that the database enforces. The script's parser may be stricter, never looser."""

CHARACTERS = 12  # a story
PANELS = 60  # a story
LINE_LETTERS = 1000  # a panel line, or a character's description
NAME_LETTERS = 100  # a character's name
TITLE_LETTERS = 100  # a story's title; Discord's limit for the name of a thread
DRAFT_LETTERS = 100_000  # a draft's box: more than 60 lines of 1,000 letters
ALT_TEXT_LETTERS = 1024  # Discord's limit for the description of a picture
SCHEDULES = 20  # a guild; a list of them fits into a message
FAILURES = 3  # attempts of a render in a row that end without a new checkpoint
WRITERS = 50  # whom the owner of a story can invite
DRAFTS = 20  # of a member in a story; the oldest go
PORTRAIT_TRIES = 3  # of a kept character, that failed
SAVED_CHARACTERS = 500  # in the library of a guild
