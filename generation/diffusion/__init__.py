"""Drawing a plan with a diffusion model: loading, text, noise, the lock-step sampler, previews.

`lockstep.LockStep` is the way in. `errors` holds everything that is raised on purpose.
"""
