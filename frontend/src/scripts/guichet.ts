// What every page gains when scripts run; each page works without.
import { copyButtons } from "./copy";
import { dialogs } from "./dialogs";
import { counters, focusErrors, oneSubmission } from "./forms";
import { livePages } from "./live";
import { menu } from "./menu";

menu(document);
copyButtons(document, navigator.clipboard);
dialogs(document);
oneSubmission(document, window);
counters(document);
focusErrors(document);
livePages(document, window);
