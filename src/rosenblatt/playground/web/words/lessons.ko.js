/** 수업과 손실 곡선, 기울기, 샘플, 진리표의 한국어 글. */

export default {
  // 훈련
  "chart.log": "손실을 로그 축으로",
  "chart.smoothing": "평활화",
  "chart.table": "수치를 표로 보기",
  "chart.keep": "이 곡선을 비교용으로 남기기",
  "chart.forget": "남긴 곡선 지우기",
  "chart.kept.same": "같은 설정",
  "chart.loss": "손실",
  "chart.accuracy": "정확도",
  "chart.train": "훈련",
  "chart.test": "테스트",
  "chart.epochs": "에포크별",
  "chart.epoch": "에포크",
  "chart.trainLoss": "훈련 손실",
  "chart.testLoss": "테스트 손실",
  "chart.trainAccuracy": "훈련 정확도",
  "chart.testAccuracy": "테스트 정확도",
  "chart.empty": "아직 학습하지 않았습니다.",
  "chart.scaled": "타깃을 평균 0, 표준편차 1로 맞추어 학습합니다. 손실도 그렇게 맞춘 값으로 잰 것입니다.",
  "chart.reading.label": "에포크를 골라 곡선 읽기",
  "chart.reading.classes": "에포크 {epoch} · 손실 {trainLoss}, 테스트 {testLoss} · 정확도 {trainAccuracy}, 테스트 {testAccuracy}",
  "chart.reading.gate": "에포크 {epoch} · 손실 {trainLoss} · 정확도 {trainAccuracy}",
  "chart.reading.numbers": "에포크 {epoch} · 손실 {trainLoss}, 테스트 {testLoss}",

  // 기울기
  "gradients.layer": "층",
  "gradients.gradient": "기울기",
  "gradients.dead": "죽은 뉴런",
  "gradients.saturated": "포화",
  "gradients.over_time": "에포크별 기울기",
  "gradients.lines": "굵은 선은 첫 번째 층, 점선은 마지막 층입니다.",
  "gradients.part": "첫 번째 층의 기울기는 마지막 층의 1/{value}입니다.",
  "gradients.times": "첫 번째 층의 기울기는 마지막 층의 {value}배입니다.",
  "gradients.unmeasured": "아직 잰 값이 없습니다. 손실 함수와 타깃이 있는 행이 있어야 합니다.",
  "gradients.none": "마지막 층에 기울기가 오지 않아 아무것도 학습되지 않습니다.",
  "gradients.first_none": "첫 번째 층에 기울기가 오지 않아 그 층은 학습되지 않습니다.",
  "gradients.exploding": "기울기가 되돌아오는 길에 폭발해서 앞쪽 층이 마구 흔들립니다.",
  "gradients.arrives": "기울기가 잘 전해져서 모든 층이 학습될 수 있습니다.",
  "gradients.weakens": "기울기가 되돌아오는 길에 약해져서 앞쪽 층은 느리게 학습됩니다.",
  "gradients.vanishes": "기울기가 되돌아오는 길에 사라져서 앞쪽 층은 거의 학습되지 않습니다.",
  "gradients.meaning": "이 수치의 뜻",
  "gradients.gradient.meaning":
    "기울기: 손실을 그 층의 가중치로 미분한 기울기의 크기(노름)를 로그 눈금으로 나타냅니다. 가중치는 기울기에 비례해서 바뀌므로, 기울기가 아주 작은 층은 제자리에 멈춰 있습니다.",
  "gradients.dead.meaning":
    "죽은 뉴런: 모든 훈련 데이터에 대해 0을 내는 뉴런의 비율입니다. 그곳에서 ReLU의 기울기는 0이라 가중치에 아무것도 전해지지 않고, 다시 살아나지 못할 수도 있습니다.",
  "gradients.saturated.meaning":
    "포화: 시그모이드나 tanh의 평평한 양 끝에 놓인 출력의 비율입니다. 그곳의 기울기는 가장 큰 기울기의 20분의 1보다 작아서, 되돌아가는 기울기가 거의 남지 않습니다.",

  // 진리표
  "truth.caption": "{gate}: {rows}행 중 {right}행 정답",
  "truth.target": "타깃",
  "truth.output": "답",
  "truth.exact": "출력",
  "truth.verdict": "판정",
  "truth.right": "정답",
  "truth.wrong": "오답",

  // 샘플
  "sample.choose": "샘플",
  "sample.choose.hint": "번호를 넣거나 출력 그림의 점을 누르세요. 화살표 키로 연산을 하나씩 오갈 수 있습니다.",
  "sample.first": "첫 연산으로",
  "sample.previous": "이전 연산",
  "sample.next": "다음 연산",
  "sample.last": "마지막 연산으로",
  "sample.play": "연산을 차례로 재생",
  "sample.pause": "멈춤",
  "sample.steps": "연산을 하나씩 보기",
  "sample.larger": "크게",
  "sample.smaller": "작게",
  "sample.fit": "너비에 맞추기",
  "sample.graph": "계산 그래프: 선 위는 값, 선 아래는 기울기",
  "sample.list": "연산 목록",
  "sample.waiting": "샘플을 불러오는 중입니다.",
  "sample.none": "여기에는 보여 줄 샘플이 없습니다.",
  "sample.too_large": "연산이 너무 많아 하나씩 보여 줄 수 없는 신경망입니다. 층이나 뉴런의 수를 줄여 보세요.",
  "sample.group.inputs": "입력",
  "sample.group.loss": "손실",
  "sample.at": "연산 {step} / {steps}",
  "sample.phase.forward": "정방향",
  "sample.phase.loss": "손실",
  "sample.phase.backward": "역방향",
  "sample.phase.update": "업데이트",
  "sample.legend.value": "값",
  "sample.legend.gradient": "기울기",
  "sample.weights": "이번 업데이트 전과 후의 가중치",
  "sample.weight": "가중치",
  "sample.before": "전",
  "sample.gradient": "기울기",
  "sample.after": "후",
  "sample.loss": "손실",
  "sample.summary": "입력 {x}, 타깃 {target}, 출력 {output}",
  "sample.apart": "이 샘플 하나만으로 한 번 업데이트한 결과입니다. 화면의 신경망은 바뀌지 않습니다.",

  "sample.forward_multiply": "곱셈: {left_label} · {right_label} = {left} · {right} = {result}.",
  "sample.forward_add": "덧셈: {labels} = {terms} = {result}.",
  "sample.forward_subtract": "뺄셈: {left_label} − {right_label} = {left} − {right} = {result}.",
  "sample.forward_divide": "나눗셈: {left_label} / {right_label} = {left} / {right} = {result}.",
  "sample.forward_power": "거듭제곱: {left_label}의 {right_label}제곱 = {result}.",
  "sample.forward_max": "최댓값: {left_label} = {left}, {right_label} = {right} 중 큰 값은 {result}.",
  "sample.forward_exp": "지수 함수: exp({z}) = {result}.",
  "sample.forward_log": "자연로그: ln({z}) = {result}.",
  "sample.forward_erf": "오차 함수: erf({z}) = {result}.",
  "sample.forward_activation": "활성화 함수: {function}({label}) = {function}({z}) = {result}.",
  "sample.forward_softmax": "{function}: 모든 뉴런의 exp(z)를 더한 값 가운데 {unit}번 뉴런의 비율은 {result}입니다.",
  "sample.loss_binary_crossentropy":
    "교차 엔트로피: 타깃 {target}, 출력 {output}. 타깃에 준 확률의 로그에 음의 부호를 붙이면 {result}입니다.",
  "sample.loss_categorical_crossentropy": "교차 엔트로피: 정답 클래스에 준 확률의 로그에 음의 부호를 붙이면 {result}입니다.",
  "sample.loss_mean_squared_error": "제곱 오차: (출력 − 타깃)² = ({output} − {target})²의 평균은 {result}입니다.",
  "sample.loss_mean_absolute_error": "절댓값 오차: |출력 − 타깃| = |{output} − {target}|의 평균은 {result}입니다.",
  "sample.loss_huber": "후버 손실: 출력 {output}, 타깃 {target}. 0 가까이에서는 제곱, 멀리서는 직선이며 값은 {result}입니다.",
  "sample.loss_penalty": "가중치의 크기에 매기는 규제를 더합니다: {result}.",
  "sample.backward_start": "여기서부터 역방향입니다. {label}을 자기 자신으로 미분하면 1입니다.",
  "sample.backward_add": "덧셈은 기울기를 그대로 전합니다: {labels}에 각각 {incoming}.",
  "sample.backward_multiply":
    "곱셈은 두 입력을 서로 바꾸어 곱합니다: {left_label}에는 {incoming} · {right} = {to_left}, {right_label}에는 {incoming} · {left} = {to_right}.",
  "sample.backward_subtract":
    "뺄셈은 기울기를 전하되 둘째 입력에는 부호를 바꿉니다: {left_label}에는 {to_left}, {right_label}에는 {to_right}.",
  "sample.backward_divide": "나눗셈: {left_label}에는 {to_left}, {right_label}에는 {to_right}.",
  "sample.backward_power": "거듭제곱: {left_label}에는 {to_left}, {right_label}에는 {to_right}.",
  "sample.backward_max": "최댓값은 큰 쪽 입력에만 기울기를 전합니다: {left_label}에는 {to_left}, {right_label}에는 {to_right}.",
  "sample.backward_exp": "exp의 도함수는 자기 자신의 값입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_log": "ln z의 도함수는 1 / z입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_erf": "이곳에서 erf의 도함수는 {derivative}입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_sigmoid":
    "시그모이드의 도함수는 a (1 − a) = {a} · (1 − {a}) = {derivative}입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_tanh": "tanh의 도함수는 1 − a² = {derivative}입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_relu":
    "ReLU의 도함수는 z가 0보다 크면 1, 아니면 0입니다. 여기서는 z = {z}이므로 {derivative}입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_step": "계단 함수의 도함수는 어디서나 0입니다. 기울기는 여기서 끝나고, 앞쪽은 아무것도 학습되지 않습니다.",
  "sample.backward_activation": "z = {z}에서 {function}의 도함수는 {derivative}입니다: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_softmax":
    "소프트맥스의 출력 하나하나에는 모든 z가 들어 있습니다. {unit}번 뉴런에서 {labels}에 전하는 기울기는 {outgoing}입니다.",
  "sample.backward_binary_crossentropy":
    "교차 엔트로피를 출력으로 미분하면 (a − t) / (a (1 − a)) = {outgoing}입니다. 여기서 a = {output}, t = {target}입니다.",
  "sample.backward_binary_crossentropy.from_logits":
    "시그모이드와 교차 엔트로피를 합치면 도함수가 간단합니다: a − t = {output} − {target} = {outgoing}.",
  "sample.backward_categorical_crossentropy": "교차 엔트로피를 각 출력으로 미분하면 −t / a입니다: {derivatives}.",
  "sample.backward_categorical_crossentropy.from_logits":
    "소프트맥스와 교차 엔트로피를 합치면 도함수가 간단합니다: a − t = {derivatives}.",
  "sample.backward_mean_squared_error": "제곱 오차의 도함수는 2 (출력 − 타깃)을 출력의 개수로 나눈 값입니다: {derivatives}.",
  "sample.backward_mean_absolute_error": "절댓값 오차의 도함수는 출력 − 타깃의 부호를 출력의 개수로 나눈 값입니다: {derivatives}.",
  "sample.backward_huber": "후버 손실의 도함수는 출력 − 타깃이며 −1과 1을 넘지 않습니다: {derivatives}.",
  "sample.backward_penalty": "규제는 모든 가중치를 0 쪽으로 당깁니다: {derivatives}.",
  "sample.shortcut": "연쇄 법칙으로 모두 곱하면 a − t가 됩니다. {labels}의 기울기는 {values}입니다.",
  "sample.update_plain": "업데이트 {name}: {before} − {learning_rate} · {gradient} = {after}.",
  "sample.update_by_optimizer": "업데이트 {name}: {before} → {after} ({optimizer}, 기울기 {gradient}, 학습률 {learning_rate}).",
  "sample.update_none.step": "업데이트할 것이 없습니다. 계단 함수는 기울기를 통과시키지 않습니다.",
  "sample.update_none.frozen": "업데이트할 것이 없습니다. 모든 층이 고정되어 있습니다.",

  // 수업
  "lesson.choose": "바로 이 화면에서 하는 여섯 가지 수업입니다. 설정은 수업이 알아서 맞추고, 수업을 나가면 원래 설정으로 돌아오고 훈련은 처음부터 다시 시작합니다.",
  "lesson.opened": "수업에는 따로 신경망이 필요합니다. 지금은 훈련된 모델이 열려 있습니다.",
  "lesson.previous": "이전",
  "lesson.next": "다음",
  "lesson.finish": "마치기",
  "lesson.again": "다시 설정",
  "lesson.show": "‘{panel}’ 보기",
  "lesson.leave": "나가기",
  "lesson.leave.title": "수업을 나가고 원래 설정으로 돌아가기",
  "lesson.steps": "수업의 단계",
  "lesson.step": "{count}단계 중 {number}단계",
  "lesson.step.done": "{count}단계 중 {number}단계, 완료",
  "lesson.done": "완료",
  "lesson.todo": "해 보기",

  "lesson.gates.title": "퍼셉트론과 게이트",
  "lesson.gates.subject": "뉴런 하나는 직선 하나",
  "lesson.gates.neuron.text":
    "퍼셉트론은 입력마다 가중치를 곱하고 절편을 더해서, 그 합이 0 이상이면 1, 아니면 0을 답합니다. 지금은 두 가중치가 0.5, 절편이 −0.2입니다. AND의 네 행 중 두 행이 틀립니다. 입력 하나만 1이어도 합이 0.5 − 0.2 = 0.3이라 벌써 1을 답하기 때문입니다.",
  "lesson.gates.neuron.task": "뉴런의 절편을 −0.7로 바꾸세요. 신경망 아래 패널에 입력란이 있습니다.",
  "lesson.gates.line.text":
    "w = (0.5, 0.5), b = −0.7이면 네 행이 모두 맞습니다. 0.5 + 0.5 − 0.7 = 0.3만 0보다 크기 때문입니다. 출력 그림에서 뉴런 하나는 합이 정확히 0이 되는 직선으로 나타납니다. 직선의 한쪽에서는 1, 다른 쪽에서는 0을 답합니다. 가중치는 직선을 돌리고 절편은 직선을 옮깁니다.",
  "lesson.gates.line.task": "네 행이 모두 맞는 다른 자리로 직선을 끌어 보세요.",
  "lesson.gates.or.text":
    "OR는 입력 하나만 1이어도 1이어야 합니다. AND의 직선으로는 두 행이 틀립니다. (0, 1)과 (1, 0)에서 합이 0.5 − 0.7 = −0.2이기 때문입니다. 가중치는 그대로 두어도 됩니다. 절편이 −0.5 이상이고 0보다 작으면 직선이 (0, 0)과 나머지 세 점 사이를 지납니다.",
  "lesson.gates.or.task": "OR의 네 행이 모두 맞을 때까지 직선을 옮기거나 절편을 바꾸세요.",
  "lesson.gates.nand.text":
    "NAND는 AND의 반대라서 AND의 가중치로는 네 행이 모두 틀립니다. 부호를 모두 뒤집으면 답도 모두 뒤집힙니다. w = (−0.5, −0.5), b = 0.7입니다. 직선은 그 자리에 있고 양쪽이 서로 바뀔 뿐입니다.",
  "lesson.gates.nand.task": "두 가중치와 절편의 부호를 뒤집으세요.",
  "lesson.gates.learn.text":
    "가중치는 기계가 찾아야 합니다. 경사 하강법에는 기울기가 필요한데, 계단 함수의 도함수는 양쪽 모두 0입니다. 시그모이드는 계단을 매끄럽게 다듬은 함수라서, 이것을 쓰면 뉴런이 학습할 수 있습니다. 이때 답은 출력이 0.5보다 크면 1, 아니면 0입니다. w = (0, 0), b = 0에서 학습률 0.5로 시작하면 33 에포크 만에 AND의 네 행이 모두 맞습니다.",
  "lesson.gates.learn.task": "‘훈련 시작’을 누르고 직선이 제자리를 찾아가는 모습을 보세요.",
  "lesson.gates.sure.text":
    "맞았다고 해서 확신하는 것은 아닙니다. 33 에포크에서 (1, 1)의 출력은 겨우 0.504입니다. 학습을 계속하면 가중치가 커지고 시그모이드가 가팔라지면서 손실이 줄어듭니다. 손실은 315 에포크 만에 0.1 아래로 내려갑니다.",
  "lesson.gates.sure.task": "훈련 손실이 0.1보다 작아질 때까지 계속하세요.",

  "lesson.xor.title": "XOR와 직선",
  "lesson.xor.subject": "은닉층이 필요한 까닭",
  "lesson.xor.one.text":
    "XOR는 두 입력이 다를 때 1입니다. 뉴런 하나로는 제대로 배우지 못합니다. 교차 엔트로피는 어디서나 0.5를 답할 때 가장 작으므로, 손실이 ln 2 = 0.693인 곳에서 학습이 멈춥니다. 직선을 어떻게 그어도 네 행 중 세 행까지만 맞습니다.",
  "lesson.xor.one.task": "‘훈련 시작’을 누르고 200 에포크 동안 훈련하면서 손실이 0.693에 머무는 것을 확인하세요.",
  "lesson.xor.line.text":
    "손으로 하면 나을까요? 뉴런은 다시 계단 함수를 쓰고, AND의 가중치로는 한 행만 맞습니다. (0, 1)과 (1, 0)을 한쪽에, 나머지 두 점을 다른 쪽에 두는 직선은 없습니다.",
  "lesson.xor.line.task": "세 행이 맞을 때까지 직선을 끌어 보세요. 네 행은 불가능합니다.",
  "lesson.xor.compose.text":
    "직선 두 개면 됩니다. XOR는 NAND와 OR를 AND로 묶은 것입니다. 첫 번째 은닉 뉴런은 NAND, 두 번째는 OR여야 하고, 출력 뉴런은 w = (0.5, 0.5), b = −0.7인 AND입니다. 그런데 두 번째 은닉 뉴런의 절편이 아직 AND의 −0.7이라 출력이 어디서나 0입니다.",
  "lesson.xor.compose.task": "두 번째 은닉 뉴런을 OR로 만드세요. 직선을 끌거나 절편 −0.2를 입력하면 됩니다.",
  "lesson.xor.space.text":
    "은닉 공간은 은닉층이 보는 대로 네 점을 그린 것입니다. (0, 0)은 (1, 0)으로, (1, 1)은 (0, 1)로 옮겨지고, (0, 1)과 (1, 0)은 (1, 1)에서 만납니다. 여기서는 직선 하나면 충분하고, 그 직선이 바로 출력 뉴런입니다. 절편이 −1 이상이고 −0.5보다 작으면 어떤 값이든 점들을 나눕니다.",
  "lesson.xor.space.task": "출력 뉴런의 절편을 −0.9로 바꾸고 네 행이 그대로 맞는지 확인하세요.",
  "lesson.xor.learn.text":
    "이번에는 신경망이 스스로 직선을 찾습니다. 은닉층은 tanh 뉴런 4개, 옵티마이저는 모멘텀, 학습률은 0.1입니다. 이 초깃값에서는 46 에포크 만에 네 행이 모두 맞습니다. 학습하는 동안 은닉 공간을 보세요. 직선 하나로 나뉠 때까지 점들이 움직입니다.",
  "lesson.xor.learn.task": "XOR의 네 행이 모두 맞을 때까지 훈련하세요.",
  "lesson.xor.luck.text":
    "은닉 뉴런 2개로 XOR를 나타낼 수는 있지만, 언제나 학습되는 것은 아닙니다. 시드 1부터 10까지 해 보면 300 에포크 안에 네 행이 모두 맞는 것은 3, 7, 8, 10뿐이고, 나머지는 중간에 갇힙니다. 뉴런이 많으면 빠져나갈 길도 많아서, 뉴런이 4개일 때는 시드 열 개가 모두 성공합니다.",
  "lesson.xor.luck.task": "먼저 시드 1로 훈련해서 갇히는 것을 보고, 성공하는 시드를 찾아보세요.",

  "lesson.activations.title": "활성화 함수",
  "lesson.activations.subject": "휘고, 사라지고, 죽는 것",
  "lesson.activations.linear.text":
    "은닉층이 두 개지만 활성화 함수가 ‘linear’라서 층마다 곱하고 더하기만 합니다. 합의 합은 다시 합이므로 신경망 전체가 뉴런 하나와 같고, 경계도 직선 하나입니다. 원 데이터에서는 절반쯤만 맞고 손실은 0.693에 머뭅니다.",
  "lesson.activations.linear.task": "‘훈련 시작’을 누르고 50 에포크 동안 훈련하세요.",
  "lesson.activations.tanh.text":
    "활성화 함수가 비선형이어야 층을 쌓는 의미가 있습니다. 다른 것은 바꿀 필요가 없습니다. 두 은닉층을 tanh로 바꾸면 같은 신경망이 안쪽 원을 경계로 둘러싸고, 83 에포크 만에 테스트 정확도 95%에 이릅니다.",
  "lesson.activations.tanh.task": "두 은닉층을 모두 tanh로 바꾸고 처음으로 되돌린 다음, 테스트 정확도가 95%가 될 때까지 훈련하세요.",
  "lesson.activations.sigmoid.text":
    "시그모이드의 기울기는 아무리 커도 0.25입니다. 되돌아오는 기울기에는 층마다 이 값이 곱해지므로 점점 작아집니다. 시그모이드 층 여섯 개를 지나면 첫 번째 층의 기울기는 마지막 층의 1/1000보다 작고, 20 에포크 뒤에는 약 1/13,000입니다. 손실은 0.693에 머뭅니다.",
  "lesson.activations.sigmoid.task": "20 에포크 동안 훈련하고 첫 층과 마지막 층의 막대를 견주어 보세요.",
  "lesson.activations.relu.text":
    "ReLU의 기울기는 뉴런이 켜져 있으면 1입니다. He 초기화는 층을 지나도 수의 크기가 유지되도록 가중치를 정합니다. 이제 똑같은 여섯 층에서 첫 번째 층의 기울기도 마지막 층의 1/20보다 크고, 16 에포크 만에 정확도 95%에 이릅니다.",
  "lesson.activations.relu.task": "테스트 정확도가 95%가 될 때까지 훈련하세요.",
  "lesson.activations.dead.text":
    "ReLU에는 다른 위험이 있습니다. 업데이트가 너무 크면 뉴런이 모든 데이터에 0을 내는 곳까지 밀려날 수 있습니다. 그곳의 기울기는 0이라 돌아오지 못합니다. 여기서는 학습률이 1로 지나치게 커서, 3 에포크 만에 두 번째 층의 뉴런 4개가 모두 죽고 기울기가 지나가지 못해 신경망이 어디서나 같은 답을 냅니다.",
  "lesson.activations.dead.task": "10 에포크 동안 훈련하고 100% 죽은 층을 찾으세요.",
  "lesson.activations.leaky.text":
    "leaky ReLU는 왼쪽에서도 조금은 흘려보냅니다. 기울기가 작기는 해도 0은 아닙니다. 그래서 너무 멀리 밀려난 뉴런도 기울기를 받아 돌아올 수 있습니다. 죽은 뉴런은 없고, 학습률이 여전히 너무 커서 출렁이기는 해도 손실이 줄어듭니다.",
  "lesson.activations.leaky.task": "두 은닉층을 모두 leaky ReLU로 바꾸고 처음으로 되돌린 다음 20 에포크 동안 훈련하세요.",

  "lesson.sample.title": "샘플 하나를 손으로",
  "lesson.sample.subject": "연산 하나씩 따라가는 역전파",
  "lesson.sample.sum.text":
    "뉴런 하나, 샘플 하나입니다. AND에서 x = (1, 1), 타깃 1, w = (0.5, 0.5), b = −0.7입니다. 먼저 정방향입니다. 입력마다 가중치를 곱하고 모두 더하면 z = 0.5 · 1 + 0.5 · 1 − 0.7 = 0.300입니다.",
  "lesson.sample.sum.task": "오른쪽 화살표 키나 버튼으로 z가 나올 때까지 나아가세요.",
  "lesson.sample.activation.text":
    "시그모이드는 합을 확률로 바꿉니다. a = 1 / (1 + exp(−0.300)) = 0.574입니다. 뉴런은 57%의 확률로 1이라고 답한 셈입니다.",
  "lesson.sample.activation.task": "시그모이드까지 나아가세요.",
  "lesson.sample.loss.text":
    "타깃은 1입니다. 교차 엔트로피는 정답에 준 확률의 로그에 음의 부호를 붙인 값입니다. −ln 0.574 = 0.554입니다. 뉴런이 완전히 확신했다면 손실은 0이었을 것입니다.",
  "lesson.sample.loss.task": "손실까지 나아가세요.",
  "lesson.sample.error.text":
    "이제 역방향입니다. 손실을 a로 미분하면 −1 / 0.574 = −1.741이고, 시그모이드의 기울기는 a (1 − a) = 0.244입니다. 둘을 곱하면 dL/dz = −0.426입니다. 이것은 바로 a − t = 0.574 − 1입니다.",
  "lesson.sample.error.task": "손실과 시그모이드를 거슬러 나아가세요.",
  "lesson.sample.gradient.text":
    "덧셈은 기울기를 그대로 전하므로 모든 항이 −0.426을 받습니다. 곱셈은 두 입력을 바꾸어 곱합니다. w는 −0.426에 x를 곱한 값을, x는 −0.426에 w를 곱한 값을 받습니다. x = (1, 1)이므로 두 가중치의 기울기는 −0.426이고 절편도 같습니다.",
  "lesson.sample.gradient.task": "역방향의 끝까지 나아가세요.",
  "lesson.sample.update.text":
    "업데이트는 기울기의 반대쪽으로 학습률 0.1만큼 움직입니다. 두 가중치는 0.5 + 0.1 · 0.426 = 0.5426, 절편은 −0.7 + 0.0426 = −0.6574가 됩니다. 새 가중치로 계산하면 이 샘플의 손실은 0.554에서 0.502로 줄어듭니다.",
  "lesson.sample.update.task": "마지막 업데이트까지 나아가서 손실의 전과 후를 견주어 보세요.",
  "lesson.sample.other.text":
    "다른 샘플입니다. x = (0, 1), 타깃 0입니다. 합은 −0.2, 출력은 0.450이라 dL/dz = 0.450입니다. 곱셈은 두 입력을 바꾸어 곱하는데 첫 번째 입력이 0이므로 w₁의 기울기는 0입니다. 가중치는 자신을 쓰는 샘플에서만 배웁니다.",
  "lesson.sample.other.task": "역방향의 끝까지 나아가서 기울기 0을 찾으세요.",

  "lesson.softmax.title": "소프트맥스와 교차 엔트로피",
  "lesson.softmax.subject": "클래스가 셋 이상일 때",
  "lesson.softmax.share.text":
    "클래스가 세 개면 출력 뉴런도 세 개입니다. 지금은 가중치가 모두 0이라 어디서나 z가 절편과 같은 2.20, 1.39, 0.85입니다. 소프트맥스는 exp(z)를 세 값의 합으로 나누어 비율로 바꿉니다. 결과는 0.59, 0.26, 0.15입니다.",
  "lesson.softmax.share.task": "출력 그림의 아무 곳이나 가리켜 세 확률을 읽으세요.",
  "lesson.softmax.compare.text":
    "앞의 세 z는 시그모이드 출력 0.9, 0.8, 0.7에 해당합니다. 이번에는 z = 0.00, −1.39, −2.20이고 시그모이드로는 0.5, 0.2, 0.1입니다. 합으로만 나누면 첫 클래스가 앞에서는 37%, 지금은 62%라서 0.5가 0.9보다 확신하는 것처럼 보입니다. 소프트맥스는 z의 차이를 보므로 0.59와 0.74, 곧 다른 클래스보다 얼마나 앞서는지를 견줍니다.",
  "lesson.softmax.compare.task": "확률을 다시 읽으세요: 0.74, 0.18, 0.08.",
  "lesson.softmax.far.text":
    "예측이 얼마나 틀렸을까요? 출력은 a = (0.7, 0.2, 0.1), 샘플은 세 번째 클래스라서 타깃은 (0, 0, 1)입니다. 교차 엔트로피는 정답 클래스만 봅니다. −ln 0.1 = 2.303입니다. 이것을 z로 미분하면 a − t = (0.7, 0.2, −0.9)입니다.",
  "lesson.softmax.far.task": "z의 기울기 세 개가 나올 때까지 샘플을 따라가세요.",
  "lesson.softmax.near.text":
    "같은 타깃에 조금 나은 예측 a = (0.1, 0.4, 0.5)입니다. 손실은 −ln 0.5 = 0.693, a − t = (0.1, 0.4, −0.5)입니다. 정답 클래스의 오차가 −0.9에서 −0.5로 줄었습니다.",
  "lesson.softmax.near.task": "이 샘플도 같은 곳까지 따라가세요.",
  "lesson.softmax.right.text":
    "좋은 예측 a = (0.0, 0.1, 0.9)입니다. 손실은 −ln 0.9 = 0.105, a − t = (0.0, 0.1, −0.1)입니다. 예측이 정답에 가까울수록 업데이트의 걸음도 작아집니다.",
  "lesson.softmax.right.task": "이 샘플도 같은 곳까지 따라가세요.",
  "lesson.softmax.learn.text":
    "이제 훈련 데이터 250개로 학습합니다. 가중치와 절편이 모두 0이면 어디서나 클래스마다 1/3이고 손실은 ln 3 = 1.099입니다. 한 에포크만 지나도 거의 모든 점이 맞지만, 확률이 아직 1/3을 조금 넘을 뿐이라 손실은 0.756입니다. 0.1 아래로 내려가려면 16 에포크가 걸립니다.",
  "lesson.softmax.learn.task": "훈련 손실이 0.1보다 작아질 때까지 훈련하세요.",

  "lesson.minibatch.title": "미니 배치와 전체 배치",
  "lesson.minibatch.subject": "몇 개를 보고 한 번 고칠까",
  "lesson.minibatch.full.text":
    "배치 크기는 데이터 몇 개마다 한 번 업데이트할지를 정합니다. 지금은 훈련 데이터 전체인 250개라서 에포크마다 한 번, 정확한 기울기로 업데이트합니다. 손실은 매끄럽지만 천천히 줄어들어, 0.3 아래로 내려가는 데 202 에포크가 걸립니다.",
  "lesson.minibatch.full.task": "훈련 손실이 0.3보다 작아질 때까지 훈련하세요.",
  "lesson.minibatch.mini.text":
    "같은 신경망, 같은 초깃값이지만 10개마다 업데이트합니다. 에포크마다 25번입니다. 기울기는 어림값일 뿐이지만, 어림잡은 여러 걸음이 정확한 한 걸음보다 낫습니다. 손실은 10 에포크 만에 0.3 아래로 내려갑니다.",
  "lesson.minibatch.mini.task": "훈련 손실이 0.3보다 작아질 때까지 훈련하세요.",
  "lesson.minibatch.single.text":
    "샘플 하나마다 업데이트하면 확률적 경사 하강법입니다. 에포크마다 250번, 매번 샘플 하나만 보고 움직입니다. 학습률 0.3에서는 손실이 심하게 출렁입니다. 처음 50 에포크 중 절반쯤은 손실이 앞 에포크보다 커지는데, 전체 배치에서는 한 번도 그러지 않았습니다. 배치가 작을수록 학습률도 작아야 합니다.",
  "lesson.minibatch.single.task": "50 에포크 동안 훈련하고 곡선을 보세요.",
  "lesson.minibatch.smooth.text":
    "출렁임 뒤에 흐름이 있을 수 있습니다. 평활화는 값마다 앞의 값들과 평균을 내고, 원래 곡선은 흐리게 남겨 둡니다. 그림만 달라질 뿐 훈련은 달라지지 않습니다.",
  "lesson.minibatch.smooth.task": "‘평활화’ 슬라이더를 오른쪽으로 옮기세요.",
  "lesson.minibatch.choose.text":
    "손실이 0.3 아래로 내려갈 때까지 걸린 에포크입니다. 전체 배치: {full}, 10개씩: {mini}, 50개씩: {own}. 한 에포크의 업데이트는 전체 배치 1번, 10개씩 25번, 50개씩 5번입니다. 업데이트 횟수로 세면 202, 250, 210번으로 비슷합니다. 어림한 기울기로도 정확한 기울기만큼 나아가고 계산은 더 적게 듭니다.",
  "lesson.minibatch.choose.task": "배치 크기를 50으로 바꾸고 훈련 손실이 0.3보다 작아질 때까지 훈련하세요.",
};
