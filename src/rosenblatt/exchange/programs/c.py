"""A model as one file of C99 that needs nothing but the mathematics of the standard library.

    const real *x ──> predict ──> real *y

Every function it uses is in it, those it does not use are not. Compiled with ``-D PREDICT_MAIN`` it is a program that
answers rows of comma-separated numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from rosenblatt.exchange.programs.chain import DIGITS, Chain, Step
from rosenblatt.version import __version__

TYPES = {"float32": "float", "float64": "double", "int8": "signed char"}
NUMBERS_A_LINE = 10

HEAD = """\
/* {name}: {inputs} numbers in, {outputs} out. Written by rosenblatt {version}.

   void predict(const real *x, real *y){classify}

   As a program that answers rows of comma-separated numbers, from a file or its standard input:
   cc -O2 -D PREDICT_MAIN {file} -lm -o predict && ./predict rows.csv */

#include <math.h>
#include <tgmath.h> /* exp() and the like in the precision of their argument */

typedef {real} real;

enum {{ INPUTS = {inputs}, OUTPUTS = {outputs} }};
"""

# Whole layers. A kernel lies in memory input by input, so the inner loops run along it.
OPERATIONS = {
    "dense": """\
/* y = x kernel + bias */
static void dense(const real *x, real *y, int rows, int width, int units, const real *kernel, const real *bias)
{
    for (int row = 0; row < rows; row++, x += width, y += units) {
        for (int unit = 0; unit < units; unit++)
            y[unit] = bias[unit];
        for (int input = 0; input < width; input++)
            for (int unit = 0; unit < units; unit++)
                y[unit] += x[input] * kernel[input * units + unit];
    }
}
""",
    "dense_int8": """\
/* y = (x kernel) scale + bias, where the kernel is of whole numbers */
static void dense_int8(const real *x, real *y, int rows, int width, int units, const signed char *kernel,
                       const real *bias, const real *scale)
{
    for (int row = 0; row < rows; row++, x += width, y += units) {
        for (int unit = 0; unit < units; unit++)
            y[unit] = 0;
        for (int input = 0; input < width; input++)
            for (int unit = 0; unit < units; unit++)
                y[unit] += x[input] * kernel[input * units + unit];
        for (int unit = 0; unit < units; unit++)
            y[unit] = y[unit] * scale[unit] + bias[unit];
    }
}
""",
    "normalization": """\
/* y = (x - center) factor + shift */
static void normalization(const real *x, real *y, int rows, int width, const real *center, const real *factor,
                          const real *shift)
{
    for (int row = 0; row < rows; row++, x += width, y += width)
        for (int unit = 0; unit < width; unit++)
            y[unit] = (x[unit] - center[unit]) * factor[unit] + shift[unit];
}
""",
    "layer_normalization": """\
/* each row with its mean and variance taken off, then y = n gamma + beta */
static void layer_normalization(const real *x, real *y, int rows, int width, real epsilon, const real *gamma,
                                const real *beta)
{
    for (int row = 0; row < rows; row++, x += width, y += width) {
        real mean = 0, variance = 0;
        for (int unit = 0; unit < width; unit++)
            mean += x[unit] / width;
        for (int unit = 0; unit < width; unit++)
            variance += (x[unit] - mean) * (x[unit] - mean) / width;
        for (int unit = 0; unit < width; unit++)
            y[unit] = (x[unit] - mean) / sqrt(variance + epsilon) * gamma[unit] + beta[unit];
    }
}
""",
    "prelu": """\
/* y = x above zero, else alpha x */
static void prelu(const real *x, real *y, int width, const real *alpha)
{
    for (int unit = 0; unit < width; unit++)
        y[unit] = x[unit] > 0 ? x[unit] : alpha[unit] * x[unit];
}
""",
    "softmax": """\
/* y = exp(z) / the sum of exp(z) */
static void softmax(const real *z, real *y, int rows, int width)
{
    for (int row = 0; row < rows; row++, z += width, y += width) {
        real largest = z[0], sum = 0;
        for (int unit = 1; unit < width; unit++)
            largest = z[unit] > largest ? z[unit] : largest;
        for (int unit = 0; unit < width; unit++)
            sum += y[unit] = exp(z[unit] - largest);
        for (int unit = 0; unit < width; unit++)
            y[unit] /= sum;
    }
}
""",
    "log_softmax": """\
/* y = log(softmax(z)) */
static void log_softmax(const real *z, real *y, int rows, int width)
{
    for (int row = 0; row < rows; row++, z += width, y += width) {
        real largest = z[0], sum = 0;
        for (int unit = 1; unit < width; unit++)
            largest = z[unit] > largest ? z[unit] : largest;
        for (int unit = 0; unit < width; unit++)
            sum += exp(z[unit] - largest);
        for (int unit = 0; unit < width; unit++)
            y[unit] = z[unit] - largest - log(sum);
    }
}
""",
}

# What happens to each number alone: parameters, and f(z). Not by fmin() and fmax(), which lose NaN.
FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "elu": (("alpha",), "z > 0 ? z : alpha * expm1(z)"),
    "exponential": ((), "exp(z)"),
    "gelu": ((), "z * (1 + erf(z / sqrt((real)2))) / 2"),
    "gelu_approximate": (
        (),
        "z * (1 + tanh((real)0.7978845608028654 * (z + (real)0.044715 * z * z * z))) / 2",
    ),
    "hard_sigmoid": ((), "(z < -3 ? 0 : z > 3 ? 6 : z + 3) / 6"),
    "leaky_relu": (("negative_slope",), "z > 0 ? z : negative_slope * z"),
    "mish": ((), "z * tanh((z > 0 ? z : 0) + log1p(exp(-fabs(z))))"),
    "relu": (
        ("negative_slope", "max_value", "threshold"),
        "z > threshold ? z : negative_slope * (z - threshold);\n"
        "        if (y[unit] > max_value)\n"
        "            y[unit] = max_value",
    ),
    "relu6": ((), "z < 0 ? 0 : z > 6 ? 6 : z"),
    "rescaling": (("scale", "offset"), "scale * z + offset"),
    "selu": ((), "(real)1.0507009873554805 * (z > 0 ? z : (real)1.6732632423543772 * expm1(z))"),
    "sigmoid": ((), "1 / (1 + exp(-z))"),
    "silu": ((), "z / (1 + exp(-z))"),
    "softplus": ((), "(z > 0 ? z : 0) + log1p(exp(-fabs(z)))"),
    "softsign": ((), "z / (1 + fabs(z))"),
    "step": ((), "z >= 0"),
    "tanh": ((), "tanh(z)"),
}

CLASSIFY = """\
{names}
/* The number of x's class, from 0. */
int classify(const real *x)
{{
    real y[OUTPUTS];
    predict(x, y);
    {rule}
}}
"""
OF_TWO = "return y[0] > (real)0.5;"
OF_SEVERAL = """int best = 0;
    for (int unit = 1; unit < OUTPUTS; unit++)
        best = y[unit] > y[best] ? unit : best;
    return best;"""

MAIN = """\
#ifdef PREDICT_MAIN
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {{ LONGEST = 99, DIGITS = {digits} }}; /* letters of a cell; digits that give a number back */

/* Reads a cell, without the space around it and, in the first one, without the mark EF BB BF that some files begin
   with. Returns what ends it: a comma, the end of the line or of the file. */
static int next_cell(FILE *file, char *cell, int first)
{{
    int letter, length = 0;
    for (long read = 1; (letter = getc(file)) != ',' && letter != '\\n' && letter != EOF; read++) {{
        if (length < LONGEST && (length > 0 || !isspace(letter)))
            cell[length++] = letter ? (char)letter : '?';
        if (first && read == 3 && length == 3 && memcmp(cell, "\\xEF\\xBB\\xBF", 3) == 0)
            length = 0;
    }}
    while (length > 0 && isspace((unsigned char)cell[length - 1]))
        length--;
    cell[length] = 0;
    return letter;
}}

/* Whether a cell is a number: a decimal one, or nan. */
static int is_number(const char *cell, double *number)
{{
    char *end;
    *number = strtod(cell, &end);
    return end > cell && *end == 0 && strlen(cell) < LONGEST &&
           (isnan(*number) ? !strchr(cell, '(') : cell[strspn(cell, "+-.0123456789eE")] == 0); /* nan(12) is none */
}}

int main(int count, char **arguments)
{{
    static real x[INPUTS], y[OUTPUTS];
    const char *usage = "Usage: predict {option}[rows.csv]\\n", *name = NULL;
    int {classes}letter = 0;
    long rows = 0;
    for (int place = 1; place < count; place++) {{
        if (strcmp(arguments[place], "--help") == 0) {{
            fputs(usage, stdout);
            return 0;
        }}
        {parsed}if (name || arguments[place][0] == '-') {{
            fputs(usage, stderr);
            return 2;
        }} else
            name = arguments[place];
    }}
    FILE *file = name ? fopen(name, "r") : stdin;
    if (!file) {{
        perror(name);
        return 1;
    }}
    for (long line = 1; letter != EOF; line++) {{
        char cell[LONGEST + 1], wrong[LONGEST + 1];
        long cells = 0, numbers = 0;
        do {{
            double number;
            letter = next_cell(file, cell, line == 1 && cells == 0);
            if (is_number(cell, &number)) {{
                if (cells < INPUTS)
                    x[cells] = (real)number;
                numbers++;
            }} else if (numbers == cells)
                strcpy(wrong, cell);
            cells++;
        }} while (letter == ',');
        if (cells == 1 && strlen(cell) == 0)
            continue; /* a blank line */
        if (line == 1 && cells == INPUTS && numbers == 0)
            continue; /* a header */
        if (cells != INPUTS) {{
            fprintf(stderr, "predict: expected %d numbers separated by commas in line %ld, got %ld.\\n", INPUTS, line,
                    cells);
            return 1;
        }}
        if (numbers != cells) {{
            fprintf(stderr, "predict: expected numbers in line %ld, got '%s'.\\n", line, wrong);
            return 1;
        }}
        rows++;
{answered}        predict(x, y);
        for (int unit = 0; unit < OUTPUTS; unit++)
            printf("%s%.*g", unit ? "," : "", DIGITS, isnan(y[unit]) ? NAN : (double)y[unit]); /* nan has no sign */
        putchar('\\n');
    }}
    if (rows == 0) {{
        fprintf(stderr, "predict: expected rows of %d numbers, got none.\\n", INPUTS);
        return 1;
    }}
    return 0;
}}
#endif
"""
PARSED = """\
if (strcmp(arguments[place], "--classes") == 0)
            classes = 1;
        else """
ANSWERED = """\
        if (classes) {{
            {shown};
            continue;
        }}
"""


def program(chain: Chain, file: str) -> str:
    """Return the file's text."""
    steps = [_renamed(step) for step in chain.steps]
    head = HEAD.format(
        name=commented(chain.name),
        inputs=chain.inputs,
        outputs=chain.outputs,
        version=__version__,
        classify="\n   int classify(const real *x)" if chain.is_classifier else "",
        file=commented(file),
        real=TYPES[chain.dtype],
    )
    parts = [head, *_functions(steps), *_arrays(steps, chain.dtype), _predict(chain, steps)]
    if chain.is_classifier:
        rule = OF_SEVERAL if chain.outputs > 1 else OF_TWO
        parts.append(CLASSIFY.format(names=_class_names(chain), rule=rule).lstrip())
    return "\n".join([*parts, _main(chain)])


def _main(chain: Chain) -> str:
    digits = DIGITS[chain.dtype]
    if not chain.is_classifier:
        return MAIN.format(digits=digits, option="", classes="", parsed="", answered="")
    shown = "puts(class_names[classify(x)])" if chain.class_names else 'printf("%d\\n", classify(x))'
    return MAIN.format(
        digits=digits,
        option="[--classes] ",
        classes="classes = 0, ",
        parsed=PARSED,
        answered=ANSWERED.format(shown=shown),
    )


def _renamed(step: Step) -> Step:
    """Give what is a function of its own in C a name of its own."""
    if step.operation == "gelu":
        return step._replace(operation="gelu_approximate" if step.config["approximate"] else "gelu")
    return step


def _functions(steps: list[Step]) -> Iterator[str]:
    for operation in dict.fromkeys(step.operation for step in steps):
        if operation in OPERATIONS:
            yield OPERATIONS[operation]
            continue
        parameters, formula = FUNCTIONS[operation]
        declared = "".join(f", real {name}" for name in parameters)
        yield (
            f"static void {operation}_(const real *x, real *y, int size{declared})\n"
            "{\n"
            "    for (int unit = 0; unit < size; unit++) {\n"
            "        const real z = x[unit];\n"
            f"        y[unit] = {formula};\n"
            "    }\n"
            "}\n"
        )


def _arrays(steps: list[Step], dtype: str) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        for name, array in step.arrays.items():
            whole = array.dtype == "int8"
            kind = TYPES["int8"] if whole else "real"
            values = map(str, array.ravel()) if whole else (written(value, dtype) for value in array.ravel())
            yield (
                f"/* {commented(step.layer)}: {name} ({', '.join(map(str, array.shape))}) */\n"
                f"static const {kind} {name}_{number}[{array.size}] = {{\n{_lines(values)}\n}};\n"
            )


def _lines(values: Iterator[str]) -> str:
    numbers = list(values)
    rows = (numbers[start : start + NUMBERS_A_LINE] for start in range(0, len(numbers), NUMBERS_A_LINE))
    return ",\n".join(f"    {', '.join(row)}" for row in rows)


def _predict(chain: Chain, steps: list[Step]) -> str:
    """The steps in their order, between two buffers."""
    if not steps:
        body = ["    for (int unit = 0; unit < OUTPUTS; unit++)", "        y[unit] = x[unit];"]
    else:
        largest = max((step.numbers for step in steps[:-1]), default=0)
        buffers = [f"{name}[{largest}]" for name in "ab"[: len(steps) - 1]]
        body = [f"    real {', '.join(buffers)};"] if buffers else []
        source = "x"
        for number, step in enumerate(steps, 1):
            target = "y" if number == len(steps) else "ab"[(number - 1) % 2]
            body.append(f"    {_call(step, number, source, target, chain.dtype)}")
            source = target
    return "\n".join(["void predict(const real *x, real *y)", "{", *body, "}", ""])


def _call(step: Step, number: int, source: str, target: str, dtype: str) -> str:
    arrays = [f"{name}_{number}" for name in step.arrays]
    if step.operation in FUNCTIONS:
        parameters, _ = FUNCTIONS[step.operation]
        values = [written(step.config[name], dtype) for name in parameters]
        return f"{step.operation}_({', '.join([source, target, str(step.numbers), *values])});"
    sizes = {
        "dense": [step.rows, step.width, step.units],
        "dense_int8": [step.rows, step.width, step.units],
        "prelu": [step.width],
    }.get(step.operation, [step.rows, step.width])
    config = [written(step.config["epsilon"], dtype)] if "epsilon" in step.config else []
    return f"{step.operation}({', '.join([source, target, *map(str, sizes), *config, *arrays])});"


def written(value: float | None, dtype: str) -> str:
    """Return a number in C, with as many digits as give it back; None stands for no limit.

    Example:
        >>> written(0.1, "float32"), written(2.0, "float64"), written(float("-inf"), "float32")
        ('0.1', '2', '-INFINITY')
    """
    if value is None:
        return "INFINITY"
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return f"{value:.{DIGITS[dtype]}g}"


def commented(text: str) -> str:
    """Return a text that stays within a comment whatever it says: a file must not run what a model's name contains.

    Example:
        >>> commented("digits */ int main() { return 1; } /*")
        'digits ?? int main?? ? return 1? ? ??'
    """
    return re.sub(r"[^\w .,-]", "?", text)


def quoted(text: str) -> str:
    """Return a text as a string of C: letters, digits and blanks as they are, all other bytes by number.

    Example:
        >>> print(quoted('T-shirt "top"'))
        "T\\055shirt \\042top\\042"
    """
    plain = (chr(byte) if re.fullmatch(r"[A-Za-z0-9 ]", chr(byte)) else f"\\{byte:03o}" for byte in text.encode())
    return f'"{"".join(plain)}"'


def _class_names(chain: Chain) -> str:
    if not chain.class_names:
        return ""
    names = ", ".join(map(quoted, chain.class_names))
    return f"const char *const class_names[{len(chain.class_names)}] = {{{names}}};\n"
