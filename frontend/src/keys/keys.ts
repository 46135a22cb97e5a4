// The pages where keys live; each page names the part it has.
import { generating } from "./generating";
import { groupGenerating } from "./group_generating";
import { groupJoining } from "./group_joining";
import { joining } from "./joining";
import { mine } from "./mine";
import { binding, presence } from "./presence";
import { restoring } from "./restoring";

const parts: Record<string, (root: HTMLElement) => Promise<void>> = {
  generate: generating,
  join: joining,
  bind: binding,
  presence,
  mine,
  restore: restoring,
  "group-generate": groupGenerating,
  "group-join": groupJoining,
};

for (const root of document.querySelectorAll<HTMLElement>("[data-keys]")) void parts[root.dataset["keys"] ?? ""]?.(root);
