"""The consistency benchmark: stories whose prompts leave looks unsaid, drawn and read."""
