"""The pages of a class: plain HTML, and who may ask for what."""
