"""How far two numbers may lie apart, and why. Everything not named here is compared to the bit."""

ROUNDING = 1e-12  # one formula in two orders of operations: some hundred roundings of 1e-16 each
OPTIMUM = 1e-12  # objective at the answer against a general solver's (MODEL 6), relative to its size
PARABOLA = 1e-6  # effort at that optimum: where the objective is flat to 1e-12, effort is known to its root
SLOPE = 1e-6  # a derivative against central differences of step 1e-4: truncation 1e-8, cancellation 1e-12
STEP = 1e-4  # of those differences [week, or point of score]
QUADRATURE = 1e-8  # contest integrals: nodes σ/4 apart err by less than 1e-9, SciPy's own error the rest
TABLE = 1e-7  # the tabulated chance against the mean: cubic pieces of 0.02σ err by 0.02⁴/384
PUBLISHED = 5e-4  # numbers printed with three decimals in a paper
ERRORS = 4.0  # standard errors: a right number is further away once in 16 000 tests
