/** Talks to the worker: a promise a task. */
import type { Answer, Born, Failure, Joined, Task } from "./tasks";

/** A task that did not come to its end; `failure` says why. */
export class TaskFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure);
  }
}

type Result<T extends Task> = T extends { do: "generate" } ? Born : Joined;

/** A worker that is there while the page is; one at a time is enough. */
export class KeyWorker {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private readonly worker: Worker;
  private last = 0;

  constructor(address: string) {
    this.worker = new Worker(scriptAddress(address), { type: "module" });
    this.worker.addEventListener("message", (event: MessageEvent<{ id: number; answer: Answer }>) => {
      this.waiting.get(event.data.id)?.(event.data.answer);
      this.waiting.delete(event.data.id);
    });
    this.worker.addEventListener("error", () => {
      for (const settle of this.waiting.values()) settle({ ok: false, failure: "failed" });
      this.waiting.clear();
    });
  }

  /** Do a task. Throws TaskFailed. */
  async run<T extends Task>(task: T): Promise<Result<T>> {
    const id = ++this.last;
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ id, task });
    });
    if (!answer.ok) throw new TaskFailed(answer.failure);
    return answer.value as Result<T>;
  }
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): {
    createScriptURL(address: string): string;
  };
}

/** Trusted Types let one policy name scripts; it knows addresses of our own static files alone. */
function scriptAddress(address: string): string {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new TaskFailed("failed");
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  return types ? types.createPolicy("guichet-worker", { createScriptURL: () => url.href }).createScriptURL("") : url.href;
}
