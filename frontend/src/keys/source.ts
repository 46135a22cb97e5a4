/** Where the request comes from: this page, or a file; and what must be done before it is sent. */
import { part, show } from "./dom";

/** The choice of the form, its request, and the reminder that guards an only copy. */
export class Source {
  private readonly form: HTMLFormElement;
  private request = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly refuse: (lack: "make-first" | "save-first") => void,
  ) {
    this.form = root.closest("form")!;
  }

  /** The request that this page made and the server sent back with its form, or nothing. */
  get sentBefore(): string {
    return this.chosen === "browser" ? this.text.value : "";
  }

  /** Show the choice; a new page begins with the key made here. */
  start(): void {
    part(this.root, "choice").hidden = false;
    // What held a private key comes back empty, its choice too.
    const isFresh = "fresh" in this.root.dataset && !this.isBrought;
    this.radio(isFresh ? "browser" : this.chosen).checked = true;
    for (const kind of ["browser", "csr"]) this.radio(kind).addEventListener("change", () => this.turn());
    this.form.addEventListener("submit", (event) => this.guard(event));
    addEventListener("beforeunload", (event) => {
      if (this.isOnlyCopy && this.form.dataset["sent"] !== "true") event.preventDefault();
    });
    this.turn();
  }

  /** Send this request; `guarded` asks first for the word that its recovery file was saved. */
  use(request: string, guarded: boolean): void {
    this.request = request;
    part(this.root, "saved-field").hidden = !guarded;
    this.radio("browser").checked = true;
    this.turn();
  }

  /** Forget the request, which was not sent. */
  drop(): void {
    this.request = "";
    part<HTMLInputElement>(this.root, "saved").checked = false;
    part(this.root, "saved-field").hidden = true;
    this.turn();
  }

  private get chosen(): string {
    return this.radio("browser").checked ? "browser" : "csr";
  }

  /** Somebody brought a request while this script was still on its way. */
  private get isBrought(): boolean {
    return this.request === "" && (this.text.value !== "" || (this.file?.files?.length ?? 0) > 0);
  }

  private get isOnlyCopy(): boolean {
    const saved = part<HTMLInputElement>(this.root, "saved");
    return this.request !== "" && !part(this.root, "saved-field").hidden && !saved.checked;
  }

  private get text(): HTMLTextAreaElement {
    return this.form.elements.namedItem("csr_text") as HTMLTextAreaElement;
  }

  private get file(): HTMLInputElement | null {
    const file = this.form.elements.namedItem("csr_file");
    return file instanceof HTMLInputElement ? file : null;
  }

  /** One part is shown and the other waits; a file that waits is not sent. */
  private turn(): void {
    show(this.root, this.chosen, "source");
    if (this.file) this.file.disabled = this.chosen === "browser";
    if (this.chosen === "browser") this.text.value = this.request;
    else if (this.text.value === this.request) this.text.value = "";
  }

  private guard(event: Event): void {
    if (this.chosen !== "browser") return;
    const lack = this.request === "" ? "make-first" : this.isOnlyCopy ? "save-first" : null;
    if (!lack) return;
    event.preventDefault();
    this.refuse(lack);
  }

  private radio(value: string): HTMLInputElement {
    return this.root.querySelector<HTMLInputElement>(`input[name="key_origin"][value="${value}"]`)!;
  }
}
