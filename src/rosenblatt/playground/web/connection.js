/** The wire to the server, and the address of the page: what comes after # is the token, what the page hides, and the settings. */

const isToken = (part) => part.startsWith("token=") || !part.includes("=");
const isHide = (part) => part.startsWith("hide=");

/**
 * Parts of the page's address after #.
 * @returns {{token: string, hide: string[], settings: string}}
 */
export function readHash(hash = location.hash) {
  const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
  return {
    token: (parts.find(isToken) ?? "").replace(/^token=/, ""),
    hide: (parts.find(isHide) ?? "hide=").slice(5).split(",").filter(Boolean),
    settings: parts.filter((part) => !isToken(part) && !isHide(part)).join("&"),
  };
}

/** The page's address after #, with other settings, or with other parts of the page hidden. */
export function writeHash(changes, hash = location.hash) {
  const { token, hide, settings } = { ...readHash(hash), ...changes };
  return `#${[token && `token=${token}`, hide.length && `hide=${hide}`, settings].filter(Boolean).join("&")}`;
}

/**
 * Opens the wire and says hello.
 * @param {string} settings the address that the run starts from
 * @param {{message: (message: object) => void, frame: (buffer: ArrayBuffer) => void, lost: (code: number) => void}} hear
 */
export function connect(settings, hear) {
  const address = new URL("socket", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  let wanted = true;
  const send = (command) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
  };
  socket.addEventListener("open", () => send({ do: "hello", token: readHash().token, address: settings }));
  socket.addEventListener("message", ({ data }) => {
    if (!wanted) return;
    if (typeof data === "string") hear.message(JSON.parse(data));
    else hear.frame(data);
  });
  socket.addEventListener("close", ({ code }) => {
    if (wanted) hear.lost(code);
  });
  return {
    send,
    close() {
      wanted = false;
      socket.close();
    },
  };
}
