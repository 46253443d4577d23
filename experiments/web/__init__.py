"""The local web application: pages, and the worker processes that compute for them."""
