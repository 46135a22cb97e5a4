// The worker's own script: one task a message, its stages and one answer a task.
import { perform, type Stage, type Task } from "./tasks";

self.addEventListener("message", (event: MessageEvent<{ id: number; task: Task }>) => {
  const { id, task } = event.data;
  void perform(task, (stage: Stage) => self.postMessage({ id, stage })).then((answer) =>
    self.postMessage({ id, answer }),
  );
});
