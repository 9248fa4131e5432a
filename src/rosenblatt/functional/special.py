"""The error function, which NumPy does not have.

    erf(x) = 2/sqrt(pi) * integral of exp(-t**2) from 0 to x

Near zero it is ``x`` times a rational function of ``x**2``; further out, ``1 - erf(x)`` is ``exp(-x**2)`` times a
rational function of ``x``.

Source:
    W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969).
"""

from __future__ import annotations

import numpy as np

from rosenblatt.types import Array

SEAM = 0.46875  # where the two approximations meet
ONE_FROM_HERE = 6.0  # erf(6) is 1 in double precision

# Coefficients of the numerators and denominators, the highest power first.
NEAR_NUMERATOR = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
NEAR_DENOMINATOR = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
FAR_NUMERATOR = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
FAR_DENOMINATOR = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)


def erf(x: Array) -> Array:
    """Return the error function of each number, to about one unit in the last place of a double.

    Args:
        x: A float array of any shape.

    Returns:
        An array like ``x`` with values between -1 and 1.

    Example:
        >>> erf(np.array([0.0, 0.5, -1000.0])).round(6).tolist()
        [0.0, 0.5205, -1.0]

    Source:
        Cody (1969), the first two of his three intervals; the second serves here up to 6, where erf is 1.
    """
    size = np.minimum(np.abs(x), ONE_FROM_HERE)
    near = np.minimum(size, SEAM) ** 2
    small = x * (_polynomial(NEAR_NUMERATOR, near) / _polynomial(NEAR_DENOMINATOR, near))
    rest = np.exp(-size * size) * (_polynomial(FAR_NUMERATOR, size) / _polynomial(FAR_DENOMINATOR, size))
    return np.where(size <= SEAM, small, np.copysign(1.0 - rest, x))


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's scheme: one multiplication and one addition a coefficient."""
    total = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        total *= x
        total += coefficient
    return total
