/** Talks to the worker: a promise a task. */
import type { Answer, Failure, Result, Stage, Task } from "./tasks";

/** A task that did not come to its end; `failure` says why. */
export class TaskFailed extends Error {
  constructor(readonly failure: Failure | "cancelled") {
    super(failure);
  }
}

/** What a worker says of a task: how far it is, then its answer. */
export type Said = { id: number; stage: Stage } | { id: number; answer: Answer };

interface Waiting {
  settle(answer: Answer): void;
  stop(error: TaskFailed): void;
  reached(stage: Stage): void;
}

/** The worker of a page; it is started by the first task, and again after one was cancelled. */
export class KeyWorker {
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;
  private last = 0;

  constructor(private readonly address: string) {}

  /** Do a task. Throws TaskFailed. */
  async run<T extends Task>(task: T, reached: (stage: Stage) => void = () => {}): Promise<Result<T>> {
    const worker = (this.worker ??= this.started());
    const id = ++this.last;
    const answer = await new Promise<Answer>((settle, stop) => {
      this.waiting.set(id, { settle, stop, reached });
      worker.postMessage({ id, task });
    });
    if (!answer.ok) throw new TaskFailed(answer.failure);
    return answer.value as Result<T>;
  }

  /** Stop whatever is being done. */
  cancel(): void {
    this.end("cancelled");
  }

  private end(failure: Failure | "cancelled"): void {
    this.worker?.terminate();
    this.worker = undefined;
    const left = [...this.waiting.values()];
    this.waiting.clear();
    for (const waiting of left) waiting.stop(new TaskFailed(failure));
  }

  private started(): Worker {
    const worker = new Worker(scriptAddress(this.address), { type: "module" });
    worker.addEventListener("message", (event: MessageEvent<Said>) => {
      const said = event.data;
      const waiting = this.waiting.get(said.id);
      if ("stage" in said) return waiting?.reached(said.stage);
      this.waiting.delete(said.id);
      waiting?.settle(said.answer);
    });
    worker.addEventListener("error", () => this.end("failed"));
    return worker;
  }
}

interface Policy {
  createScriptURL(address: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}
let policy: Policy | undefined;

/** Trusted Types let one policy name scripts; it lets through addresses of our own origin alone. */
function scriptAddress(address: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= types ? types.createPolicy("guichet-worker", { createScriptURL: ours }) : { createScriptURL: ours };
  return policy.createScriptURL(address);
}

function ours(address: string): string {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new TaskFailed("failed");
  return url.href;
}
