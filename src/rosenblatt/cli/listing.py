"""``rosenblatt ladder`` and ``rosenblatt datasets``: what there is, as tables."""

from __future__ import annotations

import re
from importlib import import_module

from rosenblatt import datasets
from rosenblatt.arguments import LANGUAGES
from rosenblatt.cli import output
from rosenblatt.cli.options import check_value
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
    "en": "= as published in the lecture notes   ≠ different\nno sign: computed here, nothing is published for it",
    "ko": "= 강의 노트의 값과 같음   ≠ 다름\n표시 없음: 여기서 계산한 값으로, 강의 노트에는 없음",
}
PUBLISHED = {"en": "published", "ko": "강의 노트의 값"}
KOREAN_SETTINGS = {
    r"(\d+) points": r"점 \1개",
    r"breast cancer": "유방암 데이터",
    r"Fashion-MNIST": "패션 MNIST",
    r"sample \((\d+) rows\)": r"샘플(\1행)",
    r"(\d+) units": r"유닛 \1개",
    r"batch (\d+)": r"배치 \1",
    r"b2 as printed": "b2는 강의에 실린 대로",
    r"b2 exact": "b2는 정확한 기울기로",
    r"seed (\d+)": r"시드 \1",
    r"\blr\b": "학습률",
    r"([\d,]+) updates \(not epochs\)": r"갱신 \1번(에포크가 아님)",
}


def tell_rung(rung: str, language: str) -> None:
    """Run one rung of the ladder and print its page."""
    check_value("--rung", rung.lower(), RUNGS)
    check_value("--language", language, LANGUAGES)
    import_module(f"rosenblatt.ladder.{RUNGS[rung.lower()]}").main(language)


def climb(full: bool, language: str, as_json: bool) -> None:
    """Run all rungs and print the table of their figures, each as soon as it is known."""
    check_value("--language", language, LANGUAGES)
    rows = ladder_table.rows(full)
    if as_json:
        output.print_json([row._asdict() for row in rows])
        return
    print(HEADING[language], flush=True)
    for row in rows:
        print(_line(row, language), flush=True)
    print(f"\n{LEGEND[language]}")


def _line(row: ladder_table.Row, language: str) -> str:
    """Write a row as two lines, the second one with the problem and the settings, to fit into 80 columns."""
    epochs = f"{row.epochs:,}" if row.epochs else ""
    sign = "=" if row.figure == row.expected else "≠" if row.expected else ""
    setting = row.setting
    if language == "ko":
        for english, korean in KOREAN_SETTINGS.items():
            setting = re.sub(english, korean, setting)
    lines = [f"{row.rung:<4}  {row.name:<17}  {epochs:>6}  {row.figure:<43}  {sign}".rstrip(), f"      {setting}"]
    if sign == "≠":
        lines.append(f"      {PUBLISHED[language]}: {row.expected}")
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
