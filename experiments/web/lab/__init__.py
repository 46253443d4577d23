"""The scheme lab: a conversation about schemes, what comes of each, and why."""
