"""What every studio must keep. Subclass `Conformance` and give it a `studio` fixture.

The fixture's studio shows a preview and a checkpoint after every step, lives as long as the module
(models stay warm between tests), and draws with the tiny model of `conftest.py`.
"""

from tests.generation.studio.conformance.lasting import Lasting
from tests.generation.studio.conformance.printing import Printing
from tests.generation.studio.conformance.refusals import Refusals
from tests.generation.studio.conformance.stopping import Stopping
from tests.generation.studio.conformance.stream import Stream
from tests.generation.studio.conformance.turns import Turns


class Conformance(Refusals, Printing, Lasting, Stopping, Turns, Stream):
    """Tests are numbered by nothing: each leaves the studio able to draw."""
