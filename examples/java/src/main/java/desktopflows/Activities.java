package desktopflows;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.WorkerFactory;
import java.util.Map;
import java.util.UUID;

/** Runs the workflow of this service, with a worker on a task queue of its own. */
final class Activities {
  private Activities() {}

  static int activities(
      WorkflowClient client, String taskQueue, long patienceSeconds, Map<String, Object> flow) {
    // A queue for this process alone lets several try the example at once. A service has one name for all its workers.
    String ownQueue = "invoices-java-" + UUID.randomUUID();
    WorkerFactory workers = WorkerFactory.newInstance(client);
    workers.newWorker(ownQueue).registerWorkflowImplementationTypes(EnterInvoiceImpl.class);
    workers.start();
    try {
      EnterInvoice workflow =
          client.newWorkflowStub(
              EnterInvoice.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId("invoice-" + UUID.randomUUID())
                  .setTaskQueue(ownQueue)
                  .build());
      Map<String, Object> outputs =
          workflow.enter(new EnterInvoice.Order(taskQueue, flow, patienceSeconds));
      Events.tell("succeeded", Events.fields("outputs", outputs));
      return 0;
    } catch (WorkflowFailedException error) {
      Events.tell("failed", Map.of("message", error.getCause().getMessage()));
      return 1;
    } finally {
      workers.shutdown();
    }
  }
}
