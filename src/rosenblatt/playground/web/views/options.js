/** What the output shows: test points, lines, classes as areas, one class's probabilities. */

import { build, setText } from "../panels/build.js";
import { known, word } from "../words.js";
import { STEPS } from "./picture.js";

/** A row of switches, and, of several classes, which of them to look at. */
export function outputOptions(actions) {
  const switches = ["showTest", "showLines", "discrete"].map((name) => switchOf(name, actions));
  const chooser = classChooser(actions);
  const element = build("div", { class: "output-options" }, ...switches.map((each) => each.element), chooser.element);
  return {
    element,
    render(state) {
      for (const each of switches) each.render(state);
      switches[0].element.hidden = !state.setup.problem.points.some((point) => point[3]);
      chooser.render(state);
    },
  };
}

function switchOf(name, actions) {
  const input = build("input", { type: "checkbox", onchange: () => actions.look({ [name]: input.checked }) });
  const text = build("span");
  return {
    element: build("label", {}, input, text),
    render({ language, look, setup }) {
      input.checked = Boolean(look[name]);
      const ofNumbers = `output.option.${name}.numbers`;
      const key = setup.problem.task === "numbers" && known(ofNumbers) ? ofNumbers : `output.option.${name}`;
      setText(text, word(language, key, { steps: STEPS }));
    },
  };
}

function classChooser(actions) {
  const select = build("select", { onchange: () => actions.look({ outcome: select.value === "" ? null : Number(select.value) }) });
  const name = build("span");
  const element = build("label", { class: "outcome" }, name, select);
  let listed = "";

  function list(language, classes) {
    const texts = [word(language, "output.option.winner"), ...classes.map((each) => word(language, "output.option.one", { name: each }))];
    if (texts.join() === listed) return;
    listed = texts.join();
    select.replaceChildren(...texts.map((text, index) => build("option", { value: index ? index - 1 : "" }, text)));
  }

  return {
    element,
    render({ language, look, setup }) {
      const { classes, task } = setup.problem;
      element.hidden = task !== "classes" || classes.length < 3;
      if (element.hidden) return;
      setText(name, word(language, "output.option.outcome"));
      list(language, classes);
      select.value = look.outcome ?? "";
    },
  };
}
