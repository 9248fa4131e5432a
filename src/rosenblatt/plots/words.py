"""What the pictures say, in English and Korean."""

from __future__ import annotations

from collections.abc import Callable

from rosenblatt.arguments import check_language
from rosenblatt.plots.canvas import korean_font

# Braces are filled in by the one who asks.
KOREAN = {
    # training
    "epoch": "에포크",
    "loss": "손실",
    "accuracy": "정확도",
    "errors": "오류 수",
    "learning_rate": "학습률",
    "{name} by epoch": "에포크별 {name}",
    "training": "훈련",
    "validation": "검증",
    "best epoch: {epoch} ({value})": "최적 에포크: {epoch} ({value})",
    "{shown} of {all} epochs are listed.": "에포크 {all}개 중 {shown}개를 보입니다.",
    # the path of two weights
    "Path of two weights": "두 가중치의 경로",
    "weight {i}": "가중치 {i}",
    "start": "시작",
    "end (after {steps} steps)": "끝 ({steps}단계 후)",
    "step": "단계",
    "loss of the slice": "단면의 손실",
    # classes
    "class": "클래스",
    "number of samples": "샘플 수",
    "Samples of each class": "클래스별 샘플 수",
    "Confusion matrix ({accuracy} correct)": "혼동 행렬 (정확도 {accuracy})",
    "true class": "실제 클래스",
    "predicted class": "예측한 클래스",
    "share correct": "클래스별 정확도",
    "Decision boundary": "결정 경계",
    "feature {i}": "특성 {i}",
    "points": "점",
    "correct": "정답",
    "share of the picture": "그림에서 차지하는 비율",
    # images
    "Samples": "샘플",
    "Samples with their classes": "샘플과 클래스",
    "Samples with predictions": "샘플과 예측",
    "{count} images of {height} x {width} pixels": "{height} x {width} 픽셀 그림 {count}개",
    "sample": "샘플",
    "true": "실제",
    "predicted": "예측",
    "(is {name})": "(정답: {name})",
    "wrong": "오답",
    "sure": "확신",
    "Weights of the first layer": "첫 번째 층의 가중치",
    "weight": "가중치",
    "unit": "유닛",
    "unit {i}": "유닛 {i}",
    "smallest": "최소",
    "largest": "최대",
    "mean size": "평균 크기",
    # activations and gradients
    "activation function": "활성화 함수",
    "derivative": "도함수",
    "Gradient size per layer": "층별 그레이디언트 크기",
    "Why depth did not train": "깊은 신경망이 학습되지 않았던 까닭",
    "layer (1 is next to the input)": "층 (1이 입력 쪽)",
    "layer": "층",
    "root mean square of the gradient": "그레이디언트의 제곱평균제곱근",
    "gradient": "그레이디언트",
    "{layers} sigmoid layers": "시그모이드 층 {layers}개",
    "{layers} ReLU layers": "ReLU 층 {layers}개",
}


def speak(language: str) -> Callable[..., str]:
    """Return the function that says a phrase of the table in this language.

    Args:
        language: "en" or "ko".

    Raises:
        UnknownNameError: the language is neither "en" nor "ko".
        ArgumentError: Korean is asked for and no font has its letters.

    Example:
        >>> say = speak("en")
        >>> say("weight {i}", i=2)
        'weight 2'
    """
    check_language("plots", language)
    if language == "ko":
        korean_font()  # where there is none, say so before anything is drawn

    def say(phrase: str, **values: object) -> str:
        said = KOREAN.get(phrase, phrase) if language == "ko" else phrase
        return said.format(**values) if values else said

    return say
