// The pages where keys live; each page names the part it has.
import { generating } from "./generating";
import { joining } from "./joining";
import { mine } from "./mine";
import { binding, presence } from "./presence";

const parts: Record<string, (root: HTMLElement) => Promise<void>> = {
  generate: generating,
  join: joining,
  bind: binding,
  presence,
  mine,
};

for (const root of document.querySelectorAll<HTMLElement>("[data-keys]")) void parts[root.dataset["keys"] ?? ""]?.(root);
