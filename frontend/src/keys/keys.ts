// The pages where keys live; each page names the part it has.
import { generating } from "./generating";
import { joining } from "./joining";
import { mine } from "./mine";
import { binding, presence } from "./presence";

const parts: Record<string, (root: HTMLElement) => unknown> = {
  generate: generating,
  join: joining,
  bind: binding,
  presence,
  mine,
};

for (const root of document.querySelectorAll<HTMLElement>("[data-keys]")) parts[root.dataset["keys"] ?? ""]?.(root);
