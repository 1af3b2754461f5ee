"""What Discord takes at most of what the bot sends. (https://docs.discord.com/developers)

Each is held against the sandbox's rules, at the limit and one over, by `tests/bot/test_limits.py`.
"""

MESSAGE_LETTERS = 2000  # Create Message, content
MESSAGE_FILES = 10  # Create Message, files
COMPONENTS = 40  # Component Reference, components v2: of a message, nested ones too
V2_LETTERS = (
    4000  # https://github.com/discord/discord-api-docs/pull/8562: all texts of such a message
)
OPTIONS = 25  # Component Reference, String Select
OPTION_LETTERS = 100  # Select Option: label, value and description
DIALOG_BOXES = 5  # Modal, components
LABEL_LETTERS = 45  # Label
ABOUT_LETTERS = 100  # Label, description
INPUT_LETTERS = 4000  # Text Input, value and max_length
CHOICES = 25  # Application Command Option, choices; autocomplete results
CHOICE_LETTERS = 100  # Application Command Option Choice: name, and value where it is text
