/** Text on either paper, the screen's and the export's: in which letters, and as much of it as has room. */

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';

/** About how wide a text is, before there is paper to measure it: East Asian signs are wide. */
export const widthOf = (text) => [...text].reduce((sum, sign) => sum + (sign < "\u2e80" ? 7 : 13), 0);

/** As much of a text as has room, with an ellipsis where that is not all. */
export function shortened(pen, text, room, style) {
  const signs = [...text];
  if (pen.measure(text, style) <= room) return text;
  while (signs.length > 1 && pen.measure(`${signs.join("")}…`, style) > room) signs.pop();
  return `${signs.join("").trimEnd()}…`;
}
