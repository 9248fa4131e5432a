"""``rosenblatt ladder`` and ``rosenblatt datasets``: what there is, as tables."""

from __future__ import annotations

from importlib import import_module

from rosenblatt import datasets
from rosenblatt.cli import output
from rosenblatt.cli.options import LANGUAGES, check_name
from rosenblatt.ladder import table as ladder_table

RUNGS = {
    "0": "step0_line",
    "1": "step1_perceptron",
    "2": "step2_single_layer",
    "3": "step3_dual_layer",
    "4": "step4_random_init",
    "5": "step5_minibatch",
    "6": "step6_multi_class",
    "xor": "xor",
}
HEADING = {
    "en": "rung  network            epochs  figure",
    "ko": "단계  신경망             에포크  결과",
}
LEGEND = {
    "en": "= as published in the lecture notes   ≠ different   no sign: nothing is published for this setting",
    "ko": "= 강의 노트의 값과 같음   ≠ 다름   표시 없음: 이 설정으로 실린 값이 없음",
}


def tell_rung(rung: str, language: str) -> None:
    """Run one rung of the ladder and print its page."""
    check_name("--rung", rung.lower(), RUNGS)
    check_name("--language", language, LANGUAGES)
    import_module(f"rosenblatt.ladder.{RUNGS[rung.lower()]}").main(language)


def climb(full: bool, language: str, as_json: bool) -> None:
    """Run all rungs and print the table of their figures, each as soon as it is known."""
    check_name("--language", language, LANGUAGES)
    rows = ladder_table.rows(full)
    if as_json:
        output.print_json([row._asdict() for row in rows])
        return
    print(HEADING[language], flush=True)
    for row in rows:
        print(_line(row), flush=True)
    print(f"\n{LEGEND[language]}")


def _line(row: ladder_table.Row) -> str:
    """Write a row as two lines, the second one with the problem and the settings, to fit into 80 columns."""
    epochs = f"{row.epochs:,}" if row.epochs else ""
    sign = "=" if row.figure == row.expected else "≠" if row.expected else ""
    lines = [f"{row.rung:<4}  {row.name:<17}  {epochs:>6}  {row.figure:<43}  {sign}".rstrip(), f"      {row.setting}"]
    if sign == "≠":
        lines.append(f"      published: {row.expected}")
    return "\n".join(lines)


def list_datasets(as_json: bool) -> None:
    """Print the data sets and where each of them is."""
    entries = datasets.available()
    if as_json:
        output.print_json([entry._asdict() for entry in entries])
        return
    output.print_table(
        ["name", "rows", "one row", "classes", "where"],
        (
            [
                entry.name,
                " + ".join(f"{rows:,}" for rows in entry.rows),
                " x ".join(map(str, entry.shape)),
                entry.classes,
                entry.where,
            ]
            for entry in entries
        ),
    )
