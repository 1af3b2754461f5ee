"""Consistent self-attention: panels of one story look at each other while they are drawn.

Source: Zhou et al., StoryDiffusion, NeurIPS 2024, arXiv 2405.01434, section 3.1. In the chosen
self-attention layers, panel i attends to its own tokens and to a random sample of the tokens of the
panels it refers to:

    O_i = Attention(Q_i, K[P_i], V[P_i]),    P_i = tokens_i + sample(tokens of refs(i))

All panels are denoised in lock step, so nothing has to be kept beyond one timestep:

- `sampling` decides which tokens of a panel are shown to others,
- `schedule` decides which panels go through the network together, and in which order,
- `bank` holds the keys and values of the shown tokens for the length of one timestep,
- `passes` says who looks at what in each forward pass,
- `listening` hears from cross-attention where each character is, `subjects` remembers it over the
  timesteps, `masks` makes regions of it: then only a character's tokens are shown, and only the
  same character looks at them,
- `parts` takes a panel with characters apart, so that nothing has to be masked,
- `attention` knows who looks at what in the forward pass under way, `processor` computes it,
- `install` puts the processors into a UNet and takes them out again,
- `cost` predicts what all this costs.

Nothing here knows a scheduler, a prompt or a picture.
"""
