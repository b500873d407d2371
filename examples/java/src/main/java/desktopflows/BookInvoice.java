package desktopflows;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;

/** A workflow of this service, in a namespace that the worker of Power Automate is not in. */
@WorkflowInterface
public interface BookInvoice {
  @WorkflowMethod
  Map<String, Object> book(String endpoint, Map<String, Object> flow);
}
