// What every page gains when scripts run; each page works without.
import { autosave } from "./autosave";
import { copyButtons } from "./copy";
import { dialogs } from "./dialogs";
import { counters, focusErrors, oneSubmission } from "./forms";
import { livePages } from "./live";
import { lookup } from "./lookup";
import { menu } from "./menu";
import { rows } from "./rows";
import { sessionEnd } from "./session";
import { storageOf } from "./shelf";
import { ticks } from "./ticks";
import { fileSizes } from "./uploads";
import { uses } from "./uses";

menu(document);
copyButtons(document, navigator.clipboard);
dialogs(document);
oneSubmission(document, window);
counters(document);
focusErrors(document);
livePages(document, window);
fileSizes(document);
ticks(document);
sessionEnd(document, window);
lookup(document, storageOf(window), (address) => location.assign(address));

const f413 = document.querySelector<HTMLFormElement>("form[data-save]");
if (f413) {
  uses(f413);
  const saving = autosave(window, storageOf(window));
  if (saving) rows(f413, saving);
}
