"""The drift check: does each drawn panel still show its characters as their sheets do?

An image encoder compares (`eyes`), a panel that has drifted is drawn once more (`check`). It is off
where the catalogue names no encoder. It costs one look per character and panel, and for a panel
that has drifted as much as drawing it again by hand: itself and the panels it looks at.
"""
