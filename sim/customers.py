"""Customers: departments that need things, and fight over what is built first.

    h = capture·(1 − O)                               part at the bidding of the first user: `whims` of it for details
    π_d ∝ value_d·e^{z_d}·(1 + side·push·g_d)         claims; g_d = (θ_d − φ_d)⁺/θ_d, θ_d = tolerance_d·(1 − impersonal)
    h·(1 − whims) for the first user's way; of the rest `trunk` for the trunk, π_d of what is left for d's branch,
        or, in strict turns, all of it for the way of whose turn it is
    kept = (1 − overhead)/(1 + coupling·dropped)      dropped: part of the work that was laid down unfinished last week
    free_n = Π_d (1 − power_d·blocks_d) on the trunk, 1 on branches;  blocks_d: φ_d < θ_d for `fuse` weeks, no truce
    done_nd ← done_nd + free_n·(G_n + (1 − reuse)·g_nd + reuse·Σ_e g_ne)    work G for all, g_nd for d alone
    x_d = Σ_n f_n·(releases·Δdone_nd + (1 − releases)·W_n·[n newly met for d])/(K/D)   f: framing on the trunk, else 1
    s_d = 1 − e^{−x_d/x̲},  x̲ = 1 − (1 − side)·(1 − x̄)⁺         what is seen; 1 for who has nothing left to wish for
    φ_d ← φ_d + memory·(s_d·(1 − side·walls·(max_{e≠d} s_e − s_d)⁺) − φ_d)
    O ← O + trust·(1 − (1 − attention)·(1 − b − framing·G/K) − O)           b: part of capacity spent on the first user
    u_d ← u_d + (1 − u_d)·met_d·ease·(1 − (1 − intro)·(1 − word·((1 − walls)·ū + walls·u_d)))
    z_d: normal, of standard deviation `drift`, that remembers `lasting` weeks

K is capacity, D the number of departments. A need that more than one department needs, for itself or for what comes
after it, is of the trunk, others are of a branch; a department's way is all that it needs. done_nd ∈ [0, W_n] is how
far need n is built as d can use it; it is met at W_n, work_n or on branches flexible·work_n, and what comes after it
can begin. On a way, a branch and the trunk, needs are worked on in the order in which they are named.

φ is felt priority, O the first user's ownership, u adoption, z how urgent claims are; x̄ and ū are means, and
ease = 1 − clumsy·(1 − flexible). Departments hold an equal part of capacity to be fair. Through side channels they
look at who gets most; at one table (side = 0) they see what nobody can have. A truce leaves feelings alone. Only a
trunk that is not finished can be blocked.

References: comparing oneself, Festinger (1954), Human Relations 7(2), 117-140; a fair procedure that makes outcomes
acceptable, Thibaut & Walker (1975), Procedural Justice; `we` and `they`, Tajfel & Turner (1979); caring for what one
has shaped, Franke, Schreier & Kaiser (2010), Management Science 56(1), 125-140; adoption, Bass (1969), Management
Science 15(5), 215-227. The forms are ours: the simplest that stay within their ranges; work for one serves others in
part because it is built to one's measure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Bools, Floats, summed, weighed
from sim.errors import InvalidInput, nearest

LITTLE = 1e-9  # [weeks] less work than this is none
FAIR = 1 - math.exp(-1)  # what is felt of a fair part
WILDEST = 10.0  # drift of claims: e^10 is a number that can be added to others


@dataclass(frozen=True, kw_only=True)
class Department:
    """People who will use what is built.

    Parameters
    ----------
    name : str
    value : float
        What its needs are worth to the business, against those of others, at least 0.
    tolerance : float
        Felt priority below which it fights, in [0, 1].
    power : float
        Part of the work on the trunk that it can hold up, in [0, 1).
    people : int
        Who could adopt what is built, at least 1.
    first : bool
        Whether the first user sits there; at most one department.
    """

    name: str
    value: float
    tolerance: float
    power: float
    people: int
    first: bool

    def __post_init__(self) -> None:
        _at_least(0, self, "value")
        _at_least(1, self, "people")
        _part(self, "tolerance")
        _below_1(self, "power")


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something to be built.

    Parameters
    ----------
    name : str
    work : float
        What it takes [weeks of core work], above 0.
    after : tuple of str
        Needs that have to be met before.
    of : tuple of str or None
        Departments that gain by it itself; none: it is only what others stand on; None: all.
    """

    name: str
    work: float
    after: tuple[str, ...]
    of: tuple[str, ...] | None

    def __post_init__(self) -> None:
        _above_0(self, "work")


@dataclass(frozen=True, kw_only=True)
class Customers:
    """Who the work is for, and how they get it.

    Parameters
    ----------
    departments : tuple of Department
    needs : tuple of Need
        In the order in which they are worked on.
    trunk : float
        Part of capacity for the trunk while branches could use some too, in [0, 1].
    turns : float or None
        Weeks in which one department gets everything, then the next, above 0; None: trunk and branches.
    reuse : float
        How much of what is built of the trunk for one department serves the others, in [0, 1].
    coupling : float
        Weeks lost for each week's work of the whole team that is laid down unfinished, at least 0.
    overhead : float
        Part of every week that a loose architecture takes, in [0, 1).
    flexible : float
        Part of a branch's work that meets the need, thanks to a flexible interface, in (0, 1]; 1: one made to measure.
    framing : float
        How far work on the trunk is seen as a step towards one's own needs, in [0, 1].
    releases : float
        Part of the work that is released and shown as it is made, in [0, 1]; the rest shows once a need is met.
    memory : float
        How fast felt priority follows what is seen [per week], in [0, 1].
    side : float
        How open side channels are, in [0, 1]; 0: one table.
    push : float
        How much a claim grows through them for a department that feels no priority at all, as a ratio, at least 0.
    walls : float
        Group identity: how little gets through of what others give up, and of what they tell, in [0, 1].
    impersonal : float
        How far data decide and not persons, whom one could fight, in [0, 1].
    fuse : float
        Weeks of feeling left out after which a department blocks, at least 1.
    drift, lasting : float
        Standard deviation of the logarithm of claims, in [0, 10] · weeks that such moves last, above 0.
    capture : float
        Part of capacity at the bidding of a first user who feels no ownership, in [0, 1].
    whims : float
        How much of it goes to details and meets no need, in [0, 1].
    trust : float
        How fast ownership follows involvement [per week], in [0, 1].
    intro, word : float
        Chance to adopt in a week, all needs met: by oneself · by word of mouth where all others have; in [0, 1].
    clumsy : float
        Part of it that is lost where being flexible alone meets the need, in [0, 1].
    attention : float
        Attention to the first user that takes no capacity (catch-ups, several versions to choose from), in [0, 1].
    overruled : float
        Weeks of truce that somebody above imposes in each week, at least 0.
    """

    departments: tuple[Department, ...]
    needs: tuple[Need, ...]
    trunk: float
    turns: float | None
    reuse: float
    coupling: float
    overhead: float
    flexible: float
    framing: float
    releases: float
    memory: float
    side: float
    push: float
    walls: float
    impersonal: float
    fuse: float
    drift: float
    lasting: float
    capture: float
    whims: float
    trust: float
    intro: float
    word: float
    clumsy: float
    attention: float
    overruled: float

    def __post_init__(self) -> None:
        _part(self, "trunk", "reuse", "framing", "releases", "memory", "side", "walls", "impersonal", "capture")
        _part(self, "whims", "trust", "intro", "word", "clumsy", "attention")
        _at_least(0, self, "coupling", "push", "overruled")
        if not 0 <= self.drift <= WILDEST:
            raise InvalidInput("drift", self.drift, f"between 0 and {WILDEST:g}")
        _at_least(1, self, "fuse")
        _above_0(self, "lasting", *(() if self.turns is None else ("turns",)))
        _below_1(self, "overhead")
        if not 0 < self.flexible <= 1:
            raise InvalidInput("flexible", self.flexible, "above 0 and at most 1")
        self._check_names()
        self._check_tree()

    def _check_names(self) -> None:
        departments, needs = [d.name for d in self.departments], [n.name for n in self.needs]
        for key, names in (("departments", departments), ("needs", needs)):
            if not names:
                raise InvalidInput(key, "[]", "at least one of them")
            for name in names:
                if names.count(name) > 1:
                    raise InvalidInput(key, name, "every name once")
        for need in self.needs:
            for key, meant, known in (("after", need.after, needs), ("of", need.of or (), departments)):
                for name in meant:
                    if name not in known:
                        allowed = "some of " + ", ".join(known)
                        raise InvalidInput(f"needs.{need.name}.{key}", name, allowed, nearest(name, known))

    def _check_tree(self) -> None:
        if not any(d.value for d in self.departments):
            raise InvalidInput("departments", "values all 0", "at least one whose needs are worth something")
        first = [d.name for d in self.departments if d.first]
        if len(first) > 1:
            raise InvalidInput(f"departments.{first[1]}.first", True, f"false: {first[0]} has the first user already")
        after = {n.name: n.after for n in self.needs}
        for need in after:
            if circle := _circle(need, after):
                allowed = "needs that do not come after it themselves, as these do in a circle"
                raise InvalidInput(f"needs.{need}.after", " → ".join(circle), allowed)
        for each, gains in zip(self.departments, self.own.any(axis=0), strict=True):
            if not gains:
                raise InvalidInput("departments", each.name, "departments that gain by a need, named in its `of`")
        for need, needed in zip(after, self.needed.any(axis=1), strict=True):
            if not needed:
                raise InvalidInput(f"needs.{need}.of", "[]", "somebody, if nobody needs what comes after it")

    @cached_property
    def own(self) -> Bools:
        """Who gains by what itself: (need, department)."""
        return np.array([[n.of is None or d.name in n.of for d in self.departments] for n in self.needs])

    @cached_property
    def after(self) -> Bools:
        """What comes directly after what: (need, need before it)."""
        return np.array([[m.name in n.after for m in self.needs] for n in self.needs])

    @cached_property
    def needed(self) -> Bools:
        """Who needs what, for itself or for what comes after it: (need, department)."""
        needed = self.own
        for _ in self.needs:
            needed = needed | (self.after.T[:, :, None] & needed).any(axis=1)
        return needed

    @cached_property
    def common(self) -> Bools:
        """What is of the trunk: (need,)."""
        return np.asarray(self.needed.sum(axis=1) > 1)

    @cached_property
    def work(self) -> Floats:
        """W: (need, 1, 1)."""
        work = np.array([n.work for n in self.needs])
        return np.where(self.common, work, self.flexible * work)[:, None, None]

    @cached_property
    def weight(self) -> Floats:
        """What each need counts for those who gain by it [weeks of core work]: (need, department, 1)."""
        return (np.array([n.work for n in self.needs])[:, None] * self.own)[..., None]

    @cached_property
    def threshold(self) -> Floats:
        """θ: (department, 1)."""
        return self._of_each("tolerance") * (1 - self.impersonal)

    @cached_property
    def value(self) -> Floats:
        """What departments' needs are worth: (department, 1)."""
        return self._of_each("value")

    @cached_property
    def people(self) -> Floats:
        """Who could adopt: (department, 1)."""
        return self._of_each("people")

    @cached_property
    def first(self) -> Floats:
        """1 for the first user's department, 0 for others: (department, 1)."""
        return self._of_each("first")

    def _of_each(self, key: str) -> Floats:
        return np.array([[float(getattr(d, key))] for d in self.departments])


@dataclass(frozen=True, kw_only=True)
class Stocks:
    """What moves.

    Parameters
    ----------
    done : (need, department, runs)
        How far each need is built as a department can use it [weeks of core work], at least 0.
    felt : (department, runs)
        φ, in [0, 1].
    below : (department, runs)
        Weeks in a row of feeling left out.
    urgency : (department, runs)
        z.
    adopted : (department, runs)
        u, in [0, 1].
    ownership : (runs,)
        O, in [0, 1]; 0 where nobody is first.
    truce : (runs,)
        Weeks left in which nobody blocks.
    shares : (need, runs)
        Part of capacity that each need had in the week that has passed.
    dropped : (runs,)
        Part of the work of the week before that was laid down unfinished in it, in [0, 1].
    blocks : (department, runs)
        Who blocked in it.
    useful : (runs,)
        Part of its capacity that was not lost to whims, blocking, changes of course and overhead, in [0, 1].
    """

    done: Floats
    felt: Floats
    below: Floats
    urgency: Floats
    adopted: Floats
    ownership: Floats
    truce: Floats
    shares: Floats
    dropped: Floats
    blocks: Bools
    useful: Floats


def begin(customers: Customers, runs: int) -> Stocks:
    """Return the stocks before the first week: nothing is built, and everybody feels fairly treated."""
    needs, departments = customers.own.shape
    nothing, none = np.zeros((departments, runs)), np.zeros(runs)
    return Stocks(
        done=np.zeros((needs, departments, runs)),
        felt=np.full((departments, runs), FAIR),
        below=nothing,
        urgency=nothing,
        adopted=nothing,
        ownership=none,
        truce=none,
        shares=np.zeros((needs, runs)),
        dropped=none,
        blocks=np.zeros((departments, runs), dtype=bool),
        useful=np.ones(runs),
    )


def move(
    customers: Customers,
    stocks: Stocks,
    week: int,
    capacity: Floats,
    overruled: Floats,
    attention: Floats,
    chance: Floats,
) -> Stocks:
    """Return the stocks after a week.

    Parameters
    ----------
    week : int
        Its number; turns go by it.
    capacity : (runs,)
        K, what the team can build [weeks of core work], at least 0.
    overruled : (runs,)
        Weeks of truce that somebody above imposes from now on; 0: nobody does.
    attention : (runs,)
        Attention to the first user that takes no capacity (catch-ups, several versions to choose from), in [0, 1].
    chance : (department, runs)
        Standard normal: how priorities move.
    """
    count = len(customers.departments)
    room = _room(customers, stocks.done)
    truce = np.maximum(stocks.truce, overruled)
    blocks = (stocks.below >= customers.fuse) & (truce <= 0) & room[:, -1].any(axis=0)
    free = np.ones(capacity.shape)
    for department, stands in zip(customers.departments, blocks, strict=True):
        free = free * (1 - department.power * stands)
    each = np.where(customers.common[:, None], free, 1.0)[:, None]  # what is built in a week's work

    kept = (1 - customers.overhead) / (1 + customers.coupling * stocks.dropped)
    parts, whims = _parts(customers, stocks, room, week)
    given = _filled(room / each, parts * (kept * capacity))
    share = _ratio(given, kept * capacity)  # (need, way, runs)
    shares = summed(np.swapaxes(share, 0, 1))

    done = _built(customers, stocks.done, given * each)
    felt = _felt(customers, stocks, done, capacity)
    unfinished = (customers.needed[..., None] & ~_met(customers, done)).any(axis=1)
    his = whims + weighed(customers.first, summed(share[:, :count] + share[:, count:-1]))
    involved = np.minimum(his + customers.framing * summed(share[:, -1]), 1.0)
    goal = customers.first.max() * (1 - (1 - attention) * (1 - involved))
    return Stocks(
        done=done,
        felt=felt,
        below=np.where(felt < customers.threshold, stocks.below + 1, 0.0),
        urgency=_urgent(customers, stocks.urgency, chance),
        adopted=_adopted(customers, stocks.adopted, done),
        ownership=stocks.ownership + customers.trust * (goal - stocks.ownership),
        truce=np.maximum(truce - 1, 0.0),
        shares=shares,
        dropped=np.minimum(summed(np.maximum(stocks.shares - shares, 0.0) * unfinished), 1.0),
        blocks=blocks,
        useful=kept * np.maximum(1 - whims - summed(shares[customers.common]) * (1 - free), 0.0),
    )


def _room(customers: Customers, done: Floats) -> Floats:
    """What can be worked on now: (need, way, runs) [weeks of core work].

    Ways are whole ways, one for each department, then branches, one for each, then the trunk.
    """
    common, needed = customers.common[:, None, None], customers.needed[..., None]
    left = np.where(needed & ~_met(customers, done), customers.work - done, 0.0)
    waits = np.tensordot(customers.after.astype(np.float64), (left > 0).astype(np.float64), axes=1) > 0
    way = np.where(waits, 0.0, left)
    ready = common[:, 0] & ~(waits & needed).any(axis=1)  # for everybody who needs it
    trunk = np.where(ready, left.max(axis=1), 0.0)
    return np.concatenate([way, np.where(common, 0.0, way), trunk[:, None]], axis=1)


def _parts(customers: Customers, stocks: Stocks, room: Floats, week: int) -> tuple[Floats, Floats]:
    """Which part of capacity each way gets: (way, runs), and details that the first user asks for: (runs,)."""
    count, able = len(customers.departments), room.any(axis=0)
    ways, branches, trunk = able[:count], able[count:-1], able[-1]
    hold = customers.capture * (1 - stocks.ownership) * customers.first  # (department, runs)
    whims, bidden = summed(hold) * customers.whims, hold * (1 - customers.whims) * ways
    rest = 1 - whims - summed(bidden)
    if customers.turns is not None:
        order = (int(week // customers.turns) % count + np.arange(count)) % count
        on = np.zeros(ways.shape)
        on[order] = ways[order] & (np.cumsum(ways[order], axis=0) == 1)  # whose turn it is, or who comes next
        return np.concatenate([bidden + rest * on, np.zeros((count + 1, len(rest)))]), whims
    push = customers.side * customers.push * _short(customers, stocks.felt)
    claim = customers.value * np.exp(stocks.urgency) * (1 + push) * branches
    claims = summed(claim)
    common = rest * np.where(trunk, np.where(claims > 0, customers.trunk, 1.0), 0.0)
    return np.concatenate([bidden, _ratio(claim, claims) * (rest - common), common[None]]), whims


def _filled(room: Floats, amount: Floats) -> Floats:
    """Work in each way (way, runs) through what there is to do, need after need; what is over is passed on once."""
    before = np.cumsum(room, axis=0) - room
    over = np.maximum(amount - summed(room), 0.0)
    busy = np.where(over > 0, 0.0, amount)
    amount = amount + _ratio(busy, summed(busy)) * summed(over)
    return np.clip(amount - before, 0.0, room)


def _built(customers: Customers, done: Floats, work: Floats) -> Floats:
    """How far needs are built after such work (need, way, runs): (need, department, runs)."""
    count = len(customers.departments)
    alone = work[:, :count] + work[:, count:-1]
    for_all = work[:, -1] + customers.reuse * summed(np.swapaxes(alone, 0, 1))
    more = (1 - customers.reuse) * alone + for_all[:, None]
    built = np.minimum(done + more, np.maximum(done, customers.work))
    return np.where(customers.needed[..., None], built, 0.0)


def _felt(customers: Customers, stocks: Stocks, done: Floats, capacity: Floats) -> Floats:
    """Felt priority after a week that has brought needs so far: (department, runs), in [0, 1]."""
    met = _met(customers, done)
    lump = customers.work * (met & ~_met(customers, stocks.done))
    shown = customers.releases * (done - stocks.done) + (1 - customers.releases) * lump
    shown = np.where(customers.common[:, None, None], customers.framing, 1.0) * shown * customers.needed[..., None]
    got = _ratio(summed(shown), capacity / len(done[0]))
    fair = 1 - (1 - customers.side) * np.maximum(1 - summed(got) / len(got), 0.0)
    seen = np.where(fair > 0, -np.expm1(-_ratio(got, fair)), FAIR)
    most = np.stack([np.delete(seen, one, axis=0).max(axis=0, initial=0.0) for one in range(len(seen))])
    seen = seen * (1 - customers.side * customers.walls * np.maximum(most - seen, 0.0))
    content = (met | ~customers.own[..., None]).all(axis=0)
    return stocks.felt + customers.memory * (np.where(content, 1.0, seen) - stocks.felt)


def _urgent(customers: Customers, urgency: Floats, chance: Floats) -> Floats:
    """How urgent departments are after a week: (department, runs)."""
    if not customers.drift:
        return urgency
    stays = math.exp(-1 / customers.lasting)
    return stays * urgency + customers.drift * math.sqrt(1 - stays * stays) * chance


def _adopted(customers: Customers, adopted: Floats, done: Floats) -> Floats:
    """Who uses what is there after a week: (department, runs), in [0, 1]."""
    told = (1 - customers.walls) * _mean(customers.people, adopted) + customers.walls * adopted
    reached = 1 - (1 - customers.intro) * (1 - customers.word * told)
    ease = 1 - customers.clumsy * (1 - customers.flexible)
    return adopted + (1 - adopted) * (_met_share(customers, done) * ease * reached)


def _met(customers: Customers, done: Floats) -> Bools:
    return np.asarray(done >= customers.work - LITTLE)


def _met_share(customers: Customers, done: Floats) -> Floats:
    return summed(customers.weight * _met(customers, done)) / summed(customers.weight)


def _short(customers: Customers, felt: Floats) -> Floats:
    """How far felt priority is short of what is tolerated: (department, runs), in [0, 1]."""
    return _ratio(np.maximum(customers.threshold - felt, 0.0), customers.threshold)


def needs_met(customers: Customers, stocks: Stocks) -> Floats:
    """Return the part of every department's needs that is met, by work: (department, runs), in [0, 1]."""
    return _met_share(customers, stocks.done)


def met_in_all(customers: Customers, stocks: Stocks) -> Floats:
    """Return the part of all needs that is met, departments weighed by value: (runs,), in [0, 1]."""
    return _mean(customers.value, needs_met(customers, stocks))


def trunk_done(customers: Customers, stocks: Stocks) -> Floats:
    """Return how far the trunk is built for those who need it, by work: (runs,), in [0, 1]; 1 where there is none."""
    weight = customers.work * customers.needed[..., None] * customers.common[:, None, None]
    built = np.minimum(_ratio(stocks.done, customers.work), 1.0) * weight
    return _ratio(summed(summed(built)), summed(summed(weight))) if customers.common.any() else np.ones(built.shape[-1])


def acceptance(customers: Customers, stocks: Stocks) -> Floats:
    """Return how far departments accept what is decided: (runs,), in [0, 1]; 1: nobody feels left out."""
    return 1 - summed(_short(customers, stocks.felt)) / len(stocks.felt)


def adoption(customers: Customers, stocks: Stocks) -> Floats:
    """Return the part of all people who use what is there: (runs,), in [0, 1]."""
    return _mean(customers.people, stocks.adopted)


def attachment(customers: Customers, stocks: Stocks) -> Floats:
    """Return the first user's utility, needs met + ownership, a lead's proxy for the project: (runs,), in [0, 2]."""
    return weighed(customers.first, needs_met(customers, stocks)) + stocks.ownership


def _mean(weight: Floats, x: Floats) -> Floats:
    """Mean over departments: (department, 1) and (department, runs) to (runs,)."""
    return weighed(weight, x) / summed(weight)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part by whole; 0 where there is no whole."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _circle(need: str, after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return a shortest way from a need back to itself; nothing if there is none."""
    ways, known = [[need]], {""}
    for way in ways:
        for before in after[way[-1]]:
            if before == need:
                return [*way, need]
            if before not in known:
                known.add(before)
                ways.append([*way, before])
    return []


def _at_least(least: float, of: object, *keys: str) -> None:
    for key in keys:
        if not least <= getattr(of, key) < math.inf:
            raise InvalidInput(key, getattr(of, key), f"at least {least:g}")


def _above_0(of: object, *keys: str) -> None:
    for key in keys:
        if not 0 < getattr(of, key) < math.inf:
            raise InvalidInput(key, getattr(of, key), "above 0")


def _below_1(of: object, *keys: str) -> None:
    for key in keys:
        if not 0 <= getattr(of, key) < 1:
            raise InvalidInput(key, getattr(of, key), "at least 0 and below 1")


def _part(of: object, *keys: str) -> None:
    for key in keys:
        if not 0 <= getattr(of, key) <= 1:
            raise InvalidInput(key, getattr(of, key), "between 0 and 1")
