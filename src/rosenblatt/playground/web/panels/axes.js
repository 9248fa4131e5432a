/** Which two inputs span the plane, where there are more than two: of a table, or of a model that was opened. */

import { choiceField } from "./fields.js";

export function axesFields(actions, prefix) {
  let shown = [];
  const fields = [0, 1].map((place) =>
    choiceField({
      name: `axis_${place + 1}`,
      id: `${prefix}-axis-${place + 1}`,
      prefix: "column",
      send: (value) => send(place, value),
    }),
  );

  /** An axis that takes the other one's input gives its own in exchange. */
  function send(place, value) {
    const axes = [...shown];
    if (axes[1 - place] === value) axes[1 - place] = axes[place];
    axes[place] = value;
    actions.send({ do: "set", changes: { axes } });
  }

  return {
    elements: fields.map((field) => field.element),
    render(state, inputs) {
      shown = state.setup.problem.axes;
      for (const [place, field] of fields.entries()) field.render(state, shown[place], inputs);
    },
  };
}
