// The worker's own script: one task a message, one answer a task.
import { perform, type Task } from "./tasks";

self.addEventListener("message", (event: MessageEvent<{ id: number; task: Task }>) => {
  void perform(event.data.task).then((answer) => self.postMessage({ id: event.data.id, answer }));
});
