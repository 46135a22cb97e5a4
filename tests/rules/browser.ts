// What the rules find, and what they let be: `semgrep --test` reads the comments.
function draw(node: HTMLElement, text: string, port: Window): void {
  // ruleid: no-html-from-strings
  node.innerHTML = text;
  // ruleid: no-html-from-strings
  node.insertAdjacentHTML("beforeend", text);
  // ok: no-html-from-strings
  node.textContent = text;
  // ruleid: no-code-from-strings
  eval(text);
  // ruleid: no-code-from-strings
  setTimeout("draw()", 10);
  // ok: no-code-from-strings
  setTimeout(() => draw(node, text, port), 10);
  // ruleid: messages-name-their-origin
  port.postMessage(text, "*");
  // ok: messages-name-their-origin
  port.postMessage(text, location.origin);
  // ruleid: browsers-chance-is-cryptographic
  Math.random();
  // ok: browsers-chance-is-cryptographic
  crypto.getRandomValues(new Uint8Array(16));
}
