/** What can be taken away: the address, the command that opens it elsewhere, and the figures. */

import { shared } from "../connection.js";
import { drawChart } from "../views/chart.js";
import { palette, rgb } from "../views/colours.js";
import { drawGradients } from "../views/gradients.js";
import { drawHidden } from "../views/hidden.js";
import { drawNetwork } from "../views/network.js";
import { drawOutput } from "../views/output.js";
import { SvgPen } from "../views/pen.js";
import { word } from "../words.js";
import { build, setText } from "./build.js";
import { copyButton, download } from "./files.js";

/** Figures: how each is drawn, and how wide; the height follows. */
const FIGURES = [
  ["network", drawNetwork, 900],
  ["output", drawOutput, 600],
  ["hidden", drawHidden, 600],
  ["chart", drawChart, 900],
  ["gradients", drawGradients, 900],
];
const PNG_SCALE = 2;

export function share(dialog, actions) {
  let state = null;
  const title = build("h2", { id: "share-title" });
  const copying = ["address", "command"].map((name) => {
    const label = build("label", { for: `share-${name}` });
    const field = build("input", {
      type: "text",
      id: `share-${name}`,
      readonly: true,
      spellcheck: "false",
      onfocus: () => field.select(),
    });
    const copy = copyButton(
      () => field.value,
      (key) => actions.announce(word(state.language, key)),
    );
    return {
      name,
      label,
      field,
      copy,
      element: build("div", { class: "copying" }, label, build("div", { class: "copy-line" }, field, copy.element)),
    };
  });
  const hint = build("p", { class: "hint" });
  const heading = build("h3");
  const figures = FIGURES.map((figure) => {
    const label = build("span", { id: `figure-${figure[0]}` });
    const buttons = ["svg", "png"].map((format) =>
      build("button", { type: "button", onclick: () => save(figure, format) }, format.toUpperCase()),
    );
    return { name: figure[0], label, buttons, element: build("li", { class: "figure-line" }, label, ...buttons) };
  });
  const close = build("button", { type: "button", class: "primary", onclick: () => dialog.close() });
  dialog.append(
    title,
    ...copying.map((each) => each.element),
    hint,
    heading,
    build("ul", { class: "figures" }, ...figures.map((each) => each.element)),
    build("div", { class: "buttons end" }, close),
  );
  copying[0].copy.element.autofocus = true; // when the dialog opens: on the way in, a frame would be refused it aloud
  closeOutside(dialog);
  let language = null;
  let address = null;

  return function render(next) {
    state = next;
    if (language === state.language && address === state.setup?.address) return;
    language = state.language;
    address = state.setup?.address ?? null;
    setText(title, word(language, "share.title"));
    setText(heading, word(language, "share.figures"));
    setText(hint, word(language, state.setup?.settings?.data === "table" ? "share.hint.table" : "share.hint"));
    setText(close, word(language, "dialog.close"));
    const texts = { address: location.href, command: command(shared()) };
    for (const { name, label, field, copy } of copying) {
      setText(label, word(language, `share.${name}`));
      field.value = texts[name];
      copy.render(language);
    }
    for (const { name, label, buttons } of figures) {
      setText(label, word(language, `title.${name}`));
      for (const button of buttons)
        button.setAttribute(
          "aria-label",
          word(language, "share.save", { name: label.textContent, format: button.textContent }),
        );
    }
  };

  async function save([name, draw, wide], format) {
    try {
      const { width, height } = draw(new SvgPen(wide), state, { width: wide }); // first to learn the height
      const pen = new SvgPen(width, height);
      pen.rectangle(0, 0, width, height, { fill: rgb(palette(state.theme).surface) });
      draw(pen, state, { width });
      const svg = pen.finish();
      const file = `${name}-epoch-${state.frame?.epoch ?? 0}.${format}`;
      download(file, format === "svg" ? svg : await png(svg, { width, height }), "image/svg+xml");
    } catch (error) {
      console.warn(error);
      actions.say("figure", { name: word(state.language, `title.${name}`) });
    }
  }
}

const command = (settings) => `rosenblatt playground${settings ? ` "${settings}"` : ""}`;

/** A drawing as points, twice as fine as the screen's. */
async function png(svg, { width, height }) {
  const picture = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  picture.src = address;
  await picture.decode();
  const canvas = build("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
}

/** A click beside a dialog closes it. */
export function closeOutside(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
