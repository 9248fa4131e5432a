/** English texts of the lessons and of the views chart, gradients, sample and truth. */

export default {
  // TRAINING
  "chart.log": "Logarithmic loss",
  "chart.smoothing": "Smoothing",
  "chart.table": "The figures as a table",
  "chart.keep": "Keep this run",
  "chart.forget": "Forget kept runs",
  "chart.kept.same": "same settings",
  "chart.loss": "Loss",
  "chart.accuracy": "Accuracy",
  "chart.train": "training",
  "chart.test": "test",
  "chart.epochs": "by epoch",
  "chart.epoch": "Epoch",
  "chart.trainLoss": "Training loss",
  "chart.testLoss": "Test loss",
  "chart.trainAccuracy": "Training accuracy",
  "chart.testAccuracy": "Test accuracy",
  "chart.empty": "Nothing has been learnt yet.",
  "chart.scaled": "The target is scaled to mean 0 and deviation 1 for learning, and the loss is measured on that scale.",
  "chart.reading.label": "Read the curves at an epoch",
  "chart.reading.classes": "Epoch {epoch} · loss {trainLoss}, test {testLoss} · accuracy {trainAccuracy}, test {testAccuracy}",
  "chart.reading.gate": "Epoch {epoch} · loss {trainLoss} · accuracy {trainAccuracy}",
  "chart.reading.numbers": "Epoch {epoch} · loss {trainLoss}, test {testLoss}",

  // GRADIENTS
  "gradients.layer": "Layer",
  "gradients.gradient": "Gradient",
  "gradients.dead": "Dead",
  "gradients.saturated": "Saturated",
  "gradients.over_time": "Gradient by epoch",
  "gradients.lines": "Bold: the first layer. Dashed: the last layer.",
  "gradients.part": "The first layer’s gradient is 1/{value} of the last one’s.",
  "gradients.times": "The first layer’s gradient is {value} times the last one’s.",
  "gradients.unmeasured": "Nothing is measured here: that takes a loss, and rows with their targets.",
  "gradients.none": "The last layer receives no gradient: nothing is learnt.",
  "gradients.first_none": "The first layer receives no gradient: it does not learn.",
  "gradients.exploding": "It explodes on its way back: the first layers are torn about.",
  "gradients.arrives": "It arrives well: every layer can learn.",
  "gradients.weakens": "It weakens on its way back: the first layers learn slowly.",
  "gradients.vanishes": "It vanishes on its way back: the first layers hardly learn.",
  "gradients.meaning": "What these figures mean",
  "gradients.gradient.meaning":
    "Gradient: the length (norm) of the loss’s gradient with respect to a layer’s weights, on a logarithmic scale. Each update moves the weights in proportion to it, so a layer with a tiny gradient stands still.",
  "gradients.dead.meaning":
    "Dead: the share of neurons that give 0 for every training row. The slope of ReLU is 0 there, so no gradient reaches their weights, and they may stay dead for ever.",
  "gradients.saturated.meaning":
    "Saturated: the share of activations on the flat ends of sigmoid or tanh, where the slope is under a twentieth of the greatest. What comes through there is almost no gradient.",

  // TRUTH TABLE
  "truth.caption": "{gate}: {right} of {rows} rows right",
  "truth.target": "Target",
  "truth.output": "Answer",
  "truth.exact": "Output",
  "truth.verdict": "Verdict",
  "truth.right": "right",
  "truth.wrong": "wrong",

  // SAMPLE
  "sample.choose": "Sample",
  "sample.choose.hint": "By number, or by a point of the output. Arrow keys go from operation to operation.",
  "sample.first": "To the first operation",
  "sample.previous": "Previous operation",
  "sample.next": "Next operation",
  "sample.last": "To the last operation",
  "sample.play": "Play the operations",
  "sample.pause": "Stop",
  "sample.steps": "Operations one by one",
  "sample.larger": "Larger",
  "sample.smaller": "Smaller",
  "sample.fit": "Fit to the width",
  "sample.graph": "Computational graph; values above the edges, gradients below",
  "sample.list": "The operations as a list",
  "sample.waiting": "The sample is on its way.",
  "sample.none": "There is no sample to show here.",
  "sample.too_large": "This network has too many operations to be shown one by one. Take fewer or smaller layers.",
  "sample.group.inputs": "inputs",
  "sample.group.loss": "loss",
  "sample.at": "operation {step} / {steps}",
  "sample.phase.forward": "Forward",
  "sample.phase.loss": "Loss",
  "sample.phase.backward": "Backward",
  "sample.phase.update": "Update",
  "sample.legend.value": "value",
  "sample.legend.gradient": "gradient",
  "sample.weights": "Weights before and after this one update",
  "sample.weight": "Weight",
  "sample.before": "Before",
  "sample.gradient": "Gradient",
  "sample.after": "After",
  "sample.loss": "Loss",
  "sample.summary": "Inputs {x}, target {target}, output {output}",
  "sample.apart": "This shows one update on this sample alone. The network on the page stays as it is.",

  "sample.forward_multiply": "Multiply: {left_label} · {right_label} = {left} · {right} = {result}.",
  "sample.forward_add": "Add: {labels} = {terms} = {result}.",
  "sample.forward_subtract": "Subtract: {left_label} − {right_label} = {left} − {right} = {result}.",
  "sample.forward_divide": "Divide: {left_label} / {right_label} = {left} / {right} = {result}.",
  "sample.forward_power": "Raise to a power: {left_label} to the {right_label} = {result}.",
  "sample.forward_max": "The greater of {left_label} = {left} and {right_label} = {right} is {result}.",
  "sample.forward_exp": "Exponential function: exp({z}) = {result}.",
  "sample.forward_log": "Natural logarithm: ln({z}) = {result}.",
  "sample.forward_erf": "Error function: erf({z}) = {result}.",
  "sample.forward_activation": "Activation: {function}({label}) = {function}({z}) = {result}.",
  "sample.forward_softmax": "{function}: neuron {unit} has the share {result} of the sum of exp(z) over all neurons.",
  "sample.loss_binary_crossentropy":
    "Cross-entropy: the target is {target}, the output {output}; minus the logarithm of the probability given to the target is {result}.",
  "sample.loss_categorical_crossentropy": "Cross-entropy: minus the logarithm of the probability given to the true class is {result}.",
  "sample.loss_mean_squared_error": "Squared error: (output − target)² = ({output} − {target})², the mean is {result}.",
  "sample.loss_mean_absolute_error": "Absolute error: |output − target| = |{output} − {target}|, the mean is {result}.",
  "sample.loss_huber": "Huber loss of output {output} and target {target}: squared near 0, straight further out: {result}.",
  "sample.loss_penalty": "The penalty on the weights’ sizes is added: {result}.",
  "sample.backward_start": "Backward from here: the derivative of {label} with respect to itself is 1.",
  "sample.backward_add": "Add passes the gradient on unchanged: {labels} each get {incoming}.",
  "sample.backward_multiply":
    "Multiply swaps the inputs: {left_label} gets {incoming} · {right} = {to_left}, {right_label} gets {incoming} · {left} = {to_right}.",
  "sample.backward_subtract":
    "Subtract passes the gradient on, to the second input with its sign turned: {left_label} gets {to_left}, {right_label} gets {to_right}.",
  "sample.backward_divide": "Divide: {left_label} gets {to_left}, {right_label} gets {to_right}.",
  "sample.backward_power": "Power: {left_label} gets {to_left}, {right_label} gets {to_right}.",
  "sample.backward_max": "Max passes the gradient to the greater input only: {left_label} gets {to_left}, {right_label} gets {to_right}.",
  "sample.backward_exp": "The derivative of exp is its own value: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_log": "The derivative of ln z is 1 / z: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_erf": "The derivative of erf here is {derivative}: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_sigmoid":
    "The derivative of sigmoid is a (1 − a) = {a} · (1 − {a}) = {derivative}: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_tanh": "The derivative of tanh is 1 − a² = {derivative}: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_relu":
    "The derivative of ReLU is 1 where z is above 0, else 0. Here z = {z}, so it is {derivative}: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_step": "The derivative of the step is 0 everywhere: the gradient ends here, and nothing below learns.",
  "sample.backward_activation": "The derivative of {function} at z = {z} is {derivative}: {incoming} · {derivative} = {outgoing}.",
  "sample.backward_softmax": "Every sum has a part in every output of softmax: neuron {unit} sends {outgoing} to {labels}.",
  "sample.backward_binary_crossentropy":
    "The derivative of cross-entropy with respect to the output is (a − t) / (a (1 − a)) = {outgoing}, with a = {output} and t = {target}.",
  "sample.backward_binary_crossentropy.from_logits":
    "Sigmoid and cross-entropy together have a simple derivative: a − t = {output} − {target} = {outgoing}.",
  "sample.backward_categorical_crossentropy": "The derivative of cross-entropy with respect to each output is −t / a: {derivatives}.",
  "sample.backward_categorical_crossentropy.from_logits":
    "Softmax and cross-entropy together have a simple derivative: a − t = {derivatives}.",
  "sample.backward_mean_squared_error":
    "The derivative of the squared error is 2 (output − target), divided by the number of outputs: {derivatives}.",
  "sample.backward_mean_absolute_error":
    "The derivative of the absolute error is the sign of output − target, divided by the number of outputs: {derivatives}.",
  "sample.backward_huber": "The derivative of the Huber loss is output − target, and never beyond −1 and 1: {derivatives}.",
  "sample.backward_penalty": "The penalty pulls each weight towards 0: {derivatives}.",
  "sample.shortcut": "In all the chain rule comes to a − t: the gradient of {labels} is {values}.",
  "sample.update_plain": "Update {name}: {before} − {learning_rate} · {gradient} = {after}.",
  "sample.update_by_optimizer":
    "{optimizer} updates {name} by its gradient {gradient} and learning rate {learning_rate}: {before} becomes {after}.",
  "sample.update_none.step": "Nothing can be updated: the step lets no gradient through.",
  "sample.update_none.frozen": "Nothing is updated: all layers are frozen.",

  // LESSONS
  "lesson.choose": "Six lessons on this very page. Each sets the tool for you; leaving one brings your own settings back, and their training starts anew.",
  "lesson.opened": "The lessons need a network of their own; here a trained model is open.",
  "lesson.previous": "Back",
  "lesson.next": "Next",
  "lesson.finish": "Finish",
  "lesson.again": "Set up again",
  "lesson.show": "Show “{panel}”",
  "lesson.leave": "Leave",
  "lesson.leave.title": "Leave the lesson and have your own settings back",
  "lesson.steps": "Steps of the lesson",
  "lesson.step": "Step {number} of {count}",
  "lesson.step.done": "Step {number} of {count}, done",
  "lesson.done": "Done",
  "lesson.todo": "Your turn",

  "lesson.gates.title": "The perceptron and the gates",
  "lesson.gates.subject": "One neuron is one line",
  "lesson.gates.neuron.text":
    "A perceptron multiplies each input by a weight, adds a bias, and answers 1 where the sum is 0 or more, else 0. Here both weights are 0.5 and the bias is −0.2. Two of AND’s four rows are wrong: with a single input at 1 the sum is 0.5 − 0.2 = 0.3, so the answer is already 1.",
  "lesson.gates.neuron.task": "Give the neuron the bias −0.7. Its fields are in the panel below the network.",
  "lesson.gates.line.text":
    "With w = (0.5, 0.5) and b = −0.7 all four rows are right: only 0.5 + 0.5 − 0.7 = 0.3 is above 0. In the output the neuron is a line, drawn where the sum is exactly 0; on one side the answer is 1, on the other 0. The weights turn the line, the bias moves it.",
  "lesson.gates.line.task": "Drag the line to another place where all four rows are right.",
  "lesson.gates.or.text":
    "OR wants a 1 as soon as one input is 1. AND’s line leaves two rows wrong: for (0, 1) and (1, 0) the sum is 0.5 − 0.7 = −0.2. The weights may stay; any bias from −0.5 up to just below 0 puts the line between (0, 0) and the other three points.",
  "lesson.gates.or.task": "Move the line, or type a bias, until all four rows of OR are right.",
  "lesson.gates.nand.text":
    "NAND is the opposite of AND, so AND’s weights get all four rows wrong. Turning every sign turns every answer: w = (−0.5, −0.5), b = 0.7. The line stays where it was; its two sides change places.",
  "lesson.gates.nand.task": "Turn the signs of both weights and of the bias.",
  "lesson.gates.learn.text":
    "Finding the weights should be the machine’s work. Gradient descent needs a slope, and the step has none: its derivative is 0 on both sides. The sigmoid is the step made smooth, and with it a neuron learns; it answers 1 where its output is above 0.5, else 0. From w = (0, 0), b = 0 with learning rate 0.5, all four rows of AND are right after 33 epochs.",
  "lesson.gates.learn.task": "Press Play and watch the line find its place.",
  "lesson.gates.sure.text":
    "Right is not yet sure: at epoch 33 the output for (1, 1) is only 0.504. Further epochs make the weights larger and the sigmoid steeper, and the loss smaller. It falls below 0.1 after 315 epochs.",
  "lesson.gates.sure.task": "Go on until the training loss is below 0.1.",

  "lesson.xor.title": "XOR and the line",
  "lesson.xor.subject": "Why a hidden layer is needed",
  "lesson.xor.one.text":
    "XOR is 1 where the inputs differ. A single neuron learns it badly: cross-entropy is least when it answers 0.5 everywhere, and there it stops, at a loss of ln 2 = 0.693. However the line lies, no more than 3 of the 4 rows are right.",
  "lesson.xor.one.task": "Press Play and let 200 epochs pass. Watch the loss settle at 0.693.",
  "lesson.xor.line.text":
    "Perhaps you do better by hand. The neuron has the step function again; with AND’s weights only one row is right. No straight line has (0, 1) and (1, 0) on one side and both other points on the other.",
  "lesson.xor.line.task": "Drag the line until 3 of 4 rows are right. Four are not possible.",
  "lesson.xor.compose.text":
    "Two lines can do it. XOR is AND of NAND and OR: the first hidden neuron is NAND, the second should be OR, and the output neuron is AND with w = (0.5, 0.5), b = −0.7. The second hidden neuron still has AND’s bias −0.7, so the output is 0 everywhere.",
  "lesson.xor.compose.task": "Make the second hidden neuron an OR: drag its line, or type the bias −0.2.",
  "lesson.xor.space.text":
    "Hidden space shows the four points as the hidden layer sees them: (0, 0) is at (1, 0), (1, 1) is at (0, 1), and (0, 1) and (1, 0) meet at (1, 1). There one line is enough, and the output neuron draws it. Any bias from −1 up to just below −0.5 separates them.",
  "lesson.xor.space.task": "Give the output neuron the bias −0.9 and see that all four rows stay right.",
  "lesson.xor.learn.text":
    "Now the network finds its own lines: four hidden tanh neurons, momentum, learning rate 0.1. From this start all four rows are right after 46 epochs. Look at hidden space while it learns: the points move until one line separates them.",
  "lesson.xor.learn.task": "Press Play until all four rows of XOR are right.",
  "lesson.xor.luck.text":
    "Two hidden neurons are enough to say XOR, but not always to learn it. With the seeds 1 to 10, only 3, 7, 8 and 10 get all four rows right within 300 epochs; from the other starts the network is stuck. More neurons give more ways out: with four, all ten seeds succeed.",
  "lesson.xor.luck.task": "Play with seed 1 and see it stuck. Then find a seed that works.",

  "lesson.activations.title": "Activation functions",
  "lesson.activations.subject": "What bends, what vanishes, what dies",
  "lesson.activations.linear.text":
    "Two hidden layers, but with the activation function “linear”: each layer only multiplies and adds. Sums of sums are sums again, so the whole network is one neuron, and its boundary one straight line. On the circle it gets about half of the points right, and the loss stays at 0.693.",
  "lesson.activations.linear.task": "Press Play and let 50 epochs pass.",
  "lesson.activations.tanh.text":
    "An activation function that bends makes the layers more than one. Nothing else needs to change: with tanh in both hidden layers the same network closes the boundary around the inner circle and reaches a test accuracy of 95% after 83 epochs.",
  "lesson.activations.tanh.task": "Choose tanh in both hidden layers, rewind, and play until the test accuracy is 95%.",
  "lesson.activations.sigmoid.text":
    "The slope of the sigmoid is 0.25 at most. On its way back the gradient is multiplied by such a slope at every layer, so it shrinks: through six sigmoid layers, the first layer’s gradient is less than 1/1000 of the last one’s; after 20 epochs it is about 1/13,000. The loss stays at 0.693.",
  "lesson.activations.sigmoid.task": "Let 20 epochs pass and compare the bars of the first and last layer.",
  "lesson.activations.relu.text":
    "The slope of ReLU is 1 wherever a neuron is active, and He initialisation chooses the weights so that the numbers keep their size. The same six layers now pass on a gradient that is more than 1/20 of the last one’s even in the first layer, and the network reaches 95% after 16 epochs.",
  "lesson.activations.relu.task": "Play until the test accuracy is 95%.",
  "lesson.activations.dead.text":
    "ReLU has a danger of its own. A large update can push a neuron so far that it gives 0 for every row; its slope is then 0, and it never comes back. Here the learning rate is 1, far too large: after three epochs all four neurons of the second layer are dead, no gradient passes them, and the network answers the same everywhere.",
  "lesson.activations.dead.task": "Let 10 epochs pass and find the layer that is 100% dead.",
  "lesson.activations.leaky.text":
    "Leaky ReLU lets a little through on the left: its slope there is small, but not 0. A neuron that went too far still receives a gradient and can come back: none is dead, and the loss falls, though the learning rate is still too large for calm.",
  "lesson.activations.leaky.task": "Choose leaky ReLU in both hidden layers, rewind, and let 20 epochs pass.",

  "lesson.sample.title": "One sample by hand",
  "lesson.sample.subject": "Backpropagation, operation by operation",
  "lesson.sample.sum.text":
    "One neuron, one sample: AND with x = (1, 1), target 1, w = (0.5, 0.5), b = −0.7. Forward first. Each input is multiplied by its weight, then all is added: z = 0.5 · 1 + 0.5 · 1 − 0.7 = 0.300.",
  "lesson.sample.sum.task": "Step with the right arrow key, or the button, until z appears.",
  "lesson.sample.activation.text":
    "The sigmoid turns the sum into a probability: a = 1 / (1 + exp(−0.300)) = 0.574. The neuron says “1” with 57%.",
  "lesson.sample.activation.task": "Step to the sigmoid.",
  "lesson.sample.loss.text":
    "The target is 1. Cross-entropy is minus the logarithm of the probability given to the truth: −ln 0.574 = 0.554. Had the neuron been sure, the loss would be 0.",
  "lesson.sample.loss.task": "Step to the loss.",
  "lesson.sample.error.text":
    "Now backward. The derivative of the loss with respect to a is −1 / 0.574 = −1.741, and the slope of the sigmoid is a (1 − a) = 0.244. Their product is dL/dz = −0.426, which is simply a − t = 0.574 − 1.",
  "lesson.sample.error.task": "Step back through the loss and the sigmoid.",
  "lesson.sample.gradient.text":
    "Add passes the gradient on unchanged, so every term gets −0.426. Multiply swaps the inputs: w gets −0.426 times x, and x gets −0.426 times w. With x = (1, 1) both weights have the gradient −0.426, and so has the bias.",
  "lesson.sample.gradient.task": "Step to the end of the way back.",
  "lesson.sample.update.text":
    "The update goes against the gradient, by the learning rate 0.1: w = 0.5 + 0.1 · 0.426 = 0.5426 for both weights, b = −0.7 + 0.0426 = −0.6574. With the new weights the loss of this sample is 0.502 instead of 0.554.",
  "lesson.sample.update.task": "Step to the last update and compare the loss before and after.",
  "lesson.sample.other.text":
    "Another sample: x = (0, 1), target 0. The sum is −0.2, the output 0.450, so dL/dz = 0.450. The first input is 0, and multiply swaps the inputs: w₁ gets the gradient 0. A weight learns only from samples that use it.",
  "lesson.sample.other.task": "Step to the end of the way back and find the gradient 0.",

  "lesson.softmax.title": "Softmax and cross-entropy",
  "lesson.softmax.subject": "More than two classes",
  "lesson.softmax.share.text":
    "With three classes there are three output neurons. All weights are 0 here, so at every place z is the biases: 2.20, 1.39 and 0.85. Softmax makes shares of them: each exp(z) divided by the sum of all three, which gives 0.59, 0.26 and 0.15.",
  "lesson.softmax.share.task": "Point at any place of the output and read the three probabilities.",
  "lesson.softmax.compare.text":
    "Those three z belong to sigmoid outputs of 0.9, 0.8 and 0.7. Now z = 0.00, −1.39 and −2.20, for sigmoids of 0.5, 0.2 and 0.1. Dividing by the sum would give the first class 37% before and 62% now, though 0.9 was surer than 0.5. Softmax compares the z instead: 0.59 before, 0.74 now, for what counts is how far the first is ahead of the others.",
  "lesson.softmax.compare.task": "Read the probabilities again: 0.74, 0.18 and 0.08.",
  "lesson.softmax.far.text":
    "How wrong is a prediction? The outputs are a = (0.7, 0.2, 0.1), the sample belongs to the third class: the target is (0, 0, 1). Cross-entropy looks at the true class alone: −ln 0.1 = 2.303. Its derivative with respect to z is a − t = (0.7, 0.2, −0.9).",
  "lesson.softmax.far.task": "Step through the sample until the three gradients of z are shown.",
  "lesson.softmax.near.text":
    "A better prediction, a = (0.1, 0.4, 0.5), for the same target: the loss is −ln 0.5 = 0.693 and a − t = (0.1, 0.4, −0.5). The error of the true class has gone from −0.9 to −0.5.",
  "lesson.softmax.near.task": "Step through this sample as far.",
  "lesson.softmax.right.text":
    "A good one, a = (0.0, 0.1, 0.9): the loss is −ln 0.9 = 0.105 and a − t = (0.0, 0.1, −0.1). The nearer the prediction is to the truth, the smaller the step that is taken.",
  "lesson.softmax.right.task": "Step through this sample as far.",
  "lesson.softmax.learn.text":
    "Now let it learn from 250 training points. It starts from weights and biases of 0, where each class has 1/3 everywhere and the loss is ln 3 = 1.099. After one epoch nearly all points are right, yet the loss is still 0.756, for the shares are hardly above 1/3; it takes 16 epochs until it is below 0.1.",
  "lesson.softmax.learn.task": "Press Play until the training loss is below 0.1.",

  "lesson.minibatch.title": "Mini-batch against full batch",
  "lesson.minibatch.subject": "How many rows make an update",
  "lesson.minibatch.full.text":
    "The batch size says how many rows make one update. Here it is 250, all training rows: one update an epoch, with the exact gradient. The loss falls smoothly, but slowly: it takes 202 epochs until it is below 0.3.",
  "lesson.minibatch.full.task": "Press Play until the training loss is below 0.3.",
  "lesson.minibatch.mini.text":
    "The same network, the same start, but only 10 rows for each update: 25 updates an epoch. Each gradient is a rough estimate, yet many rough steps beat one exact step. The loss is below 0.3 after 10 epochs.",
  "lesson.minibatch.mini.task": "Press Play until the training loss is below 0.3.",
  "lesson.minibatch.single.text":
    "One row for each update is stochastic gradient descent: 250 updates an epoch, each after one example only. At learning rate 0.3 it is noisy, and the loss jumps: of the first 50 epochs, about half end with a higher loss than the one before. With the full batch none did. Smaller batches want a smaller learning rate.",
  "lesson.minibatch.single.task": "Let 50 epochs pass and look at the curve.",
  "lesson.minibatch.smooth.text":
    "Behind the noise there may be a trend. Smoothing averages each value with those before it, and the raw curve stays faintly in sight. It changes the picture only, never the training.",
  "lesson.minibatch.smooth.task": "Pull the slider Smoothing to the right.",
  "lesson.minibatch.choose.text":
    "Your epochs until the loss was below 0.3: full batch: {full}; batches of 10: {mini}; batches of 50: {own}. An epoch has 1 update with the full batch, 25 with batches of 10, and 5 with batches of 50. Counted in updates the three are close together, 202, 250 and 210: a rough gradient leads nearly as far as the exact one, and costs less.",
  "lesson.minibatch.choose.task": "Set the batch size to 50 and play until the training loss is below 0.3.",
};
