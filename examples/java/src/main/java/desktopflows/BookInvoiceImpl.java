package desktopflows;

import io.temporal.workflow.NexusServiceOptions;
import io.temporal.workflow.Workflow;
import java.util.Map;

public final class BookInvoiceImpl implements BookInvoice {
  @Override
  public Map<String, Object> book(String endpoint, Map<String, Object> flow) {
    DesktopFlows flows =
        Workflow.newNexusServiceStub(
            DesktopFlows.class, NexusServiceOptions.newBuilder().setEndpoint(endpoint).build());
    // Cancelling this workflow cancels the operation, which stops the robot.
    return flows.runDesktopFlow(flow).outputs();
  }
}
