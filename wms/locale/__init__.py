"""The catalogues of the operators' languages, and the tool that keeps them in step with the code."""
