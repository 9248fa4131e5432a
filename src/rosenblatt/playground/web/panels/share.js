/** What can be taken away: the address, the command that opens it elsewhere, and the figures. */

import { writeHash } from "../connection.js";
import { unchanged } from "../state.js";
import { drawChart } from "../views/chart.js";
import { palette, rgb } from "../views/colours.js";
import { drawGradients } from "../views/gradients.js";
import { drawHidden } from "../views/hidden.js";
import { drawNetwork } from "../views/network.js";
import { drawOutput } from "../views/output.js";
import { SvgPen } from "../views/svg.js";
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

/** Sections that a model which was opened does not have. */
const OWN_ONLY = ["lesson", "data", "layers", "code"];

/** What a shared link can hide: sections, and the controls above the network. */
const HIDEABLE = ["lesson", "data", "model", "layers", "neuron", "chart", "gradients", "hidden", "confusion", "sample", "code"];

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
  const legend = build("legend");
  const hideable = HIDEABLE.map((name) => {
    const box = build("input", { type: "checkbox", value: name, onchange: showTexts });
    return build("label", {}, box, build("span"));
  });
  const heading = build("h3");
  const figures = FIGURES.map((figure) => {
    const label = build("span", { id: `figure-${figure[0]}` });
    const buttons = ["svg", "png"].map((format) =>
      build("button", { type: "button", onclick: () => save(figure, format) }, format.toUpperCase()),
    );
    return { name: figure[0], label, buttons, element: build("li", { class: "figure-line" }, label, ...buttons) };
  });
  const saving = build("button", { type: "button", onclick: () => actions.send({ do: "save" }) });
  const close = build("button", { type: "button", class: "primary", onclick: () => dialog.close() });
  dialog.append(
    title,
    ...copying.map((each) => each.element),
    hint,
    build("fieldset", { class: "hiding" }, legend, ...hideable),
    heading,
    build("ul", { class: "figures" }, ...figures.map((each) => each.element)),
    build("div", { class: "buttons end" }, saving, close),
  );
  copying[0].copy.element.autofocus = true; // when the dialog opens: on the way in, a frame would be refused it aloud
  closeOutside(dialog);

  return function render(next) {
    const before = state;
    state = next;
    if (before?.language !== state.language) wording();
    if (before?.hide !== state.hide)
      for (const { firstChild: box } of hideable) box.checked = state.hide.includes(box.value);
    if (!unchanged(before, state, "language", "setup", "hide", "table")) showTexts();
    saving.disabled = !state.connected;
  };

  function wording() {
    const say = (key, values) => word(state.language, key, values);
    setText(title, say("share.title"));
    setText(legend, say("share.hide"));
    for (const { firstChild: box, lastChild: text } of hideable)
      setText(text, say(box.value === "layers" ? "share.layers" : `title.${box.value}`));
    setText(heading, say("share.figures"));
    setText(saving, say("share.model"));
    setText(close, say("dialog.close"));
    for (const { name, label, copy } of copying) {
      setText(label, say(`share.${name}`));
      copy.render(state.language);
    }
    for (const { name, label, buttons } of figures) {
      setText(label, say(`title.${name}`));
      for (const button of buttons)
        button.setAttribute("aria-label", say("share.save", { name: label.textContent, format: button.textContent }));
    }
  }

  /** The address and the command, for what the link is to hide. */
  function showTexts() {
    const checked = hideable.map((label) => label.firstChild).filter((box) => box.checked);
    const others = state.hide.filter((name) => !HIDEABLE.includes(name));
    const hash = writeHash({ hide: [...others, ...checked.map((box) => box.value)] });
    const texts = [new URL(hash, location.href).href, command(state, writeHash({ token: "" }, hash).slice(1))];
    for (const [place, { field }] of copying.entries()) field.value = texts[place];
    setText(hint, word(state.language, state.setup?.settings?.data === "table" ? "share.hint.table" : "share.hint"));
    for (const label of hideable)
      label.hidden = Boolean(state.setup?.opened) && OWN_ONLY.includes(label.firstChild.value);
  }

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

/** What to type for the same playground. A model and a table are files, of which the page knows the table's name at most. */
function command({ setup, table }, settings) {
  const withRows = setup?.opened ? table?.count !== 0 : setup?.settings.data === "table";
  const name = setup?.opened ? null : history.state?.table;
  const target = setup?.opened ? null : setup?.settings.target;
  const otherTarget = target !== setup?.problem.columns?.at(-1) && target; // the last column is learnt where nobody says
  return [
    "rosenblatt playground",
    setup?.opened && "MODEL",
    withRows && `--data ${quoted(name ?? "FILE")}`,
    otherTarget && `--target ${quoted(otherTarget)}`,
    settings && quoted(settings),
  ]
    .filter(Boolean)
    .join(" ");
}

/** A word as shells read it. */
const quoted = (text) => (/^[\p{L}\p{N}._-]+$/u.test(text) ? text : `"${text.replace(/["$`\\]/g, "\\$&")}"`);

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
