/** The controls of the F413 by path; a box or a choice comes with a hidden empty text before it. */
export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class Controls {
  private byPath = new Map<string, Control[]>();

  constructor(private readonly form: HTMLFormElement) {
    this.refresh();
  }

  /** Look for the controls again, after rows were added or removed. */
  refresh(): void {
    this.byPath = new Map();
    for (const control of this.form.querySelectorAll<Control>("input[name], textarea[name], select[name]")) {
      if (!isPath(control.name)) continue;
      const known = this.byPath.get(control.name);
      if (known) known.push(control);
      else this.byPath.set(control.name, [control]);
    }
  }

  paths(): string[] {
    return [...this.byPath.keys()];
  }

  /** What is typed at a path now; undefined where the page has no such field. */
  value(path: string): string | undefined {
    return this.read(path, (control) => (choosable(control) ? control.checked : undefined), (control) => control.value);
  }

  /** What the page showed at a path when it was loaded. */
  shown(path: string): string | undefined {
    return this.read(
      path,
      (control) => (choosable(control) ? control.defaultChecked : undefined),
      (control) => (control instanceof HTMLSelectElement ? control.value : control.defaultValue),
    );
  }

  /** Write a text that somebody else typed, or that was kept on this machine. */
  write(path: string, text: string): void {
    for (const control of this.byPath.get(path) ?? []) {
      if (choosable(control)) control.checked = control.value === text;
      else if (control.type !== "hidden") control.value = text;
    }
  }

  private read(
    path: string,
    chosen: (control: Control) => boolean | undefined,
    typed: (control: Control) => string,
  ): string | undefined {
    const controls = this.byPath.get(path);
    if (!controls) return undefined;
    const choices = controls.filter(choosable);
    if (choices.length > 0) return choices.find(chosen)?.value ?? "";
    const control = controls.find((one) => one.type !== "hidden") ?? controls[0];
    return control ? typed(control).replace(/\r\n?/g, "\n") : undefined;
  }
}

function choosable(control: Control): control is HTMLInputElement {
  return control.type === "checkbox" || control.type === "radio";
}

/** Names that begin with a low line are the page's own; so is the token against forgery. */
export function isPath(name: string): boolean {
  return name !== "" && !name.startsWith("_") && name !== "csrfmiddlewaretoken";
}
