package desktopflows;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.NexusOperationFailure;
import io.temporal.worker.WorkerFactory;
import java.util.Map;
import java.util.UUID;

/** Calls the Nexus operation from a workflow of this service, with a worker on a task queue of its own. */
final class Nexus {
  private Nexus() {}

  static int nexus(WorkflowClient client, String endpoint, Map<String, Object> flow) {
    // A queue for this process alone lets several try the example at once. A service has one name for all its workers.
    String ownQueue = "bookings-java-" + UUID.randomUUID();
    WorkerFactory workers = WorkerFactory.newInstance(client);
    workers.newWorker(ownQueue).registerWorkflowImplementationTypes(BookInvoiceImpl.class);
    workers.start();
    try {
      BookInvoice workflow =
          client.newWorkflowStub(
              BookInvoice.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId("booking-" + UUID.randomUUID())
                  .setTaskQueue(ownQueue)
                  .build());
      Events.tell("succeeded", Events.fields("outputs", workflow.book(endpoint, flow)));
      return 0;
    } catch (WorkflowFailedException error) {
      if (error.getCause() instanceof NexusOperationFailure operation
          && operation.getCause() instanceof ApplicationFailure run) {
        Events.tell(
            "failed", Map.of("type", run.getType(), "message", run.getOriginalMessage()));
        return 1;
      }
      throw error;
    } finally {
      workers.shutdown();
    }
  }
}
