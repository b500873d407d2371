package desktopflows;

import desktopflows.Wire.FlowOutputs;
import desktopflows.Wire.FlowRunStatus;
import desktopflows.Wire.FlowSession;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.Map;

/** The activities of the worker of Power Automate. Their names on the wire begin in lower case. */
@ActivityInterface
public interface FlowRunActivities {
  @ActivityMethod(name = "triggerFlowRun")
  FlowSession trigger(Map<String, Object> flow);

  @ActivityMethod(name = "getFlowRunStatus")
  FlowRunStatus status(FlowSession session);

  @ActivityMethod(name = "getFlowOutputs")
  FlowOutputs outputs(FlowSession session);

  @ActivityMethod(name = "cancelFlowRun")
  void cancel(FlowSession session);
}
