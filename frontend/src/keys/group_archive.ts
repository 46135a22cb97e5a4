/** Many files in one: a ZIP that stores them as they are, made in the browser. */
import { downloadZip } from "client-zip";

/** One file of the archive. */
export interface Entry {
  name: string;
  content: ArrayBuffer | string;
}

/** The ZIP of these files; two of the same name are told apart by their rank. */
export async function zipOf(entries: readonly Entry[]): Promise<Blob> {
  const taken = new Set<string>();
  const files = entries.map(({ name, content }, rank) => {
    const free = taken.has(name) ? `${rank + 1}-${name}` : name;
    taken.add(free);
    return { name: free, input: content, lastModified: new Date() };
  });
  return downloadZip(files).blob();
}
