"""Classifier-free guidance: away from the unconditional prediction, through the conditional one."""

from torch import Tensor


def guide(prediction: Tensor, scale: float, rescale: float = 0.0) -> Tensor:
    """Combine both halves of a batch, unconditional first, `(2 * panels, ...)` -> `(panels, ...)`.

    `rescale` (0 to 1) is how far the result gets back the conditional prediction's deviation, panel
    by panel: Lin et al., Common Diffusion Noise Schedules and Sample Steps are Flawed, section 3.4,
    arXiv 2305.08891. Models with zero terminal SNR are overexposed without it.
    """
    unconditional, conditional = prediction.chunk(2)
    guided = unconditional + scale * (conditional - unconditional)
    if rescale == 0:
        return guided
    axes = tuple(range(1, guided.ndim))
    ratio = conditional.std(axes, keepdim=True) / guided.std(axes, keepdim=True)
    return rescale * (guided * ratio) + (1 - rescale) * guided
