[Tom] A young programmer wearing glasses, with a T-shirt featuring programming slogans.
[Lisa] A female developer with short hair, her laptop covered in stickers with tech logos.

[Tom] In the office, typing on his keyboard #Tom is writing a piece of code.
[Lisa] In the same office, checking Tom's code on her laptop #Lisa asks Tom if he uses tabs or spaces.
[Tom] and [Lisa] argue, both looking frustrated #Tom argues for tabs, Lisa insists on spaces.
[Tom] and [Lisa] start fighting, papers and notebooks flying everywhere #Their argument escalates into a physical conflict.
