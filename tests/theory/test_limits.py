"""The model equals theory in its limits: on the cases that come with the project, and on others.

What is expected of the others is worked out here, from THEORY's formulas or by quadrature; the model
is only ever asked through `verify`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student

import sim
from experiments.cases import read_cases, shipped_cases
from experiments.limits import STILL
from experiments.verify import verify
from sim.evaluation import Review
from sim.loading import options
from tests import worlds

SHIPPED = read_cases(shipped_cases())
PARTS = {"E3", "E3b", "G2b", "H5", "H5b", "H6c"}  # asked of the class that the week calls
BY_CHANCE = {"G1", "G2", "G3", "G3b", "H3b", "I2"}  # people differ from week to week
GIVEN_HOURS = {"H3", "H3b"}
WITH_PROJECT = {"K2", "K3"}
DEAR = {
    "I2.retention_noise",
    "I3.mum_effect",
    "I5.cosine_chain",
    "I5b.cos2_chain",
}  # millions of runs; with other inputs they are tried every time
EXACT = {"E7.br_slope"}  # two percent off is not told apart

Given = dict[str, Any]


def slopes(f: Any, g: Any, noise: Any, cost: Any, r: float) -> Given:
    """THEORY 0: b, a, surplus and first best of a linear contract."""
    f, g, noise, soft = np.array(f), np.array(g), np.array(noise), np.linalg.inv(np.array(cost))
    b = np.linalg.solve(g @ soft @ g.T + r * noise, g @ soft @ f)
    a = soft @ g.T @ b
    return {
        "b": b.tolist(),
        "a": a.tolist(),
        "value": float(f @ a),
        "surplus": float(0.5 * f @ a),
        "first_best": float(0.5 * f @ soft @ f),
    }


def steepness(n: int, k: int) -> float:
    """THEORY E: (1/N)·Σ_{j≤k} E[j-th highest of N standard normals], by quadrature."""

    def density(x: float, j: int) -> float:
        ways = n * math.comb(n - 1, j - 1)
        return x * ways * norm.pdf(x) * norm.sf(x) ** (j - 1) * norm.cdf(x) ** (n - j)

    return sum(quad(density, -9, 9, args=(j,), epsabs=1e-13, limit=200)[0] for j in range(1, k + 1)) / n


def crowd(p: float) -> float:
    """THEORY E: φ(z_p)."""
    return float(norm.pdf(norm.isf(p)))


def one_task() -> tuple[str, Given, Given]:
    b = 2 / (1 + 0.7 * 1 * 0.3)
    return "A0", {"v": 2.0, "r": 0.7, "sigma2": 0.3}, {"b": b, "a": b, "surplus": b * 2 / 2}


def one_task_without_risk() -> tuple[str, Given, Given]:
    return "A0", {"c": 0.4}, {"b": 1.0, "a": 2.5, "surplus": 1.25}


def three_tasks() -> tuple[str, Given, Given]:
    f, noise = [1.0, 2.0, -0.5], np.diag([0.2, 1.0, 0.0])
    cost = [[2.0, 0.5, 0.1], [0.5, 1.0, -0.2], [0.1, -0.2, 0.7]]
    inputs = {"f": f, "Sigma": noise.tolist(), "C": cost, "r": 1.3}
    return "A1", inputs, slopes(f, np.eye(3), noise, cost, 1.3)


def steeper_substitutes() -> tuple[str, Given, Given]:
    rows, c, r, s = [[0.2, 3.0], [-0.5, 1.0], [1.5, 0.7]], 2.0, 0.8, 0.9
    b1 = [(1.5 - f2 * k / c) / (1 + r * s * (c - k * k / c)) for k, f2 in rows]
    return "A2", {"f1": 1.5, "c": c, "r": r, "sigma1_2": s, "rows_kappa_f2": rows}, {"b1": b1}


def half_measured() -> tuple[str, Given, Given]:
    b = slopes([1, 1], np.eye(2), np.diag([0.4, 30.0]), [[1, 0.3], [0.3, 1]], 1.5)["b"]
    return "A2b", {"kappa": 0.3, "r": 1.5, "sigma1_2": 0.4, "sigma2_2": 30.0}, {"b1": b[0]}


def obtuse_angles() -> tuple[str, Given, Given]:
    rows, rho = [[135.0, 0.7], [170.0, 0.0], [10.0, 3.0]], 0.6
    expected = []
    for degrees, sd in rows:
        cosine, loud = math.cos(math.radians(degrees)), 1 + rho * sd**2
        expected.append([3 * cosine / loud, 4.5 * cosine**2 / loud, cosine**2 / loud])
    return "B1", {"norm_f": 3.0, "rho": rho, "rows_theta_deg_sigma": rows}, {"rows": expected}


def chosen_columns() -> tuple[str, Given, Given]:
    inputs = {"columns": ["efficiency", "b*"], "rows_theta_deg_sigma": [[60.0, 5.0]]}
    return "B1", inputs, {"rows": [[0.25, 0.5]]}


def other_convention() -> tuple[str, Given, Given]:
    f, g, r, s = np.array([1.0, -2.0, 0.5]), np.array([0.5, -1.0, 2.0]), 0.3, 1.7
    b = float(f @ g / (g @ g + 2 * r * s))
    cosine = f @ g / math.sqrt((f @ f) * (g @ g))
    closed = {
        "theta_deg": math.degrees(math.acos(cosine)),
        "b": b,
        "effort": (b * g).tolist(),
        "value": b * float(f @ g),
        "surplus": 0.5 * b * float(f @ g),
        "efficiency": b * float(f @ g) / float(f @ f),
    }
    return "B2", {"f": f.tolist(), "g": g.tolist(), "r": r, "sigma2": s}, closed


def noisy_gaming() -> tuple[str, Given, Given]:
    f, g0, loadings, rho, sd = [2.0, 1.0], [1.0, 1.5], [0.0, 0.3, 3.0], 0.8, 0.5
    rows = []
    for m in loadings:
        size = 1 + 1.5**2 + m * m
        b = 3.5 / (size + rho * sd**2)
        rows.append([b * 3.5 / 5, b, m * m / size])
    return "B3", {"f": f, "g0": g0, "m": loadings, "rho": rho, "sigma": sd}, {"rows": rows}


def three_measures() -> tuple[str, Given, Given]:
    f, g = [1.0, 2.0, 3.0, -1.0], [[1, 0, 1, 0], [0, 2, 0.5, 1], [1, 1, 0, -1]]
    noise = np.diag([0.1, 2.0, 0.5])
    return "C1", {"f": f, "G": g, "Sigma": noise.tolist(), "r": 2.0}, slopes(f, g, noise, np.eye(4), 2.0)


def riskless_second_measure() -> tuple[str, Given, Given]:
    f, g, r, noise = [3.0, 1.0, 1.0], [[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]], 0.4, np.diag([1.0, 6.0])
    both, single = slopes(f, g, noise, np.eye(3), r), slopes(f, g[:1], noise[:1, :1], np.eye(3), r)
    closed = {
        "b_single": single["b"],
        "ts_single": single["surplus"],
        "gain": both["surplus"] - single["surplus"],
    }
    return "C2", {"f": f, "G": g, "Sigma": noise.tolist(), "r": r}, closed


def incongruity_in_three_tasks() -> tuple[str, Given, Given]:
    f, g = np.array([1.0, 4.0, -2.0]), np.array([2.0, 1.0, 1.0])
    ts = 0.5 * float(f @ g) ** 2 / float(g @ g)
    return "C3", {"f": f.tolist(), "g": g.tolist()}, {"loss": 0.5 * float(f @ f) - ts, "ts": ts}


def spanning_three_tasks() -> tuple[str, Given, Given]:
    f, g = np.array([1.0, 4.0, -2.0]), np.array([[2.0, 1.0, 1.0], [0.0, 1.0, -1.0], [1.0, 0.0, 3.0]])
    return "C4", {"f": f.tolist(), "G": g.tolist()}, {"b": np.linalg.solve(g.T, f).tolist(), "ts": 10.5}


def anticorrelated_measures() -> tuple[str, Given, Given]:
    f, g, noise = [1.0, 1.0], [[1.0, 0.2], [0.4, 1.0]], [[1.0, -0.9], [-0.9, 1.0]]
    cost = [[1.5, -0.4], [-0.4, 0.8]]
    return "C5", {"f": f, "G": g, "Sigma": noise, "C": cost, "r": 3.0}, slopes(f, g, noise, cost, 3.0)


def two_other_rivals() -> tuple[str, Given, Given]:
    g0 = 1 / (2 * 0.7 * math.sqrt(math.pi))
    return "E1", {"dW": 0.3, "sigma": 0.7}, {"g0": g0, "a": 0.3 * g0}


def prize_for_more_worth() -> tuple[str, Given, Given]:
    return (
        "E1b",
        {"v": 2.5, "sigma": 0.6, "c": 4.0},
        {
            "dW": 2 * 0.6 * 2.5 * math.sqrt(math.pi),
            "a": 2.5 / 4,
        },
    )


def other_rivals() -> tuple[str, Given, Given]:
    rows = [[4, 2], [7, 3], [30, 15], [80, 40], [3, 3]]
    betas = [steepness(n, k) for n, k in rows]
    inputs = {"dW": 0.5, "c": 2.0, "sigma": 1.3, "rows_N_k": rows}
    return "E2", inputs, {"rows": [[beta, 0.5 * beta / 2 / 1.3] for beta in betas]}


def best_among_six() -> tuple[str, Given, Given]:
    a = 0.9 * steepness(6, 2) / 1.5 / 2
    return "E2b", {"N": 6, "k": 2, "dW": 0.9, "c": 1.5, "sigma": 2.0}, {"a": a}


def other_shares() -> tuple[str, Given, Given]:
    p = [0.01, 0.37, 0.8]
    return "E3", {"p": p}, {"beta": [crowd(x) for x in p]}


def other_sizes() -> tuple[str, Given, Given]:
    sizes = [8, 20, 60]
    betas = [steepness(n, n // 4) for n in sizes]
    gaps = [n * (crowd(0.25) - beta) for n, beta in zip(sizes, betas, strict=True)]
    return "E3b", {"N": sizes, "p": 0.25}, {"last": betas[-1], "table_beta": betas, "N_times_gap": gaps}


def much_to_lose() -> tuple[str, Given, Given]:
    a = (0.5 * crowd(0.3) + 9.0 * crowd(0.08)) / 0.9 / 1.2
    return "E4", {"dW": 0.5, "L": 9.0, "p": 0.3, "q": 0.08, "c": 0.9, "sigma": 1.2}, {"a": a}


def answers(dw: float, p: float, c: float, sigma: float) -> tuple[str, Given, Given]:
    s = dw * float(norm.isf(p)) * crowd(p) / (c * sigma**2)
    return "E7", {"dW": dw, "p": p, "c": c, "sigma": sigma}, {"s": s, "slope": -s / (1 - s)}


def sabotage(c: float, k: float, v: float, sigma: float) -> tuple[str, Given, Given]:
    best, g0 = max(0.0, v * (k - c) / (k + c)), 1 / (2 * sigma * math.sqrt(math.pi))
    inputs = {"c": c, "k": k, "v": v, "sigma": sigma}
    return (
        "E5",
        inputs,
        {
            "dW": best / g0,
            "a": best / c,
            "s": best / k,
            "welfare": v * best * (1 / c - 1 / k) - best**2 / 2 * (1 / c + 1 / k),
            "compression": best / v,
            "dW_no_sabotage": v / g0,
        },
    )


def dear_sabotage() -> tuple[str, Given, Given]:
    return sabotage(2.0, 9.0, 0.4, 3.0)


def sabotage_so_cheap_that_no_prize_helps() -> tuple[str, Given, Given]:
    return sabotage(2.0, 1.0, 1.0, 0.5)


def sabotage_among_twelve() -> tuple[str, Given, Given]:
    return "E6", {"N": 12, "sigma": 0.5}, {"marg": steepness(12, 1) / 0.5 / 11}


def undamped_play_would_oscillate() -> tuple[str, Given, Given]:
    return answers(4.0, 0.2, 1.2, 1.1)  # s = 0.65


def most_win() -> tuple[str, Given, Given]:
    return answers(3.0, 0.7, 1.0, 1.5)


def other_weights() -> tuple[str, Given, Given]:
    def weight(p: float, gamma: float) -> float:
        return float(p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma))

    p = [0.001, 0.4, 0.999]
    return (
        "H5",
        {"p": p, "gamma_plus": 0.5, "gamma_minus": 0.9},
        {
            "w_plus": [weight(x, 0.5) for x in p],
            "w_minus": [weight(x, 0.9) for x in p],
        },
    )


def three_outcomes() -> tuple[str, Given, Given]:
    def weight(p: float, gamma: float) -> float:
        return float(p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma))

    gains = (weight(0.5, 0.61) - weight(0.2, 0.61)) * 100**0.88 + weight(0.2, 0.61) * 900**0.88
    value = gains - 2.25 * weight(0.5, 0.69) * 400**0.88
    return "H5b", {"three": "(100,.3; -400,.5; 900,.2)"}, {"three": value}


def fewer_share_more() -> tuple[str, Given, Given]:
    theta, c, sizes = 1.5, 0.8, [2, 7]
    rows = [[theta / c / n, theta**2 / c * (1 / n - 0.5 / n**2), (2 * n - 1) / n**2] for n in sizes]
    return "D1", {"theta": theta, "c": c, "N": sizes}, {"rows": rows}


def monitored_four() -> tuple[str, Given, Given]:
    omega = [0.1, 0.9]
    return "D2", {"theta": 3.0, "N": 4, "omega": omega}, {"a": [3 * (w + (1 - w) / 4) for w in omega]}


def louder_team_measure() -> tuple[str, Given, Given]:
    theta, r, own, team = 1.3, 2.5, 0.4, 2.0
    b = theta**2 / (theta**2 + r / (1 / own + 1 / team))
    inputs = {"theta": theta, "r": r, "s_own2": own, "s_team2": team}
    return "D3", inputs, {"b_own": b * team / (own + team), "b_team": b * own / (own + team)}


def bonus_for_six() -> tuple[str, Given, Given]:
    return "D4", {"theta": 0.8, "N": 6, "sigma": 1.7}, {"B": 1.7 * math.sqrt(2 * math.pi), "best_response": 0.8}


def quiet_bonus() -> tuple[str, Given, Given]:
    return "D4", {"theta": 0.5, "N": 3, "sigma": 0.6}, {"B": 0.6 * math.sqrt(2 * math.pi), "best_response": 0.5}


def three_in_the_same_rain() -> tuple[str, Given, Given]:
    n, r, c, v, own, common = 3, 1.0, 2.0, 1.5, 0.5, 0.3
    lam = common / (common + own / (n - 1))
    b = v / (1 + r * c * (own + common - lam * common))
    inputs = {"N": n, "r": r, "c": c, "v": v, "s_eps2": own, "s_common2": common}
    closed = {"b": b, "lam": lam, "surplus": v * b / c / 2, "b_no_rpe": v / (1 + r * c * (own + common))}
    return "D6", inputs, closed


def filtered(periods: int, patience: float, first: float, each: float) -> list[float]:
    """THEORY F: what a unit of effort brings in each period of a career."""
    return [
        sum(patience ** (s - t) * each / (first + (s - 1) * each) for s in range(t + 1, periods + 1))
        for t in range(1, periods + 1)
    ]


def longer_career() -> tuple[str, Given, Given]:
    return "F1", {"T": 9, "beta": 0.8, "h1": 3.0, "h_eps": 0.5}, {"a": filtered(9, 0.8, 3.0, 0.5)}


def unknown_at_first() -> tuple[str, Given, Given]:
    return "F1", {"T": 3, "beta": 0.5, "h1": 0.0, "h_eps": 7.0}, {"a": [0.5 + 0.25 / 2, 0.25, 0.0]}


def other_drifts() -> tuple[str, Given, Given]:
    rows = []
    for r, beta in ((0.3, 0.7), (9.0, 0.99)):
        mu = 1 + r / 2 - math.sqrt(r * r / 4 + r)
        rows.append([mu, beta * (1 - mu) / (1 - beta * mu)])
    return "F2", {"rows_r_beta": [[0.3, 0.7], [9.0, 0.99]]}, {"rows": rows}


def two_uncertain_periods() -> tuple[str, Given, Given]:
    return "F3", {"beta": 0.5, "h1": 2.0, "h_eps": 0.5}, {"a": 0.1}


def noisier_selection() -> tuple[str, Given, Given]:
    mu, s_v, s_phi = -1.0, 0.8, 2.0
    s_p = math.hypot(s_v, s_phi)
    rho, rows = s_v / s_p, []
    for q in (0.3, 0.005, 0.7):
        z = float(norm.isf(q))
        i = crowd(q) / q
        rows.append([i, mu + rho * s_v * i, (1 - rho**2) * s_p * i, s_v**2 * (1 - rho**2 * i * (i - z))])
    return "G1", {"mu": mu, "s_v": s_v, "s_phi": s_phi, "q": [0.3, 0.005, 0.7]}, {"rows": rows}


def selected_columns() -> tuple[str, Given, Given]:
    i = crowd(0.25) / 0.25
    inputs = {"q": [0.25], "s_phi": 0.5, "columns": ["E[V|sel]", "i(q)"]}
    return "G1", inputs, {"rows": [[i / math.hypot(1, 0.5), i]]}


def best_of_other_teams() -> tuple[str, Given, Given]:
    rows, rho = [[6, 2], [30, 3]], 1.2 / math.hypot(1.2, 0.5)
    closed = [0.4 + rho * 1.2 * steepness(n, k) * n / k for n, k in rows]
    return "G2", {"mu": 0.4, "s_v": 1.2, "s_phi": 0.5, "rows_N_k": rows}, {"EV": closed}


def other_maxima() -> tuple[str, Given, Given]:
    return "G2b", {"N": [3, 40]}, {"m": [3 * steepness(3, 1), 40 * steepness(40, 1)]}


def other_thresholds() -> tuple[str, Given, Given]:
    tau, s_v, s_phi = [-1.0, 0.5, 4.0], 0.7, 1.5
    s_p = math.hypot(s_v, s_phi)
    closed = [s_v**2 / s_p * float(norm.pdf(t / s_p) / norm.sf(t / s_p)) for t in tau]
    return "G3", {"tau": tau, "s_v": s_v, "s_phi": s_phi}, {"EV": closed}


def heavy_tailed(tau: list[float], nu: float) -> list[float]:
    """E[V | V + t_ν > τ], by quadrature."""

    def moment(power: int, threshold: float) -> float:
        def mass(v: float) -> float:
            return float(v**power * norm.pdf(v) * student.sf(threshold - v, nu))

        return quad(mass, -12, 12, epsabs=0, epsrel=1e-10, limit=400)[0]

    return [moment(1, x) / moment(0, x) for x in tau]


def tails_of_other_weight() -> tuple[str, Given, Given]:
    tau = [0.5, 3.0, 40.0]
    return "G3b", {"tau": tau, "nu": 4.5}, {"EV": heavy_tailed(tau, 4.5)}


def far_out_by_the_asymptote() -> tuple[str, Given, Given]:
    return "G3b", {"tau": [1e4], "nu": 3}, {"EV": [3e-4]}


def hump_in_two_tasks() -> tuple[str, Given, Given]:
    return turned([1.0, 2.0], [1.0, 0.2], [0.2, 1.0], 2.0)


def hump_in_four_tasks() -> tuple[str, Given, Given]:
    return turned([1.0, 0.3, 0.5, 0.0], [1.0, 0.2, 0.1, 0.8], [0.2, 0.6, 0.5, 0.1], 1.0)


def turned(f: list[float], g: list[float], h: list[float], size: float) -> tuple[str, Given, Given]:
    """THEORY G4: a week of given length between habit and measure."""
    x, y, z = np.array(f), np.array(g), np.array(h)
    b = ((x @ y) * (z @ z) - (x @ z) * (y @ z)) / ((x @ z) * (y @ y) - (x @ y) * (y @ z))

    def worth(a: Any) -> float:
        return float(size * x @ a / np.linalg.norm(a))

    closed = {"b": float(b), "V": worth(z + b * y), "V0": worth(z), "Vinf": worth(y)}
    return "G6", {"f": f, "g": g, "h": h, "T": size}, closed


def correlated_against_worth() -> tuple[str, Given, Given]:
    f, g, spread = np.array([1.0, -1.0]), np.array([0.5, 2.0]), np.array([[2.0, 0.3], [0.3, 0.5]])
    inputs = {"f": f.tolist(), "g": g.tolist(), "Sigma_a": spread.tolist()}
    return "G8", inputs, {"obs": float(f @ spread @ g / (g @ spread @ g))}


def all_alike_but_in_one_way() -> tuple[str, Given, Given]:
    f, g, u = np.array([1.0, 0.0, 2.0]), np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.5, -0.5])
    inputs = {"f": f.tolist(), "g": g.tolist(), "Sigma_a": np.outer(u, u).tolist()}
    return "G8", inputs, {"obs": float(f @ u / (g @ u))}


def other_incentive_slope() -> tuple[str, Given, Given]:
    return "G8b", {"f": [1.0, -1.0, 2.0], "g": [2.0, 1.0, 0.1]}, {"slope": 1.2 / 5.01}


def thinking_ahead() -> tuple[str, Given, Given]:
    dw, c, sigma = 1.0, 0.7, 2.0
    efforts, scale = [0.0], sigma * math.sqrt(2)
    for _ in range(3):
        rival = efforts[-1]

        def short(a: float, rival: float = rival) -> float:
            return c * a - dw * float(norm.pdf((a - rival) / scale)) / scale

        efforts.append(brentq(short, 0, 5, xtol=1e-14))
    return "H2", {"dW": dw, "c": c, "sigma": sigma}, {"a": efforts, "nash": dw / (2 * c * sigma * math.sqrt(math.pi))}


def quantal(u: list[float], lam: float) -> tuple[Given, list[float], float]:
    """THEORY H3: logit shares and their value."""
    odds = np.exp(lam * np.array(u))
    return {"u": u, "lam": lam}, (odds / odds.sum()).tolist(), math.log(odds.sum()) / lam


def sharper_choice() -> tuple[str, Given, Given]:
    inputs, x, value = quantal([0.3, -0.2], 5.0)
    return "H3", inputs, {"x": x, "value": value}


def choice_of_one_in_three() -> tuple[str, Given, Given]:
    inputs, x, _ = quantal([0.0, 0.5, 1.0], 1.5)
    return "H3b", inputs, {"x": x}


def weight_slope(q: float, gamma: float) -> float:
    """w'(q) of prospect theory, by central differences."""

    def weight(p: float) -> float:
        return float(p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma))

    return (weight(q + 1e-6) - weight(q - 1e-6)) / 2e-6


def less_afraid() -> tuple[str, Given, Given]:
    loss, c, sigma, q, lam, alpha, gamma = 0.7, 2.0, 0.5, 0.2, 1.5, 0.9, 0.8
    calm, dw = loss * crowd(q) / sigma / c, weight_slope(q, gamma)
    multiplier = lam * loss ** (alpha - 1) * dw
    inputs = {"L": loss, "c": c, "sigma": sigma, "q": q, "lam": lam, "alpha": alpha, "gamma_minus": gamma}
    return "H6", inputs, {"a_EU": calm, "a_PT": calm * multiplier, "multiplier": multiplier, "dw": dw}


def other_fears() -> tuple[str, Given, Given]:
    rows = []
    for q in (0.03, 0.6):
        w = q**0.8 / (q**0.8 + (1 - q) ** 0.8) ** 1.25
        rows.append([w, w / q, weight_slope(q, 0.8), 3 * weight_slope(q, 0.8)])
    return "H6c", {"q": [0.03, 0.6], "gamma_minus": 0.8, "lam": 3.0}, {"rows": rows}


def less_confused() -> tuple[str, Given, Given]:
    b = 3.0 / (2 + 2 * 0.1 + 2 * 0.3)
    inputs = {"f": [2.0, 1.0], "g": [1.0, 1.0], "s_nu2": 0.1, "rho": 2.0, "sigma2": 0.3}
    return "H7", inputs, {"b": b, "surplus": b * 1.5}


def not_confused() -> tuple[str, Given, Given]:
    return "H7", {"f": [2.0, 1.0], "g": [1.0, 1.0]}, {"b": 1.5, "surplus": 2.25}


def surrogates_that_help() -> tuple[str, Given, Given]:
    f, g, m, b, s = np.array([1.0, 2.0]), np.array([2.0, 2.5]), 0.5, 1.0, [0.1, 0.9]
    worth = [float((b + m * x) * f @ g + m * (1 - x) * f @ f) for x in s]
    inputs = {"f": f.tolist(), "g": g.tolist(), "m": m, "b": b, "s": s}
    return "H8", inputs, {"V": worth, "slope": float(m * (f @ g - f @ f))}


def learnt(g0: float, g: float, s0: float, s_e: float, n: int, a: float) -> tuple[str, Given, Given]:
    k = n * a * a * s0 * s0 / (n * a * a * s0 * s0 + s_e * s_e)
    inputs = {"g0": g0, "g": g, "s0": s0, "s_e": s_e, "n": n, "a": a}
    return "H9", inputs, {"g_n": g0 + k * (g - g0)}


def learning_that_it_counts_less() -> tuple[str, Given, Given]:
    return learnt(1.5, 0.5, 1.0, 2.0, 20, 0.3)


def learning_from_nothing() -> tuple[str, Given, Given]:
    return learnt(0.0, -2.0, 0.4, 1.0, 3, 1.0)


def never_trying() -> tuple[str, Given, Given]:
    return learnt(0.7, 2.0, 0.4, 1.0, 5, 0.0)


def passed_on_twice() -> tuple[str, Given, Given]:
    keeps, noise, spread = 0.6**4, 0.5 * (1 + 0.6**2), 2.0
    closed = {"var": noise, "r2": keeps * spread**2 / (keeps * spread**2 + noise)}
    return "I2", {"alpha": 0.6, "sigma2": 0.5, "n": 2, "s_theta": spread}, closed


def bad_news_more_often_than_not() -> tuple[str, Given, Given]:
    arrives = 0.7**2
    return "I3", {"pi": 0.8, "rows_m_n": [[0.3, 2]]}, {"rows": [[arrives, 0.8 * (1 - arrives) / (1 - 0.8 * arrives)]]}


def colours_told_three_times() -> tuple[str, Given, Given]:
    return "I4", {"e": 0.05, "n": 3}, {"p": 0.5 * (1 + 0.9**3)}


def understood_in_a_plane() -> tuple[str, Given, Given]:
    return "I5", {"K": 2, "theta_deg": 20.0, "n": 2}, {"cos": math.cos(math.radians(20.0)) ** 2}


def squared_in_space() -> tuple[str, Given, Given]:
    kept = math.cos(math.radians(15.0)) ** 2
    return "I5b", {"K": 3, "theta_deg": 15.0, "n": 2}, {"cos2": kept * kept + (1 - kept) * (1 - kept) / 2}


def slower_decay() -> tuple[str, Given, Given]:
    beta, delta, v, c, q = 0.9, 0.05, 2.0, 0.5, 0.3

    def level(b: float) -> float:
        return b * v / (1 - b * (1 - delta)) / c

    stay, leave = level(beta), level(beta * (1 - q))
    inputs = {"beta": beta, "delta": delta, "v": v, "c": c, "q": q}
    return "K1", inputs, {"l": stay, "l_quit": leave, "steady_stock": stay / delta, "ratio": leave / stay}


def costlier_pairs() -> tuple[str, Given, Given]:
    return "K2", {"p": 2.0, "k": 0.3}, {"n": 2 / 0.3 + 0.5}


def many_who_leave() -> tuple[str, Given, Given]:
    rows = [[1, 0.3], [2, 0.37], [4, 0.5]]
    return "K3", {"rows_k_q": rows}, {"p": [q**k for k, q in rows]}


def ratchet(b: float, delta: float, lam: float, c: float) -> tuple[str, Given, Given]:
    slope = b * (1 - delta) / (1 - delta + delta * lam)
    return "W1", {"b": b, "delta": delta, "lam": lam, "c": c}, {"slope": slope, "a": slope / c, "best": slope / c}


def slow_ratchet() -> tuple[str, Given, Given]:
    return ratchet(1.0, 0.9, 0.2, 0.5)


def ratchet_without_foresight() -> tuple[str, Given, Given]:
    return ratchet(0.7, 0.0, 1.0, 1.0)


OTHERS = [
    one_task,
    one_task_without_risk,
    three_tasks,
    steeper_substitutes,
    half_measured,
    obtuse_angles,
    chosen_columns,
    other_convention,
    noisy_gaming,
    three_measures,
    riskless_second_measure,
    incongruity_in_three_tasks,
    spanning_three_tasks,
    anticorrelated_measures,
    two_other_rivals,
    prize_for_more_worth,
    other_rivals,
    best_among_six,
    other_shares,
    other_sizes,
    much_to_lose,
    dear_sabotage,
    sabotage_so_cheap_that_no_prize_helps,
    sabotage_among_twelve,
    undamped_play_would_oscillate,
    most_win,
    other_weights,
    three_outcomes,
    fewer_share_more,
    monitored_four,
    louder_team_measure,
    bonus_for_six,
    quiet_bonus,
    three_in_the_same_rain,
    longer_career,
    unknown_at_first,
    other_drifts,
    two_uncertain_periods,
    noisier_selection,
    selected_columns,
    best_of_other_teams,
    other_maxima,
    other_thresholds,
    tails_of_other_weight,
    far_out_by_the_asymptote,
    hump_in_two_tasks,
    hump_in_four_tasks,
    correlated_against_worth,
    all_alike_but_in_one_way,
    other_incentive_slope,
    thinking_ahead,
    sharper_choice,
    choice_of_one_in_three,
    less_afraid,
    other_fears,
    less_confused,
    not_confused,
    surrogates_that_help,
    learning_that_it_counts_less,
    learning_from_nothing,
    never_trying,
    passed_on_twice,
    bad_news_more_often_than_not,
    colours_told_three_times,
    understood_in_a_plane,
    squared_in_space,
    slower_decay,
    costlier_pairs,
    many_who_leave,
    slow_ratchet,
    ratchet_without_foresight,
]


@pytest.mark.parametrize("name", [pytest.param(c.id, marks=pytest.mark.soak if c.id in DEAR else ()) for c in SHIPPED])
def test_the_model_equals_theory_in_a_case_that_comes_with_the_project_and_would_not_two_percent_off(name: str) -> None:
    table = verify(section=name)
    assert set(table["verdict"]) == {"pass"}, table.to_string()
    for _, rows in table.groupby(table["quantity"].str.extract(r"^(\w+\W?)", expand=False)):
        largest = rows.loc[rows["expected"].abs().idxmax()]
        assert abs(largest["found"] - 1.02 * largest["expected"]) > largest["tolerance"] or name in EXACT, largest


@pytest.mark.parametrize("other", OTHERS, ids=lambda f: f.__name__)
def test_the_model_equals_theory_with_other_inputs(other: Any, tmp_path: Path) -> None:
    name, inputs, closed = other()
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([{"id": f"{name}.other", "inputs": inputs, "closed": closed}]))
    table = verify(path)
    assert set(table["verdict"]) == {"pass"}, table.to_string()


def test_every_limit_that_comes_with_the_project_is_tried_with_other_inputs() -> None:
    assert {other()[0] for other in OTHERS} == {case.limit for case in SHIPPED}


@pytest.mark.parametrize("name", options("limit"))
def test_a_limit_runs_as_it_stands_with_everything_off_that_theory_leaves_out(name: str) -> None:
    scenario = worlds.scenario(f"limit={name}")
    scheme = scenario.scheme
    assert (scheme.standardise, scheme.power, scheme.review) == (
        False,
        "as_given",
        Review(weeks=1, recency=0.0, patience=1.0, hours=0.0),
    )
    assert scenario.choice.hours == ((1.0, 1.0) if name in GIVEN_HOURS else (0.0, math.inf))
    assert (scenario.reference, scenario.craft) == (None, None)
    assert (scenario.project is None) == (name not in WITH_PROJECT)
    assert scenario.conduct.experimentation == 0 or name in BY_CHANCE
    assert (scenario.team.skill_sd, scenario.team.habit_sd, scenario.beliefs.error) == (0.0, 0.0, 0.0)
    if name in BY_CHANCE:
        return
    effort = sim.simulate(scenario, runs=1).weekly.filter(like="effort_").to_numpy()
    assert np.ptp(effort[-2:], axis=0).max() < STILL


@pytest.mark.parametrize("name", options("limit"))
def test_a_limit_has_activities_and_signals_of_its_own_only(name: str) -> None:
    scenario, standard = worlds.scenario(f"limit={name}"), worlds.scenario()
    assert not (set(scenario.activities) & set(standard.activities)) - {"game"}
    assert not (set(scenario.signals) & set(standard.signals)) - {"own_worth"}


def test_there_is_a_limit_for_every_case_that_is_not_a_part_of_the_week() -> None:
    assert set(options("limit")) == {case.limit for case in SHIPPED} - PARTS
