package desktopflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;

/** A workflow of this service: the single operations, as activities of the worker of Power Automate. */
@WorkflowInterface
public interface EnterInvoice {
  /** {@code taskQueue} is that of the worker of Power Automate. */
  record Order(String taskQueue, Map<String, Object> flow, long patienceSeconds) {}

  @WorkflowMethod
  Map<String, Object> enter(Order order);
}
