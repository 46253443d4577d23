"""What many tests share: one small world, and the way in which properties are searched."""

from __future__ import annotations

import pytest
from hypothesis import settings

from sim.scenario import Scenario
from tests import worlds

settings.register_profile("model", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("model")


@pytest.fixture(scope="session")
def small() -> Scenario:
    """The three persons under commits for two reviews, everything on."""
    return worlds.scenario("scheme=commits", weeks=26)


@pytest.fixture(scope="session")
def calm() -> Scenario:
    """Nine like-minded people without luck, habits of their own, errors or a project, paid by commits alone."""
    return worlds.scenario("scheme=commits", "project=none", **worlds.CALM, weeks=13)
